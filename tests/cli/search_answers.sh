#!/bin/sh
# siamese search: which query an answer is of, queries of no known word, and ids
# that a TREC run cannot hold.
. "$(dirname "$0")/harness.inc"

printf '%s\n' 'product_id,title,query,relevance' '1,oak desk,writing desk,3' \
    '2,red sofa,couch,3' '3,glass lamp,lamp,3' '4,steel rack,shelf,3' >pairs.csv
tiny="--preset small --set max_steps=20 --set min_steps=20 --quiet"
"$SIAMESE" train $tiny --data pairs.csv --model m.siamese
"$SIAMESE" index --quiet --data pairs.csv --model m.siamese --out i.siamese
search="$SIAMESE search --model i.siamese -k 2"

# same NAME: .out is what stands in want.
same() {
    if cmp -s .out want; then passed "$1"; else failed "$1"; fi
}
for word in desk couch 'red	lamp'; do
    $search "$word" >"answer.$(printf %.3s "$word")" 2>/dev/null
done

# ---- several queries ----

{ printf '# 1\tdesk\n' && cat answer.des && printf '\n# 2\tcouch\n' &&
    cat answer.cou && printf '\n# 3\tred lamp\n' && cat answer.red; } >want
$search desk couch 'red	lamp' >.out 2>.err
same search__each_block_of_arguments_names_its_query
printf 'desk\ncouch\nred\tlamp\n' | $search >.out 2>.err
same search__each_line_of_input_names_its_query
cp answer.des want
$search desk >.out 2>.err
same search__one_argument_is_answered_alone
{ printf '# 1\tdesk\n' && cat answer.des; } >want
echo desk | $search >.out 2>.err
same search__one_line_of_input_is_named_too
{ printf '# 1\tdesk\n' && $search -k 1 desk && printf '\n# 2\tzzzzqqq\n\n# 3\tcouch\n' &&
    $search -k 1 couch; } >want 2>/dev/null
printf 'desk\nzzzzqqq\ncouch\n' | $search -k 1 >.out 2>.err
same search__a_block_without_results_has_its_place
check search__scripts_tell_them_apart sh -c "
    $search desk couch | awk -F'\t' '
        /^# / { query = \$2; next }
        NF == 4 { n[query]++ }
        END { exit n[\"desk\"] != 2 || n[\"couch\"] != 2 }'"
check search__json_and_trec_have_no_headings sh -c "
    $search --format json desk couch | grep -c '^{\"query\"' | grep -qx 2 &&
    $search --format trec desk couch | grep -vc ' siamese\$' | grep -qx 0"

# ---- queries of no known word ----

# nothing NAME COMMAND...: no output, and a note.
nothing() {
    nothing=$1
    shift
    "$@" >.out 2>.err
    if [ $? -eq 0 ] && [ ! -s .out ] && grep -q 'knows no word of it' .err; then
        passed "$nothing"
    else
        failed "$nothing"
    fi
}
for format in tsv trec; do
    nothing "search__no_known_word_$format" $search --format $format zzzzqqq
    nothing "search__empty_query_$format" $search --format $format ''
    nothing "search__no_known_word_exact_$format" $search --format $format \
        --exact --dedupe 机
done
echo >empty
printf '# 1\t\n' >want
$search <empty >.out 2>.err
same search__an_empty_line_has_a_block_without_results
check search__an_empty_line_has_a_note grep -q 'knows no word of it' .err
check search__no_known_word_json sh -c "
    $search --format json zzzzqqq desk >two.json &&
    sed -n 1p two.json | grep -qF '{\"query\": \"zzzzqqq\", \
\"results\": [], \"no_known_word\": true}' &&
    sed -n 2p two.json | grep -q '\"rank\": 1' &&
    ! sed -n 2p two.json | grep -q no_known_word"
check search__the_other_queries_are_answered sh -c "
    $search --format trec zzzzqqq desk | cut -d' ' -f1 | sort -u | grep -qx 2"
check search__the_note_says_which sh -c "
    $search desk zzzzqqq 2>&1 >/dev/null | grep -q 'query 2: the model knows'"
check search__some_known_words_are_enough sh -c "
    [ \$($search 'zzzzqqq desk' | wc -l) -eq 2 ]"

# ---- ids that a run cannot hold ----

# refuses NAME ID: a catalogue with this id, which is not even found.
refuses() {
    printf '%s\n' 'product_id,title,query,relevance' '1,oak desk,desk,3' \
        "$2,red sofa,couch,3" '3,lamp,lamp,3' >spaced.csv
    "$SIAMESE" index --quiet --data spaced.csv --model m.siamese \
        --out spaced.siamese
    fails "$1" 1 'is empty or has white space, which a file with columns' \
        "$SIAMESE" search --model spaced.siamese --format trec -k 1 desk couch
    if [ -s .out ]; then failed "$1_before_a_line"; else
        passed "$1_before_a_line"
    fi
}
refuses search__trec_of_an_id_with_a_blank '"A 12"'
refuses search__trec_of_an_id_with_a_tab '"x	y"'
refuses search__trec_of_an_id_with_a_line_end '"x
y"'
refuses search__trec_of_an_empty_id ''
check search__other_formats_show_it sh -c "
    $SIAMESE search --model spaced.siamese --format json couch |
        grep -q '\"id\": \"\"'"
printf '1\n3\n' >sound
check search__trec_of_other_ids_alone sh -c "
    $SIAMESE search --model spaced.siamese --format trec \
        --include-ids sound couch desk | awk 'NF != 6 { exit 1 }'"
check search__trec_reads_back sh -c "
    $search --format trec -k 4 'oak desk' >r.run && echo '1 0 1 1' >q.txt &&
    $SIAMESE eval --run r.run --qrels q.txt --relevant 1 | grep -q '\"hit@10\": 1'"
finish
