#!/bin/sh
# One model trained by 1, 2 and 4 ranks of MPI, by the example of it: the same
# file, byte for byte, and what goes through the exchange; a rank that is killed
# or stands still ends the others. HOMEDEPOT=train.csv: of that data as well.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
. tests/cluster/environment.inc

builds() {
    mpicc -std=c99 -D_GNU_SOURCE -Wall -Wextra -Werror -o "$dir/07" \
        examples/07_mpi.c -Iinclude -Lbuild -lsiamese \
        "-Wl,-rpath,$PWD/build"
}
check the_example_builds builds

generate 6000 >"$dir/generated.tsv"

converts() { convert "$HOMEDEPOT" >"$dir/real.tsv"; }

# trains RANKS PRESET DATA MODEL SETTING ...: its line goes to $dir/said.
trains() {
    ranks=$1 preset=$2 data=$3 model=$4
    shift 4
    ranks "$ranks" "$dir/07" "$preset" "$data" "$model" threads 1 \
        metrics none min_steps 0 rerank 0 epochs 2 "$@" >"$dir/said"
    ended=$?
    cat "$dir/said"
    return "$ended"
}

has_the_same_bits() { # PRESET DATA
    trains 1 "$1" "$2" "$dir/1.siamese" &&
        trains 2 "$1" "$2" "$dir/2.siamese" &&
        cmp "$dir/1.siamese" "$dir/2.siamese" &&
        awk '{ exit !($(NF - 1) > 1000) }' "$dir/said" &&
        trains 4 "$1" "$2" "$dir/4.siamese" &&
        cmp "$dir/1.siamese" "$dir/4.siamese"
}
for preset in notebook default; do
    check "generated_pairs_by_${preset}_have_the_same_bits" \
        has_the_same_bits "$preset" "$dir/generated.tsv"
done
if [ -n "${HOMEDEPOT:-}" ]; then
    check the_csv_is_read converts
    for preset in notebook default; do
        check "real_pairs_by_${preset}_have_the_same_bits" \
            has_the_same_bits "$preset" "$dir/real.tsv"
    done
fi

# ends_when SIGNAL: rank 1 gets it in the middle of a training without an end.
ends_when() {
    rm -f "$dir/pid"
    # shellcheck disable=SC2016  # each rank's shell reads it
    timeout 200 mpirun --allow-run-as-root --oversubscribe -n 2 sh -c '
        [ "$OMPI_COMM_WORLD_RANK" = 0 ] || echo $$ >"$0/pid"
        exec "$0/07" "$@"' "$dir" notebook "$dir/generated.tsv" \
        "$dir/never.siamese" threads 1 epochs 1000000 metrics none \
        >"$dir/said" 2>&1 &
    job=$!
    while [ ! -s "$dir/pid" ]; do sleep 1; done
    sleep 5
    kill "-$1" "$(cat "$dir/pid")"
    began=$(date +%s)
    wait "$job"
    ended=$?
    cat "$dir/said"
    echo "mpirun ended with $ended after $(($(date +%s) - began)) s"
    [ "$ended" -ne 0 ] && [ "$ended" -ne 124 ] && [ ! -e "$dir/never.siamese" ]
}
check a_rank_that_is_killed_ends_the_others ends_when KILL
stands_still() {
    ends_when STOP && grep -q "all_gather failed on rank 0 of 2" "$dir/said"
}
check a_rank_that_stands_still_ends_the_others stands_still
