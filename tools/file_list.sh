#!/bin/sh
# Lists every file of include, lib and src with what its opening comment says it
# is for, as docs/files.md, on standard output; "make map" keeps it. A .c and its
# .h are one line, with the words of the header where there is one.
#
# usage: file_list.sh
set -eu

echo '# Every file, in a line'
echo
echo 'Made by `make map` from the opening comment of each file: what it is for, up'
echo 'to the first full stop. [architecture.md](architecture.md) says how they go'
echo 'together. `name.[ch]` is a source and its header.'

find include/siamese lib src -type f \( -name '*.[ch]' -o -name '*.cpp' \) |
    LC_ALL=C sort | awk '
    function opening(file,    line, text, name) {
        name = file; sub(/.*\//, "", name)
        while ((getline line < file) > 0) {
            if (line !~ /^( ?\*|\/\*)/) break
            sub(/^(\/\*| \*\/| \*)/, "", line)
            closed = sub(/ *\*\/.*/, "", line)
            if (line ~ /^ *$/ && text != "") break
            sub(/^ */, "", line)
            text = text (text == "" ? "" : " ") line
            if (closed || text ~ /\.( |$)/ && text != name ":") break
        }
        close(file)
        if (index(text, name ": ") == 1) text = substr(text, length(name) + 3)
        if (match(text, /[.;]( |$)/)) text = substr(text, 1, RSTART - 1)
        sub(/:$/, "", text)
        gsub(/\|/, "\\|", text)
        return text
    }
    { stem = $0; sub(/\.[a-z]*$/, "", stem); ending[stem] = ending[stem] " " \
          substr($0, length(stem) + 2); order[NR] = stem }
    END {
        for (i = 1; i <= NR; i++) {
            stem = order[i]
            if (done[stem]++) continue
            room = stem; sub(/\/[^\/]*$/, "", room)
            if (room != last) printf "\n## %s\n\n| file | for |\n|---|---|\n", room
            last = room
            name = stem; sub(/.*\//, "", name)
            both = ending[stem] == " c h" || ending[stem] == " cpp h"
            last_ending = ending[stem]; sub(/.* /, "", last_ending)
            shown = both ? (ending[stem] == " c h" ? "[ch]" : "{cpp,h}") \
                         : substr(ending[stem], 2)
            printf "| `%s.%s` | %s |\n", name, shown, opening(stem "." last_ending)
        }
    }'
