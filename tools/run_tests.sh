#!/bin/sh
# Runs test programs and ends with the one line "N passed, M failed".
#
# usage: run_tests.sh LOG_DIRECTORY LIST ...
#
# A list holds lines NAME=COMMAND. A command is a cmocka program or a script
# that prints a line "ok TEST" or "not ok TEST" for each test; one that prints
# neither counts as one test. The last line is kept in total.txt of the logs, for
# what is told of a run. What it printed is shown when a test of it failed,
# and always with V=1.
#
# With COUNTED_BY, the command that the run is part of, what passing tests said of
# themselves in the file $RELIABILITY is kept for docs/reliability.md.
set -u
mkdir -p "$1"
logs=$(cd "$1" && pwd)
shift
passed=0 failed=0
limit=${SIAMESE_TEST_SECONDS:-900}

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
    counts="$good passed"
    [ "$bad" -eq 0 ] || counts="$counts, $bad failed"
    [ "$skipped" -eq 0 ] || counts="$counts, $skipped skipped"
    printf '%-5s%s: %s (%d s)\n' "$mark" "$name" "$counts" "$seconds"
}

for list in "$@"; do
    while read -r line <&3; do
        [ -n "$line" ] || continue
        run "${line%%=*}" "${line#*=}"
        record
        report
        passed=$((passed + good)) failed=$((failed + bad))
    done 3<"$list"
done

echo "$passed passed, $failed failed" | tee "$logs/total.txt"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
