# scaling_plot.awk: draws what scaling.sh measured, as SVG.
#
#   awk -f scaling_plot.awk results/scaling.tsv >scaling.svg
#
# Four panels: cost of a pair, search time beside sqrt(N), peak memory beside the
# bytes of the data, rates on two threads to those on one.

BEGIN {
    FS = "\t"
    PANEL_WIDTH = 330; PANEL_HEIGHT = 210
    split("#1b6ca8 #c8553d #3a7d44 #7b5ea7", COLOUR, " ")
}

$1 == "pair" { pairs[++pair_count] = $2; cost[pair_count] = $3 }
$1 == "search" { vectors[++search_count] = $2; time[search_count] = $3
                 recall[search_count] = $4 }
$1 == "memory" {
    if (!($2 in kind_of)) { kinds[++kind_count] = $2; kind_of[$2] = kind_count }
    n = ++points[kind_of[$2]]
    data[kind_of[$2], n] = $4 / 1e6; peak[kind_of[$2], n] = $5 / 1e6
}
$1 == "threads" {
    if ($3 == 1) { works[++work_count] = $2; alone[work_count] = $4 }
    else speedup[work_count] = $4 / alone[work_count]
}

function log10(x) { return log(x) / log(10) }

# The places of a number on the axes of the panel.
function x_of(v) { return left + PANEL_WIDTH * (log10(v) - log10(x_low)) / \
                                  (log10(x_high) - log10(x_low)) }
function y_of(v) { return top + PANEL_HEIGHT * (1 - (log10(v) - log10(y_low)) / \
                                  (log10(y_high) - log10(y_low))) }

function text(x, y, anchor, class, s) {
    printf "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\" class=\"%s\">%s" \
           "</text>\n", x, y, anchor, class, s
}
function line(x1, y1, x2, y2, class) {
    printf "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" " \
           "class=\"%s\"/>\n", x1, y1, x2, y2, class
}
function power(v,   e) {
    e = int(log10(v) + (v < 1 ? -0.5 : 0.5))
    if (v >= 0.001 && v < 10000) return v ""
    return "10<tspan dy=\"-5\" font-size=\"9\">" e "</tspan>"
}

# A panel whose axes are logarithms from one power of ten to another.
function panel(number, title, x_title, y_title, a, b, c, d,   v) {
    left = 80 + (number % 2) * (PANEL_WIDTH + 110)
    top = 50 + int(number / 2) * (PANEL_HEIGHT + 100)
    x_low = a; x_high = b; y_low = c; y_high = d
    text(left, top - 18, "start", "title", title)
    for (v = x_low; v <= x_high * 1.001; v *= 10) {
        line(x_of(v), top, x_of(v), top + PANEL_HEIGHT, "grid")
        text(x_of(v), top + PANEL_HEIGHT + 18, "middle", "tick", power(v))
    }
    for (v = y_low; v <= y_high * 1.001; v *= 10) {
        line(left, y_of(v), left + PANEL_WIDTH, y_of(v), "grid")
        text(left - 8, y_of(v) + 4, "end", "tick", power(v))
    }
    line(left, top + PANEL_HEIGHT, left + PANEL_WIDTH, top + PANEL_HEIGHT, "axis")
    line(left, top, left, top + PANEL_HEIGHT, "axis")
    text(left + PANEL_WIDTH / 2, top + PANEL_HEIGHT + 38, "middle", "label", \
         x_title)
    printf "<text transform=\"translate(%.1f %.1f) rotate(-90)\" " \
           "text-anchor=\"middle\" class=\"label\">%s</text>\n", \
           left - 48, top + PANEL_HEIGHT / 2, y_title
}

function begin_curve(colour) {
    curve = ""; curve_colour = colour
}
function point(x, y) {
    curve = curve sprintf("%.1f,%.1f ", x_of(x), y_of(y))
    printf "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3.5\" fill=\"%s\"/>\n", \
           x_of(x), y_of(y), curve_colour
}
function end_curve(class) {
    printf "<polyline points=\"%s\" class=\"%s\" stroke=\"%s\"/>\n", curve, \
           class, curve_colour
}
# Rows of a legend, the last at the bottom right, where no curve goes.
function legend_x() { return left + PANEL_WIDTH - 125 }
function legend_y(row) { return top + PANEL_HEIGHT - 12 - 17 * row }

# y = scale * x ^ exponent, as far as it is in the panel, and its legend.
function guide(scale, exponent, name, row,   a, b) {
    a = x_low; b = x_high
    if (scale * a ^ exponent < y_low) a = (y_low / scale) ^ (1 / exponent)
    if (scale * b ^ exponent > y_high) b = (y_high / scale) ^ (1 / exponent)
    line(x_of(a), y_of(scale * a ^ exponent), x_of(b), \
         y_of(scale * b ^ exponent), "guide")
    line(legend_x() - 4, legend_y(row) - 4, legend_x() + 14, \
         legend_y(row) - 4, "guide")
    text(legend_x() + 20, legend_y(row), "start", "tick", name)
}
# The powers of ten around a list of numbers, the nearest or with room for labels.
function around_x(list, count) { around(list, count, 0.999) }
function around_y(list, count) { around(list, count, 1.2) }
function around(list, count, room,   i, low, high) {
    low = high = list[1]
    for (i = 2; i <= count; i++) {
        if (list[i] < low) low = list[i]
        if (list[i] > high) high = list[i]
    }
    LOW = 10 ^ floor(log10(low / room))
    HIGH = 10 ^ -floor(-log10(high * room))
    if (HIGH <= LOW) HIGH = 10 * LOW
}
function floor(x) { return int(x) - (x < int(x)) }

