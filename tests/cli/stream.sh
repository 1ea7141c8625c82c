#!/bin/sh
# siamese train with many files, and with --stream: the weights of one file and
# of pairs in memory; what cannot be is said of its file.
. "$(dirname "$0")/harness.inc"

judged_pairs 300 >all.csv
# three files: the second has its columns in another order
sed -n '1,101p' all.csv >part-1.csv
{ sed -n 1p all.csv && sed -n '102,201p' all.csv; } >part-2.csv
{ sed -n 1p all.csv && sed -n '202,$p' all.csv; } >part-3.csv
awk -F, -v OFS=, '{ n = NF; last = $n; sub(/,[^,]*$/, ""); print last, $0 }' \
    part-2.csv >moved && mv moved part-2.csv

small="--quiet --set embedding_dim=8 --set hash_buckets=512 --batch 32 \
    --set epochs=2 --set min_steps=0 --set max_steps=0"
train() { # MODEL ARGUMENT ...
    model=$1
    shift
    # shellcheck disable=SC2086
    "$SIAMESE" train --model "$model" $small "$@"
}

same_weights() {
    rm -rf one two
    "$SIAMESE" export --model "$1" --parameters one &&
        "$SIAMESE" export --model "$2" --parameters two && diff -r one two
}

train whole.siamese --data all.csv
check stream__many_files_are_one_file train many.siamese --data part-1.csv \
    --data part-2.csv --data part-3.csv
check stream__many_files_have_the_weights_of_one same_weights whole.siamese \
    many.siamese
check stream__a_pattern_is_many_files train glob.siamese --data 'part-*.csv'
check stream__a_pattern_is_sorted same_weights whole.siamese glob.siamese

sed -n 1p all.csv >part-0.csv
check stream__a_part_may_be_empty train empty.siamese --data 'part-*.csv' \
    --stream
check stream__an_empty_part_changes_nothing same_weights whole.siamese \
    empty.siamese
fails stream__all_empty_is_told 1 'part-0.csv: there is no row' \
    train none.siamese --data part-0.csv --data part-0.csv
rm part-0.csv

for options in "shuffle_buffer=0" "shuffle_buffer=7" "shuffle_buffer=100000" \
    "self_supervision=0" "logq=streaming"; do
    train kept.siamese --data all.csv --set "$options" --metrics none
    train read.siamese --data 'part-*.csv' --set "$options" --stream
    check "stream__has_the_weights_of_memory_$options" same_weights \
        kept.siamese read.siamese
done
train kept.siamese --data all.csv --grade-weights --min-relevance 2
train read.siamese --data all.csv --grade-weights --min-relevance 2 --stream
check stream__grades_weigh_alike same_weights kept.siamese read.siamese
train kept.siamese --data all.csv --preset notebook --min-relevance none \
    --set units=4 --metrics none
train read.siamese --stream --data all.csv --preset notebook \
    --min-relevance none --set units=4
check stream__knows_the_preset_notebook same_weights kept.siamese read.siamese

check stream__reads_stdin sh -c \
    "$SIAMESE train $small --stream --model stdin.siamese --data - <all.csv"
check stream__stdin_is_a_file_like_others same_weights whole.siamese \
    stdin.siamese
mkdir -p spool
TMPDIR=$PWD/spool sh -c \
    "$SIAMESE train $small --stream --model stdin.siamese --data - <all.csv"
fails stream__stdin_twice_is_told 2 "is given twice" \
    sh -c "TMPDIR=$PWD/spool $SIAMESE train $small --stream \
        --model two.siamese --data - --data - <all.csv"
fails stream__a_bad_row_of_stdin_names_it 1 "standard input:3: " \
    sh -c "printf 'search_term,product_title,relevance\\na,b,3\\nc\\n' |
        TMPDIR=$PWD/spool $SIAMESE train $small --stream --data - \
            --model two.siamese"
fails stream__stdin_without_rows_names_it 1 "standard input: there is no row" \
    sh -c "echo search_term,product_title,relevance |
        TMPDIR=$PWD/spool $SIAMESE train $small --stream --data - \
            --model two.siamese"
check stream__leaves_no_file_of_stdin test -z "$(ls spool)"

train half.siamese --data all.csv --resumable --epochs 1 --metrics none
"$SIAMESE" train --quiet --data all.csv --resume half.siamese --epochs 2 \
    --model kept.siamese
check stream__resumes "$SIAMESE" train --quiet --stream --data 'part-*.csv' \
    --resume half.siamese --epochs 2 --model read.siamese
check stream__resumed_has_the_same_weights same_weights kept.siamese \
    read.siamese
check stream__validates train valid.siamese --stream --data all.csv \
    --validation part-1.csv

sed 1s/product_title/name/ part-3.csv >other.csv
fails stream__another_column_is_told 1 \
    "other.csv: it has no column 'product_title'" \
    train none.siamese --data part-1.csv --data other.csv
{ cat part-3.csv && echo 1,2; } >broken.csv
fails stream__a_bad_row_names_file_and_line 1 "broken.csv:102: " \
    train none.siamese --stream --data part-1.csv --data broken.csv
fails stream__no_file_matches 2 "no file matches" \
    train none.siamese --data 'nothing-*.csv'
fails stream__a_holdout_is_refused 2 "--validation FILE" \
    train none.siamese --stream --data all.csv --holdout 10%
fails stream__mining_is_refused 1 "mined_negatives" \
    train none.siamese --stream --data all.csv --set mined_negatives=2
fails stream__metrics_are_refused 1 "metrics" \
    train none.siamese --stream --data all.csv --metrics epoch
fails stream__categories_are_refused 2 "product_uid=category" \
    train none.siamese --stream --data all.csv \
    --field product_uid=category
fails stream__random_negatives_need_items 2 "--catalogue" \
    train none.siamese --stream --data all.csv \
    --set random_negatives=2 --set self_supervision=0
finish
