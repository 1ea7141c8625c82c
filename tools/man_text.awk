# man_text.awk: comments of the public headers in, text of manual pages out
# (the macros of man(7), which groff and mandoc both know). man_pages.awk calls
# it; page, page_of[], is_function[] and has_page[] are its own.
#
# What it knows of a comment: blank lines part paragraphs; "- " begins an item of
# a list; "name  text", with two or more spaces between, is a term and what is
# said of it, as is "call(...)" on a line of its own above deeper lines; deeper
# lines with arrows, or of calls with a semicolon, are set as they are; "the other
# parameters ..." begins a paragraph below a list of parameters.

# Lines joined by spaces.
function join(s) {
    gsub(/[ \n]+/, " ", s)
    return trim(s)
}

function number(s) {
    sub(/^-/, "\\-", s)
    return s
}

# ---- words ----

# Escapes of what roff would take for something else.
function escape(s) {
    gsub(/\\/, "\\e", s)
    gsub(/''/, "\\(aq\\(aq", s)
    gsub(/\^/, "\\(ha", s)
    gsub(/~/, "\\(ti", s)
    return s
}

# Plain text with the names in it set as the manual sets names.
function inline(s,    done, word, last) {
    done = ""
    while (match(s, /`[^`]*`|siamese_[a-zX0-9_]+|SIAMESE_[A-Z0-9_]+\*?|docs\/[a-z_]+\.md|[a-z_]+\.h| - |--?/)) {
        last = RSTART > 1 ? substr(s, RSTART - 1, 1) : " "
        word = substr(s, RSTART, RLENGTH)
        done = done escape(substr(s, 1, RSTART - 1))
        s = substr(s, RSTART + RLENGTH)
        if (word ~ /^`/) {
            done = done "\\fI" escape(substr(word, 2, length(word) - 2)) "\\fR"
        } else if (word ~ /^siamese_/) {
            done = done name_in_text(word, s)
            if (is_known(word)) sub(/^\(\)/, "", s)
        } else if (word ~ /^SIAMESE_/) {
            done = done "\\fB" word "\\fR"
        } else if (word ~ /^docs/) {
            done = done "\\fI" word "\\fR"
        } else if (word ~ /\.h$/) {
            done = done header_in_text(word, last)
        } else {
            if (word != "-" || last !~ /[A-Za-z0-9]/ || s ~ /^[0-9]/)
                gsub(/-/, "\\-", word)
            done = done word
        }
    }
    return done escape(s)
}

function is_known(name) {
    return name in is_function && is_function[name]
}

