#!/bin/sh
# siamese eval of runs: figures, slices and comparisons that are known by hand,
# files in and out, and what is wrong with them.
. "$(dirname "$0")/harness.inc"

# measure NAME COMMAND...: as check; what it printed stays in figures and told.
measure() {
    check "$@"
    cp .out figures
    cp .err told
}
# paths: the JSON object in figures as lines of path and value.
paths() {
    sed 's/[{},]/\n&\n/g' figures | awk '
        /^ *$/ { next }
        /^{/ { depth++; next }
        /^}/ { depth--; next }
        { at = index($0, ": ")
          if (!at) next
          key = substr($0, 1, at - 1); gsub(/[ "]/, "", key)
          name[depth] = key; path = ""
          for (i = 1; i <= depth; i++) path = path "/" name[i]
          print path, substr($0, at + 2) }'
}
# has PATH NUMBER ...: the values stand there, to 1e-12.
has() {
    paths >.paths
    while [ $# -gt 0 ]; do
        awk -v path="/$1" -v want="$2" '$1 == path { found = 1
            d = $2 - want; if (d > 1e-12 || d < -1e-12) bad = 1 }
            END { exit bad || !found }' .paths || {
            echo "$1 is not $2:" && cat .paths && return 1
        }
        shift 2
    done
}

printf '%s\n' 'product_uid,product_title' 'A,red desk' 'B,oak table' \
    'C,Café lamp' 'D,steel chair' 'E,"desk, lamp"' 'F,sofa' >items.csv
printf 'q1\tRED desk!\nq2\tcouch\nq3\tCAFÉ light\n' >queries.tsv
printf '%s\n' 'q1 0 A 3' 'q1 0 E 2.33' 'q1 0 B 1' 'q2 0 F 3' 'q2 0 D 3.0' \
    'q3 0 C 3' 'q3 0 E 2' >qrels.txt
printf '%s\n' 'q1 Q0 B 1 0.5 t' 'q1 Q0 A 2 9e-1 t' 'q1	Q0	E	3	0.5	t' \
    'q2 Q0 A 2 1 t' 'q2 Q0 D 1 2 t' >a.run
eval="$SIAMESE eval --run a.run --qrels qrels.txt"
items="--items items.csv --queries queries.tsv"
ks="--metrics recall,precision,mrr,map,ndcg --ks 2,3"

# q1 ranks A, then B and E of equal scores; q2 D, A; q3 nothing.
measure eval_runs__figures $eval $items $ks
check eval_runs__figures_by_hand has recall@2 0.333333333333333333 \
    recall@3 0.5 precision@2 0.333333333333333333 mrr@2 0.666666666666666667 \
    map@3 0.444444444444444444 queries 3 relevant_pairs 5 results 5
# gains of q1: A 2, B 0, E 1.33; q2: F 2, D 2; q3: C 2, E 1
check eval_runs__ndcg_by_hand has ndcg@3 "$(awk 'BEGIN {
    l3 = log(3) / log(2)
    printf "%.17g", ((2 + 1.33 / 2) / (2 + 1.33 / l3) + 2 / (2 + 2 / l3)) / 3
}')"
measure eval_runs__ties_by_row $eval $items --metrics recall --ks 2
check eval_runs__ties_by_row_figures has recall@2 0.333333333333333333
measure eval_runs__ties_by_id $eval $items --metrics recall --ks 2 --ties id
check eval_runs__ties_by_id_figures has recall@2 0.5
sed 's/q1 Q0 B 1/q1 Q0 B 4/' a.run >moved.run
measure eval_runs__ties_by_rank $SIAMESE eval --run moved.run --qrels qrels.txt \
    $items --metrics recall --ks 2 --ties rank
check eval_runs__ties_by_rank_figures has recall@2 0.5
measure eval_runs__needs_no_items_and_no_queries $eval --metrics recall --ks 2
check eval_runs__then_ties_are_those_of_trec_eval has recall@2 0.5

# trec_eval reads a score as a float32 and no rank at all: 1 + 1e-9 is 1, and of
# equal scores the greater id stands first.
printf 'q 0 A 1\n' >one.txt
first="--qrels one.txt --relevant 1 --metrics mrr --ks 10"
printf '%s\n' 'q Q0 A 1 1.000000001 t' 'q Q0 B 2 1.0 t' >close.run
measure eval_runs__scores_are_those_of_trec_eval $SIAMESE eval --run close.run \
    $first
