#!/bin/sh
# How time and memory grow with threads, pairs, items and vectors; `make
# bench-scaling`.
#
#   SIAMESE=path/to/siamese [SIZES="10000 100000 1000000"] [RECALL=0.95]
#   [RUNS=3] [RESULTS=bench/results/scaling.tsv] [PLOT=docs/scaling.svg]
#   [CC=cc] scaling.sh
#
# On invented data alone: catalogues of many seeds, one behind the other, and
# vectors of invented factors. Writes RESULTS, lines of
#
#   threads  WHAT        THREADS  RATE                    a second
#   pair     PAIRS       MICROSECONDS                     for each pair of a fit
#   memory   WHAT        COUNT    BYTES OF DATA  PEAK     of the process
#   search   VECTORS     MICROSECONDS  RECALL  NLIST  NPROBE
#
# and draws PLOT of them. A search reads as few of 4 sqrt(N) lists as reach RECALL.
set -eu
siamese=${SIAMESE:?SIAMESE names the command}
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
sizes=${SIZES:-10000 100000 1000000}
recall=${RECALL:-0.95}
runs=${RUNS:-3}
results=${RESULTS:-$here/results/scaling.tsv}
plot=${PLOT:-$here/../docs/scaling.svg}
work=$(mktemp -d "${TMPDIR:-/tmp}/siamese-scaling.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

note() { echo "$*" >&2; }
compile() {
    program=$1
    shift
    ${CC:-cc} -O3 -std=c11 -D_GNU_SOURCE "$@" -o "$work/$program"
}
field() { sed -n "s/.*\"$1\": *\([-0-9.e+]*\).*/\1/p"; }
median() {
    sort -g | awk '{ x[NR] = $1 } END {
        printf "%.6g", (x[int((NR + 1) / 2)] + x[int(NR / 2) + 1]) / 2 }'
}
bench() { "$siamese" bench "$@" --quiet; echo; }
put() { printf '%s\t' "$@" | sed 's/\t$/\n/' | tee -a "$work/scaling.tsv" >&2; }

# pairs N FILE: N rows of catalogues of seeds 1, 2, 3 ..., without descriptions and
# without titles that have a quotation mark in them;
# an id is of one catalogue.
pairs() {
    seed=0 rows=0
    : >"$work/rows"
    while [ "$rows" -lt "$1" ]; do
        seed=$((seed + 1))
        mkdir -p "$work/one"
        "$work/catalogue" --seed $seed --out "$work/one" >/dev/null
        awk -v seed=$seed -F'"' 'NR > 1 && NF == 7 {
            sub(/,$/, "", $1); split($1, id, ",")
            score = $5; gsub(/,/, "", score)
            printf "%d%s,\"%s\",\"%s\",%s\n", seed, id[2], $2, $4, score
        }' "$work/one/train.csv" >>"$work/rows"
        rows=$(wc -l <"$work/rows")
    done
    { echo 'product_uid,product_title,search_term,relevance'
      head -n "$1" "$work/rows"; } >"$2"
    rm "$work/rows"
}

compile catalogue "$here"/../examples/demo/*.c
compile vectors "$here/vectors.c" -lm
for size in $sizes; do
    note "$size pairs"
    pairs "$size" "$work/$size.csv"
done
set -- $sizes
middle=${2:-$1}

# ---- threads ----

# rate KEY KIND THREADS OPTIONS...
rate() {
    key=$1 kind=$2 threads=$3
    shift 3
    bench "$kind" --data "$work/$middle.csv" --min-relevance none \
        --threads "$threads" "$@" | field "$key"
}
wide="--embed 64 --units 64 --batch 1024 --vocab 20000 --length 16"
threads() { # NAME KEY KIND OPTIONS...
    what=$1
    shift
    : >"$work/1"
    : >"$work/2"
    for _ in $(seq "$runs"); do
        for count in 1 2; do
            key=$1 kind=$2
            (shift 2 && rate "$key" "$kind" $count "$@") >>"$work/$count"
        done
    done
    for count in 1 2; do
        put threads "$what" $count "$(median <"$work/$count")"
    done
}
threads 'train, notebook' pairs_per_s train
threads 'train, E64 H64' pairs_per_s train $wide --epochs 2
threads 'encode, notebook' items_per_s encode
threads 'encode, E64 H64' items_per_s encode $wide

# ---- pairs and memory ----

bytes() { wc -c <"$1" | tr -d ' '; }
for size in $sizes; do
    : >"$work/fit"
    for _ in $(seq "$runs"); do
        bench train --data "$work/$size.csv" --min-relevance none \
            >>"$work/fit"
    done
    put pair "$size" "$(field epoch_wall_s <"$work/fit" | median |
        awk -v n="$size" '{ printf "%.4f", 1e6 * $1 / n }')"
    put memory 'train, pairs' "$size" "$(bytes "$work/$size.csv")" \
        "$(field peak_memory_bytes <"$work/fit" | median)"
    bench encode --data "$work/$size.csv" --min-relevance none >"$work/fit"
    put memory 'encode, pairs' "$size" "$(bytes "$work/$size.csv")" \
        "$(field peak_memory_bytes <"$work/fit")"
done

# ---- search ----

nprobe=8
for size in $sizes; do
    "$work/vectors" "$size" 64 1000 factors "$work"
    nlist=$(awk -v n="$size" 'BEGIN { print int(4 * sqrt(n)) }')
    found=0
    while awk -v got="$found" -v wanted="$recall" 'BEGIN {
        exit !(got < wanted) }' && [ "$nprobe" -lt "$nlist" ]; do
        nprobe=$((nprobe + 1 + nprobe / 16))
        bench search --base "$work/base.npy" --query "$work/query.npy" \
            --nlist "$nlist" --nprobe $nprobe --threads 2 >"$work/found"
        found=$(field recall <"$work/found")
    done
    put search "$size" "$(field one_us <"$work/found")" \
        "$found" "$nlist" $nprobe
    put memory 'search, vectors' "$size" "$(bytes "$work/base.npy")" \
        "$(field peak_memory_bytes <"$work/found")"
    nprobe=$((nprobe * 3 / 4)) # the next size needs about as many
done

mkdir -p "$(dirname "$results")"
cp "$work/scaling.tsv" "$results"
awk -f "$here/scaling_plot.awk" "$results" >"$plot"
note "$results, $plot"
