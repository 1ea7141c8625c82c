#!/bin/sh
# siamese search --explain: what scores are made of.
. "$(dirname "$0")/harness.inc"

printf '%s\n' 'product_id,title,query,relevance' \
    '1,flexible garden hose 50 ft,garden hose,3' '2,red velvet sofa,couch,3' \
    '3,glass lamp,lamp,3' '4,WF330 water filter,fridge filter,3' >pairs.csv
tiny="--preset small --set max_steps=20 --set min_steps=20 --quiet"
"$SIAMESE" train $tiny --data pairs.csv --model m.siamese
"$SIAMESE" index --quiet --data pairs.csv --model m.siamese --out i.siamese
search="$SIAMESE search --model i.siamese -k 2"

$search --explain 'garden hose' >lines.txt
check explain__each_hit_has_a_line_of_its_own sh -c "
    [ \"\$(wc -l <lines.txt)\" -eq 4 ] &&
    sed -n 2p lines.txt | grep -q '^	[+-][0-9.]* [a-z_]*'"
# of a model that has learned no weights: cosine and maxsim, to 4 places each
check explain__shares_add_up_to_the_score awk -F '\t' '
    NR % 2 == 1 { score = $3; next }
    { n = split($2, part, " "); sum = 0
      for (i = 1; i < n; i += 2) sum += part[i]
      if (n != 4 || sum - score > 0.0002 || score - sum > 0.0002) exit 1 }' \
    lines.txt
check explain__the_hits_are_those_without_it sh -c "
    $search 'garden hose' >plain.txt && grep -v '^	' lines.txt |
        cmp - plain.txt"
check explain__json_has_shares_confidence_and_vector_score sh -c "
    $search --explain --json 'garden hose' >hits.json &&
    grep -q '\"shares\": *{\"score\": *[0-9.]*, *\"maxsim\": *[0-9.]*}' \
        hits.json &&
    grep -q '\"vector_score\": *[0-9]' hits.json &&
    grep -q '\"confidence\": *[0-9]' hits.json"
check explain__json_has_none_of_it_unasked sh -c "
    ! $search --json 'garden hose' | grep -q -e shares -e confidence"

fails explain__a_run_has_no_place_for_it 2 '--explain' \
    $search --explain --format trec lamp
fails explain__says_that_nothing_ranks 1 '--explain: nothing has ranked' \
    $search --explain --rerank off lamp
check explain__fails_before_any_output test ! -s .out
for format in tsv json; do
    fails explain__two_queries_fail_as_one_$format 1 '--explain: nothing' \
        $search --explain --rerank off --format $format zzqx lamp
    check explain__fails_before_any_output_$format test ! -s .out
done
"$SIAMESE" index --quiet --data pairs.csv --model m.siamese --out off.siamese \
    --set ranker.rerank=0
fails explain__knows_what_the_model_ranks_by 1 '--explain: nothing' \
    "$SIAMESE" search --model off.siamese --explain zzqx lamp
check explain__knows_it_before_any_output test ! -s .out
check explain__rerank_on_is_explained sh -c "
    $SIAMESE search --model off.siamese --explain --rerank on lamp |
        grep -q '^	[+-]'"

# A file without a ranker: what the help calls the defaults is what it gets.
"$SIAMESE" train --quiet $small --data pairs.csv --model plain.siamese
ranker_of() { # NAME=VALUE: what info says of the index that is made with it
    "$SIAMESE" index --quiet --data pairs.csv --model plain.siamese \
        --out ranked.siamese --set "ranker.$1" &&
        "$SIAMESE" info ranked.siamese | grep '^ranker:' | tr ' ' '\n' |
        grep -e '^rerank=' -e spelling -e 'feedback=' -e 'maxsim_weight=' | tr '\n' ' '
}
all="rerank=1 maxsim_weight=0.8 spelling=1 feedback=10 "
check explain__rerank_makes_a_ranker_of_defaults test \
    "$(ranker_of rerank=1)" = "$all"
check explain__any_option_makes_one test "$(ranker_of maxsim_weight=0.5)" = \
    "rerank=1 maxsim_weight=0.5 spelling=1 feedback=10 "
for stage in rerank spelling feedback; do
    check "explain__${stage}_off_makes_none" test -z "$(ranker_of $stage=0)"
done
"$SIAMESE" index --quiet --data pairs.csv --model m.siamese --out ranked.siamese \
    --set ranker.feedback=3
check explain__an_option_of_a_ranker_leaves_the_others sh -c "
    $SIAMESE info off.siamese | grep -q 'rerank=0 .* feedback=10 ' &&
    $SIAMESE info ranked.siamese | grep -q 'rerank=1 .* feedback=3 '"

finish
