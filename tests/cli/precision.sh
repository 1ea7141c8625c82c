#!/bin/sh
# Models with packed embedding tables, and without what --resume needs.
. "$(dirname "$0")/harness.inc"

judged_pairs 200 >pairs.csv
bag="--preset notebook --set encoder=bag --set mask_zero=1 --batch 32 --quiet"
bag="$bag --set embedding_dim=64 --set optimizer=adagrad --set max_tokens=3000"

size_of() {
    wc -c <"$1"
}
vectors() {
    "$SIAMESE" embed --model "$1" --data pairs.csv --out "$2" --quiet
}

# train_each PRECISION: a model to resume, and the finished one of the same run.
train_each() {
    "$SIAMESE" train --data pairs.csv $bag --table-precision "$1" \
        --model "$1.siamese" &&
        "$SIAMESE" train --data pairs.csv $bag --set table_precision="$1" \
            --set finished=1 --model "$1.finished"
}
for precision in float32 float16 int8; do
    check "train__table_precision_$precision" train_each $precision
    vectors $precision.siamese a.npy
    vectors $precision.finished b.npy
    check "finished__has_the_vectors_of_$precision" cmp a.npy b.npy
    check "export__finished_of_$precision" sh -c "
        $SIAMESE export --model $precision.siamese --finished e.siamese &&
        $SIAMESE embed --model e.siamese --data pairs.csv --out e.npy --quiet &&
        cmp e.npy a.npy && ! $SIAMESE info e.siamese | grep -q trainer:"
    check "export__$precision" sh -c "
        $SIAMESE export --model float32.siamese --finished p.siamese \
            --table-precision $precision --set compression=9 &&
        $SIAMESE embed --model p.siamese --data pairs.csv --out p.npy --quiet &&
        cmp p.npy a.npy"
done
check info__tells_the_precision sh -c "
    $SIAMESE info int8.finished | grep -q table_precision=int8"
# 3,001 rows of 64 numbers: 4, 2 and 1 bytes each, of int8 4 more a row
check finished__sizes_are_those_of_the_table test \
    $(($(size_of float32.finished) > 750000)) -eq 1 -a \
    $(($(size_of float16.finished) < 400000)) -eq 1 -a \
    $(($(size_of int8.finished) < 220000)) -eq 1

fails resume__needs_what_finished_leaves_out 1 'siamese train --resumable' \
    "$SIAMESE" train --data pairs.csv --resume int8.finished --model n.siamese
check resume__goes_on_in_float32 sh -c "
    $SIAMESE train --data pairs.csv $bag --table-precision int8 --epochs 2 \
        --model whole.siamese &&
    $SIAMESE train --data pairs.csv --quiet --resume int8.siamese --epochs 2 \
        --model resumed.siamese && cmp whole.siamese resumed.siamese"
check train__resumable_wins sh -c "
    $SIAMESE train --data pairs.csv $bag --set finished=1 --resumable \
        --model r.siamese && $SIAMESE info r.siamese | grep -q trainer:"
check train__checkpoints_leave_a_finished_model sh -c "
    $SIAMESE train --data pairs.csv $bag --set finished=1 --model c.siamese \
        --checkpoint-every 1 && ! $SIAMESE info c.siamese | grep -q trainer:"
# The child of a script ignores SIGINT, so SIGTERM, after its first checkpoint.
rm c.siamese
"$SIAMESE" train --data pairs.csv $bag --set finished=1 --epochs 100000 \
    --checkpoint-every 5 --model c.siamese 2>.err &
pid=$!
for wait in $(seq 100); do [ -e c.siamese ] || sleep 0.1; done
kill -TERM "$pid"
wait "$pid"
check train__checkpoints_can_be_resumed sh -c "
    $SIAMESE info c.siamese | grep -q trainer:"
# 100,001 rows of 64 numbers, of which few are learned
large="--set max_tokens=100000 --set optimizer=sgd"
check train__large_models_are_finished sh -c "
    $SIAMESE train --data pairs.csv $bag $large --model l.siamese 2>.note &&
    ! $SIAMESE info l.siamese | grep -q trainer:"
check train__large_models_keep_the_trainer_if_told sh -c "
    $SIAMESE train --data pairs.csv $bag $large --model l.siamese --resumable &&
    $SIAMESE info l.siamese | grep -q trainer: &&
    $SIAMESE train --data pairs.csv $bag $large --model l.siamese \
        --set save.finished=0 && $SIAMESE info l.siamese | grep -q trainer: &&
    $SIAMESE train --data pairs.csv --resume l.siamese --epochs 2 --quiet \
        --model l.siamese && $SIAMESE info l.siamese | grep -q trainer:"
check train__tells_that_a_large_model_is_finished sh -c "
    $SIAMESE train --data pairs.csv ${bag% --quiet*} $large \
        --set encoder=bag --set embedding_dim=64 --model l.siamese 2>&1 |
    grep -q 'resumable it does, in some 51 MB more'"
rm l.siamese
check index__finished sh -c "
    $SIAMESE index --model int8.siamese --data pairs.csv --out i.siamese \
        --set finished=1 --quiet &&
    ! $SIAMESE info i.siamese | grep -q trainer: &&
    $SIAMESE search --model i.siamese 'oak desk' | grep -q desk"
check import__rounds_tables sh -c "
    $SIAMESE export --model float32.finished --parameters p --vocab p/v.txt &&
    $SIAMESE import --parameters p --vocab p/v.txt --model q.siamese --quiet \
        --set encoder=bag --set mask_zero=1 --set table_precision=int8 &&
    $SIAMESE embed --model q.siamese --data pairs.csv --out q.npy --quiet &&
    $SIAMESE embed --model int8.siamese --data pairs.csv --out a.npy --quiet &&
    cmp q.npy a.npy"

fails train__precision_is_one_of_three 2 'float32 | float16 | int8' \
    "$SIAMESE" train --data pairs.csv --model n.siamese --table-precision int4
fails export__precision_is_of_finished 2 '--finished FILE' \
    "$SIAMESE" export --model int8.siamese --vocab v.txt --table-precision int8
fails export__precision_is_one_of_three 2 'float32 | float16 | int8' \
    "$SIAMESE" export --model int8.siamese --finished n.siamese \
    --table-precision half
finish
