#!/bin/sh
# Runs test programs, as many at a time as there are processors, and ends with the
# one line "N passed, M failed".
#
# usage: [JOBS=N] [ALONE="TEST ..."] run_tests.sh LOG_DIRECTORY LIST ...
#
# A list holds lines [WAY:]TEST=COMMAND. A command is a cmocka program or a script
# that prints a line "ok TEST" or "not ok TEST" for each test; one that prints
# neither counts as one test. The last line is kept in total.txt of the logs, for
# what is told of a run. What it printed is shown when a test of it failed,
# and always with V=1.
#
# Scripts of build/ and examples/ run make in this tree: of those, one at a time.
# Tests named by ALONE (those that look at their own pace) run last, with nothing
# beside them.
#
# With COUNTED_BY, the command that the run is part of, what passing tests said of
# themselves in the file $RELIABILITY is kept for docs/reliability.md.
set -u
mkdir -p "$1"
logs=$(cd "$1" && pwd)
shift
limit=${SIAMESE_TEST_SECONDS:-900}
jobs=${JOBS:-$(nproc 2>/dev/null || echo 1)}

# Runs one command; leaves its counts in good, bad and skipped.
run() {
    name=$1 command=$2
    log=$logs/$(echo "$name" | tr '/: ' '___').log
    counts=${log%.log}.counts
    rm -f "$counts"
    start=$(date +%s)
    RELIABILITY=$counts CMOCKA_MESSAGE_OUTPUT=TAP timeout -k 10 "$limit" \
        sh -c "$command" </dev/null >"$log" 2>&1
    status=$?
    good=$(grep '^ok ' "$log" | grep -vc '# SKIP')
    bad=$(grep '^not ok ' "$log" | grep -vc '# SKIP')
    skipped=$(grep -c '^\(not \)\?ok .*# SKIP' "$log")
    # cmocka counts a skipped test in its exit status. A crash, a leak report
    # or a time-out is a failure even after the last good line.
    if [ "$bad" -eq 0 ] && [ "$status" -gt "$skipped" ]; then
        bad=1
        echo "# $name: exit status $status" >>"$log"
    elif [ $((good + bad + skipped)) -eq 0 ]; then
        good=1
    fi
    seconds=$(($(date +%s) - start))
}

# What a test says of itself is worth something when all of it passed.
record() {
    [ -n "${COUNTED_BY:-}" ] || return 0
    [ "$bad" -eq 0 ] && [ -s "$counts" ] || counts=
    sh tools/reliability_record.sh "$COUNTED_BY" "$name" ${counts:+"$counts"}
}

report() {
    if [ "$bad" -gt 0 ] || [ "${V:-0}" = 1 ]; then
        sed 's/^/    /' "$log"
    fi
    mark=ok
    [ "$bad" -eq 0 ] || mark=FAIL
    told="$good passed"
    [ "$bad" -eq 0 ] || told="$told, $bad failed"
    [ "$skipped" -eq 0 ] || told="$told, $skipped skipped"
    printf '%-5s%s: %s (%d s)\n' "$mark" "$name" "$told" "$seconds"
}

# Of two at once, what the one says stands before what the other says.
one_test() {
    run "${1%%=*}" "${1#*=}"
    record
    until mkdir "$work/printing" 2>/dev/null; do
        [ -d "$work" ] || exit 130 # the run was ended
        sleep 1
    done
    report
    rmdir "$work/printing"
    echo "$good $bad" >>"$work/counts"
}

# Goes through a list of work and runs what no other has taken.
run_list() {
    taken=0
    while IFS= read -r line <&3; do
        taken=$((taken + 1))
        mkdir "$work/${1##*/}.$taken" 2>/dev/null || continue
        one_test "$line"
    done 3<"$1"
}

work=$(mktemp -d)
workers=
trap 'rm -rf "$work"' EXIT
trap 'kill $workers 2>/dev/null; exit 130' INT TERM
: >"$work/counts" && : >"$work/in_turn" && : >"$work/free" && : >"$work/alone"
cat "$@" | while read -r line; do
    [ -n "$line" ] || continue
    test=${line%%=*}
    test=${test#*:}
    case $test in
    build/* | examples/*) list=in_turn ;;
    *) list=free ;;
    esac
    case " ${ALONE:-} " in
    *" $test "*) list=alone ;;
    esac
    printf '%s\n' "$line" >>"$work/$list"
done

worker=1
while [ "$worker" -lt "$jobs" ]; do
    run_list "$work/free" &
    workers="$workers $!"
    worker=$((worker + 1))
done
run_list "$work/in_turn"
run_list "$work/free"
wait
run_list "$work/alone"

awk '{ passed += $1; failed += $2 }
    END { printf "%d passed, %d failed\n", passed, failed; exit !(passed && !failed) }' \
    "$work/counts" >"$logs/total.txt"
status=$?
cat "$logs/total.txt"
exit "$status"
