#!/bin/sh
# siamese train: figures, determinism, resuming, checkpoints, cancelling.
. "$(dirname "$0")/harness.inc"

judged_pairs 400 >pairs.csv
train="$SIAMESE train --data pairs.csv $small"

same_weights() {
    rm -rf one two
    "$SIAMESE" export --model "$1" --parameters one &&
        "$SIAMESE" export --model "$2" --parameters two && diff -r one two
}

check train__json_is_one_object $train --model a.siamese --json --epochs 2
cp .out figures
check train__json_is_one_line test "$(wc -l <figures)" -eq 1
for key in '"relevance_counts": {"3.00": 160, "2.67": 160, "1.33": 80}' \
    '"rows": 400' '"positives": 320' '"items": ' '"steps": 20' '"epochs": 2' \
    '"loss_mean_per_pair": ' '"loss_last_batch_sum": ' '"topk": {"1": ' \
    '"pairs_per_s": ' '"seconds": {"read": ' '"peak_memory_bytes": '; do
    grep -qF -- "$key" figures || failed "train__json_has $key"
done
check train__nothing_was_mined grep -q '"mine": 0.0,' figures
check train__mining_is_a_stage_of_its_own sh -c \
    "$train --model a.siamese --json --epochs 2 --set trainer.mined_negatives=2 \
         --set trainer.mine_from=0 | grep -q '\"mine\": [0-9.e-]*[1-9]'"
items=$(sed 1d pairs.csv | awk -F'"' '{ print $1 $2 }' |
    sed 's/^[0-9]*,//' | sort -u | wc -l)
check train__items_are_distinct_ids_and_titles \
    grep -q "\"items\": $items," figures
"$SIAMESE" train --preset notebook --data pairs.csv --model a.siamese --batch 32 \
    2>.err
check train__counts_are_told_as_the_notebook_does \
    sh -c "printf '3.00    160\n2.67    160\n1.33     80\n' >.want &&
           grep -x '[123][.].. .*[0-9]' .err | cmp - .want"
check train__quiet_says_nothing sh -c \
    "$train --model b.siamese 2>&1 | cmp - /dev/null"
check train__no_bar_without_a_terminal sh -c \
    "! $SIAMESE train --preset notebook --data pairs.csv --model b.siamese 2>&1 |
     grep -q '\['"

$train --model t1.siamese --threads 1 --epochs 2
$train --model t7.siamese --threads 7 --epochs 2
check train__same_bits_for_any_threads same_weights t1.siamese t7.siamese
$train --model other.siamese --epochs 2 --seed 99
check train__seed_changes_weights sh -c '
    "$0" export --model other.siamese --parameters one &&
    ! cmp -s one/embedding.npy two/embedding.npy' "$SIAMESE"
$train --model half.siamese --epochs 1
resume="$SIAMESE train --data pairs.csv --quiet --resume half.siamese"
$resume --model resumed.siamese --epochs 2
check train__resumed_is_as_never_stopped same_weights t1.siamese \
    resumed.siamese
fails train__resume_needs_a_trainer 1 'no trainer to resume' sh -c "
    $SIAMESE export --model a.siamese --parameters one --vocab one/v.txt &&
    $SIAMESE import --quiet --parameters one --vocab one/v.txt \
        --model one/m.siamese && $SIAMESE train --data pairs.csv --model b.siamese \
        --resume one/m.siamese"
fails train__resume_fixes_the_towers 2 'fixed by the model' \
    $resume --model b.siamese --set units=3
fails train__resume_fixes_the_preset 2 'fixed by the model' \
    $resume --model b.siamese --preset notebook
fails train__resume_fixes_the_batch 2 'batch' $resume --model b.siamese --batch 8

check train__log_has_a_line_a_step sh -c "
    $train --model b.siamese --epochs 2 --log log.jsonl &&
    [ \$(grep -c '\"loss_batch_sum\": ' log.jsonl) -eq 20 ]"
