#!/bin/sh
# Measures the library on this machine and prints a table; `make bench`.
#
#   SIAMESE=path/to/siamese [DATA=train.csv] [ENCODING=ISO-8859-1] [RUNS=5]
#   [ROWS="train query"] run.sh
#
# Without DATA it measures on the invented catalogue of the demo. Each figure is
# the median of RUNS runs, one process each.
set -eu
. "$(dirname "$0")/rows.inc"

for row in $(selected); do
    for _ in $(seq "${RUNS:-5}"); do
        ours "$row" >>"$work/$row.json"
    done
    printf '%-16s %-58s %10s %s\n' "$row" "$(column "$row" 2)" \
        "$(field "$(column "$row" 5)" <"$work/$row.json" | median)" \
        "$(column "$row" 3)"
done
echo
machine_line
compiled limits "$here/limits.c" -march=native -ffp-contract=fast -pthread
for threads in 1 2; do
    "$work/limits" $threads
done