END {
    print "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"880\" " \
          "height=\"640\" viewBox=\"0 0 880 640\" " \
          "font-family=\"Helvetica, Arial, sans-serif\">"
    print "<style>.title{font-size:14px;font-weight:bold;fill:#222}" \
          ".label{font-size:12px;fill:#333}.tick{font-size:11px;fill:#555}" \
          ".grid{stroke:#e4e4e4}.axis{stroke:#444}" \
          ".guide{stroke:#888;stroke-dasharray:5 4}" \
          ".curve{fill:none;stroke-width:2}</style>"
    print "<rect width=\"880\" height=\"640\" fill=\"#fff\"/>"

    around_x(pairs, pair_count); x0 = LOW; x1 = HIGH; around_y(cost, pair_count)
    panel(0, "Training: cost of a pair", "pairs", \
          "microseconds a pair", x0, x1, LOW, HIGH)
    begin_curve(COLOUR[1])
    for (i = 1; i <= pair_count; i++) {
        point(pairs[i], cost[i])
        text(x_of(pairs[i]) + (i == 1 ? 5 : i == pair_count ? -5 : 0), \
             y_of(cost[i]) - 9, \
             i == 1 ? "start" : i == pair_count ? "end" : "middle", "tick", \
             sprintf("%.2f", cost[i]))
    }
    end_curve("curve")

    around_x(vectors, search_count); x0 = LOW; x1 = HIGH
    around_y(time, search_count)
    panel(1, "Search: one query, equal recall", "vectors of 64 numbers", \
          "microseconds, 1 thread", x0, x1, LOW, HIGH)
    guide(time[1] / sqrt(vectors[1]), 0.5, "&#8730;N", 0)
    begin_curve(COLOUR[2])
    for (i = 1; i <= search_count; i++) {
        point(vectors[i], time[i])
        text(x_of(vectors[i]) + (i == 1 ? 8 : -6), \
             y_of(time[i]) + (i == 1 ? 16 : -9), i == 1 ? "start" : "end", \
             "tick", sprintf("%.0f us, recall %.3f", time[i], recall[i]))
    }
    end_curve("curve")

    for (k = 1; k <= kind_count; k++)
        for (i = 1; i <= points[k]; i++) {
            all[++all_count] = data[k, i]; both[++both_count] = peak[k, i]
        }
    around_x(all, all_count); x0 = LOW; x1 = HIGH; around_y(both, both_count)
    panel(2, "Peak memory of the process", "megabytes of data read", \
          "megabytes at the peak", x0, x1, LOW, HIGH)
    guide(1, 1, "the data itself", 0)
    for (k = 1; k <= kind_count; k++) {
        begin_curve(COLOUR[k])
        for (i = 1; i <= points[k]; i++) point(data[k, i], peak[k, i])
        end_curve("curve")
        printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"10\" height=\"10\" " \
               "fill=\"%s\"/>\n", legend_x(), legend_y(k) - 9, COLOUR[k]
        text(legend_x() + 20, legend_y(k), "start", "tick", kinds[k])
    }

    bars()
    print "</svg>"
}

# Rates on two threads to those on one, from 0 to 2.
function bars(   i, y, width, unit) {
    left = 80 + PANEL_WIDTH + 110; top = 50 + PANEL_HEIGHT + 100
    unit = PANEL_WIDTH / 2.2
    text(left, top - 18, "start", "title", "Two threads to one")
    for (i = 0; i <= 4; i++) {
        line(left + unit * i / 2, top, left + unit * i / 2, \
             top + PANEL_HEIGHT, "grid")
        text(left + unit * i / 2, top + PANEL_HEIGHT + 18, "middle", "tick", \
             i / 2)
    }
    for (i = 1; i <= work_count; i++) {
        y = top + PANEL_HEIGHT * (i - 0.8) / work_count
        width = unit * (speedup[i] < 2.2 ? speedup[i] : 2.2)
        printf "<rect x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\" " \
               "fill=\"%s\"/>\n", left, y, width, \
               PANEL_HEIGHT * 0.6 / work_count, COLOUR[3]
        printf "<text x=\"%.1f\" y=\"%.1f\" font-size=\"12\" fill=\"#fff\">" \
               "%s: %.2f</text>\n", left + 8, \
               y + PANEL_HEIGHT * 0.3 / work_count + 4, works[i], speedup[i]
    }
    line(left + 1.8 * unit, top, left + 1.8 * unit, top + PANEL_HEIGHT, "guide")
    line(left, top, left, top + PANEL_HEIGHT, "axis")
    text(left + PANEL_WIDTH / 2, top + PANEL_HEIGHT + 38, "middle", "label", \
         "rate on 2 threads / rate on 1; dashed: 1.8")
}
