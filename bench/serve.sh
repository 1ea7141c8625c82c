#!/bin/sh
# Measures siamese serve by wrk beside the same calls of the library, in turn: the
# queries of a model, 2 connections on 2 threads that share the machine with the
# server, COUNT requests or more each time.
#
#   SIAMESE=path/to/siamese MODEL=file QUERIES=file [COUNT=100000] [RUNS=3] [K=10]
#   [THREADS=2] serve.sh
#
# QUERIES has one a line. Without MODEL it is the shop of the demo, which is made and
# learned first.
set -eu

siamese=${SIAMESE:?SIAMESE names the command}
threads=${THREADS:-2} count=${COUNT:-100000} k=${K:-10}
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT
trap 'exit 1' INT TERM

if [ -z "${MODEL:-}" ]; then
    SIAMESE=$siamese sh "$root/examples/demo/run.sh" --keep "$work/shop" \
        >/dev/null 2>&1
    MODEL=$work/shop/shop.siamese
    cut -f2 "$work/shop/queries.tsv" >"$work/queries.txt"
    QUERIES=$work/queries.txt
fi
${CC:-cc} -std=c11 -O2 -pthread -D_GNU_SOURCE -I"$root/include" \
    -o "$work/serve_calls" "$root/bench/serve_calls.c" -L"$root/build" -lsiamese \
    -Wl,-rpath,"$root/build"

"$siamese" serve --model "$MODEL" --port 0 --quiet --workers "$threads" \
    >"$work/address" &
server=$!
while [ ! -s "$work/address" ]; do sleep 0.1; done
address=$(cat "$work/address")

serve() { # SECONDS
    wrk -t "$threads" -c "$threads" -d "$1" --latency \
        -s "$root/bench/serve.lua" "$address" -- "$QUERIES" "$k" | tail -n 1
}
# wrk counts seconds: as many as COUNT requests take.
seconds=$(serve 5 | sed 's/.*: \([0-9]*\) a second.*/\1/' |
    awk -v count="$count" '{ print int(1.1 * count / $1) + 1 }')
i=0
while [ "$i" -lt "${RUNS:-3}" ]; do
    i=$((i + 1))
    echo "HTTP     $(serve "$seconds")"
    echo "library  $("$work/serve_calls" "$MODEL" "$count" "$threads" "$k" \
        <"$QUERIES")"
done
