#!/bin/sh
# siamese search --collapse-titles and --min-confidence: which results stay.
. "$(dirname "$0")/harness.inc"

printf '%s\n' 'product_id,title,query,relevance' \
    '1,flexible garden hose 50 ft,garden hose,3' '2,red velvet sofa,couch,3' \
    '3,glass lamp,lamp,3' '4,Flexible  Garden Hose 50 FT,garden hose,3' \
    '5,flexible garden hose 25 ft,hose,3' '6,GLASS lamp,lamp,3' \
    '7,flexible garden hose 50 ft,hose,3' '8,oak table,table,3' >pairs.csv
tiny="--preset small --set max_steps=20 --set min_steps=20 --quiet"
"$SIAMESE" train $tiny --data pairs.csv --model m.siamese
"$SIAMESE" index --quiet --data pairs.csv --model m.siamese --out i.siamese
"$SIAMESE" train --preset notebook --set max_steps=20 --set min_steps=20 \
    --quiet --data pairs.csv --model nm.siamese
"$SIAMESE" index --quiet --data pairs.csv --model nm.siamese --out n.siamese
search="$SIAMESE search --model i.siamese"

# by_hand K: of all results on standard input the first of each title, K.
by_hand() {
    awk -F '\t' -v k="$1" '{
        title = tolower($4)
        gsub(/[ \t]+/, " ", title)
        if (seen[title]++ || n == k) next
        print ++n "\t" $2 "\t" $3 "\t" $4 }'
}

for query in 'garden hose' lamp 'gardn hose'; do
    for k in 1 3 5 8; do
        $search -k 8 "$query" | by_hand $k >wanted.txt
        $search -k $k --collapse-titles "$query" >found.txt
        cmp -s wanted.txt found.txt || echo "$query $k" >>differ.txt
    done
done
check collapse__leaves_the_best_of_each_title [ ! -e differ.txt ]
check collapse__fills_up_with_what_follows sh -c "
    $search -k 8 --collapse-titles hose | wc -l | grep -qx ' *5'"
check collapse__has_the_same_results_in_json sh -c "
    $search -k 3 --collapse-titles --json hose |
        grep -o '\"id\": *\"[0-9]*\"' | grep -o '[0-9]*' >json.txt &&
    $search -k 3 --collapse-titles hose | cut -f 2 | cmp - json.txt"
check collapse__has_the_same_results_in_a_run sh -c "
    $search -k 3 --collapse-titles --format trec hose | cut -d ' ' -f 3 |
        cmp - json.txt"
check collapse__keeps_to_a_condition sh -c "
    $search -k 8 --collapse-titles --where 'id in (\"4\", \"7\", \"8\")' hose |
        cut -f 2 | sort >kept.txt && grep -qx 8 kept.txt &&
    [ \"\$(wc -l <kept.txt)\" -eq 2 ]"
check collapse__needs_no_ranker sh -c "
    $SIAMESE search --model n.siamese -k 8 --collapse-titles hose | wc -l |
        grep -qx ' *5'"

# confidences of the results, best first: one a line
$search -k 8 --explain --json hose >hits.json
grep -o '"confidence": *[0-9.e-]*' hits.json | sed 's/.*: *//' >confidences.txt
middle=$(sort -g confidences.txt | sed -n 5p)
wanted=$(awk -v m="$middle" '$1 >= m' confidences.txt | wc -l)
check confidence__leaves_out_what_has_less sh -c "
    $search -k 8 --min-confidence $middle hose | wc -l |
        grep -qx ' *$wanted' && [ $wanted -lt 8 ] && [ $wanted -gt 0 ]"
check confidence__of_0_leaves_out_nothing sh -c "
    $search -k 8 hose >all.txt &&
    $search -k 8 --min-confidence 0 hose | cmp - all.txt"
check confidence__may_leave_none sh -c "
    $search -k 8 --min-confidence 1 'hose 75 ft' >none.txt && [ ! -s none.txt ]"

fails confidence__above_1_is_refused 1 'min_confidence' \
    $search --min-confidence 1.5 lamp
fails confidence__of_a_word_is_refused 2 '--min-confidence' \
    $search --min-confidence much lamp
fails confidence__takes_a_ranker 1 'has no ranker' \
    "$SIAMESE" search --model n.siamese --min-confidence 0.5 lamp
fails confidence__takes_ranking 1 'min_confidence: rerank is off' \
    $search --rerank off --min-confidence 0.5 lamp

finish
