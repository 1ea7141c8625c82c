#!/bin/sh
# Measures the default preset and what each of its parts brings, on a judged
# collection that is split by query; prints a line a run, between tabs.
#
#   SIAMESE=path/to/siamese SPLIT=folder [PART=valid] [SEEDS="1 2 3"] [THREADS=2]
#   [EPOCHS=n] quality.sh [VARIANT...] >runs.tsv
#
# SPLIT has train.csv, items.csv, queries.PART.tsv (qid TAB query) and
# qrels.PART.txt (TREC), as split_by_query.py makes them. A variant is a name of the
# list below, or all of them. Choose by PART=valid; PART=test is for the last figures
# alone.
# quality_table.awk turns the lines into a table of means and spreads.
set -eu

siamese=${SIAMESE:?SIAMESE names the command}
split=${SPLIT:?SPLIT names the folder of the judged collection}
part=${PART:-valid}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT INT TERM

# options NAME: the variant's options of siamese train
options() {
    case $1 in
    default | ivf) ;;
    small) echo "--preset small" ;;
    notebook) echo "--preset notebook --metrics none" ;;
    notebook_10) echo "--preset notebook --metrics none --epochs 10" ;;
    no_self_supervision) echo "--set self_supervision=0" ;;
    no_pairs) ;; # of the catalogue alone
    no_catalogue) ;;
    untrained) echo "--set learning_rate=1e-12 --set max_steps=1" ;;
    no_stems) echo "--set stemmer=none --set written_words=0" ;;
    no_written_words) echo "--set written_words=0" ;;
    no_parts) echo "--set char_ngrams=none" ;;
    no_words)
        echo "--set hash_words=0 --set compounds=0 --set written_words=0" ;;
    no_compounds) echo "--set compounds=0" ;;
    no_quantities) echo "--set quantities=none" ;;
    all_rows) echo "--set hash_min_count=0 --set compounds=0" ;;
    no_masks) echo "--set remove_accidental_hits=0 --set mask_same_query=0" ;;
    constant_rate) echo "--set schedule=constant" ;;
    adam) echo "--set optimizer=adam --set sparse_updates=1 --set learning_rate=0.003" ;;
    weighted) echo "--set pooling=weighted" ;;
    temperature_07) echo "--set temperature=0.07" ;;
    batch_1024) echo "--batch 1024" ;;
    batch_4096) echo "--batch 4096" ;;
    relevance_233) echo "--min-relevance 2.33" ;;
    grade_weights) echo "--grade-weights" ;;
    grade_negatives) echo "--grade-negatives 2" ;;
    mined) echo "--set mined_negatives=1" ;;
    dim_*) echo "--set embedding_dim=${1#dim_}" ;;
    text_by_text) # sums and products as in version 0.1
        echo "--set word_sums=0 --set matmul_precision=float32" ;;
    float32_products) echo "--set matmul_precision=float32" ;;
    bfloat16 | amx_bfloat16) echo "--set matmul_precision=$1" ;;
    float32 | float16 | int8) echo "--set table_precision=$1 --set finished=1" ;;
    *)
        echo "quality.sh: there is no variant '$1'" >&2
        exit 2
        ;;
    esac
}
every="default no_self_supervision no_catalogue no_parts no_words no_stems
    no_written_words no_compounds no_quantities all_rows no_masks constant_rate
    batch_1024 relevance_233 grade_weights grade_negatives mined weighted"

# number KEY: of the JSON object on stdin, not of the objects in it
number() {
    sed -n "s/^{[^{}]*\"$1\": *\([-0-9.e+]*\).*/\1/p"
}

# run VARIANT SEED
run() {
    set -- "$1" "$2" "${EPOCHS:+--epochs $EPOCHS} $(options "$1")"
    data="--data $split/train.csv" catalogue="--catalogue $split/items.csv"
    how=--exact
    case $1 in
    no_catalogue | notebook*) catalogue= ;;
    no_pairs | untrained) data= ;;
    ivf) how="--nlist 0" ;;
    esac
    # shellcheck disable=SC2086
    "$siamese" train --quiet --json --threads "${THREADS:-2}" --seed "$2" \
        $data $catalogue --model "$work/m" $3 >"$work/train"
    # shellcheck disable=SC2086
    "$siamese" eval --quiet --json --model "$work/m" --items "$split/items.csv" \
        --queries "$split/queries.$part.tsv" --qrels "$split/qrels.$part.txt" \
        --ks 10,100 --slices no_shared_token $how >"$work/eval"
    printf '%s\t%s' "$1" "$2"
    for key in recall@10 recall@100 mrr@10 hit@10; do
        printf '\t%s' "$(number "$key" <"$work/eval")"
    done
    printf '\t%s' "$(sed 's/.*"no_shared_token": {/{/' "$work/eval" |
        number recall@100)"
    printf '\t%s\t%s\n' \
        "$(sed 's/.*"seconds": {/{/' "$work/train" | number train)" \
        "$(wc -c <"$work/m")"
}

[ $# -gt 0 ] || set -- $every
for variant in "$@"; do
    for seed in ${SEEDS:-1 2 3}; do run "$variant" "$seed"; done
done
