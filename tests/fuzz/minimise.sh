#!/bin/sh
# The committed corpus of a fuzz target anew: of the files that are there and
# those that runs left in build/fuzz, the fewest and smallest ones that reach the
# same edges; where these have more than BYTES in all, as many as fit, which ones
# being left to the hashes that are their names.
#
# usage: minimise.sh PROGRAM BYTES
set -eu
program=$1 most=$2
name=${program##*/fuzz_}
corpus=tests/fuzz/corpus/$name
new=build/fuzz/$name.merged
rm -rf "$new" && mkdir -p "$new" "build/fuzz/$name"
# Edges alone (use_counters=0): how often each was taken would keep many more.
"$program" -merge=1 -use_counters=0 -use_value_profile=0 "$new" "$corpus" \
    "build/fuzz/$name" >"build/fuzz/$name.merge.log" 2>&1
all=0
for file in "$new"/*; do
    all=$((all + $(wc -c <"$file")))
    [ "$all" -le "$most" ] || rm "$file"
done
rm -rf "$corpus" && mv "$new" "$corpus"
echo "$name: $(find "$corpus" -type f | wc -l) files," \
    "$(cat "$corpus"/* | wc -c) bytes"
