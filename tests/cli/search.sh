#!/bin/sh
# siamese embed, index and search.
. "$(dirname "$0")/harness.inc"

judged_pairs 300 >pairs.csv
# An id with two titles, and one with a tab and a line end in its title.
printf '900,7,"twin one","twin",3\n901,7,"twin two","twin",3\n' >>pairs.csv
printf '902,8,"tab\there\nand there","tab",3\n' >>pairs.csv
"$SIAMESE" train --data pairs.csv --model m.siamese $small --epochs 3

# header FILE: the text of a .npy header.
header() {
    dd if="$1" bs=1 skip=10 count=118 2>/dev/null | tr -d '\n'
}
rows=$("$SIAMESE" train --data pairs.csv --model x.siamese $small --json |
    sed 's/.*"items": \([0-9]*\).*/\1/')
embed="$SIAMESE embed --model m.siamese --data pairs.csv --quiet"
check embed__items $embed --out items.npy --ids ids.npy
check embed__shape_is_distinct_items_by_dim sh -c "
    dd if=items.npy bs=1 skip=10 count=118 2>/dev/null |
    grep -q \"'<f4'.*'shape': ($rows, 8)\""
check embed__size_is_header_and_numbers \
    test "$(wc -c <items.npy)" -eq $((128 + rows * 32))
check embed__integer_ids_are_int64 sh -c "
    dd if=ids.npy bs=1 skip=10 count=118 2>/dev/null |
    grep -q \"'<i8'.*'shape': ($rows,)\""
check embed__first_id_is_first_seen test \
    "$(od -An -td8 -j128 -N8 ids.npy | tr -d ' ')" -eq 100
sed "s/,7,\"twin/,x7$(printf '\303\251'),\"twin/" pairs.csv >texts.csv
check embed__other_ids_are_text sh -c "
    $SIAMESE embed --model m.siamese --data texts.csv --quiet \
        --out x.npy --ids ids.npy && grep -aq \"'<U3'\" ids.npy"
check embed__queries_keep_every_row sh -c "
    $embed --side query --out q.npy && grep -aq '(303, 8)' q.npy"
check embed__threads_do_not_matter sh -c "
    $embed --threads 1 --out one.npy && cmp one.npy items.npy"
check embed__text_prints_dim_numbers sh -c "
    [ \$($SIAMESE embed --model m.siamese --text 'oak desk' | wc -w) -eq 8 ]"
check embed__standard_output sh -c "$embed --out - | cmp - items.npy"
fails embed__unwritable_output 1 'no/x.npy' $embed --out no/x.npy
fails embed__full_disk 1 'No space left' $embed --out /dev/full
fails embed__both_outputs_or_none 1 'no/ids.npy' \
    $embed --out new.npy --ids no/ids.npy
fails embed__missing_id_column 1 'the header is: product_title' sh -c "
    printf 'product_title\na desk\n' | $SIAMESE embed --model m.siamese \
        --data - --out x2.npy"
fails embed__text_not_utf8 1 '--text: byte 0xe9 at place 4' \
    "$SIAMESE" embed --model m.siamese --text "$(printf 'caf\351')"
fails embed__no_such_side 2 'item or query' $embed --side left --out y.npy

fails search__without_index 1 'has no index' \
    "$SIAMESE" search --model m.siamese desk
check index__beside_the_model "$SIAMESE" index --model m.siamese \
    --data pairs.csv --out i.siamese --nlist 8 --json
check index__says_what_it_did grep -q "\"items\": $rows, .*\"nlist\": 8" .out
check index__in_place sh -c "cp m.siamese same.siamese &&
    $SIAMESE index --model same.siamese --data pairs.csv --out same.siamese \
        --nlist 8 --quiet && cmp same.siamese i.siamese"
check index__keeps_the_trainer "$SIAMESE" train --resume i.siamese \
    --data pairs.csv --model r.siamese --epochs 4 --quiet
fails index__resumed_training_drops_it 1 'has no index' \
    "$SIAMESE" search --model r.siamese desk
fails index__nlist_above_items 1 'nlist: 100000 lists are more than' \
    "$SIAMESE" index --model m.siamese --data pairs.csv --out j.siamese --nlist 100000
fails index__full_disk 1 'cannot write /dev/full: No space left' \
    "$SIAMESE" index --model m.siamese --data pairs.csv --out /dev/full
fails index__unwritable_output 1 'no/i.siamese' "$SIAMESE" index \
    --model m.siamese --data pairs.csv --out no/i.siamese

search="$SIAMESE search --model i.siamese"
check search__ten_ranked_lines $search 'oak desk' --exact
cp .out exact.tsv
check search__columns sh -c "awk -F'\t' '
    NF != 4 || \$1 != NR { bad = 1 }
    NR > 1 && \$3 > last { bad = 1 }
    { last = \$3 }
    END { exit bad || NR != 10 }' exact.tsv"
check search__all_lists_is_exact sh -c "
    $search --nprobe 8 'oak desk' | cmp - exact.tsv"
