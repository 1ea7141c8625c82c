#!/bin/sh
# Prints the share of lines that the tests ran, a file and in all, from the
# counts below an object directory; writes the same to build/coverage.txt.
#
# usage: coverage.sh OBJECT_DIRECTORY
set -eu
objects=$1

find "$objects/lib" "$objects/src" -name '*.gcno' 2>/dev/null |
    while read -r counts; do
        gcov -n -s . -o "$(dirname "$counts")" "$counts" 2>/dev/null
    done |
    awk -F"'" '
        /^File/ { file = $2 }
        /^Lines executed/ && file ~ /^(lib|src)\/.*\.(c|cpp)$/ {
            split($0, part, /[:% ]+/)
            share[file] = part[3]; lines[file] = part[5]; file = ""
        }
        END {
            for (f in lines) {
                ran += share[f] * lines[f] / 100; all += lines[f]
                printf "%6.1f %% of %5d  %s\n", share[f], lines[f], f | "sort -n"
            }
            close("sort -n")
            printf "%6.1f %% of %5d  all\n", all ? 100 * ran / all : 0, all
        }' | tee build/coverage.txt
