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
finish
