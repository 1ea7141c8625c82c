#!/bin/sh
# A training that is killed again and again, at moments drawn by lot, and resumed:
# its model has the bits of one that was never interrupted.
. "$(dirname "$0")/harness.inc"
: "${FAULTY_IO:?names the object that fails calls}"

judged_pairs 400 >pairs.csv
options="--data pairs.csv --epochs 8 --threads 2 --checkpoint-every 3 --quiet"
wanted=6
[ -z "${SIAMESE_TEST_LONG:-}" ] || wanted=100
kills=0 rounds=0 other=0

now() {
    date +%s%N
}

begin=$(now)
"$SIAMESE" train $options $small --model whole.siamese
taken=$((($(now) - begin) / 1000000)) # ms
draw() { # BELOW: the next number
    seed=$(((seed * 1103515245 + 12345) % 2147483648))
    drawn=$((seed / 65536 % $1))
}
seed=20261129

# From nothing to the end, killed at most 20 times; SIGKILL by the clock and, every
# second time, at a call for a file, where a checkpoint is half written.
while [ "$kills" -lt "$wanted" ]; do
    rm -f m.siamese
    rounds=$((rounds + 1)) done=
    while [ -z "$done" ]; do
        from=$small
        [ ! -e m.siamese ] || from="--resume m.siamese"
        draw $((taken + 20))
        if [ $((kills % 2)) -eq 0 ]; then
            timeout -s KILL "$(printf '%d.%03d' $((drawn / 1000)) \
                $((drawn % 1000)))" "$SIAMESE" train $options $from \
                --model m.siamese
        else
            draw 400
            env LD_PRELOAD="$FAULTY_IO" IO_FAULT=kill-before IO_CALL="$drawn" \
                ASAN_OPTIONS="verify_asan_link_order=0:${ASAN_OPTIONS:-}" \
                "$SIAMESE" train $options $from --model m.siamese
        fi >.out 2>.err
        case $? in
        0) done=yes ;;
        137) kills=$((kills + 1)) ;;
        *) failed killed__ends_by_the_kill_alone && done=yes ;;
        esac
    done
    # a kill between the name of a new file and its place leaves it to the next
    # save, which is over now
    [ "$(ls -A | wc -l)" -eq 5 ] || failed killed__leaves_no_file
    cmp -s m.siamese whole.siamese || other=$((other + 1))
done 2>/dev/null # the shell's word for each kill
echo "# $kills kills in $rounds trainings of $taken ms"
check killed__and_resumed_has_the_same_bits [ "$other" -eq 0 ]
[ -z "${RELIABILITY:-}" ] ||
    printf 'kills of a training that was resumed\t%s\n' "$kills" >>"$RELIABILITY"
finish