check eval_runs__close_scores_are_equal has mrr@10 0.5
printf '%s\n' 'q Q0 A 1 1.0000002 t' 'q Q0 B 2 1.0 t' >apart.run
measure eval_runs__scores_a_float32_tells_apart $SIAMESE eval --run apart.run \
    $first
check eval_runs__apart_scores_are_not_equal has mrr@10 1
printf '%s\n' 'q Q0 A 1 1e300 t' 'q Q0 B 2 1e200 t' 'q Q0 C 3 -1e300 t' \
    'q Q0 D 4 1e-60 t' 'q Q0 E 5 0 t' >far.run
measure eval_runs__scores_beyond_float32 $SIAMESE eval --run far.run $first
check eval_runs__which_are_infinite_there has mrr@10 0.5
for rank in 1.0 -1 1e3 first 99999999999; do
    printf 'q Q0 A %s 1 t\nq Q0 B %s 2 t\n' $rank $rank >ranks.run
    measure eval_runs__rank_that_is_not_read_$rank $SIAMESE eval \
        --run ranks.run $first
    check eval_runs__score_alone_counts_beside_$rank has mrr@10 0.5
done
printf 'q Q0 A 1.5 1 t\nq Q0 B -2 1 t\n' >ranks.run
measure eval_runs__ties_by_any_number $SIAMESE eval --run ranks.run $first \
    --ties rank
check eval_runs__ties_by_any_number_figures has mrr@10 0.5
{ cat a.run && echo 'q4 Q0 A 1 1 t'; } >more.run
measure eval_runs__other_queries_are_passed_over $SIAMESE eval --run more.run \
    --qrels qrels.txt $items $ks
check eval_runs__told_how_many grep -q '1 of 6 lines are of queries that' told
check eval_runs__figures_without_them has recall@2 0.333333333333333333 recall@3 0.5
awk '{ print $1, $3, $5 }' a.run >short.run
measure eval_runs__lines_of_three_columns $SIAMESE eval --run short.run \
    --qrels qrels.txt $items --metrics recall --ks 2
check eval_runs__lines_of_three_columns_figures has recall@2 \
    0.333333333333333333
measure eval_runs__tells_of_ranks_against_scores $eval $items
check eval_runs__told_of_them grep -q 'ranks of 1 of 2 neighbours are' told
measure eval_runs__gain_can_be_chosen $eval $items --metrics ndcg --ks 1 \
    --gain exponential --gain-zero 0
check eval_runs__exponential_gain_by_hand has ndcg@1 0.666666666666666667

# ---- slices ----

printf '%s\n' 'search_term,product_uid' 'red desk,A' 'Red  DESK,A' \
    '"red, desk",D' 'couch,D' >train.csv
measure eval_runs__slices $eval $items --metrics recall,hit --ks 2,3 \
    --slices all --train train.csv --per-query each.tsv
check eval_runs__no_shared_token_by_hand has \
    slices/no_shared_token/queries 1 \
    slices/no_shared_token/relevant_pairs 2 \
    slices/no_shared_token/recall@2 0.5 slices/no_shared_token/hit@2 1
check eval_runs__unseen_items_by_hand has slices/unseen_items/queries 3 \
    slices/unseen_items/relevant_pairs 3 slices/unseen_items/recall@2 0 \
    slices/unseen_items/recall@3 0.333333333333333333
check eval_runs__head_torso_tail_by_hand has slices/head/queries 1 \
    slices/head/recall@2 0.5 slices/head/least_frequency 3 \
    slices/torso/recall@2 0.5 slices/torso/most_frequency 1 \
    slices/tail/recall@2 0 slices/tail/most_frequency 0
check eval_runs__frequency_of_the_query grep -q '"frequency_of": "query"' figures
cat >want <<'T'
qid	query	judged	relevant	frequency	slice	recall@2	recall@3	hit@2	hit@3
q1	RED desk!	3	2	3	head	0.5	1	1	1
q2	couch	2	2	1	torso	0.5	0.5	1	1
q3	CAFÉ light	2	1	0	tail	0	0	0	0
T
check eval_runs__one_line_a_query cmp each.tsv want
printf 'search_term,product_uid\nred lamp,B\nlight desk,B\nlamp red,B\n' \
    >split.csv
measure eval_runs__other_queries $eval $items --metrics recall --ks 2 \
    --train split.csv --per-query split.txt
