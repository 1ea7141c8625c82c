#!/bin/sh
# The scripts of bench/: that they run, and that the plot is of the figures kept.
set -u
: "${SIAMESE:?names the command}"
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

report() {
    if [ -z "$2" ]; then echo "ok $1"; else echo "$2" && echo "not ok $1"; fi
}

report measuring__the_plot_is_of_its_figures "$(
    awk -f bench/scaling_plot.awk bench/results/scaling.tsv 2>&1 |
        cmp - docs/scaling.svg 2>&1)"

report measuring__a_row_has_a_figure "$(
    RUNS=1 ROWS=vocab sh bench/run.sh 2>&1 >"$work/out"
    grep -q '^vocab .* [0-9.]* s$' "$work/out" || cat "$work/out")"

report measuring__rows_are_named_when_one_is_not_known "$(
    ROWS=nothing sh bench/run.sh >"$work/out" 2>&1 && echo "it succeeds"
    grep -q 'there are: train' "$work/out" || cat "$work/out")"

report measuring__a_peer_that_is_missing_is_skipped "$(
    RUNS=1 ROWS=query_ids PEERS_ONNX=$work/none OUT=$work/json \
        sh bench/peers.sh >"$work/out" 2>&1 || echo "it fails"
    grep -q 'query_ids: its peer is not there' "$work/out" &&
        grep -q '"runs": 1' "$work/json" || cat "$work/out")"

# Rows of docs/performance.md, so that none is measured and not reported.
report measuring__every_row_is_documented "$(
    sed -n '/^table=/,/^'"'"'$/p' bench/rows.inc | cut -d'|' -f1 |
        grep -E '^[a-z]' | grep -v '^table' | while read -r row; do
        grep -q "\`$row\`" docs/performance.md || echo "$row"
    done)"
