#!/bin/sh
# siamese bench: its keys, and that --out is what the other verbs compute.
. "$(dirname "$0")/harness.inc"

judged_pairs 300 >pairs.csv
shape="--embed 4 --units 4 --quiet --data pairs.csv"

# has NAME KEY...: the last output has the keys.
has() {
    name=$1
    shift
    for key in "$@"; do
        grep -q "\"$key\": " .out || failed "$name $key"
    done
}
check bench__train "$SIAMESE" bench train $shape --batch 32 --out train
has bench__train_has pairs_per_s step_ms_median epoch_s epoch_wall_s
check bench__train_computes_what_train_does sh -c "
    $SIAMESE train --preset notebook --data pairs.csv --model m.siamese \
        --batch 32 --epochs 3 \
        --metrics none --set embedding_dim=4 --set units=4 --quiet &&
    $SIAMESE export --model m.siamese --parameters p && rm train/losses.npy &&
    diff -r p train"
check bench__encode "$SIAMESE" bench encode $shape --out encode
has bench__encode_has items_per_s
check bench__query "$SIAMESE" bench query $shape --out query
has bench__query_has query_us_median query_us_p99
check bench__vocab "$SIAMESE" bench vocab --data pairs.csv --quiet --out vocab
has bench__vocab_has texts_per_s peak_memory_bytes
"$SIAMESE" export --model m.siamese --vocab vocab.txt 2>.err
check bench__vocab_is_what_train_makes cmp vocab.txt vocab/vocab.txt
check bench__serve "$SIAMESE" bench serve $shape --items 1000 --nlist 8 \
    --nprobe 2
has bench__serve_has serve_us_median serve_us_p99 p99_to_median queries_per_s
check bench__serve_allocates_nothing_once_warm \
    grep -q '"allocations": 0,' .out
check bench__search "$SIAMESE" bench search --base encode/embedding.npy \
    --query query/embedding.npy --nlist 8 --nprobe 8 -k 5 --quiet --out search
cp .out figures
has bench__search_has build_s one_us batch_qps
check bench__search_of_all_lists_is_exact grep -q '"recall": 1\.0' figures
check bench__search_writes_ids sh -c "grep -aq \"'<i8'.*, 5)\" search/ids.npy"

# All stages: the scores are those of siamese search.
"$SIAMESE" train --preset small --data pairs.csv --model s.siamese --epochs 1 \
    --quiet 2>.err
"$SIAMESE" index --model s.siamese --data pairs.csv --out s.siamese --quiet \
    2>.err
cut -d, -f3 pairs.csv | sed '1d; s/"//g' | sort -u | head -20 >queries.txt
check bench__stages sh -c "$SIAMESE bench stages --model s.siamese -k 5 \
    --quiet --out stages <queries.txt"
cp .out figures
for key in encode scan spelling feedback rerank search_us_median \
    search_us_p99 p99_to_median batch_us allocations_median; do
    grep -q "\"$key\": " figures || failed bench__stages_has $key
done
check bench__stages_take_memory_for_the_hits_alone \
    grep -q '"allocations_most": [123],' figures
"$SIAMESE" search --model s.siamese -k 5 --quiet <queries.txt 2>.err |
    awk -F '\t' '/^[0-9]/ { print $3 }' >expected
check bench__stages_search_as_search_does sh -c "
    od -An -v -tf4 -w4 -j\$((10 + \$(od -An -tu2 -j8 -N2 stages/scores.npy))) \
        stages/scores.npy | paste expected - |
        awk '{ d = \$1 - \$2; if (d < -1e-5 || d > 1e-5) bad = 1 }
             END { exit bad || NR == 0 }'"
fails bench__stages_of_no_ranker 1 'has no ranker' sh -c "
    $SIAMESE bench stages --model m.siamese <queries.txt"
fails bench__unknown_kind 2 'train, encode, query, vocab, serve, search or' \
    "$SIAMESE" bench everything --data pairs.csv
fails bench__other_dimensions 1 'vectors of' sh -c "
    $SIAMESE bench encode $shape --units 3 --out three >/dev/null &&
    $SIAMESE bench search --base encode/embedding.npy \
        --query three/embedding.npy; status=\$?; rm -r three; exit \$status"
finish