check search__k sh -c "[ \$($search -k3 desk | wc -l) -eq 3 ]"
check search__k_above_items sh -c "
    [ \$($search -k 100000 --exact desk | wc -l) -eq $rows ]"
check search__queries_from_stdin sh -c "
    printf 'oak desk\nlamp\n' | $search --exact | sed '1d;/^\$/,\$d' |
    cmp - exact.tsv"
check search__two_queries_two_lists sh -c "
    [ \$($search -k2 --exact desk lamp | grep -c '^\$') -eq 1 ]"
check search__json_has_every_key sh -c "
    $search -k1 --format json desk | grep -q '{\"query\": \"desk\", \
\"results\": \[{\"rank\": 1, \"id\": \".*\", \"score\": .*, \"title\": \".*\"}'"
check search__trec_lines sh -c "
    $search -k2 --format trec desk lamp |
    grep -cE '^[12] Q0 [^ ]+ [12] [-0-9.e]+ siamese\$' | grep -qx 4"
check search__an_id_with_two_titles_shows_each sh -c "
    $search -k 1000 --exact twin >.all && grep -q '	7	.*	twin one\$' .all &&
    grep -q '	7	.*	twin two\$' .all"
check search__a_title_stays_on_its_line \
    grep -q '	8	.*	tab here and there$' .all
fails search__k_0 2 'k 0: a whole number from 1' $search -k 0 desk
fails search__nprobe_above_nlist 1 'nprobe' $search --nprobe 9 desk
fails search__k_above_all_counts 2 'is more than' \
    $search -k 18446744073709551615 desk
fails search__query_not_utf8 1 'query 2: byte 0xe9 at place 4' \
    $search --format json desk "$(printf 'caf\351')"
fails search__no_such_format 2 'json or trec' $search --format xml desk

$search -k 1000 --exact twin | cut -f2 | sort -u >all_ids
printf '100\n7\nno such id\n' >some_ids
check search__included_ids_are_all_it_finds sh -c "
    $search -k 1000 --nprobe 1 --include-ids some_ids twin | cut -f2 |
    sort -u | tr '\n' ' ' | grep -qx '100 7 '"
check search__an_unknown_id_is_told sh -c "
    $search --include-ids some_ids twin 2>&1 >/dev/null |
    grep -q 'no item has 1 of the 3 ids'"
grep -vx '100\|7' all_ids >all_without
check search__excluded_ids_are_left_out sh -c "
    $search -k 1000 --exact --exclude-ids some_ids twin | cut -f2 | sort -u |
    cmp - all_without"
check search__excluded_wins sh -c "
    printf '7\n' >seven && [ \$($search -k 9 --include-ids some_ids \
        --exclude-ids seven twin | cut -f2 | sort -u) = 100 ]"
check search__everything_excluded_prints_nothing sh -c "
    [ -z \"\$($search --exclude-ids all_ids twin)\" ]"
check search__filter_keeps_k sh -c "
    [ \$($search -k 20 --nprobe 1 --exclude-ids some_ids desk | wc -l) -eq 20 ]"
fails search__no_such_file_of_ids 1 'none.txt' \
    $search --include-ids none.txt desk
check search__min_score sh -c "
    least=\$($search -k 5 --exact desk | sed -n 3p | cut -f3) &&
    $search -k 1000 --exact --min-score \"\$least\" desk |
    awk -F'\t' -v least=\"\$least\" '
        \$3 < least - 0.000001 { bad = 1 } END { exit bad || NR < 2 || NR > 300 }'"
check search__dedupe_shows_each_id_once sh -c "
    $search -k 1000 --exact --dedupe twin | cut -f2 | sort >.once &&
    cmp .once all_ids"
check search__dedupe_keeps_k sh -c "
    [ \$($search -k 30 --nprobe 2 --dedupe twin | cut -f2 | sort -u | wc -l) \
        -eq 30 ]"

tune="$SIAMESE index --model m.siamese --data pairs.csv --nlist 8"
check index__target_recall_of_all $tune --out t.siamese --target-recall 1 \
    --json
cp .out tuned
check index__says_what_it_measured grep -q \
    '{"target_recall": 1.0, "recall": 1.0, "k": 10, "queries": [1-9]' tuned
nprobe=$(sed 's/.*"nprobe": \([0-9]*\).*/\1/' tuned)
check index__nprobe_is_stored sh -c "
    $SIAMESE search --model t.siamese desk >a.tsv &&
    $search --nprobe $nprobe desk | cmp - a.tsv"
check index__a_lower_recall_reads_fewer sh -c "
    [ \$($tune --out u.siamese --target-recall 0.3 --json |
        sed 's/.*\"nprobe\": \([0-9]*\).*/\1/') -lt $nprobe ]"
check index__target_recall_of_items_alone sh -c "
    $SIAMESE index --model m.siamese --data - --out v.siamese --nlist 8 \
        --target-recall 0.9 --json <pairs.csv | grep -q '\"tuned\"'"
fails index__target_recall_above_1 2 'a share above 0' \
    $tune --out v.siamese --target-recall 1.5
finish
