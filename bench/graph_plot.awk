# graph_plot.awk: draws what graph_peers.py measured, as SVG: recall against the
# time of a query, by its logarithm.
#
#   awk -f graph_plot.awk results/graphs.tsv >recall.svg

BEGIN {
    FS = "\t"
    WIDTH = 560; HEIGHT = 330; LEFT = 70; TOP = 40
    X_LOW = 100; X_HIGH = 10000; Y_LOW = 0.9; Y_HIGH = 1
    split("#1b6ca8 #c8553d #3a7d44 #7b5ea7", COLOUR, " ")
    LABEL["siamese"] = "siamese, exact: bounds and floats"
    LABEL["hnswlib"] = "hnswlib, ef 50 to 1600"
    LABEL["usearch-f32"] = "usearch in float32, the same"
    LABEL["usearch-i8"] = "usearch in int8, the same"
}

{
    if (!($1 in kind)) { names[++kinds] = $1; kind[$1] = kinds }
    n = ++points[kind[$1]]
    recall[kind[$1], n] = $3; time[kind[$1], n] = $4
}

function x_of(v) {
    return LEFT + WIDTH * log(v / X_LOW) / log(X_HIGH / X_LOW)
}
function y_of(v) {
    v = v < Y_LOW ? Y_LOW : v
    return TOP + HEIGHT * (Y_HIGH - v) / (Y_HIGH - Y_LOW)
}
function text(x, y, anchor, s) {
    printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>\n", x, y,
           anchor, s
}
function line(x1, y1, x2, y2, class) {
    printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" " \
           "class=\"%s\"/>\n", x1, y1, x2, y2, class
}

END {
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" " \
           "height=\"%d\">\n", LEFT + WIDTH + 30, TOP + HEIGHT + 150
    print "<style>text{font-family:sans-serif;font-size:12px;fill:#222}" \
          ".grid{stroke:#ddd}polyline{fill:none;stroke-width:1.6}</style>"
    print "<rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>"
    text(LEFT, TOP - 16, "start", "recall@10 against microseconds a query, " \
         "one thread")
    for (v = X_LOW; v <= X_HIGH * 1.001; v *= 10)
        for (m = 1; m <= 5; m += m == 1 ? 1 : 3) {
            if (v * m > X_HIGH * 1.001) continue
            line(x_of(v * m), TOP, x_of(v * m), TOP + HEIGHT, "grid")
            text(x_of(v * m), TOP + HEIGHT + 18, "middle", v * m)
        }
    for (v = Y_LOW; v <= Y_HIGH + 0.001; v += 0.02) {
        line(LEFT, y_of(v), LEFT + WIDTH, y_of(v), "grid")
        text(LEFT - 8, y_of(v) + 4, "end", sprintf("%.2f", v))
    }
    for (k = 1; k <= kinds; k++) {
        printf "<polyline stroke=\"%s\" points=\"", COLOUR[k]
        for (i = 1; i <= points[k]; i++)
            printf "%.1f,%.1f ", x_of(time[k, i]), y_of(recall[k, i])
        print "\"/>"
        for (i = 1; i <= points[k]; i++)
            printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>\n",
                   x_of(time[k, i]), y_of(recall[k, i]), COLOUR[k]
        y = TOP + HEIGHT + 44 + 20 * k
        printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>\n",
               LEFT, y - 4, COLOUR[k]
        text(LEFT + 14, y, "start", LABEL[names[k]])
    }
    print "</svg>"
}
