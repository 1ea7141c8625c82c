#!/bin/sh
# Keeps what a test that has just passed said of itself (tests/reliability.h) in
# build/reliability, in place of what its last run left; or, without a file of
# counts, forgets that. tools/reliability_table.sh reads it. A line:
#   WHAT TAB TEST TAB COMMAND TAB WAY TAB COUNT TAB COMMIT
# with a + behind the commit when the tree was not that commit's.
#
# usage: reliability_record.sh COMMAND [WAY:]TEST [COUNTS]
set -eu
command=$1 test=${2##*:} counts=${3-}

case $2 in
asan:*) way=ASan+UBSan ;;
tsan:*) way=TSan ;;
*:*) way=${2%%:*} ;;
*) way=plain ;;
esac
rows=build/reliability/$(printf '%s_%s_%s' "${command%% [A-Z]*}" "$way" \
    "$test" | tr -c 'A-Za-z0-9._-' _).tsv
rm -f "$rows"
[ -n "$counts" ] || exit 0

commit=none
if git rev-parse --verify -q HEAD >/dev/null 2>&1; then
    commit=$(git rev-parse --short=10 HEAD)
    git diff --quiet HEAD -- || commit=$commit+
fi
mkdir -p build/reliability
awk -F'\t' -v OFS='\t' -v test="$test" -v command="$command" -v way="$way" \
    -v commit="$commit" '
    NF == 2 { count[$1] += $2 }
    END {
        for (what in count)
            print what, test, command, way, sprintf("%.0f", count[what]), commit
    }' "$counts" >"$rows"
