#!/bin/sh
# Draws the house as SVG on standard output: the floors of tools/floors.txt as
# rows, each room with its files and the rooms it uses, and an arrow to each
# room that it does not reach through another one. "make map" keeps it in
# docs/architecture.svg.
#
# usage: map.sh
set -eu

rooms() {
    for folder in lib src; do
        sh tools/graph.sh includes $folder
    done | awk '{
        split($1, from, "/"); split($2, to, "/")
        if (from[3] == "") from[2] = "main"
        if (from[1] "/" from[2] != to[1] "/" to[2])
            print from[1] "/" from[2], to[1] "/" to[2]
    }' | sort -u
}

files() {
    find lib src -type f \( -name '*.[ch]' -o -name '*.cpp' \) |
        sed 's/\.[a-z]*$//; s|^src/\([^/]*\)$|src/main/\1|' | sort -u
}

{
    grep -v '^#' tools/floors.txt | grep -v '<' | sed 's/^/floor /'
    echo floor src main
    files | sed 's/^/file /'
    rooms | sed 's/^/arrow /'
} | awk '
BEGIN {
    WIDTH = 1120; LEFT = 90; GAP = 34; LINE = 14; COLUMN = 152; SIDE = 24
}
$1 == "floor" {
    floors++
    for (i = 3; i <= NF; i++) {
        room = $2 "/" $i
        place[room] = floors
        on[floors] = on[floors] (i > 3 ? " " : "") room
    }
    house[floors] = $2
}
$1 == "file" {
    split($2, part, "/")
    room = part[1] "/" part[2]
    name[room, ++count[room]] = part[3]
}
$1 == "arrow" { uses[$2, $3] = 1; arrows[++arrow_count] = $2 " " $3 }

