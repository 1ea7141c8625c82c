#!/bin/sh
# Bulk embedding by two worker processes of one thread each, whose workers write,
# beside the local call with two threads, which writes nothing: medians of RUNS
# runs (5) in turn, of COUNT titles (1,000,000) that are nobody's. Start-up is left
# out. SPARK=no leaves out Spark.
#
# usage: sh bench/cluster/bulk.sh [PRESET ...]     in the top folder, after make
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
. tests/cluster/environment.inc

sh tools/setup.sh cluster
python_is_ready
export PYTHONPATH="$PWD/tests/cluster"
for preset in "${@:-small}"; do
    python bench/cluster/bulk.py "$dir" "$preset" "${COUNT:-1000000}" \
        "${RUNS:-5}" "$PWD/docs/scaling.md" "${SPARK:-yes}"
done
