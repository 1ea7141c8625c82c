#!/bin/sh
# The presets for retrieval, --catalogue, and files with other columns and grades.
. "$(dirname "$0")/harness.inc"

fast="--quiet --threads 2 --batch 64 --set hash_buckets=4096"
fast="$fast --set embedding_dim=16"
judged_pairs 200 >pairs.csv
# More items than anybody asked for.
awk 'BEGIN {
    split("walnut birch cedar maple ash", wood)
    split("bookcase wardrobe dresser hammock", what)
    print "sku,name"
    for (i = 0; i < 60; i++)
        printf "%d,\"Marke%d %s %s No. %d\"\n", 9000 + i, i % 3,
               wood[i % 5 + 1], what[int(i / 5) % 4 + 1], i
}' >items.csv

check catalogue__default_preset_needs_no_options "$SIAMESE" train \
    --data pairs.csv --model d.siamese $fast --json
grep -q '"positives": 160, "items": 200' .out ||
    failed catalogue__default_counts_positives_and_items
check catalogue__default_is_the_preset sh -c "
    $SIAMESE info d.siamese >told && grep -q 'preset=default' told &&
    grep -q 'self_supervision=1' told && grep -q 'encoder=bag' told"
check catalogue__beside_data "$SIAMESE" train --data pairs.csv \
    --catalogue items.csv --model both.siamese $fast --json
grep -q '"positives": 160, "items": 260' .out ||
    failed catalogue__beside_data_counts_both
check catalogue__of_other_columns sh -c "
    sed '1s/.*/code,words/' items.csv >other.csv &&
    $SIAMESE train --data pairs.csv --catalogue other.csv \
        --catalogue-id-column code --catalogue-item-column words \
        --model other.siamese $fast &&
    $SIAMESE export --model other.siamese --parameters one &&
    $SIAMESE export --model both.siamese --parameters two && diff -r one two"
fails catalogue__columns_must_be_there 1 'the header is: code, words' \
    "$SIAMESE" train --data pairs.csv --catalogue other.csv $fast \
    --model no.siamese

# Alone: titles are found by their own words, also misspelt ones.
check catalogue__alone "$SIAMESE" train --catalogue items.csv $fast \
    --model alone.siamese --json --set min_steps=60
grep -q '"positives": 0, "items": 60' .out || failed catalogue__alone_counts
check catalogue__alone_then_index_and_search sh -c "
    $SIAMESE index --quiet --model alone.siamese --data items.csv \
        --out alone.siamese --nlist 1 &&
    $SIAMESE search --model alone.siamese -k 1 'ceder wardrobe' |
    grep -q 'cedar wardrobe'"
check catalogue__alone_is_evaluated sh -c "
    printf '1\tbirch hammock\n' >queries.tsv &&
    awk -F, '/birch hammock/ { print 1, 0, \$1, 3 }' items.csv >qrels.txt &&
    $SIAMESE eval --quiet --model alone.siamese --items items.csv \
        --queries queries.tsv --qrels qrels.txt --exact |
    grep -q '\"recall@10\": 1'"
fails catalogue__alone_needs_pairs_made_of_it 2 'self_supervision=1' \
    "$SIAMESE" train --catalogue items.csv --preset notebook --quiet \
    --model no.siamese
fails catalogue__or_data_is_needed 2 '--data FILE is missing' \
    "$SIAMESE" train --model no.siamese
fails catalogue__without_rows 1 'there is no row' sh -c "
    head -n 1 items.csv | $SIAMESE train --catalogue - --quiet \
        --model no.siamese"
check catalogue__small_preset "$SIAMESE" train --data pairs.csv --preset small \
    --model small.siamese $fast --epochs 1

# Grades as weights and as negatives: every fifth row of pairs.csv is low.
check catalogue__low_grades_are_negatives sh -c "
    $SIAMESE train --data pairs.csv --model n.siamese --epochs 2 --batch 64 \
        --preset small --grade-negatives 2 --threads 2 2>&1 |
    grep -q '40 rows are explicit negatives'"
