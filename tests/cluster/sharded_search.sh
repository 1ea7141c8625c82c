#!/bin/sh
# examples/08_sharded_search.c over MPI: shards of 1, 2, 4 and 7 ranks find the
# bits of one index, and a rank that does not answer is named.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
. tests/cluster/environment.inc
export LD_LIBRARY_PATH="$PWD/build"

compiles() {
    mpicc -std=c99 -O2 -Wall -Wextra -Werror -Iinclude -o "$dir/08" \
        examples/08_sharded_search.c -Lbuild -lsiamese
}
check compiles_without_a_warning compiles

printf '%s a filter: the bits of one index: yes\n' without with >"$dir/wanted"

finds_the_same() {
    for count in 1 2 4 7; do
        ranks "$count" "$dir/08" >"$dir/found" || return 1
        sed "s/^/$count ranks: /" "$dir/found"
        cmp "$dir/wanted" "$dir/found" || return 1
    done
}
check finds_the_bits_of_one_index finds_the_same

names_the_lost() {
    ranks 4 "$dir/08" 2 >"$dir/found" || return 1
    cat "$dir/found"
    grep -qx 'shard 2 of 4 has not answered' "$dir/found" &&
        grep -qx 'the results lack those of shard 2' "$dir/found" &&
        ! grep -q 'shard [013]' "$dir/found" &&
        grep -q 'one index: no' "$dir/found"
}
check names_a_rank_that_does_not_answer names_the_lost
