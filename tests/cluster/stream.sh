#!/bin/sh
# More pairs than memory: 10^7 generated pairs as a stream need no more than 10^6,
# kept in memory they take 0.6 of what they took, and both have the same weights.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
. tests/cluster/environment.inc
export LD_LIBRARY_PATH="$PWD/build"

builds() {
    ${CC:-cc} -std=c99 -O2 -Iinclude -o "$dir/memory" \
        tests/cluster/stream_memory.c -Lbuild -lsiamese
}
check the_program_builds builds

of() { # KIND PAIRS: peak bytes and weights, into a file
    "$dir/memory" "$1" "$2" >"$dir/$1-$2" || return 1
    echo "$1, $2 pairs: $(cat "$dir/$1-$2")"
}
check a_million_pairs_are_streamed of stream 1000000
check a_million_pairs_are_kept of memory 1000000
check ten_million_pairs_are_streamed of stream 10000000
check ten_million_pairs_are_kept of memory 10000000

same_weights() {
    [ "$(cut -d' ' -f2 "$dir/stream-1000000")" = \
        "$(cut -d' ' -f2 "$dir/memory-1000000")" ]
}
check stream_and_memory_have_the_same_weights same_weights

does_not_grow() {
    awk 'NR == 1 { few = $1 } NR == 2 {
        printf "%.1f MB, then %.1f MB\n", few / 1e6, $1 / 1e6
        exit !($1 < 1.5 * few) }' "$dir/stream-1000000" "$dir/stream-10000000"
}
check a_stream_needs_no_more_memory_for_more_pairs does_not_grow

# Before, a pair took 32 bytes; a distinct query its text, 20 bytes and 2^25 slots
# of 4 among all. Items are few beside that. The texts of the queries have 21.4
# bytes in the mean.
is_lean() {
    awk '{ was = 1e7 * (32 + 20 + 21.4) + 4 * 33554432
        printf "%.1f bytes a pair in place of %.1f\n", $1 / 1e7, was / 1e7
        exit !($1 < 0.6 * was) }' "$dir/memory-10000000"
}
check pairs_in_memory_take_less is_lean
