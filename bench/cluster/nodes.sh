#!/bin/sh
# The model of docs/scaling.md: measures its constants and what it is held against,
# and makes its tables and its plot of them; model.py says how. DATA=train.csv has
# Home Depot's columns; without it the pairs are invented. RUNS (3): rounds.
#
# usage: [DATA=train.csv] [RUNS=3] sh bench/cluster/nodes.sh   in the top folder,
#        after make
set -eu
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
. tests/cluster/environment.inc

sh tools/setup.sh cluster
if [ -n "${DATA:-}" ]; then convert "$DATA"; else generate 60000; fi >"$dir/pairs.tsv"
results=bench/results/cluster.tsv
python3 bench/cluster/model.py measure "$dir/pairs.tsv" >"$dir/cluster.tsv"
mv "$dir/cluster.tsv" $results
python3 bench/cluster/model.py tables <$results
python3 bench/cluster/model.py plot <$results >docs/cluster.svg
