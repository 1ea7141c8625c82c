#!/bin/sh
# Measures the library on this machine and prints a table; `make bench`.
#
#   SIAMESE=path/to/siamese [CATALOGUE=path/to/catalogue] [DATA=train.csv]
#   [ENCODING=ISO-8859-1] [RUNS=5] run.sh
#
# Without DATA it measures on the invented catalogue of the demo. Each figure is
# the median of RUNS runs, one process each.
set -eu

siamese=${SIAMESE:?SIAMESE names the command}
encoding=${ENCODING:-UTF-8}
runs=${RUNS:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

if [ -z "${DATA:-}" ]; then
    catalogue=${CATALOGUE:-$work/catalogue}
    [ -x "$catalogue" ] ||
        ${CC:-cc} -O1 -std=c11 -D_GNU_SOURCE "$(dirname "$0")"/../examples/demo/*.c \
            -o "$catalogue"
    "$catalogue" --seed 7 --out "$work" >&2
    DATA=$work/train.csv
fi

# field KEY: the number of KEY in each JSON object on stdin, a line each
field() {
    sed -n "s/.*\"$1\": *\([-0-9.e+]*\).*/\1/p"
}

median() {
    sort -g | awk '{ x[NR] = $1 } END { print x[int((NR + 1) / 2)] }'
}

# measure NAME KEYS VERB OPTIONS...
measure() {
    name=$1 keys=$2
    shift 2
    : >"$work/out"
    for _ in $(seq "$runs"); do
        "$siamese" bench "$@" --quiet >>"$work/out"
        echo >>"$work/out"
    done
    for key in $keys; do
        printf "%-42s %-16s %.6g\n" "$name" "$key" \
            "$(field "$key" <"$work/out" | median)"
    done
}

data="--data $DATA --encoding $encoding"
wide="--embed 64 --units 64 --batch 1024 --vocab 20000 --length 16"
# shellcheck disable=SC2086
{
    measure "train, notebook" "pairs_per_s step_ms_median" train $data
    measure "train, E64 H64 B1024 T16, 20,000 tokens" \
        "pairs_per_s step_ms_median" train $data $wide
    measure "encode items, notebook" items_per_s encode $data
    measure "encode items, E64 H64" items_per_s encode $data $wide
    measure "one query, notebook, 1 thread" "query_us_median query_us_p99" \
        query $data
    "$siamese" train --quiet --metrics none $data --model "$work/m"
    "$siamese" embed --quiet $data --model "$work/m" --out "$work/base.npy"
    "$siamese" embed --quiet $data --model "$work/m" --side query \
        --out "$work/query.npy"
    measure "search, nlist 64, nprobe 8, 1 thread" "build_s one_us batch_qps" \
        search --base "$work/base.npy" --query "$work/query.npy" --nlist 64 \
        --nprobe 8
}
