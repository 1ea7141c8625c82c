# page.awk: what a page must be, whatever is in it. Prints what is wrong with it:
# elements that are not closed in turn, anything but text that asks for what lies
# elsewhere, and numbers of <data> that are not among those of the JSON in `json`.
function wrong(text) { print FILENAME ": " text }

function numbers_of(text) {
    while (match(text, /-?[0-9]+(\.[0-9]+)?([eE][-+]?[0-9]+)?/)) {
        known[substr(text, RSTART, RLENGTH) + 0] = 1
        text = substr(text, RSTART + RLENGTH)
    }
}

function attribute(tag, name,   at) {
    at = index(tag, name "=\"")
    if (!at) return ""
    tag = substr(tag, at + length(name) + 2)
    return substr(tag, 1, index(tag, "\"") - 1)
}

BEGIN {
    RS = "<"
    split("meta link br input", v, " ")
    for (i in v) is_void[v[i]] = 1
    if (json) {
        while ((getline line < json) > 0) numbers_of(line)
    }
}

NR == 1 { next } # before the first element

{
    tag = $0
    sub(/>.*/, "", tag)
    name = tag
    sub(/[ \t\n\/].*/, "", name)
    if (in_raw && tag != "/" in_raw) next
    in_raw = ""
    if (tag ~ /^!/) next
    if (tag ~ /^\//) {
        name = substr(tag, 2)
        if (depth < 1 || open[depth] != name)
            wrong("</" name "> closes <" open[depth] ">")
        depth--
        next
    }
    if (tag ~ /(src|href|action|data|poster|srcset)="[^"]*"/ &&
        tag !~ /href="(data:,|#)/ && tag !~ /^data /)
        wrong("asks for what is elsewhere: " tag)
    if (tag ~ /[ \t\n]on[a-z]*=/) wrong("has a script: " tag)
    if (name == "data") {
        elements++
        if (json && !((attribute(tag, "value") + 0) in known))
            wrong(attribute(tag, "value") " is not in the JSON")
    }
    if (tag ~ /\/$/ || name in is_void) next
    open[++depth] = name
    if (name == "script" || name == "style") in_raw = name
}

END {
    if (depth) wrong("<" open[depth] "> is not closed")
    if (json && elements < 5) wrong("has " elements + 0 " numbers alone")
}