# q1: red 2, desk 1; q2: couch 0; q3: café 0
check eval_runs__then_the_rarest_token_counts sh -c "
    grep -q '\"frequency_of\": \"rarest_token\"' figures &&
    [ \"\$(cut -f5 split.txt | tr '\\n' ' ')\" = 'frequency 1 0 0 ' ]"
printf 'q1\tΟΔΟΣ İ\nq2\tGRÜN, x\nq3\to(n)e\n' >words.tsv
printf '%s\n' 'id,title' "1,οδος" '2,grün' '3,one' '4,i' '5,ΟΔΟΣΑ' >words.csv
printf '%s 0 %s 3\n' q1 1 q1 4 q1 5 q2 2 q3 3 >words.txt
printf 'q1 1 1\n' >words.run
check eval_runs__words_as_python_has_them sh -c "
    $SIAMESE eval --run words.run --items words.csv --queries words.tsv \
        --qrels words.txt --slices no_shared_token |
        grep -q '\"no_shared_token\": {.*\"relevant_pairs\": 2'"
fails eval_runs__slice_that_cannot_be 2 '--slices unseen_items needs --train' \
    $eval $items --slices unseen_items
fails eval_runs__unknown_slice 2 "'heat' is not all, no_shared_token" \
    $eval $items --slices head,heat

# ---- comparison ----

# Of two queries one differs by 1: means of resamples are 0, 1/2 or 1, of shares
# 1/4, 1/2, 1/4; no sign brings the mean nearer to 0.
printf 'q1 0 A 3\nq2 0 A 3\n' >two.txt
printf 'q1 A 1\nq2 A 1\n' >both.run
printf 'q1 A 1\nq2 B 1\n' >one.run
two="$SIAMESE eval --qrels two.txt --metrics recall --ks 1 --run both.run"
measure eval_runs__compare $two --compare one.run
check eval_runs__compare_by_hand has compare/all/recall@1/this 1 \
    compare/all/recall@1/other 0.5 compare/all/recall@1/difference 0.5 \
    compare/all/recall@1/low 0 compare/all/recall@1/high 1 \
    compare/all/recall@1/p_value 1 compare/resamples 10000
check eval_runs__share_of_resamples sh -c "
    sed 's/.*\"share_above_0\": \([0-9.]*\).*/\1/' figures |
    awk '{ exit !(\$1 > 0.73 && \$1 < 0.77) }'"
check eval_runs__compare_is_told grep -q '^  recall@1 .*+0.5000  \[+0.0000, +1' \
    told
cut_seconds='s/"seconds.*//'
check eval_runs__same_seed_same_bits sh -c "
    $two --json --compare one.run --seed 5 | sed '$cut_seconds' >5.json &&
    $two --json --compare one.run --seed 5 | sed '$cut_seconds' |
        cmp - 5.json && grep -q '\"seed\": 5' 5.json && [ ! -s .err ]"
measure eval_runs__with_itself $two --compare both.run
check eval_runs__with_itself_by_hand has compare/all/recall@1/difference 0 \
    compare/all/recall@1/low 0 compare/all/recall@1/high 0 \
    compare/all/recall@1/share_above_0 0 compare/all/recall@1/p_value 1
# Ten queries that all differ by 1: p is 2 of 1,024 signs.
for q in 0 1 2 3 4 5 6 7 8 9; do
    echo "q$q 0 A 3" >>ten.txt
    echo "q$q A 1" >>ten.run
    echo "q$q B 1" >>none.run
done
measure eval_runs__always_better $SIAMESE eval --qrels ten.txt --run ten.run \
    --compare none.run --metrics hit --ks 1 --resamples 100000 \
    --per-query ten.csv
check eval_runs__always_better_by_hand has compare/all/hit@1/low 1 \
    compare/all/hit@1/high 1 compare/all/hit@1/share_above_0 1
check eval_runs__p_of_the_randomisation sh -c "
    sed 's/.*\"p_value\": \([0-9.e-]*\).*/\1/' figures |
    awk '{ d = \$1 - 2 / 1024; exit !(d < 5e-4 && d > -5e-4) }'"
check eval_runs__per_query_as_csv sh -c "
    head -2 ten.csv | tail -1 | grep -qx 'q0,,1,1,1,0' &&
    head -1 ten.csv | grep -qx 'qid,query,judged,relevant,hit@1,other_hit@1'"
fails eval_runs__no_resamples 2 '--resamples 0: 1 ..' $two --compare one.run \
    --resamples 0

# ---- files in and out ----

measure eval_runs__writes $eval $items --write-run b.run --write-qrels b.txt \
    --write-queries b.tsv --quiet
cut -d'"' -f2-20 figures >first
printf '%s\n' 'q1 Q0 A 1 0.9' 'q1 Q0 B 2 0.5' 'q1 Q0 E 3 0.5' 'q2 Q0 D 1 2' \
    'q2 Q0 A 2 1' | sed 's/$/ siamese/' >want.run
check eval_runs__written_run_is_in_order cmp b.run want.run
check eval_runs__written_qrels_and_queries sh -c "
    cmp b.tsv queries.tsv && head -2 b.txt | tr '\\n' ' ' |
        grep -qx 'q1 0 A 3 q1 0 B 1 '"
check eval_runs__read_again sh -c "
    $SIAMESE eval --run b.run --qrels b.txt --queries b.tsv \
        --items items.csv --quiet | cut -d'\"' -f2-20 | cmp - first"
printf '%s\n' 'query,relevance,item_id' 'RED desk!,3,A' 'RED desk!,2.33,E' \
    'RED desk!,1,B' 'couch,3,F' 'couch,3,D' 'CAFÉ light,3,C' 'CAFÉ light,2,E' \
    >judged.csv
sed 's/^q//' a.run >numbered.run
check eval_runs__judged_pairs_as_csv sh -c "
    $SIAMESE eval --run numbered.run --judged judged.csv --items items.csv \
        --quiet --write-qrels n.txt | cut -d'\"' -f2-20 | cmp - first &&
    sed 's/^q//' b.txt | cmp - n.txt"

# ---- what is wrong ----

# bad NAME LINE TEXT: the line at the end of the run.
bad() {
    { cat a.run && printf '%s\n' "$2"; } >bad.run
    fails "$1" 1 "bad.run:6: $3" "$SIAMESE" eval --run bad.run \
        --qrels qrels.txt $items
}
: >bad.run
bad eval_runs__score_is_nan 'q3 Q0 A 1 NaN t' "score 'NaN' is not a finite"
bad eval_runs__score_is_infinite 'q3 Q0 A 1 inf t' "score 'inf' is not"
bad eval_runs__score_is_too_large 'q3 Q0 A 1 1e999 t' "score '1e999' is not"
bad eval_runs__score_is_no_number 'q3 Q0 A 1 1,5 t' "score '1,5' is not a"
bad eval_runs__too_few_columns 'q3 Q0 A 1 1' 'qid Q0 id rank score tag is'
bad eval_runs__too_many_columns 'q3 Q0 A 1 1 t t' 'qid Q0 id rank score tag is'
bad eval_runs__unknown_item 'q3 Q0 G 1 1 t' "id 'G' is not among the items"
bad eval_runs__twice 'q1 Q0 A 7 0.1 t' "qid 'q1' has id 'A' already, in line 2"
awk '$3 == "B" { $4 = "first" } 1' a.run >words.run
fails eval_runs__ties_by_a_rank_that_is_no_number 1 \
    "words.run:1: rank 'first' is not a number" "$SIAMESE" eval \
    --run words.run --qrels qrels.txt --ties rank
: >empty
fails eval_runs__empty_run 1 'empty: there is no result' \
    "$SIAMESE" eval --run empty --qrels qrels.txt
fails eval_runs__empty_qrels 1 'empty: there is no judgement' \
    "$SIAMESE" eval --run a.run --qrels empty
fails eval_runs__no_run_there 1 'gone.run' \
    "$SIAMESE" eval --run gone.run --qrels qrels.txt
printf 'q9 Q0 A 1 1 t\n' >stray.run
fails eval_runs__run_of_other_queries 1 'none of its queries has a judgement' \
    "$SIAMESE" eval --run stray.run --qrels qrels.txt
fails eval_runs__nothing_to_measure 2 '--model FILE is missing, or --run FILE' \
    "$SIAMESE" eval --qrels qrels.txt
fails eval_runs__no_judgements 2 '--qrels FILE is missing' \
    "$SIAMESE" eval --run a.run
printf 'id,title\nA B,desk\n' >spaced.csv
printf 'query,id,grade\ndesk,A B,3\n' >spaced_judged.csv
fails eval_runs__id_that_qrels_cannot_hold 1 "id 'A B' is empty or has white" \
    "$SIAMESE" eval --run a.run --judged spaced_judged.csv --write-qrels no.txt
finish
