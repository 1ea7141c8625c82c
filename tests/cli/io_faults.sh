#!/bin/sh
# Each call of the system for a file fails in turn under each verb that writes or
# prints, those below stdio too: the command succeeds with the bits of a run that
# met no fault, or fails with one line on stderr. Each of its files is the old one
# or the new one, whole, and nothing lies beside them. The same when it is killed
# right before or right after a call, but for a file that the next run passes by.
. "$(dirname "$0")/harness.inc"
: "${FAULTY_IO:?names the object that fails calls}"

judged_pairs 60 >pairs.csv
"$SIAMESE" train --data pairs.csv --model t.siamese $small --epochs 1
"$SIAMESE" index --model t.siamese --data pairs.csv --out m.siamese --quiet
"$SIAMESE" export --model t.siamese --parameters p --vocab v.txt
every=17 # calls from one that fails to the next; of each kind another one
[ -z "${SIAMESE_TEST_LONG:-}" ] || every=1
faults=0 kills=0
mkdir old new got

# Runs the command in the folder got, where the old files are.
run() {
    rm -rf got && cp -R old got && rm -f hit
    (cd got && exec "$@" >../out 2>../err)
    set -- $?
    sed -i 's/"[a-z_]*seconds": [0-9.e-]*//g' out
    return "$1"
}

# Leaks are not looked for: a command that ends by an error frees nothing.
faulty() { # FAULT CALL ERRNO COMMAND...
    fault=$1 call=$2 error=$3
    shift 3
    run env LD_PRELOAD="$FAULTY_IO" IO_FAULT="$fault" IO_CALL="$call" \
        IO_ERRNO="$error" IO_REPORT="$work/hit" IO_LASTS=0 \
        ASAN_OPTIONS="verify_asan_link_order=0:detect_leaks=0:${ASAN_OPTIONS:-}" \
        "$@"
}

complain() {
    echo "# $verb: $fault $error at call $call, $(cat hit 2>&1): $*"
    sed 's/^/# /' err
    bad=1
}

# A model of a step in between; what is written as it goes.
is_between() {
    case $1 in
    *.siamese) [ -n "$steps" ] && "$SIAMESE" embed --model "got/$1" \
        --text desk --quiet >/dev/null 2>&1 ;;
    *) [ -n "$steps" ] && [ "$1" = log.json ] ;;
    esac
}

# Every file is whole, old or new. $1: what may lie beside them, as a pattern.
look() {
    for file in got/*; do
        name=${file#got/}
        # shellcheck disable=SC2254  # a pattern
        case $name in
        $1) continue ;;
        esac
        cmp -s "$file" "new/$name" || cmp -s "$file" "old/$name" ||
            is_between "$name" || complain "$name is neither the old nor the new one"
    done
    for file in old/*; do
        [ -e "got/${file#old/}" ] || complain "${file#old/} is gone"
    done
}

judge() { # STATUS
    if [ "$1" -eq 0 ]; then
        cmp -s out out.wanted || complain 'another output'
        diff -x log.json got new >/dev/null || complain 'other files'
    else
        [ "$1" -eq 1 ] || complain "status $1"
        [ "$(grep -c "^siamese $verb: " err)" -eq 1 ] &&
            [ "$(wc -l <err)" -eq 1 ] || complain 'not one line of an error'
        look ''
    fi
}

# torture VERB ARGUMENTS...: the files it makes are compared by names.
torture() {
    verb=$1 bad=0 steps=
    case $* in *--checkpoint-every*) steps=_by_steps ;; esac
    run "$SIAMESE" "$@" || failed "io__${verb}_runs"
    rm -rf new && mv got new && mv out out.wanted
    for kind in 'error 5' 'error 28' 'error 122' 'short 0'; do
        call=$((faults % every))
        while faulty ${kind% *} "$call" "${kind#* }" "$SIAMESE" "$@"
            status=$?
            [ "$(cat hit)" != none ]; do
            faults=$((faults + 1)) && judge "$status"
            call=$((call + every))
        done
        [ "$status" -eq 0 ] || complain 'fails without a fault'
    done
    for fault in kill-before kill-after; do
        call=$((kills % every))
        # a child that is killed says so in its status
        while faulty "$fault" "$call" 0 "$SIAMESE" "$@"
            [ "$?" -eq 137 ]; do
            kills=$((kills + 1)) && look '*.??????'
            call=$((call + every))
        done 2>/dev/null # the shell's word for each
    done
    if [ "$bad" -eq 0 ]; then passed "io__$verb$steps"; else
        failed "io__$verb$steps"
    fi
}

cp t.siamese pairs.csv old
torture train --data pairs.csv --model t.siamese $small --epochs 2 --threads 1
torture train --data pairs.csv --model t.siamese $small --epochs 1 --threads 1 \
    --checkpoint-every 1 --log log.json
cp m.siamese old
torture index --model t.siamese --data pairs.csv --out m.siamese --quiet \
    --threads 1 --nlist 4
printf old >old/v.npy
torture embed --model t.siamese --data pairs.csv --out v.npy --ids i.npy --quiet \
    --threads 1
torture export --model t.siamese --parameters . --vocab w.txt \
    --finished f.siamese
torture import --parameters ../p --vocab ../v.txt --model n.siamese --quiet
torture eval --model m.siamese --judged pairs.csv --json --threads 1 \
    --write-run run.txt --write-qrels qrels.txt --per-query q.csv --quiet
torture search --model m.siamese --threads 1 --quiet 'red desk' 'oak lamp'
printf old >old/map.html
torture map --model m.siamese --out map.html --quiet
torture vocab --model m.siamese --quiet
torture info m.siamese
echo "# $faults calls failed or came short, $kills kills"
[ -z "${RELIABILITY:-}" ] || {
    printf 'calls for files failed or short\t%s\n' "$faults"
    printf 'kills of the command at a call for a file\t%s\n' "$kills"
} >>"$RELIABILITY"
finish