check catalogue__negatives_resume_by_themselves sh -c "
    $SIAMESE train --data pairs.csv --model n4.siamese --epochs 4 --batch 64 \
        --preset small --grade-negatives 2 --quiet --set min_steps=0 &&
    $SIAMESE train --data pairs.csv --model n2.siamese --epochs 4 --batch 64 \
        --preset small --grade-negatives 2 --quiet --set min_steps=0 \
        --set max_steps=7 &&
    $SIAMESE train --data pairs.csv --resume n2.siamese --model n2.siamese \
        --quiet --set max_steps=0 &&
    $SIAMESE info n2.siamese | grep -q 'epoch.*4'"
check catalogue__weights_change_what_is_learned sh -c "
    $SIAMESE train --data pairs.csv --model w1.siamese --epochs 1 $fast &&
    $SIAMESE train --data pairs.csv --model w2.siamese --epochs 1 $fast \
        --grade-weights &&
    $SIAMESE embed --quiet --model w1.siamese --text desk >w1 &&
    $SIAMESE embed --quiet --model w2.siamese --text desk >w2 && ! cmp w1 w2"
fails catalogue__grade_negatives_are_a_number 2 'a number is expected' \
    "$SIAMESE" train --data pairs.csv --model no.siamese --grade-negatives low
fails catalogue__grades_need_a_relevance 1 'need a relevance' \
    "$SIAMESE" train --data pairs.csv --model no.siamese --quiet \
    --min-relevance none --grade-weights

# A stranger's files: names, grades, rows without relevance.
loud() {
    "$SIAMESE" train --preset small --epochs 1 --batch 64 --data "$1" \
        --model x.siamese 2>&1
}
log() {
    printf 'Keywords,Product,Label\n'
    printf 'desk %d,oak desk %d,%s\n' 1 1 "$1" 2 2 "$2" 3 3 "$3" 4 4 "$4"
}
positives() {
    loud log.csv | sed -n 's/.* rows, \(.*\)/\1/p'
}
for case in "0 1 1 0:2 positive (relevance >= 0.5)" \
    "1 2 3 1:2 positive (relevance >= 2)" \
    "1 2.33 3 2:3 positive (relevance >= 2)" \
    "1 3 5 4:3 positive (relevance >= 3)" \
    "1 1 1 1:4 positive (relevance >= 1)" \
    "E S C I:2 positive (relevance >= 2)" \
    "Exact partial Irrelevant Exact:3 positive (relevance >= 2)"; do
    log ${case%%:*} >log.csv
    check "catalogue__grades_${case%%:*}" \
        test "$(positives)" = "${case#*:}"
done
check catalogue__columns_are_told sh -c "
    $SIAMESE train --preset small --epochs 1 --data log.csv --model x.siamese \
        2>&1 | grep -q \"columns: item 'Product', query 'Keywords', relevance 'Label'\""
for separator in '	' ';'; do
    tr , "$separator" <log.csv >tabs.csv
    check "catalogue__separated_by_'$separator'" test \
        "$(loud tabs.csv | grep -c '3 positive (relevance >= 2)')" -eq 1
done
cut -d, -f1,2 log.csv >clicks.csv
check catalogue__no_relevance_is_all_positive sh -c "
    $SIAMESE train --preset small --epochs 1 --data clicks.csv \
        --model x.siamese 2>&1 | grep -q '4 rows, all positive'"
printf 'id,query,title\n1,a,desk\n2,b,desk\n3,c,lamp\n' >rows.csv
check catalogue__row_numbers_are_no_ids sh -c "
    $SIAMESE train --preset small --epochs 1 --data rows.csv \
        --model x.siamese --json 2>notes | grep -q '\"items\": 2' &&
    grep -q \"column 'id' numbers the rows\" notes"
finish
