#!/bin/sh
# Puts the rows that suites left in a folder into the page's table of runs: in
# place of the row of the same platform, compiler and way, or at the end. Rows
# of what was not run here stay.
#
# usage: platform_table.sh PAGE FOLDER
set -eu
page=$1
begin='<!-- runs: begin -->' end='<!-- runs: end -->'

[ "$(grep -cxF "$begin" "$page")" = 1 ] && [ "$(grep -cxF "$end" "$page")" = 1 ] || {
    echo "platform_table.sh: $page has no one pair of $begin, $end" >&2
    exit 1
}
find "$2" -name '*.row' 2>/dev/null | LC_ALL=C sort | xargs -r cat |
    awk -F'|' -v begin="$begin" -v end="$end" '
    FNR == NR && FILENAME == "-" {
        key[++count] = $2 "|" $3 "|" $4
        row[key[count]] = $0
        next
    }
    $0 == begin { within = 1 }
    $0 == end {
        for (i = 1; i <= count; i++)
            if (key[i] in row) print row[key[i]]
        within = 0
    }
    within && ($2 "|" $3 "|" $4) in row {
        print row[$2 "|" $3 "|" $4]
        delete row[$2 "|" $3 "|" $4]
        next
    }
    { print }' - "$page" >"$page.new"
mv "$page.new" "$page"
