#!/bin/sh
# Puts what tests left in a folder (tools/reliability_record.sh) into the table
# of docs/reliability.md: in place of the rows of the same figure, test and
# command. Rows of what was not run here stay, unless they are of another
# release or system, which the line above the table names.
#
# usage: reliability_table.sh PAGE FOLDER RELEASE_AND_SYSTEM
set -eu
page=$1 of=$3
begin='<!-- runs: begin -->' end='<!-- runs: end -->'

[ "$(grep -cxF "$begin" "$page")" = 1 ] && [ "$(grep -cxF "$end" "$page")" = 1 ] || {
    echo "reliability_table.sh: $page has no one pair of $begin, $end" >&2
    exit 1
}
export LC_ALL=C

# The table's rows as they shall be, the ways of equal counts in one.
rows() {
    find "$2" -name '*.tsv' 2>/dev/null | sort | xargs -r cat |
        sort -t"$(printf '\t')" -k1,4 |
        awk -F'\t' -v of="$of" '
        # without RUNS=1000 and the like
        function named(command) { sub(/ [A-Z]+=.*/, "", command); return command }
        function grouped(n,   out) {
            for (; length(n) > 3; n = substr(n, 1, length(n) - 3))
                out = "," substr(n, length(n) - 2) out
            return n out
        }
        FILENAME == "-" {
            new[$1, $2, named($3)] = 1
            key = "| " $1 " | " grouped($5) " | " $2 " | passed: "
            tail = " | " $3 " | " $6 " |"
            if (key SUBSEP tail in ways) ways[key, tail] = ways[key, tail] ", " $4
            else ways[key, tail] = $4
            next
        }
        $0 == of { same = 1 }
        $0 == "<!-- runs: end -->" { same = 0 }
        /^\| / && same && !/^\| what / {
            split($0, cell, / \| |^\| | \|$/)
            if (!((cell[2], cell[4], named(cell[6])) in new)) print
        }
        END {
            for (k in ways) {
                split(k, part, SUBSEP)
                print part[1] ways[k] part[2]
            }
        }' - "$1" | sort -t'|' -k2,2 -k4,4 -k6,6 -k5,5
}

rows "$page" "$2" >"$page.rows"
awk -v begin="$begin" -v end="$end" -v of="$of" -v rows="$page.rows" '
    $0 == end { within = 0 }
    !within { print }
    $0 == begin {
        within = 1
        print of "\n\n| what | count | test | result | command | commit |"
        print "|---|---|---|---|---|---|"
        while ((getline row < rows) > 0) print row
    }' "$page" >"$page.new"
rm "$page.rows"
mv "$page.new" "$page"
