#!/bin/sh
# The demo: an invented store is made, learned, measured, saved and searched.
#
#   SIAMESE=path/to/siamese [CATALOGUE=path/to/catalogue] run.sh [--keep DIR]
#
# Works in a temporary folder that is removed at the end; the store and its model
# go to DIR, and stay. Without CATALOGUE the generator is compiled with $CC. AGAIN
# is the command that would have kept them in ./shop, for the last words.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
siamese=${SIAMESE:-siamese}
again=${AGAIN:-sh $0 --keep shop}
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

work=$(mktemp -d "${TMPDIR:-/tmp}/siamese-demo.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
shop=$work/shop
[ -z "$keep" ] || shop=${keep%/}
mkdir -p "$shop"

stage=0
heading() {
    stage=$((stage + 1))
    printf '\n=== %d. %s ===\n' "$stage" "$1"
}

say() { printf '%s\n' "$@"; }

# A path as a shell takes it.
quoted() {
    case $1 in
    *[!A-Za-z0-9_./~+@%:,-]*)
        printf "'%s'\n" "$(printf '%s\n' "$1" | sed "s/'/'\\\\''/g")" ;;
    *) printf '%s\n' "$1" ;;
    esac
}

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

# What the search says beside its results, then these, in 80 columns.
search() {
    printf '\n  A shopper types: %s\n' "$1"
    "$siamese" search --model "$shop/shop.siamese" -k 5 --format tsv -- "$1" \
        >"$work/hits" 2>"$work/notes" || { cat "$work/notes" >&2 && exit 1; }
    sed 's/^query 1: /    /' "$work/notes"
    awk -F '\t' '{
        line = sprintf("    %d. ", $(NF-3))
        words = split($NF, word, " ")
        for (w = 1; w <= words; w++) {
            if (length(line) + 1 + length(word[w]) > 80) {
                print line
                line = sprintf("%7s", "")
            }
            line = line " " word[w]
        }
        print line
    }' "$work/hits"
}

heading "A store is invented"
if [ -z "${CATALOGUE:-}" ]; then
    CATALOGUE=$work/catalogue
    "${CC:-cc}" -std=c11 -D_GNU_SOURCE -O2 -o "$CATALOGUE" "$here"/*.c
fi
"$CATALOGUE" --seed 7 --out "$shop" >"$work/catalogue.txt"
say "$(cat "$work/catalogue.txt")." \
    "train.csv has $(($(lines "$shop/train.csv") - 1)) rows in the columns of\
 the Home Depot file, such as (without their descriptions)"
sed 's/,"\([^"]\|""\)*"$//' "$shop/train.csv" | awk 'length($0) < 76' |
    sed -n '1p;50,53p' | sed 's/^/    /'

heading "Queries and titles learn to meet"
say "One encoder (words, their pieces, quantities) turns a query and the titles" \
    "that answer it into nearby vectors. 15 epochs do for a shop this small." \
    "One query in 50 is held back, to measure with what was not learned."
"$siamese" train --data "$shop/train.csv" --catalogue "$shop/items.csv" \
    --model "$work/model.siamese" --seed 7 --set min_steps=0 --holdout 2%

heading "The catalogue is indexed, saved and loaded"
"$siamese" index --model "$work/model.siamese" --data "$shop/items.csv" \
    --nlist 64 --column department --out "$shop/shop.siamese"
"$siamese" embed --model "$work/model.siamese" --text "writing table" \
    >"$work/before.txt"
"$siamese" embed --model "$shop/shop.siamese" --text "writing table" \
    >"$work/after.txt"
cmp "$work/before.txt" "$work/after.txt"
say "$(($(lines "$shop/items.csv") - 1)) titles are in one file of\
 $(($(wc -c <"$shop/shop.siamese") / 1024)) KiB, with vocabulary, weights" \
    "and index. Loaded again, it gives a query the same vector, bit for bit."

heading "Queries it has never seen"
for kind in exact ivf; do
    option=
    [ "$kind" = ivf ] || option=--exact
    "$siamese" eval --quiet --model "$shop/shop.siamese" --items "$shop/items.csv" \
        --queries "$shop/queries.tsv" --qrels "$shop/qrels.txt" $option \
        >"$work/$kind.json"
done
say "$(lines "$shop/queries.tsv") more queries, in no row of train.csv: known\
 words in new" \
    "combinations, some misspelt. A product is relevant from grade 2.33 on:" \
    "the right kind of thing, at most one wish unmet. IVF looks only into" \
    "the cells of the index that are near the query."
printf '\n  %-34s %8s %8s\n' "" exact IVF
show_row "one relevant in the first 10" hit@10
show_row "1 / rank of the first relevant" mrr@10
show_row "relevant ones in the first 100" recall@100

heading "A few searches"
say "Rank and title. The words of the query need not be in the title."
search "50 ft hosepipe"
search "writing table with drawers"
search "brass kitchen tap"
search "kichen fauset brushed nickel"

heading "What to type next"
here=$(pwd)
program=$siamese
case $siamese in
"$here"/*/*) program=${siamese#"$here"/} ;;
"$here"/*) program=./${siamese#"$here"/} ;;
esac
program=$(quoted "$program")
if [ -z "$keep" ]; then
    say "This shop is gone now. To keep it, its model and its data in ./shop:" "" \
        "    $again" "" "and then, to search it, and to see what a score is made of:"
    shop=shop
else
    say "The shop is in $keep: train.csv, items.csv, queries.tsv and" \
        "qrels.txt as they were invented, and shop.siamese, the model with its" \
        "index. To search it, and to see what a score is made of:"
fi
model=$(quoted "$shop/shop.siamese")
say "" "    $program search --model $model 'red sofa'" \
    "    $program search --model $model --explain 'red sofa'" "" \
    "To search it in a browser, and to draw it:" "" \
    "    $program serve --model $model" \
    "    $program map --model $model --color department --out map.html" "" \
    "To learn from a file of yours, with columns of queries and titles:" "" \
    "    $program train --data FILE.csv --model my.siamese --holdout 2%"
