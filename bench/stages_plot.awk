# stages_plot.awk: draws recall against the time of a search, as SVG.
#
#   awk -f stages_plot.awk results/stages.tsv >quality.svg
#
# Lines PRESET TAB STAGES TAB RECALL@10 TAB RECALL@100 TAB MICROSECONDS: of each
# preset the searches with more and more stages, in this order. Left recall@10,
# right recall@100, both by the logarithm of the median time of a query.

BEGIN {
    FS = "\t"
    WIDTH = 330; HEIGHT = 300; GAP = 90; LEFT = 60; TOP = 50
    X_LOW = 100; X_HIGH = 1000
    split("#1b6ca8 #c8553d #3a7d44 #7b5ea7", COLOUR, " ")
    TITLE[3] = "recall@10"; TITLE[4] = "recall@100"
}

NF == 5 {
    if (!($1 in number_of)) { names[++presets] = $1; number_of[$1] = presets }
    p = number_of[$1]
    n = ++points[p]
    stages[p, n] = $2
    time[p, n] = $5
    for (c = 3; c <= 4; c++) {
        recall[c, p, n] = $c
        if (low[c] == "" || $c < low[c]) low[c] = $c
        if (high[c] == "" || $c > high[c]) high[c] = $c
    }
}

function x_of(v) {
    return left + WIDTH * log(v / X_LOW) / log(X_HIGH / X_LOW)
}
function y_of(c, v) {
    return TOP + HEIGHT * (ceiling[c] - v) / (ceiling[c] - floor[c])
}
function text(x, y, anchor, s) {
    printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y,
           anchor, s
}
function line(x1, y1, x2, y2) {
    printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" " \
           "class=\"grid\"/>\n", x1, y1, x2, y2
}

function panel(c,    v, p, i, step) {
    left = LEFT + (c - 3) * (WIDTH + GAP)
    step = 0.01
    floor[c] = int(low[c] / step) * step
    ceiling[c] = (int(high[c] / step) + 1) * step
    text(left, TOP - 20, "start", TITLE[c] ", microseconds a query, one thread")
    for (v = X_LOW; v <= X_HIGH * 1.001; v += 100) {
        line(x_of(v), TOP, x_of(v), TOP + HEIGHT)
        if (v == 100 || v == 200 || v == 300 || v == 500 || v == 1000)
            text(x_of(v), TOP + HEIGHT + 18, "middle", v)
    }
    for (v = floor[c]; v <= ceiling[c] + step / 2; v += step) {
        line(left, y_of(c, v), left + WIDTH, y_of(c, v))
        text(left - 8, y_of(c, v) + 4, "end", sprintf("%.2f", v))
    }
    for (p = 1; p <= presets; p++) {
        printf "<polyline stroke=\"%s\" points=\"", COLOUR[p]
        for (i = 1; i <= points[p]; i++)
            printf "%.1f,%.1f ", x_of(time[p, i]), y_of(c, recall[c, p, i])
        print "\"/>"
        for (i = 1; i <= points[p]; i++) {
            printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>\n",
                   x_of(time[p, i]), y_of(c, recall[c, p, i]), COLOUR[p]
            text(x_of(time[p, i]) + 7, y_of(c, recall[c, p, i]) + 14, "start",
                 i "")
        }
    }
}

END {
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" " \
           "height=\"%d\">\n", LEFT + 2 * WIDTH + GAP + 30,
           TOP + HEIGHT + 50 + 20 * presets
    print "<style>text{font-family:sans-serif;font-size:12px;fill:#222}" \
          ".grid{stroke:#ddd}polyline{fill:none;stroke-width:1.6}</style>"
    print "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
    for (c = 3; c <= 4; c++) panel(c)
    for (p = 1; p <= presets; p++) {
        y = TOP + HEIGHT + 26 + 20 * p
        printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>\n",
               LEFT, y - 4, COLOUR[p]
        key = names[p] ":"
        for (i = 1; i <= points[p]; i++)
            key = key (i > 1 ? ", " : " ") i " " stages[p, i]
        text(LEFT + 14, y, "start", key)
    }
    print "</svg>"
}
