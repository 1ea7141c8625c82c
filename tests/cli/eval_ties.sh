#!/bin/sh
# siamese eval where scores are equal: a figure is its mean over their orders.
. "$(dirname "$0")/harness.inc"

# has KEY VALUE ...: figures of the last command's JSON, to 1e-9.
has() {
    while [ $# -gt 0 ]; do
        sed -n "s/.*\"$1\": \([0-9.e+-]*\).*/\1/p" "$work/.out" | tail -1 |
            awk -v want="$2" '{ d = $1 - want; found = d < 1e-9 && d > -1e-9 }
                END { exit !found }' || { echo "$1 is not $2"; return 1; }
        shift 2
    done
}
# gives NAME KEY VALUE ... -- COMMAND...
gives() {
    gives=$1 wanted=''
    shift
    while [ "$1" != -- ]; do wanted="$wanted $1" && shift; done
    shift
    "$@" >.out 2>.err && has $wanted && passed "$gives" || failed "$gives"
}
told() {
    if grep -qF -- "$2" .err; then passed "$1"; else failed "$1"; fi
}

# Six items, a model of words, and queries of none of its words: all scores are 0.
printf '%s\n' 'product_id,title,query,relevance' '1,oak desk,writing desk,3' \
    '2,red sofa,couch,3' '3,glass lamp,lamp,3' '4,steel rack,shelf,3' \
    '5,brass tap,faucet,3' '6,pine table,dining table,3' >pairs.csv
"$SIAMESE" train --preset small --data pairs.csv --set max_steps=30 \
    --set min_steps=30 --model m.siamese --quiet
"$SIAMESE" index --model m.siamese --data pairs.csv --out i.siamese --quiet
printf '1\t机\n5\t龙头\n6\t桌子\n' >queries.tsv
printf '1 0 1 3\n5 0 5 3\n6 0 6 3\n' >qrels.txt
eval="$SIAMESE eval --queries queries.tsv --qrels qrels.txt --ks 1,3,10"
eval="$eval --metrics recall,precision,hit,mrr,map,ndcg"
for over in '--items pairs.csv --model m.siamese' '--model i.siamese' \
    '--items pairs.csv --nlist 2 --nprobe 2 --model m.siamese'; do
    name=$(echo "$over" | tr -dc 'a-z0-9')
    gives "eval_ties__chance_of_$name" recall@1 0.166666666666667 \
        hit@3 0.5 precision@3 0.166666666666667 \
        mrr@3 0.305555555555556 recall@10 1 mrr@10 0.408333333333333 \
        map@10 0.408333333333333 tied_queries 3 -- $eval $over
    told "eval_ties__told_of_$name" '3 of 3 queries have a judged item that'
done
check eval_ties__a_quiet_user_is_told_too sh -c "
    $eval --model i.siamese --quiet 2>&1 >/dev/null | grep -q '3 of 3 queries'"
gives eval_ties__rows_if_they_are_asked_for recall@1 0.333333333333333 -- \
    $eval --model i.siamese --ties row
if grep -q 'equal scores' .err; then failed eval_ties__then_none; else
    passed eval_ties__then_none
fi
fails eval_ties__ids_are_of_runs 2 '--ties id is of a run' \
    $eval --model i.siamese --ties id

# One title of 150 ids: the tie goes on behind the 100 results of a run.
awk 'BEGIN { print "product_id,title"
    for (i = 1; i <= 150; i++) print i ",oak desk"
    for (i = 151; i <= 900; i++) print i ",red sofa " i % 7 }' >many.csv
printf 'q\toak desk\n' >one.tsv
printf 'q 0 150 3\n' >last.txt
many="$SIAMESE eval --model m.siamese --items many.csv --queries one.tsv"
gives eval_ties__that_go_on_behind_the_results recall@10 0.0666666666666667 \
    hit@100 0.666666666666667 tied_queries 1 -- $many --qrels last.txt \
    --metrics recall,hit --ks 10,100 --write-run deep.run
check eval_ties__run_has_100_results sh -c '[ $(wc -l <deep.run) -eq 100 ]'
printf 'q 0 150 3\nq 0 3 3\n' >two.txt
# two of 150: the first is among 10 unless both are among the other 140
chance=$(awk 'BEGIN { printf "%.15g", 1 - 140 * 139 / (150 * 149) }')
gives eval_ties__chance_of_one_of_two hit@10 "$chance" \
    recall@10 0.0666666666666667 -- $many --qrels two.txt \
    --metrics recall,hit --ks 10
# Runs: the order of trec_eval, or the mean.
printf 'q Q0 %s 1 0.5 t\n' A B C D >tied.run
printf 'q 0 A 3\n' >a.txt
run="$SIAMESE eval --run tied.run --qrels a.txt --metrics mrr,recall --ks 2,10"
gives eval_ties__of_a_run_as_trec_eval mrr@10 0.25 recall@2 0 -- $run
gives eval_ties__of_a_run_as_a_mean mrr@10 0.520833333333333 recall@2 0.5 \
    tied_queries 1 -- $run --ties expected
sed 's/ B 1 0.5/ B 1 0.50000000001/' tied.run >nearly.run
gives eval_ties__of_float32_scores recall@2 0.5 -- $SIAMESE eval \
    --run nearly.run --qrels a.txt --metrics recall --ks 2 --ties expected
# a model by its mean, beside a run by its order
printf '%s Q0 2 1 1 t\n' 1 5 6 >wrong.run
gives eval_ties__model_against_a_run this 0.166666666666667 other 0 -- \
    $SIAMESE eval --model i.siamese --queries queries.tsv --qrels qrels.txt \
    --metrics recall --ks 1 --compare wrong.run
finish
