#!/bin/sh
# siamese eval: the figures against a second computation from the run file.
. "$(dirname "$0")/harness.inc"

judged_pairs 400 >pairs.csv
"$SIAMESE" train --data pairs.csv --model m.siamese $small --epochs 2
awk 'BEGIN {
    print "product_uid,product_title"
    for (i = 0; i < 300; i++)
        printf "%d,item %s %s number %d\n", 1000 + i,
               i % 3 ? "oak" : "red", i % 4 ? "desk" : "lamp", i
}' >items.csv
printf 'q1\toak desk\nq2\tred lamp\nq3\tblack table\n' >queries.tsv
awk 'BEGIN {
    for (q = 1; q <= 2; q++)
        for (i = q; i < 300; i += 11)
            printf "q%d 0 %d %s\n", q, 1000 + i,
                   i % 2 ? "3.00" : i % 5 ? "2.33" : "1.50"
    print "q3 0 1001 1.00"
}' >qrels.txt
eval="$SIAMESE eval --model m.siamese --items items.csv --queries queries.tsv"
eval="$eval --qrels qrels.txt --quiet"

# by rows, as a run file has them
check eval__exact $eval --exact --write-run run.trec --ties row
cp .out figures
cat >reference.awk <<'A'
FNR == NR { grade[$1, $3] = $4; judged[$1, ++count[$1]] = $4; next }
{ hit = ($1, $3) in grade && grade[$1, $3] >= 2.33
  if (hit && $4 <= 10) ten[$1]++
  if (hit) hundred[$1]++
  if (hit && $4 <= 10 && !first[$1]) first[$1] = $4
  if ($4 <= 10 && (($1, $3) in grade))
      dcg[$1] += (grade[$1, $3] - 1) / (log($4 + 1) / log(2)) }
END {
    for (q in count) {
        n = count[q]; relevant = 0; ideal = 0
        for (i = 1; i <= n; i++) relevant += judged[q, i] >= 2.33
        for (i = 1; i <= n; i++)
            for (j = i + 1; j <= n; j++)
                if (judged[q, j] > judged[q, i]) {
                    t = judged[q, i]; judged[q, i] = judged[q, j]
                    judged[q, j] = t
                }
        for (i = 1; i <= n && i <= 10; i++)
            ideal += (judged[q, i] - 1) / (log(i + 1) / log(2))
        if (ideal > 0) { gains++; g += dcg[q] / ideal }
        if (!relevant) continue
        queries++
        r10 += ten[q] / relevant; r100 += hundred[q] / relevant
        mrr += first[q] ? 1 / first[q] : 0; hits += ten[q] > 0
    }
    printf "%.9f %.9f %.9f %.9f %.9f %d %d\n", r10 / queries, r100 / queries,
           mrr / queries, hits / queries, g / gains, queries, gains
}
A
awk -f reference.awk qrels.txt run.trec >want
sed 's/[{},]/\n/g' figures | awk -F': ' '{ gsub(/[ "]/, "", $1); v[$1] = $2 }
    END { printf "%.9f %.9f %.9f %.9f %.9f %d %d\n", v["recall@10"],
          v["recall@100"], v["mrr@10"], v["hit@10"], v["ndcg@10"],
          v["queries"], v["ndcg_queries"] }' >got
check eval__figures_are_those_of_the_run cmp got want
check eval__run_has_100_of_each_query sh -c "
    [ \$(wc -l <run.trec) -eq 300 ] &&
    grep -qE '^q1 Q0 1[0-9]+ 1 [-0-9.e]+ siamese\$' run.trec"
check eval__equal_scores_keep_the_order_of_items sh -c "
    awk '\$1 == q && \$5 == s && \$3 < u { exit 1 }
         { q = \$1; s = \$5; u = \$3 }' run.trec"
check eval__all_lists_are_exact sh -c "
    $eval --nlist 16 --nprobe 16 --write-run ivf.trec >.ivf &&
    cmp run.trec ivf.trec"
check eval__run_beside_a_model_is_written sh -c "
    $eval --exact --run again.trec >.again && cmp run.trec again.trec"
"$SIAMESE" index --quiet --model m.siamese --data items.csv --out i.siamese
check eval__searches_the_index_of_the_model sh -c "
    $SIAMESE eval --model i.siamese --queries queries.tsv --qrels qrels.txt \
        --exact --quiet --write-run own.trec >.own && cmp run.trec own.trec"
fails eval__no_items_and_no_index 2 'has no index: --items FILE is needed' \
    "$SIAMESE" eval --model m.siamese --queries queries.tsv --qrels qrels.txt
check eval__relevant_can_be_moved sh -c "
    $eval --exact --relevant 2.5 | grep -q '\"relevant\": 2.5'"

cat >other.awk <<'A'
FNR == NR { relevant[$1] += $4 >= 2.33; hit[$1, $3] = $4 >= 2.33; next }
hit[$1, $3] { seen[$1]++; sum[$1] += seen[$1] / $4
              if ($4 <= 5) five[$1]++
              if ($4 <= 10) { ten[$1] += 1 / (log($4 + 1) / log(2)) } }
{ if ($4 == 150 && relevant[$1]) map[$1] = sum[$1] / relevant[$1] }
END {
    for (q in relevant) {
        if (!relevant[q]) continue
        n++; p += five[q] / 5; m += map[q]; ideal = 0
        for (i = 1; i <= relevant[q] && i <= 10; i++)
            ideal += 1 / (log(i + 1) / log(2))
        g += ten[q] / ideal
    }
    printf "%.9f %.9f %.9f\n", p / n, m / n, g / n
}
A
check eval__other_figures_at_other_ranks $eval --exact --ties row --write-run deep.trec \
    --metrics precision,map,ndcg_binary --ks 5,150,10
awk -f other.awk qrels.txt deep.trec >want
sed 's/[{},]/\n/g' .out | awk -F': ' '{ gsub(/[ "]/, "", $1); v[$1] = $2 }
    END { printf "%.9f %.9f %.9f\n", v["precision@5"], v["map@150"],
          v["ndcg_binary@10"] }' >got
check eval__other_figures_are_those_of_the_run cmp got want
fails eval__unknown_metric 2 "'recal' is not recall, precision" \
    $eval --metrics map,recal
fails eval__rank_zero 2 "'0' is not a number in 1 .." $eval --ks 10,0
fails eval__no_rank 2 "'' is not a number in 1 .." $eval --ks ''

# fails_with NAME FILE LINE TEXT: the line in place of the file's last one.
fails_with() {
    sed '$d' "$2" >changed
    printf '%s\n' "$3" >>changed
    fails "$1" 1 "$4" $(echo "$eval" | sed "s/$2/changed/")
}
: >changed
last=$(wc -l <qrels.txt)
fails_with eval__grade_is_no_number qrels.txt 'q1 0 1001 x' \
    "changed:$last: grade 'x' is not a number"
fails_with eval__qrels_of_three_fields qrels.txt 'q1 0 1001' \
    "changed:$last: 3 columns, where the lines before it have 4"
fails_with eval__query_without_tab queries.tsv 'q3 black' \
    'changed:3: qid TAB query is expected'
fails_with eval__query_twice queries.tsv 'q1	black' "changed:3: qid 'q1' is"
fails eval__nothing_is_relevant 1 'no query has an item of grade 4' \
    $eval --relevant 4
fails eval__unwritable_run 1 'no/run.trec' $eval --write-run no/run.trec
finish
