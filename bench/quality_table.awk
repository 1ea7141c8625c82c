# Lines of quality.sh into a Markdown table: the mean over seeds, and in brackets
# the largest less the smallest.
#   awk -f quality_table.awk runs.tsv
BEGIN {
    FS = "\t"
    print "| variant | R@10 | R@100 | MRR@10 | Hit@10 | no shared token R@100 |" \
        " training s | file MB |"
    print "|---|---|---|---|---|---|---|---|"
}

{
    if (!($1 in runs)) order[++variants] = $1
    runs[$1]++
    for (i = 3; i <= 9; i++) {
        sum[$1, i] += $i
        if (runs[$1] == 1 || $i < low[$1, i]) low[$1, i] = $i
        if (runs[$1] == 1 || $i > high[$1, i]) high[$1, i] = $i
    }
}

function digits(x) { # .473
    x = sprintf("%.3f", x)
    sub(/^0/, "", x)
    return x
}

END {
    for (v = 1; v <= variants; v++) {
        name = order[v]
        line = "| " name " |"
        for (i = 3; i <= 7; i++) {
            line = line " " digits(sum[name, i] / runs[name])
            if (runs[name] > 1)
                line = line " (" digits(high[name, i] - low[name, i]) ")"
            line = line " |"
        }
        printf "%s %.0f | %.1f |\n", line, sum[name, 8] / runs[name],
            sum[name, 9] / runs[name] / 1e6
    }
}
