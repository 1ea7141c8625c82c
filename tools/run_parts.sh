#!/bin/sh
# Runs the parts of a long check, each a command that ends with a line
# "N passed, M failed", and ends with the same line over all of them.
#
# usage: run_parts.sh LOG_DIRECTORY LIST
#
# A line of the list is NAME SECONDS COMMAND. A part that ends without its line, or
# well before it has passed anything, is a failure; so is one that takes more than
# SECONDS, and the next one runs.
set -u
mkdir -p "$1"
logs=$1 list=$2
passed=0 failed=0

# Leaves the counts of a part in good and bad.
run() {
    name=$1 limit=$2 command=$3
    log=$logs/$name.log
    start=$(date +%s)
    echo "== $name (at most $limit s)"
    {
        timeout -k 30 "$limit" sh -c "$command" </dev/null 2>&1
        echo $? >"$logs/$name.status"
    } | tee "$log"
    status=$(cat "$logs/$name.status")
    counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' \
        "$log" | tail -n 1)
    good=${counts% *} bad=${counts#* }
    [ -n "$counts" ] || good=0 bad=1
    [ "$good" -gt 0 ] && { [ "$status" -eq 0 ] || [ "$bad" -gt 0 ]; } ||
        bad=$((bad > 0 ? bad : 1))
    [ "$status" -ne 124 ] && [ "$status" -ne 137 ] ||
        echo "$name: not done within $limit s"
    seconds=$(($(date +%s) - start))
}

: >"$logs/parts.txt"
while read -r name limit command <&3; do
    [ -n "$name" ] || continue
    run "$name" "$limit" "$command"
    passed=$((passed + good)) failed=$((failed + bad))
    printf '%-10s %6d passed, %d failed (%d s of %d)\n' "$name" "$good" \
        "$bad" "$seconds" "$limit" >>"$logs/parts.txt"
done 3<"$list"

echo
cat "$logs/parts.txt"
echo "$passed passed, $failed failed" | tee "$logs/total.txt"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