# reach[a, b]: whether some path of arrows leads from a to b.
function close_paths(    a, b, c) {
    for (a in uses) reach[a] = 1
    for (c in place) for (a in place) if ((a, c) in reach)
        for (b in place) if ((c, b) in reach) reach[a, b] = 1
}
# Whether a path of two arrows or more leads from a to b.
function is_reached(a, b,    c) {
    for (c in place)
        if (c != b && (a, c) in uses && (c, b) in reach) return 1
    return 0
}
function columns(room) { return int(w[room] / COLUMN) }
function rows(room) {
    return int((count[room] + columns(room) - 1) / columns(room))
}
# The names of the rooms that a room uses, lowest first.
function used_by(room,    f, i, n, list, text) {
    text = ""
    for (f = 1; f <= floors; f++) {
        n = split(on[f], list, " ")
        for (i = 1; i <= n; i++)
            if ((room, list[i]) in uses) {
                sub(/.*\//, "", list[i])
                text = text (text == "" ? "uses " : ", ") list[i]
            }
    }
    return text
}
function text(x, y, kind, words) {
    printf "<text x=\"%d\" y=\"%d\" class=\"%s\">%s</text>\n", \
        x, y, kind, words
}
function box(x, y, width, height, kind) {
    printf "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" " \
        "rx=\"4\" class=\"%s\"/>\n", x, y, width, height, kind
}

# A floor as wide as the house, shared among its rooms by their files.
function lay_floor(f,    list, n, i, all, left, at, share) {
    n = split(on[f], list, " ")
    for (i = 1; i <= n; i++) all += count[list[i]]
    at = LEFT; left = WIDTH - (n - 1) * SIDE
    for (i = 1; i <= n; i++) {
        share = int((WIDTH - (n - 1) * SIDE) * count[list[i]] / all)
        if (share < COLUMN + 20) share = COLUMN + 20
        if (i == n) share = left
        if (left - share < (n - i) * (COLUMN + 20))
            share = left - (n - i) * (COLUMN + 20)
        w[list[i]] = share; x[list[i]] = at
        at += share + SIDE; left -= share
    }
    for (i = 1; i <= n; i++)
        if (rows(list[i]) > high[f]) high[f] = rows(list[i])
    high[f] = 40 + high[f] * LINE
}

function draw_room(room, top, height,    i, column, row, depth, name_of_room) {
    name_of_room = room
    sub(/.*\//, "", name_of_room)
    box(x[room], top, w[room], height, substr(room, 1, 3))
    text(x[room] + 10, top + 20, "room", name_of_room \
        "<tspan dx=\"10\" class=\"uses\">" used_by(room) "</tspan>")
    depth = rows(room)
    for (i = 1; i <= count[room]; i++) {
        column = int((i - 1) / depth); row = (i - 1) % depth
        text(x[room] + 10 + column * COLUMN, top + 40 + row * LINE, \
            "file", name[room, i])
    }
}

# To the next floor straight down; to lower ones beside the house.
function draw_arrow(a, b,    lane, from, to, side) {
    if (place[a] - place[b] == 1) {
        from = x[a] + w[a] * (++left_by[a]) / (leaves[a] + 1)
        to = x[b] + w[b] * (++come_to[b]) / (comes[b] + 1)
        if (from > x[b] + 10 && from < x[b] + w[b] - 10) to = from
        else if (to > x[a] + 10 && to < x[a] + w[a] - 10) from = to
        printf "<path d=\"M%d %d L%d %d\" class=\"arrow\"/>\n", from, \
            y[place[a]] + high[place[a]], to, y[place[b]] - 3
        return
    }
    side = x[a] + w[a] / 2 > LEFT + WIDTH / 2 || x[a] + w[a] >= LEFT + WIDTH
    lane = 14 + 12 * lanes[side]++
    from = side ? x[a] + w[a] : x[a]
    to = side ? x[b] + w[b] : x[b]
    lane = side ? LEFT + WIDTH + lane : LEFT - lane
    printf "<path d=\"M%d %d H%d V%d H%d\" class=\"arrow\"/>\n", from, \
        y[place[a]] + high[place[a]] / 2 + 3 * lanes[side], lane, \
        y[place[b]] + high[place[b]] / 2 + 3 * lanes[side], \
        side ? to + 3 : to - 3
}

END {
    top = 20
    for (f = floors; f >= 1; f--) {
        lay_floor(f)
        if (f < floors && house[f] != house[f + 1]) {
            header = top
            top += 26 + GAP
        }
        y[f] = top
        top += high[f] + GAP
    }
    height = top
    printf "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" " \
        "height=\"%d\" viewBox=\"0 0 %d %d\">\n", \
        WIDTH + 2 * LEFT, height, WIDTH + 2 * LEFT, height
    print "<style>text{font-family:sans-serif;fill:#222}" \
        ".room{font-size:16px;font-weight:bold}" \
        ".uses{font-size:12px;font-weight:normal;fill:#666}" \
        ".file{font-size:12px}" \
        "rect{stroke:#888}.lib{fill:#eef4fb}.src{fill:#f6f2e6}" \
        ".header{fill:#e4efe0}.paper{fill:#fff;stroke:none}" \
        ".arrow{fill:none;stroke:#456;stroke-width:1.3;" \
        "marker-end:url(#tip)}</style>"
    print "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"6\" " \
        "refY=\"4\" markerWidth=\"7\" markerHeight=\"7\" orient=\"auto\">" \
        "<path d=\"M0 0 L8 4 L0 8 z\" fill=\"#456\"/></marker></defs>"
    box(0, 0, WIDTH + 2 * LEFT, height, "paper")
    for (f = floors; f >= 1; f--) {
        n = split(on[f], list, " ")
        for (i = 1; i <= n; i++) draw_room(list[i], y[f], high[f])
    }
    box(LEFT, header, WIDTH, 26, "header")
    text(LEFT + 10, header + 18, "uses", "include/siamese/siamese.h: all " \
        "that src, and any other host, sees of lib")
    close_paths()
    for (i = 1; i <= arrow_count; i++) {
        split(arrows[i], at, " ")
        if (is_reached(at[1], at[2])) continue
        kept[++kept_count] = arrows[i]
        if (place[at[1]] - place[at[2]] == 1) {
            leaves[at[1]]++; comes[at[2]]++
        }
    }
    for (i = 1; i <= kept_count; i++) {
        split(kept[i], at, " ")
        draw_arrow(at[1], at[2])
    }
    print "</svg>"
}'
