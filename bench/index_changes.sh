#!/bin/sh
# Single changes of an index and saves of one: medians over RUNS runs, of this
# library and, where BESIDE names the build folder of another one, of that in turn.
#
#   [COUNT=2000000] [NLIST=1] [RUNS=5] [BESIDE=other/build] [CC=cc] index_changes.sh
#
# Prints lines WHAT TAB MICROSECONDS [TAB those of the other one]. Whatever the
# libraries do, the program is compiled against the headers of this one: it calls
# nothing that is younger than 0.1.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=$here/..
count=${COUNT:-2000000} nlist=${NLIST:-1} runs=${RUNS:-5}
work=$(mktemp -d "${TMPDIR:-/tmp}/siamese-changes.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM

${CC:-cc} -O2 -std=c11 -D_GNU_SOURCE -I"$root/include" "$here/index_changes.c" \
    -L"$root/build" -lsiamese -lpthread -o "$work/index_changes"
run() { # FOLDER OUT
    LD_LIBRARY_PATH=$1 "$work/index_changes" "$count" "$nlist" "$work/saved" >>"$2"
}
for round in $(seq "$runs"); do
    run "$root/build" "$work/own"
    [ -z "${BESIDE:-}" ] || run "$BESIDE" "$work/other"
done
medians() {
    sort -t "$(printf '\t')" -k1,1 -k2,2g "$1" | awk -F'\t' '
        $1 != name { if (n) print name "\t" v[int((n + 1) / 2)]; name = $1; n = 0 }
        { v[++n] = $2 }
        END { print name "\t" v[int((n + 1) / 2)] }'
}
medians "$work/own" >"$work/own.medians"
if [ -n "${BESIDE:-}" ]; then
    medians "$work/other" | cut -f2 | paste "$work/own.medians" -
else
    cat "$work/own.medians"
fi