function name_in_text(name, rest) {
    if (!is_known(name))
        return (name in page_of ? "\\fI" : "\\fB") name "\\fR"
    if (page_of[name] == page || rest ~ /^\(./ && rest !~ /^\(\)/)
        return "\\fB" name "\\fR" (rest ~ /^\(./ && rest !~ /^\(\)/ ? "" : "()")
    return "\\fB" name "\\fR(3)"
}

# "index.h" is the page siamese_index(3), where it is no part of a path.
function header_in_text(word, last,    name) {
    name = word
    sub(/\.h$/, "", name)
    if (last == "/") return word
    if (("siamese_" name) in has_page) return "\\fBsiamese_" name "\\fR(3)"
    return word
}

# For the NAME section, which tools read: no fonts.
function inline_plain(s) {
    s = inline(s)
    gsub(/\\f./, "", s)
    return s
}

# ---- lines ----

function ends_sentence(word, next_word) {
    return word ~ /[^.][.?!][)"]?$/ && word !~ /(^|\()(e\.g|i\.e|al|vs)\.$/ &&
        (next_word == "" || next_word ~ /^(\\f[BI]|["(]*[A-Z*`0-9])/)
}

# The first sentence of ready or plain text.
function first_sentence(s,    n, i, word, text) {
    n = split(s, word, " ")
    text = word[1]
    for (i = 2; i <= n && !ends_sentence(word[i - 1], word[i]); i++)
        text = text " " word[i]
    return text
}

# Ready text in lines of at most 78 columns; a sentence begins a line.
function fill_raw(s,    n, i, word, line, text) {
    n = split(s, word, " ")
    text = line = ""
    for (i = 1; i <= n; i++) {
        if (line != "" && length(line) + 1 + length(word[i]) > 78) {
            text = text guard(line) "\n"
            line = ""
        }
        line = line (line == "" ? "" : " ") word[i]
        if (ends_sentence(word[i], i < n ? word[i + 1] : "")) {
            text = text guard(line) "\n"
            line = ""
        } else if (word[i] ~ /\.$/)
            line = line "\\&"
    }
    if (line != "") text = text guard(line) "\n"
    return text
}

# A line that does not look like a request.
function guard(line) {
    return line ~ /^[.']/ ? "\\&" line : line
}

function fill(s) {
    return fill_raw(inline(join(s)))
}

# A term and what is said of it; terms without words share those of the next.
function tagged(tag, text, width) {
    return ".TP " width "\n" tag "\n" (text == "" ? "\\&\n" : fill(text))
}

# Several functions, each on a line, with one text to follow.
function tag_lines(names,    n, i, name, text) {
    n = split(names, name, ", ")
    text = ".TP 4\n" name[1] "\n"
    for (i = 2; i <= n; i++) text = text ".TQ\n" name[i] "\n"
    return text
}

# ---- paragraphs and lists ----

function paragraphs(text,    n, i, saved) {
    n = split(text, ln, "\n")
    for (i = 1; i <= n; i++) {
        match(ln[i], /^ */)
        ind[i] = ln[i] ~ /^ *$/ ? -1 : RLENGTH
    }
    ind[n + 1] = -1
    return blocks(1, n, 0, 1)
}

# The width of a line's term with what parts it from its text; 0: it has none.
function term_width(i,    t) {
    t = substr(ln[i], ind[i] + 1)
    return match(t, /[^ ]  +[^ ]/) ? RSTART + RLENGTH - 1 : 0
}

function is_call(i, to,    t) {
    t = substr(ln[i], ind[i] + 1)
    return i < to && ind[i + 1] > ind[i] && t ~ /^[a-zX_]+\(.*\)$/
}

function is_drawing(i, indent,    t) {
    if (ind[i] <= indent) return 0
    t = ln[i]
    if (t ~ /^ *[a-z][a-z_0-9 *]*\(.*\);/) return 1
    return t ~ / -+> / || t ~ /^ *\|/ || t ~ /^ *\+-/
}

# "the other parameters and errors are those of ...".
function is_rest(i) {
    return ln[i] ~ /^ +the (other )?parameters /
}

# The first line behind an item that begins at line i: one that is not deeper.
function item_end(i, to,    j, k) {
    for (j = i + 1; j <= to; j++) {
        if (ind[j] > ind[i]) continue
        if (ind[j] >= 0) return j
        for (k = j; k <= to && ind[k] < 0; k++);
        if (k > to || ind[k] <= ind[i]) return j
    }
    return to + 1
}

# The indent of a list's texts: by its widest term.
function list_width(i, to,    j, widest, width) {
    widest = 0
    for (j = i; j <= to && ind[j] >= ind[i]; j++)
        if (ind[j] == ind[i] && (width = term_width(j)) > 0) {
            width--
            # A header's name becomes that of its page.
            if (substr(ln[j], ind[j] + 1) ~ /^[a-z_]+\.h /)
                width += length("siamese_(3)") - length(".h")
            if (width > widest) widest = width
        }
    return widest > 22 ? 8 : widest
}

# An item's first paragraph stands beside its term; what follows is set in.
function item_body(from, to, content,    j, text, rest) {
    for (j = from; j <= to; j++)
        if (j > from && (ind[j] < 0 || ind[j] < content || term_width(j) ||
                         substr(ln[j], ind[j] + 1) ~ /^- /)) break
    text = fill(lines(from, j - 1))
    rest = blocks(j, to, content, 0)
    return rest == "" ? text : text ".RS\n" rest ".RE\n"
}

function lines(from, to,    text) {
    text = ""
    for (; from <= to; from++) text = text " " ln[from]
    return text
}

function blocks(from, to, indent, begins,    i, j, t, width, text, listed) {
    text = ""
    listed = 0
    for (i = from; i <= to; i = j) {
        j = i + 1
        if (ind[i] < 0) continue
        t = substr(ln[i], ind[i] + 1)
        if (is_drawing(i, indent)) {
            while (j <= to && ind[j] >= 0) j++
            text = text drawing(i, j - 1)
        } else if (t ~ /^- /) {
            j = item_end(i, to)
            ln[i] = substr(ln[i], 1, ind[i]) "  " substr(t, 3)
            text = text ".IP \\(bu 2\n" item_body(i, j - 1, ind[i] + 2)
            listed = 1
        } else if ((width = term_width(i)) > 0) {
            text = text ".TP " list_width(i, to) "\n"
            sub(/  .*/, "", t)
            text = text term(t) "\n"
            j = item_end(i, to)
            ln[i] = substr(ln[i], ind[i] + width)
            text = text item_body(i, j - 1, ind[i] + width - 1)
            listed = 1
        } else if (is_call(i, to)) {
            j = item_end(i, to)
            text = text ".TP 4\n" inline(t) "\n" item_body(i + 1, j - 1, ind[i + 1])
            listed = 1
        } else {
            while (j <= to && ind[j] >= ind[i] && !term_width(j) &&
                   substr(ln[j], ind[j] + 1) !~ /^- / && !is_rest(j)) j++
            t = join(lines(i, j - 1))
            if (listed || is_rest(i)) t = first_big(t) (t ~ /[.:]$/ ? "" : ".")
            if (!(begins && text == "")) text = text ".PP\n"
            text = text fill(t)
        }
    }
    return text
}

# A term: a page's name where it is a header, a figure's or parameter's else.
function term(t) {
    if (t ~ /\.h$/) return inline(t)
    if (t ~ /^[a-z_0-9, ]+$/) {
        gsub(/, /, "\\fR, \\fI", t)
        return "\\fI" t "\\fR"
    }
    return "\\fB" escape(t) "\\fR"
}

function drawing(from, to,    t, text) {
    text = ".PP\n.nf\n"
    for (; from <= to; from++) {
        t = escape(ln[from])
        gsub(/-/, "\\-", t)
        text = text guard(t) "\n"
    }
    return text ".fi\n"
}
