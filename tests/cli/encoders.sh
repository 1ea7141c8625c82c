#!/bin/sh
# Every kind of encoder through siamese train: the loss falls, any number of
# threads and a run that was stopped give the same weights, and a loaded model
# gives the vectors of the one that was saved.
. "$(dirname "$0")/harness.inc"

judged_pairs 400 >pairs.csv

loss() {
    sed 's/.*"loss_mean_per_pair": \([0-9.]*\).*/\1/' "$1"
}

same_weights() {
    rm -rf one two
    "$SIAMESE" export --model "$1" --parameters one &&
        "$SIAMESE" export --model "$2" --parameters two && diff -r one two
}

same_vectors() {
    "$SIAMESE" embed --model "$1" --text 'red desk' >one.txt &&
        "$SIAMESE" embed --model "$2" --text 'red desk' >two.txt &&
        cmp one.txt two.txt
}

# kind NAME SETTINGS...
kind() {
    kind=$1
    shift
    rm -f ./*.siamese ./*.json
    train="$SIAMESE train --data pairs.csv $small --set learning_rate=0.02 $*"
    $train --epochs 1 --model half.siamese --json --threads 1 >half.json
    check "train__of_${kind}" sh -c \
        "$train --epochs 4 --model whole.siamese --json --threads 3 >whole.json"
    check "train__of_${kind}_lowers_the_loss" awk \
        -v first="$(loss half.json)" -v last="$(loss whole.json)" \
        'BEGIN { exit !(0 < last && last < first && last < log(32)) }'
    "$SIAMESE" train --data pairs.csv --quiet --resume half.siamese \
        --epochs 4 --model resumed.siamese
    check "train__of_${kind}_resumes_bit_for_bit" \
        same_weights whole.siamese resumed.siamese
    "$SIAMESE" index --model whole.siamese --data pairs.csv --quiet \
        --out store.siamese
    check "train__of_${kind}_saves_and_loads" \
        same_vectors whole.siamese store.siamese
}

kind bilstm
kind masked_bilstm --set mask_zero=1
kind lstm --set bidirectional=0
kind bigru --set encoder=gru
kind masked_bigru_dense --set encoder=gru --set mask_zero=1 --set project=6
kind gru --set encoder=gru --set bidirectional=0
kind lstm_of_three_layers --set layers=3
kind masked_gru_of_two_layers --set encoder=gru --set layers=2 \
    --set mask_zero=1

finish
