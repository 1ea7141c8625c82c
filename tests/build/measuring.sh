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

report measuring__the_plot_of_stages_is_of_its_figures "$(
    awk -f bench/stages_plot.awk bench/results/stages.tsv 2>&1 |
        cmp - docs/quality.svg 2>&1)"

report measuring__a_row_has_a_figure "$(
    RUNS=1 ROWS=vocab sh bench/run.sh 2>&1 >"$work/out"
    grep -q '^vocab .* [0-9.]* s$' "$work/out" || cat "$work/out")"

# Of a short training on the demo, which Python splits by query before.
! python3 -c 'import csv' 2>/dev/null || report measuring__a_model_is_judged "$(
    RUNS=1 EPOCHS=1 ROWS="static static_100" sh bench/run.sh 2>&1 >"$work/out"
    grep -q '^static_100 .* 0\.[0-9]* share$' "$work/out" || cat "$work/out")"

# The folder of a script is where its imports are looked for first, so that a name of
# Python's own there hides it from Python itself.
report measuring__no_script_hides_a_module_of_python "$(
    python3 -c 'import sys; print(*sys.stdlib_module_names, sep="\n")' \
        >"$work/modules" 2>/dev/null
    for script in bench/*.py; do
        ! grep -qx "$(basename "$script" .py)" "$work/modules" || echo "$script"
    done)"

report measuring__rows_are_named_when_one_is_not_known "$(
    ROWS=nothing sh bench/run.sh >"$work/out" 2>&1 && echo "it succeeds"
    grep -q 'there are: train' "$work/out" || cat "$work/out")"

report measuring__a_peer_that_is_missing_is_skipped "$(
    RUNS=1 ROWS=query_ids PEERS_ONNX=$work/none OUT=$work/json \
        sh bench/peers.sh >"$work/out" 2>&1 || echo "it fails"
    grep -q 'query_ids: its peer is not there' "$work/out" &&
        grep -q '"runs": 1' "$work/json" || cat "$work/out")"

# A Python that has all modules, and for a peer one that knows the stage encode alone.
mkdir -p "$work/fake/bin"
cat >"$work/fake/bin/python" <<'END'
#!/bin/sh
[ "$1" != -c ] || exit 0
while [ $# -gt 1 ] && [ "$1" != --stages ]; do shift; done
[ "$2" = encode ] && echo '{"peer": "P", "items_per_s": 0.5}'
END
chmod +x "$work/fake/bin/python"
report measuring__a_peer_is_asked_for_what_the_rows_are_of "$(
    RUNS=1 ROWS="encode encode_wide encode_wide_auto" PEERS_TF=$work/fake \
        sh bench/peers.sh >"$work/out" 2>&1
    [ "$(grep -c '| *0\.5 |' "$work/out")" = 3 ] || cat "$work/out")"

# Rows of docs/performance.md, so that none is measured and not reported.
report measuring__every_row_is_documented "$(
    sed -n '/^table=/,/^'"'"'$/p' bench/rows.inc | cut -d'|' -f1 |
        grep -E '^[a-z]' | grep -v '^table' | while read -r row; do
        grep -q "\`$row\`" docs/performance.md || echo "$row"
    done)"

# Four queries, two seeds: means, spreads and differences that are easily added up by
# hand; a difference that is the same for every query has no error.
report measuring__the_stages_stand_in_a_table "$(
    figures() { # NAME RECALL...: of q1, q2, ...
        name=$1 n=0
        shift
        printf 'qid\tquery\trelevant\trecall@10\trecall@100\tmrr@10\thit@10\n' \
            >"$work/$name.tsv"
        for recall in "$@"; do
            n=$((n + 1))
            printf 'q%d\ta, b\t1\t%s\t1\t.5\t%s\n' $n "$recall" "$recall"
        done >>"$work/$name.tsv"
        printf 'q9\tc\t0\t\t\t\t\n' >>"$work/$name.tsv"
        printf '{"recall@100": 1, "slices": {"no_shared_token": %s}}\n' \
            '{"recall@10": 0, "recall@100": 0.25}' >"$work/$name.json"
    }
    figures all1 1 1 .5 .5
    figures all2 1 1 .5 .25
    figures off1 .75 .75 .25 .25
    figures off2 .75 .75 .25 0
    for run in 'all 1' 'all 2' 'off 1' 'off 2'; do
        echo "p ${run% *} ${run#* } $work/${run% *}${run#* }"
    done >"$work/runs.txt"
    echo q3 >"$work/q3"
    {
        awk -f bench/stages_table.awk "$work/runs.txt"
        awk -f bench/stages_table.awk -v only="$work/q3" "$work/runs.txt"
    } 2>&1 | grep '^| `' >"$work/table"
    cat >"$work/expected" <<'END'
| `p` | all | .719 (.062) | 1.000 (.000) | .500 (.000) | .719 (.062) | .250 (.000) | | | | |
| `p` | off | .469 (.062) | 1.000 (.000) | .500 (.000) | .469 (.062) | .250 (.000) | -.250 (.000) | +.000 (.000) | +.000 (.000) | -.250 (.000) |
| `p` | all | .500 (.000) | 1.000 (.000) | .500 (.000) | .500 (.000) | | | | |
| `p` | off | .250 (.000) | 1.000 (.000) | .500 (.000) | .250 (.000) | -.250 (.000) | +.000 (.000) | +.000 (.000) | -.250 (.000) |
END
    diff "$work/expected" "$work/table" 2>&1)"

# Two queries that differ by 1 and by 0: the mean over resamples of two has the
# standard deviation 1/2 sqrt(1/2).
report measuring__a_difference_has_its_bootstrap_error "$(
    figures_of() {
        printf 'qid\trelevant\trecall@10\trecall@100\tmrr@10\thit@10\n'
        printf 'q%d\t1\t%s\t0\t0\t0\n' 1 "$1" 2 0
    }
    figures_of 1 >"$work/x.tsv"
    figures_of 0 >"$work/y.tsv"
    echo q1 >"$work/both" && echo q2 >>"$work/both"
    printf 'p all 1 %s\np none 1 %s\n' "$work/x" "$work/y" >"$work/two.txt"
    awk -f bench/stages_table.awk -v only="$work/both" -v resamples=20000 \
        "$work/two.txt" | awk '/none/ {
            split($0, cell, "|")
            split(cell[8], part, /[()]/)
            if (cell[8] !~ /-.500/ || part[2] < .345 || part[2] > .362) print
        }')"
