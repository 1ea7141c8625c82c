# stages_table.awk: figures of single queries, as stages.sh has them measured, in;
# a Markdown table out.
#
#   awk -f stages_table.awk [-v base=all] [-v resamples=2000] [-v only=FILE] runs.txt
#
# runs.txt has lines PRESET VARIANT SEED PATH, the variants of a preset one behind
# the other; PATH.tsv has a line a query, PATH.json the means and the slice
# no_shared_token. A figure is the mean over the seeds, in brackets the largest less
# the smallest. A difference is the variant's less the base's, the mean over the
# seeds first for each query, then over queries; in brackets the standard deviation of
# that mean over resamples of the queries, the same ones for all variants (paired
# bootstrap; its generator begins with the same state each time). With only, a file of
# qids, all is over these queries and there is no slice.
BEGIN {
    if (base == "") base = "all"
    if (resamples == "") resamples = 2000
    metric_count = split("recall@10 recall@100 mrr@10 hit@10", metric, " ")
    title = "| preset | stages | R@10 | R@100 | MRR@10 | Hit@10 |"
    rule = "|---|---|---|---|---|---|"
    if (only == "") {
        title = title " no shared token R@100 |"
        rule = rule "---|"
    }
    print title " difference in R@10 | R@100 | MRR@10 | Hit@10 |"
    print rule "---|---|---|---|"
    if (only != "")
        while ((getline line <only) > 0) is_wanted[line] = 1
    state = 1
}

# 0 .. bound - 1, by the generator of Park and Miller (minimal standard)
function draw(bound) {
    state = state * 48271 % 2147483647
    return int(state / 2147483647 * bound)
}

function digits(x) { # .473
    x = sprintf("%.3f", x)
    sub(/^0/, "", x)
    return x
}

function sign(x) { # +.012
    return (x < 0 ? "-" : "+") digits(x < 0 ? -x : x)
}

# The figures of a run: value[variant, metric, query] added up over seeds,
# sum[...] their mean over queries.
function read_queries(file, v,    line, cells, i, m, n, place, mean) {
    if ((getline line <file) <= 0) fail(file)
    n = split(line, cells, "\t")
    for (i = 1; i <= n; i++) place[cells[i]] = i
    n = 0
    while ((getline line <file) > 0) {
        split(line, cells, "\t")
        if (only != "" && !(cells[1] in is_wanted)) continue
        if (cells[place["relevant"]] + 0 == 0) continue
        n++
        for (m = 1; m <= metric_count; m++) {
            value[v, m, n] += cells[place[metric[m]]]
            mean[m] += cells[place[metric[m]]]
        }
    }
    close(file)
    if (n == 0 || (queries && n != queries)) fail(file)
    queries = n
    for (m = 1; m <= metric_count; m++) take(v, m, mean[m] / n)
}

function fail(file) {
    print "stages_table.awk: " file ": no figures, or of other queries" \
        >"/dev/stderr"
    exit failed = 1
}

function take(v, m, x) {
    sum[v, m] += x
    if (!((v, m) in low) || x < low[v, m]) low[v, m] = x
    if (!((v, m) in high) || x > high[v, m]) high[v, m] = x
}

function read_slice(file, v,    line) {
    if ((getline line <file) <= 0) fail(file)
    close(file)
    sub(/.*"no_shared_token": *\{/, "", line)
    if (match(line, /"recall@100": *[-0-9.e+]+/))
        take(v, metric_count + 1,
             substr(line, RSTART + 14, RLENGTH - 14) + 0)
}

# Standard errors of the differences, by resampling queries.
function bootstrap(    r, q, v, m, n, mean, drawn, x) {
    for (v = 1; v <= variants; v++)
        for (m = 1; m <= metric_count; m++) {
            total[v, m] = 0
            for (q = 1; q <= queries; q++) {
                x = (value[v, m, q] - value[base_number, m, q]) / runs[v]
                total[v, m] += x
                # of most queries nothing changes: those that do, side by side
                if (x != 0) {
                    changed[v, m, ++changes[v, m]] = q
                    by[v, m, changes[v, m]] = x
                }
            }
            squares[v, m] = sums[v, m] = 0
        }
    for (r = 1; r <= resamples; r++) {
        for (q = 1; q <= queries; q++) drawn[q] = 0
        for (q = 1; q <= queries; q++) drawn[draw(queries) + 1]++
        for (v = 1; v <= variants; v++)
            for (m = 1; m <= metric_count; m++) {
                mean = 0
                n = changes[v, m]
                for (q = 1; q <= n; q++)
                    mean += drawn[changed[v, m, q]] * by[v, m, q]
                mean /= queries
                sums[v, m] += mean
                squares[v, m] += mean * mean
            }
    }
}

function error_of(v, m,    mean, variance) {
    mean = sums[v, m] / resamples
    variance = squares[v, m] / resamples - mean * mean
    return variance > 0 ? sqrt(variance) : 0
}

function print_preset(    v, m, line, n) {
    if (!variants) return
    base_number = 0
    for (v = 1; v <= variants; v++) if (name[v] == base) base_number = v
    if (base_number) bootstrap()
    for (v = 1; v <= variants; v++) {
        line = "| `" preset "` | " name[v] " |"
        n = metric_count + (only == "")
        for (m = 1; m <= n; m++) {
            line = line " " digits(sum[v, m] / runs[v])
            if (runs[v] > 1) line = line " (" digits(high[v, m] - low[v, m]) ")"
            line = line " |"
        }
        for (m = 1; m <= metric_count; m++)
            line = line (v == base_number || !base_number ? " |" : \
                         " " sign(total[v, m] / queries) " (" \
                         digits(error_of(v, m)) ") |")
        print line
    }
    variants = queries = 0
    split("", value); split("", sum); split("", low); split("", high)
    split("", runs); split("", changes); split("", number_of)
}

{
    if ($1 != preset) {
        print_preset()
        preset = $1
    }
    if (!($2 in number_of)) {
        number_of[$2] = ++variants
        name[variants] = $2
    }
    v = number_of[$2]
    runs[v]++
    read_queries($4 ".tsv", v)
    if (only == "") read_slice($4 ".json", v)
}

END {
    if (failed) exit failed
    print_preset()
}
