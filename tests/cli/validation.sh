#!/bin/sh
# siamese train --validation: figures, early stopping, resuming.
. "$(dirname "$0")/harness.inc"

judged_pairs 400 >all.csv
(sed -n 1p all.csv && sed 1d all.csv | awk 'NR % 4') >pairs.csv
(sed -n 1p all.csv && sed 1d all.csv | awk 'NR % 4 == 0') >held.csv
train="$SIAMESE train --data pairs.csv --validation held.csv $small"

same_weights() {
    rm -rf one two
    "$SIAMESE" export --model "$1" --parameters one &&
        "$SIAMESE" export --model "$2" --parameters two && diff -r one two
}

check validation__json_has_the_last_and_the_best $train --model a.siamese \
    --json --epochs 3 --log log.jsonl
cp .out figures
for key in '"validation": {"step": 24, "loss": ' '"best_step": ' \
    '"best_value": ' '"stopped_early": false' '"best_restored": '; do
    grep -qF -- "$key" figures || failed "validation__json_has $key"
done
check validation__is_logged_each_epoch test \
    "$(grep -c '^{"validation": {"step": \(8\|16\|24\), ' log.jsonl)" -eq 3
check validation__is_told sh -c "
    $SIAMESE train --preset notebook --data pairs.csv --validation held.csv \
        --batch 32 --model b.siamese 2>&1 | grep -q 'validation after step 8: loss '"

# Validating with the training pairs finds what measuring them does.
"$SIAMESE" train --data pairs.csv --validation pairs.csv $small --epochs 2 \
    --model b.siamese --json --set topk_match=id >same
check validation__of_training_pairs_is_their_accuracy sh -c '
    [ "$(grep -o "\"topk\": {[^}]*}" same | sort -u | wc -l)" -eq 1 ] &&
    [ "$(grep -o "\"topk\": {[^}]*}" same | wc -l)" -eq 2 ]'

$train --model loss.siamese --json --set monitor=loss >figures
check validation__by_loss_ranks_nothing test \
    "$(grep -o '"topk"' figures | wc -l)" -eq 1

check validation__patience_ends_training sh -c "
    $train --model b.siamese --json --epochs 50 --metrics none \
        --set min_delta=1 --set patience=2 |
    grep '\"epochs\": 3' | grep '\"best_step\": 8,' |
    grep '\"stopped_early\": true' | grep -q '\"best_restored\": true'"
$train --model first.siamese --epochs 1
check validation__best_weights_are_restored same_weights b.siamese \
    first.siamese

resume="$SIAMESE train --data pairs.csv --quiet --resume first.siamese"
fails validation__resume_needs_the_pairs 2 'needs it again' \
    $resume --model b.siamese --epochs 3
$resume --validation held.csv --model b.siamese --epochs 3
check validation__resumed_is_as_never_stopped same_weights a.siamese b.siamese
fails validation__both_from_stdin 2 'only one can be stdin' \
    "$SIAMESE" train --data - --validation - --model b.siamese
sed '1s/search_term/words/' held.csv >other.csv
fails validation__has_the_same_columns 1 'search_term' \
    "$SIAMESE" train --data pairs.csv --validation other.csv \
    --model c.siamese

# Queries of no word that training had: their vectors are zeros, and every item
# scores 0. That is a miss, and no reason to keep the weights of the first step.
cat >blank_train.csv <<'EOF'
search_term,product_title,relevance
oak desk,oak writing desk,3
pine chair,pine kitchen chair,3
steel shelf,steel wall shelf,3
glass lamp,glass table lamp,3
wool rug,wool floor rug,3
brass hook,brass coat hook,3
EOF
cat >blank_valid.csv <<'EOF'
search_term,product_title,relevance
zzyzx,oak writing desk,3
qwfpg,wool floor rug,3
jlyjl,brass coat hook,3
EOF
"$SIAMESE" train --preset small --data blank_train.csv \
    --validation blank_valid.csv --metrics none --set max_steps=12 \
    --set min_steps=12 --set validate_every=3 --model blank.siamese --json \
    >figures 2>notes
check validation__a_tie_is_a_miss grep -q \
    '"topk": {"1": 0.0, "5": 0.0, "10": 1.0, ' figures
check validation__tied_queries_are_told sh -c \
    "grep -q '\"tied_queries\": 3,' figures &&
     grep -q 'validation: 3 queries score their item the same' notes &&
     [ \"\$(grep -c 'such ties count as misses' notes)\" -eq 1 ]"
check validation__ties_keep_no_weights sh -c \
    "grep -q '\"best_step\": 0,' figures &&
     grep -q '\"best_restored\": false' figures &&
     grep -q 'the weights are the last ones' notes"
finish
