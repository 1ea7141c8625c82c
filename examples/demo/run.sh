#!/bin/sh
# The demo: an invented store is made, learned, measured, saved and searched.
#
#   SIAMESE=path/to/siamese [CATALOGUE=path/to/catalogue] run.sh [--keep DIR]
#
# Works in a temporary folder that is removed at the end, or in DIR, which
# stays. Without CATALOGUE the generator is compiled with $CC.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
siamese=${SIAMESE:-siamese}
keep=

while [ $# -gt 0 ]; do
    case $1 in
    --keep)
        [ $# -ge 2 ] || { echo "run.sh: --keep needs a folder" >&2; exit 2; }
        keep=$2
        shift 2 ;;
    *)
        echo "usage: SIAMESE=path/to/siamese run.sh [--keep DIR]" >&2
        exit 2 ;;
    esac
done

command -v "$siamese" >/dev/null || {
    echo "run.sh: cannot run '$siamese': set SIAMESE to the command" >&2
    exit 1
}

if [ -n "$keep" ]; then
    mkdir -p "$keep"
    work=$keep
else
    work=$(mktemp -d "${TMPDIR:-/tmp}/siamese-demo.XXXXXX")
    trap 'rm -rf "$work"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
fi

stage=0
heading() {
    stage=$((stage + 1))
    printf '\n=== %d. %s ===\n' "$stage" "$1"
}

say() { printf '%s\n' "$@"; }

lines() { wc -l <"$1" | tr -d ' '; }

# number FILE KEY: the value of a key in the JSON object that eval prints.
number() {
    awk -v key="\"$2\"" '
        { text = text $0 }
        END {
            at = index(text, key)
            if (at == 0) { print "-"; exit }
            text = substr(text, at + length(key))
            sub(/^[ \t]*:[ \t]*/, "", text)
            sub(/[,} \t].*/, "", text)
            print text
        }' "$1"
}

show_row() {
    printf '  %-34s %8.3f %8.3f\n' "$1" "$(number "$work/exact.json" "$2")" \
        "$(number "$work/ivf.json" "$2")"
}

search() {
    printf '\n  A shopper types: %s\n' "$1"
    "$siamese" search --model "$work/store.siamese" -k 5 --format tsv -- "$1" |
        awk -F '\t' '{ printf "    %d.  %7.2f  %s\n", $(NF-3), $(NF-1), $NF }'
}

heading "A store is invented"
if [ -z "${CATALOGUE:-}" ]; then
    CATALOGUE=$work/catalogue
    "${CC:-cc}" -std=c11 -D_GNU_SOURCE -O2 -o "$CATALOGUE" "$here"/*.c
fi
"$CATALOGUE" --seed 7 --out "$work" >"$work/catalogue.txt"
say "$(cat "$work/catalogue.txt")." \
    "train.csv has $(($(lines "$work/train.csv") - 1)) rows in the columns of\
 the Home Depot file, such as"
sed -n '1p;200,203p' "$work/train.csv" | sed 's/^/    /'

heading "Queries and titles learn to meet"
say "One encoder (embedding, then an LSTM in both directions) turns a query" \
    "and the titles that answer it into nearby vectors."
"$siamese" train --preset notebook --data "$work/train.csv" \
    --model "$work/model.siamese" --seed 7 --metrics none \
    --epochs 16 --min-relevance 2.3 \
    --set max_tokens=4000 --set embedding_dim=64 --set units=64 \
    --set learning_rate=0.005 --set remove_accidental_hits=1 \
    --set cache=0 --set shuffle_buffer=10000

heading "The catalogue is indexed, saved and loaded"
"$siamese" index --model "$work/model.siamese" --data "$work/items.csv" \
    --nlist 64 --out "$work/store.siamese"
"$siamese" embed --model "$work/model.siamese" --text "writing table" \
    >"$work/before.txt"
"$siamese" embed --model "$work/store.siamese" --text "writing table" \
    >"$work/after.txt"
cmp "$work/before.txt" "$work/after.txt"
say "$(($(lines "$work/items.csv") - 1)) titles are in one file of\
 $(($(wc -c <"$work/store.siamese") / 1024)) KiB, with vocabulary, weights" \
    "and index. Loaded again, it gives a query the same vector, bit for bit."

heading "Queries it has never seen"
for kind in exact ivf; do
    option=
    [ "$kind" = ivf ] || option=--exact
    "$siamese" eval --model "$work/store.siamese" --items "$work/items.csv" \
        --queries "$work/queries.tsv" --qrels "$work/qrels.txt" $option \
        >"$work/$kind.json"
done
say "$(lines "$work/queries.tsv") held-back queries, in no row of train.csv:" \
    "known words in new combinations, some misspelt. A product is relevant" \
    "from grade 2.33 on: the right kind of thing, at most one wish unmet." \
    "IVF looks only into the cells of the index that are near the query."
printf '\n  %-34s %8s %8s\n' "" exact IVF
show_row "one relevant in the first 10" hit@10
show_row "1 / rank of the first relevant" mrr@10
show_row "relevant ones in the first 100" recall@100

heading "Three searches"
say "Rank, score and title. The words of the query need not be in the title."
search "50 ft hosepipe"
search "writing table with drawers"
search "brass kitchen tap"

if [ -n "$keep" ]; then
    printf '\nAll files are in %s; try\n    %s search --model %s "red sofa"\n' \
        "$work" "$siamese" "$work/store.siamese"
fi
