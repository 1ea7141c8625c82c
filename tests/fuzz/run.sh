#!/bin/sh
# A fuzz target with libFuzzer's engine: what it found out goes to a corpus of
# its own in build/fuzz, which the next run begins with, beside the committed one.
#
# usage: run.sh PROGRAM RUNS SEED SECONDS
#
# Ends after so many executions, or so many seconds (0: no limit), whichever comes
# first. An input that fails is kept as build/fuzz/NAME-KIND-HASH; PROGRAM FILE
# runs it.
set -u
. tests/fuzz/report.inc
program=$1 runs=$2 seed=$3 seconds=$4
name=${program##*/fuzz_}
log=build/fuzz/$name.log
mkdir -p "build/fuzz/$name"

# A quarantine of freed memory as large as ASan's own costs more than it finds
# in inputs this small.
export ASAN_OPTIONS="quarantine_size_mb=4:malloc_context_size=12:$ASAN_OPTIONS"

"$program" -runs="$runs" -seed="$seed" -max_total_time="$seconds" \
    -rss_limit_mb=1024 -malloc_limit_mb=512 -timeout=25 -print_final_stats=1 \
    -artifact_prefix="build/fuzz/$name-" "build/fuzz/$name" \
    "tests/fuzz/corpus/$name" >"$log" 2>&1
status=$?

report "$name" "$log" "$status" \
    "$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")"
