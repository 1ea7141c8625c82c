#!/bin/sh
# siamese eval: judgements in the forms they come in, and those of items and
# queries that are not there.
. "$(dirname "$0")/harness.inc"

# figure NAME VALUE: of the last command's JSON, to 1e-9.
figure() {
    sed -n "s/.*\"$1\": \([0-9.e+-]*\).*/\1/p" "$work/.out" | tail -1 |
        awk -v want="$2" '{ d = $1 - want; found = d < 1e-9 && d > -1e-9 }
            END { exit !found }'
}
# gives NAME FIGURE VALUE COMMAND...: the command succeeds and has the figure.
gives() {
    gives=$1 key=$2 value=$3
    shift 3
    "$@" >.out 2>.err && figure "$key" "$value" && passed "$gives" ||
        failed "$gives"
}
# told NAME TEXT: the last command said so.
told() {
    if grep -qF -- "$2" .err; then passed "$1"; else failed "$1"; fi
}

# ---- words for a relevance ----

printf '%s\n' '1 Q0 B1 1 0.9 t' '1 Q0 B2 2 0.5 t' '1 Q0 B3 3 0.4 t' >a.run
# table NAME WORD WORD WORD: judgements of B1, B2 and B3, and the same as qrels.
table() {
    printf '%s\n' 'query,product_id,relevance' "red sofa,B1,$2" \
        "red sofa,B2,$3" "red sofa,B3,$4" >"$1.csv"
    printf '1 0 B1 %s\n1 0 B2 %s\n1 0 B3 %s\n' "$2" "$3" "$4" >"$1.txt"
}
table numbers 3 0 2
table esci E I S
table wands Exact Irrelevant Partial
table amazon exact irrelevant substitute
table flags yes no true
table digits 1 0 1
graded="--metrics ndcg --ks 10 --relevant 2"
# gains above grade 1, linear: 2 and 1 at ranks 1 and 3
ndcg=$(awk 'BEGIN { l3 = log(3) / log(2); printf "%.17g", (2 + 1 / 2) / (2 + 1 / l3) }')
for words in numbers esci wands amazon; do
    for file in "--judged $words.csv" "--qrels $words.txt"; do
        gives "judgements__${words}_of_${file%% *}" 'ndcg@10' "$ndcg" \
            $SIAMESE eval --run a.run $file $graded
    done
done
binary="--relevant 1 --gain-zero 0 --metrics map --ks 10"
map=$(awk 'BEGIN { printf "%.17g", (1 + 2 / 3) / 2 }')
for words in flags digits; do
    gives "judgements__$words" 'map@10' "$map" \
        $SIAMESE eval --run a.run --judged $words.csv $binary
done
table unknown E bad S
fails judgements__word_that_is_none 1 "relevance 'bad' is not a number" \
    "$SIAMESE" eval --run a.run --judged unknown.csv
fails judgements__grade_that_is_none 1 "unknown.txt:2: grade 'bad' is not a" \
    "$SIAMESE" eval --run a.run --qrels unknown.txt

# ---- qrels of three columns, with a header or without ----

recall="--relevant 1 --gain-zero 0 --metrics recall --ks 10"
printf 'query-id\tcorpus-id\tscore\n1\tB1\t1\n1\tB4\t1\n' >beir.tsv
tail -n +2 beir.tsv >three.tsv
printf 'qid iter docid rel\n1 0 B1 1\n1 0 B4 1\n' >named.txt
printf '"q_id"\t"doc"\t"score"\n1\tB1\t1\n1\tB4\t1\n' >quoted.tsv
printf '_id doc Relevance\n1 B1 1\n1 B4 1\n' >grade.txt
for file in beir.tsv three.tsv named.txt quoted.tsv grade.txt; do
    gives "judgements__qrels_$file" 'recall@10' 0.5 \
        $SIAMESE eval --run a.run --qrels $file $recall
done
printf 'query-id\tcorpus-id\tscore\n1\tB 1\t1\n1\tB2\t1\n' >blanks.tsv
gives judgements__id_with_a_blank_between_tabs 'recall@10' 0.5 \
    $SIAMESE eval --run a.run --qrels blanks.tsv $recall
printf '1 0 B1 1\n1 0 5\n' >cut.txt
fails judgements__line_of_fewer_columns 1 'cut.txt:2: 3 columns, where' \
    "$SIAMESE" eval --run a.run --qrels cut.txt