check train__model_from_stdin_to_stdout sh -c "
    $SIAMESE train $small --data - --model - --epochs 2 <pairs.csv >piped.siamese"
check train__piped_model_is_the_same same_weights t1.siamese piped.siamese
check train__metrics_none_measures_nothing sh -c "
    $train --model b.siamese --metrics none --json | grep -qv topk"
check train__min_relevance_none_takes_all sh -c "
    $train --model b.siamese --min-relevance none --json |
    grep -q '\"positives\": 400'"

mkfifo pipe
check train__a_pipe_is_written_not_replaced sh -c "
    cat pipe >piped.siamese & $train --model pipe --epochs 2 && wait &&
    [ -p pipe ]"
check train__what_came_through_the_pipe_is_whole same_weights t1.siamese \
    piped.siamese
rm pipe && ln -s b.siamese link.siamese
check train__a_link_stays_a_link sh -c "
    $train --model link.siamese && [ -h link.siamese ]"

fails train__output_folder_is_missing 1 'no/m.siamese: no: No such file' \
    $train --model no/m.siamese
fails train__output_is_a_folder 1 'one: it is a directory' $train --model one
if [ "$(id -u)" -ne 0 ]; then
    mkdir locked && chmod 500 locked
    fails train__output_folder_is_locked 1 'Permission denied' \
        $train --model locked/m.siamese
fi

# An interrupt after a few steps: exit 1, no file; or the last checkpoint.
# interrupted OPTION...: starts a run that would take very long, and stops it.
# The child of a script ignores SIGINT unless told otherwise, so SIGTERM.
interrupted() {
    : >run.jsonl
    "$SIAMESE" train --data pairs.csv $small --epochs 1000000 \
        --metrics none --log run.jsonl "$@" >.out 2>.err &
    pid=$!
    for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
        [ "$(wc -l <run.jsonl 2>/dev/null || echo 0)" -lt 100 ] || break
        sleep 0.2
    done
    kill -TERM "$pid"
    wait "$pid"
}
: >run.jsonl
fails train__interrupt_leaves_nothing 1 'cancelled after step' \
    interrupted --model cut.siamese
interrupted --model cut.siamese --checkpoint-every 10
check train__interrupt_keeps_the_checkpoint sh -c "
    grep -q 'holds the last checkpoint' .err &&
    $SIAMESE info cut.siamese >/dev/null &&
    [ -z \"\$(ls -A | grep 'cut.siamese.')\" ]"
# A threshold is a double: 2/3 of any writing, the middle of 1/3 and 1.
threshold="$SIAMESE train $small --min-relevance auto --model r.siamese --data"
rows() { # VALUE...: two rows of each relevance
    echo product_id,title,query,relevance
    i=0
    for value; do
        for more in a b; do
            i=$((i + 1))
            echo "$i,item $i,query $i,$value"
        done
    done
}
positives() { # NAME WANTED VALUE...
    name=$1 wanted=$2
    shift 2
    rows "$@" >values.csv
    check "$name" $threshold values.csv --json
    check "${name}_positives" grep -q "\"positives\": $wanted," .out
}
positives train__threshold_of_thirds 2 0.6666666666666666
positives train__threshold_of_rounded_thirds 2 0.66666667
positives train__threshold_of_many_digits 2 1.23456789012345678
positives train__threshold_of_the_least_normal 2 2.2250738585072014e-308
positives train__threshold_of_a_large_number 2 123456789012345680
positives train__threshold_of_a_median 4 \
    $(for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21; do
        echo 0; done) 0.3333333333333333 100
rows 0.6666666666666666 >values.csv
check train__threshold_of_validation $threshold values.csv \
    --validation values.csv --json
check train__threshold_is_kept "$SIAMESE" train --data values.csv \
    --resume r.siamese --validation values.csv --model r.siamese --json
check train__threshold_kept_is_the_same grep -q '"positives": 2,' .out
check train__threshold_can_be_typed "$SIAMESE" train $small --data values.csv \
    --min-relevance 0.6666666666666666 --model r.siamese
finish