printf '1 0 B1 1\nquery-id corpus-id x score\n' >late.txt
fails judgements__header_further_down 1 "late.txt:2: grade 'score'" \
    "$SIAMESE" eval --run a.run --qrels late.txt
printf '1 B1\n' >two.txt
fails judgements__two_columns 1 'two.txt:1: qid 0 id grade, or qid id grade' \
    "$SIAMESE" eval --run a.run --qrels two.txt

# ---- items and queries that are not there ----

printf '%s\n' 'id,title' 'B1,red sofa' 'B2,oak desk' 'B3,lamp' >items.csv
printf '1 0 B1 1\n1 0 GONE 1\n' >gone.txt
printf '%s\n' 'query,product_id,relevance' 'red sofa,B1,1' 'red sofa,GONE,1' \
    >gone.csv
printf '1\tred sofa\n' >queries.tsv
run="$SIAMESE eval --run a.run"
for skip in '' '--on-bad-row skip'; do
    gives "judgements__item_that_is_gone_of_judged${skip:+_skip}" 'recall@10' \
        0.5 $run --items items.csv --judged gone.csv $recall $skip
    told "judgements__which_is_told${skip:+_skip}" \
        'gone.csv: 1 of 2 judgements are of items that are not among the items'
    gives "judgements__item_that_is_gone_of_qrels${skip:+_skip}" 'recall@10' \
        0.5 $run --items items.csv --qrels gone.txt $recall $skip
done
gives judgements__item_that_is_gone_with_queries 'recall@10' 0.5 \
    $run --items items.csv --queries queries.tsv --qrels gone.txt $recall
gives judgements__item_that_is_gone_as_without_items 'recall@10' 0.5 \
    $run --qrels gone.txt $recall
printf '1 0 GONE 1\n' >all.txt
gives judgements__all_items_are_gone 'recall@10' 0 \
    $run --items items.csv --qrels all.txt $recall
{ cat a.run && echo '1 Q0 GONE 4 0.1 t'; } >found.run
fails judgements__result_that_is_gone 1 "id 'GONE' is not among the items" \
    "$SIAMESE" eval --run found.run --items items.csv --qrels gone.txt
# Its title is not known: it is unseen, but in no slice by words.
printf 'query,id,relevance\nred sofa,B1,1\n' >train.csv
gives judgements__gone_in_slices_unseen 'relevant_pairs' 1 \
    $run --items items.csv --judged gone.csv --train train.csv $recall \
    --slices unseen_items
gives judgements__gone_in_slices_of_words 'relevant_pairs' 0 \
    $run --items items.csv --judged gone.csv $recall --slices no_shared_token
gives judgements__gone_compared 'difference' 0 $run --items items.csv \
    --judged gone.csv $recall --compare a.run
printf '1 0 B1 1\n2 0 B1 1\n' >more.txt
gives judgements__unknown_query_is_passed_over 'recall@10' 1 \
    $run --queries queries.tsv --qrels more.txt $recall
told judgements__which_is_told_too \
    'more.txt: 1 of 2 judgements are of qids that are not among the queries'
gives judgements__it_does_not_count 'queries' 1 \
    $run --queries queries.tsv --qrels more.txt $recall
printf '7 0 B1 1\n' >other.txt
fails judgements__of_no_query 1 'other.txt: none of its qids is among the quer' \
    "$SIAMESE" eval --run a.run --queries queries.tsv --qrels other.txt

# The same where a model ranks the items.
judged_pairs 60 >pairs.csv
check judgements__model "$SIAMESE" train --data pairs.csv --model m.siamese \
    $small --epochs 1 --metrics none
check judgements__index "$SIAMESE" index --model m.siamese --data pairs.csv \
    --out i.siamese --quiet
printf '1\tred desk\n' >q.tsv
printf '1 0 100 1\n1 0 GONE 1\n2 0 100 1\n' >m.txt
for over in '--model m.siamese --items pairs.csv' '--model i.siamese'; do
    gives "judgements__${over##* }_ranks" 'recall@1000' 0.5 $SIAMESE eval \
        $over --queries q.tsv --qrels m.txt --relevant 1 --gain-zero 0 \
        --metrics recall --ks 1000
done
sed 's/B1/100/' gone.csv >judged.csv
gives judgements__model_and_judged_compared 'other' 0.5 $SIAMESE eval \
    --model m.siamese --items pairs.csv --judged judged.csv --relevant 1 \
    --metrics recall --ks 1000 --compare i.siamese
finish
