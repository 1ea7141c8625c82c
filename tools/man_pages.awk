# man_pages.awk: the public headers in, their pages for section 3 of the manual
# out: siamese.3, the overview, from siamese.h and version.h; siamese_X.3 from
# each other X.h that declares something; and, in the file
# links, for every function and type a line PAGE NAME of the link that leads
# there. tools/man_pages.sh calls it, behind tools/headers.awk
# and tools/man_text.awk, which turns a comment into paragraphs and lists.
#
# The headers are read twice: first for what there is and on which page, so that
# a text can refer to it, then for the pages.
#
# variables: out, the folder; version; released, the date of the version; since,
# the file of docs/symbols-in-versions

BEGIN {
    read_versions(since)
    for (pass = 1; pass <= 2; pass++)
        for (i = 1; i < ARGC; i++) {
            header = ARGV[i]
            sub(/.*\//, "", header)
            module = header
            sub(/\.h$/, "", module)
            page = module == "siamese" ? "siamese" : "siamese_" module
            read_header(ARGV[i])
        }
    exit failed
}

# Of each function that came after the first version: since_version[NAME].
function read_versions(file,    line, part) {
    while ((getline line < file) > 0)
        if (line ~ /^siamese_[a-z0-9_]+ +[0-9]/) {
            split(line, part, " +")
            if (first_version == "" || before_version(part[2], first_version))
                first_version = part[2]
            since_version[part[1]] = part[2]
        }
    close(file)
}

function before_version(a, b,    x, y) {
    split(a, x, ".")
    split(b, y, ".")
    return x[1] != y[1] ? x[1] + 0 < y[1] + 0 : x[2] + 0 < y[2] + 0
}

# ---- what the headers hand over ----

function on_header(file, comment) {
    if (pass == 1) {
        opening[header] = comment
        return
    }
    banner = synopsis = body = returns = errors = ""
    any_of = one_of = last_rule = history = ""
    has_status = remark_count = 0
}

function on_banner(text) {
    banner = text
}

# What holds for all that follows below a banner.
function on_note(comment) {
    if (pass == 2)
        body = body ".SS " first_big(banner == "" ? module : banner) "\n" \
            paragraphs(comment)
}

function on_macro(name, text, comment,    n, i, line, part) {
    if (pass == 1 || name == "SIAMESE_API") return
    if (name == "SIAMESE_STATUS_MAP") {
        body = body ".SS SIAMESE_OK, SIAMESE_E_*\n" \
            fill("The status codes. The macro SIAMESE_STATUS_MAP(XX) is the" \
            " one table of names and texts: XX(name, code, text) for each" \
            " error.") \
            fill(after_sentence(comment)) table_begins(29) \
            row("\\fBSIAMESE_OK\\fR = 0", "success")
        n = split(text, line, "\n")
        for (i = 1; i <= n; i++)
            if (match(line[i], /XX\(E_/)) {
                split(substr(line[i], RSTART + 3), part, ", *")
                sub(/^[^"]*"/, "", line[i])
                sub(/".*/, "", line[i])
                body = body row("\\fBSIAMESE_" part[1] "\\fR = " \
                    number(part[2]), line[i])
            }
        body = body table_ends()
    } else if (text != "") {
        macros = macros tagged("\\fB" name "\\fR", text, 8)
    }
}

function on_group(comment, count,    g, name) {
    if (pass == 1) {
        for (g = 1; g <= count; g++) {
            if (kind[g] == "enum") continue
            name = kind[g] == "struct" ? struct_name(code[g]) : name_of(code[g])
            is_function[name] = kind[g] == "function"
            page_of[name] = page
        }
        has_page[page] = 1
        return
    }
    for (g = 1; g <= count; g++)
        if (kind[g] == "handle") on_handle(comment, name_of(code[g]))
        else if (kind[g] == "struct") on_struct(comment, code[g])
        else if (kind[g] == "enum") on_enum(comment, code[g])
        else if (kind[g] != "function") on_type(comment, code[g])
    if (kind[1] == "function") on_functions(comment, count)
}

# ---- one declaration ----

function on_handle(comment, name) {
    put_synopsis("\\fBtypedef struct " name " " name ";\\fR")
    link_page(name)
    if (comment != "")
        body = body ".SS " name "\n" paragraphs(comment)
}

function on_type(comment, s,    name) {
    name = name_of(s)
    link_page(name)
    put_synopsis(s ~ /\(\*/ ? prototype(s) : "\\fB" s "\\fR")
    body = body ".SS " name "\n" paragraphs(comment)
}

function on_struct(comment, s,    n, i, name, widest) {
    name = struct_name(s)
    link_page(name)
    put_synopsis("\\fBtypedef struct " name " " name ";\\fR")
    body = body ".SS " name "\n"
    body = body (comment == "" ? fill(struct_words(name)) : paragraphs(comment))
    n = members(s)
    widest = 0
    for (i = 1; i <= n; i++) widest = wider(widest, length(member[i]))
    if (s ~ /\(\*/) widest = 0
    body = body table_begins(widest)
    for (i = 1; i <= n; i++) {
        if (before[i] != "")
            body = body table_ends() ".PP\n" fill(join(before[i])) \
                table_begins(widest)
        if (member[i] == "size_t struct_size" && about[i] == "")
            about[i] = "its sizeof, set by the caller"
        body = body row(declaration(member[i], ""), about[i])
    }
    body = body table_ends()
}

# Rows of a term and its text, side by side where the terms leave room.
function table_begins(widest) {
    table_width = widest ? widest + 2 : 8
    is_compact = widest
    if (!widest) return ""
    return (body ~ /\.SS [^\n]*\n$/ ? "" : ".PP\n") ".PD 0\n"
}

# The wider one of two widths; a term that leaves no room stands alone.
function wider(widest, width) {
    return width > widest && width <= 34 ? width : widest
}

function row(tag, text) {
    return tagged(tag, join(text), table_width)
}

function table_ends() {
    return is_compact ? ".PD\n" : ""
}

# A struct that the header leaves without words of its own.
function struct_words(name,    what) {
    what = name
    if (sub(/_options$/, "", what)) {
        sub(/^siamese_/, "", what)
        return "The options of kind " what "; " name "_init sets the defaults."
    }
    return "Its members are:"
}

function on_enum(comment, s,    n, i, prefix, widest) {
    n = constants(s)
    prefix = constant[1]
    for (i = 2; i <= n; i++)
        while (index(constant[i], prefix) != 1)
            prefix = substr(prefix, 1, length(prefix) - 1)
    sub(/[^_]*$/, "", prefix)
    if (n == 1) prefix = constant[1]
    # It has come already, with the codes of the macro.
    if (constant[1] == "SIAMESE_OK") return
    body = body ".SS " prefix (n > 1 ? "*" : "") "\n" paragraphs(comment)
    widest = 0
    for (i = 1; i <= n; i++)
        widest = wider(widest, length(constant[i] " = " value[i]))
    body = body table_begins(widest)
    for (i = 1; i <= n; i++)
        body = body row("\\fB" constant[i] "\\fR = " number(value[i]), about[i])
    body = body table_ends()
}

function on_functions(comment, count,    g, name, names, heading, text) {
    heading = names = ""
    for (g = 1; g <= count; g++) {
        name = name_of(code[g])
        link_page(name)
        put_synopsis(prototype(code[g]))
        names = names (g > 1 ? ", " : "") "\\fB" name "\\fR()"
        if (code[g] ~ /^siamese_status /) has_status = 1
        if (since_version[name] != "" && since_version[name] != first_version)
            history = history fill(name "() came with version " \
                since_version[name] ".")
        heading = heading " " name
    }
    body = body ".SS " common_name(trim(heading)) "\n"
    if (comment !~ /^The four functions of /) {
        body = body ".nf\n"
        for (g = 1; g <= count; g++) body = body prototype(code[g]) "\n"
        body = body ".fi\n.PP\n"
    }

    text = take_threads(comment)
    text = take_errors(text)
    if (found_errors == "" && text ~ /and errors are those of /) {
        found_errors = text
        sub(/.*and errors are those of */, "", found_errors)
        found_errors = "Those of " join(found_errors) "."
    }
    body = body paragraphs(text)
    if (found_errors != "")
        errors = errors tag_lines(names) fill(first_big(join(found_errors)))
    if (text ~ /^Returns / && count == 1)
        returns = returns fill(name "() returns" \
            substr(first_sentence(join(text)), 8))
    put_rule(found_rule, names)
}

# "siamese_X_*()" for several, whose prototypes follow.
function common_name(list,    n, i, name, prefix) {
    n = split(list, name, " ")
    if (n == 1) return name[1] "()"
    prefix = name[1]
    for (i = 2; i <= n; i++)
        while (index(name[i], prefix) != 1)
            prefix = substr(prefix, 1, length(prefix) - 1)
    sub(/[^_]*$/, "", prefix)
    return prefix "*()"
}

# ---- the parts of a function's comment ----

# The thread rule ends a comment, the errors come before it.
function take_threads(text,    at) {
    found_rule = ""
    at = match(text, /(^|[ \n])Threads: /)
    if (!at) return text
    found_rule = join(substr(text, at + RLENGTH))
    sub(/\.$/, "", found_rule)
    return trim(substr(text, 1, at - 1))
}

function take_errors(text,    at) {
    found_errors = ""
    at = match(text, /(^|\n)Errors: /)
    if (!at) return text
    found_errors = join(substr(text, at + RLENGTH))
    return trim(substr(text, 1, at - 1))
}

function after_sentence(s) {
    s = join(s)
    return trim(substr(s, length(first_sentence(s)) + 1))
}

function first_big(s) {
    return toupper(substr(s, 1, 1)) substr(s, 2)
}

# Functions by their rule: all of "any" together, all of "one", and those with a
# word more each for itself.
function put_rule(rule, names) {
    if (rule == "any") any_of = any_of (any_of == "" ? "" : ", ") names
    else if (rule == "one") one_of = one_of (one_of == "" ? "" : ", ") names
    else if (rule != "" && rule == last_rule)
        remark[remark_count] = remark[remark_count] ", " names
    else if (rule != "") {
        remark[++remark_count] = names
        remark_rule[remark_count] = last_rule = rule
    }
}

# ---- prototypes ----

# A declaration with its name in italics: "size_t nlist", "float topk[5]".
function declaration(s, ending,    name, at, rest) {
    name = name_of(s)
    at = match(s, "[^a-z_0-9]" name "([^a-z_0-9]|$)")
    rest = substr(s, at + 1 + length(name)) ending
    return "\\fB" substr(s, 1, at) "\\fI" name \
        (rest == "" ? "" : "\\fB" rest) "\\fR"
}

# The parameters of a prototype one by one; returns their number.
function parameters(s,    n, i, depth, c, at) {
    n = 1
    parameter[1] = ""
    at = match(s, /[a-z_0-9)]\(/) + 2
    for (i = at; i < length(s) - 1; i++) {
        c = substr(s, i, 1)
        if (c == "(") depth++
        if (c == ")") depth--
        if (c == "," && !depth) parameter[++n] = ""
        else parameter[n] = parameter[n] c
    }
    for (i = 1; i <= n; i++) parameter[i] = trim(parameter[i])
    return n
}

# A prototype in lines of at most 71 columns, which is what a page of 80 has
# room for; parameters stand below each other's beginning where that takes no
# more than three lines.
function prototype(s,    n, i, head, longest, text) {
    n = parameters(s)
    head = substr(s, 1, match(s, /[a-z_0-9)]\(/) + 1)
    for (i = longest = 1; i <= n; i++)
        if (length(parameter[i]) > longest) longest = length(parameter[i])
    if (length(head) + longest + 2 <= 71) {
        text = set_prototype(head, n, length(head))
        if (split(text, set_lines, "\n") <= 3) return text
    }
    return set_prototype(head, n, 8)
}

function set_prototype(head, n, width,    i, text, column) {
    text = "\\fB" head "\\fR"
    column = length(head)
    for (i = 1; i <= n; i++) {
        if (column + length(parameter[i]) + 2 > 71) {
            text = text "\n" sprintf("%" width "s", "")
            column = width
        } else if (i > 1) {
            text = text " "
            column++
        }
        text = text (parameter[i] == "void" ? "\\fBvoid);\\fR" : \
            declaration(parameter[i], i < n ? "," : ");"))
        column += length(parameter[i]) + 1
    }
    return text
}

# Banners part the synopsis as they part the header.
function put_synopsis(text,    part) {
    part = banner (text ~ /^.fBtypedef struct/ ? " struct" : "")
    if (part != shown_part) synopsis = synopsis ".PP\n"
    shown_part = part
    synopsis = synopsis text "\n"
}

# ---- pages ----

function link_page(name) {
    if (name == page) return
    if (name in has_page) {
        print "man_pages: " name " is a name and a page" > "/dev/stderr"
        failed = 1
    }
    print page ".3 " name ".3" > (out "/links")
}

function write_head(file, words) {
    print ".\\\" Made from include/siamese/" header " by tools/man_pages.sh." \
        > file
    print ".TH " toupper(page) " 3 \"" released "\" \"libsiamese " version \
        "\" \"libsiamese\"" > file
    print ".nh\n.ad l\n.SH NAME\n" page " \\- " words > file
}

# The opening comment without its file's name: the first sentence names the
# page, what follows is its description.
function describe_page(    text, sentence, n, i) {
    text = opening[header]
    sub(/^[a-z_]*\.h: /, "", text)
    sentence = text
    sub(/\n\n.*/, "", sentence)
    sentence = first_sentence(join(sentence))
    # As many characters further on, not counting what parts words.
    n = length(sentence) - gsub(/ /, " ", sentence)
    for (i = 1; n > 0; i++) if (substr(text, i, 1) !~ /[ \n]/) n--
    page_words = sentence
    sub(/\.$/, "", page_words)
    return trim(substr(text, i))
}

function on_end(file,    text, target) {
    shown_part = ""
    if (pass == 1 || module == "version") return
    target = out "/" page ".3"
    text = describe_page()
    if (module == "siamese") write_overview(target, text)
    else if (page in has_page) write_module(target, text)
    close(target)
}

function write_module(file, text,    name) {
    name = page_words
    sub(/:.*/, "", name)
    write_head(file, inline_plain(name))
    print ".SH LIBRARY\nlibsiamese (\\fI\\-lsiamese\\fR)\n.SH SYNOPSIS" > file
    print ".nf\n\\fB#include <siamese/" header ">\\fR" > file
    printf "%s", synopsis > file
    print ".fi\n.SH DESCRIPTION" > file
    printf "%s", fill(first_big(page_words) ".") > file
    if (text != "") printf ".PP\n%s", paragraphs(text) > file
    printf "%s", body > file
    if (has_status || returns != "") {
        print ".SH RETURN VALUE" > file
        if (has_status)
            printf "%s", fill("The functions of type siamese_status return" \
                " SIAMESE_OK (0), or a negative code after a failure," \
                " of which siamese_last_error then says what failed and" \
                " where.") > file
        if (returns != "")
            printf "%s%s", (has_status ? ".PP\n" : ""), returns > file
    }
    if (has_status) {
        print ".SH ERRORS" > file
        printf "%s", fill("Any of the functions may return" \
            " SIAMESE_E_ARGUMENT, for an argument that is not valid, and" \
            " SIAMESE_E_MEMORY. " (errors == "" ? "" : "Beyond that:")) > file
        printf "%s", errors > file
    }
    write_rules(file)
    if (history != "")
        printf ".SH HISTORY\n%s%s", fill("What is not named here came with" \
            " version " first_version "."), history > file
    write_see_also(file, text)
}

function write_rules(file,    i) {
    if (any_of one_of == "" && !remark_count) return
    print ".SH THREADS" > file
    if (any_of != "")
        printf "%s.RS 4\n.PP\n%s.RE\n", \
            fill("These functions may run at once on many threads, also" \
            " with the same handle:"), \
            fill_raw(any_of ".") > file
    if (one_of != "")
        printf "%s%s.RS 4\n.PP\n%s.RE\n", (any_of == "" ? "" : ".PP\n"), \
            fill("While one of these runs, no other call with its handle" \
            " may:"), fill_raw(one_of ".") > file
    for (i = 1; i <= remark_count; i++)
        printf "%s%s", tag_lines(remark[i]), \
            fill(first_big(remark_rule[i]) ".") > file
}

function write_see_also(file, text,    i, n, list, name, word) {
    list = page == "siamese" ? "siamese(1)" : "siamese(1), siamese(3)"
    for (i = 1; i < ARGC; i++) {
        name = ARGV[i]
        sub(/.*\//, "", name)
        sub(/\.h$/, "", name)
        name = "siamese_" name
        if (name in has_page && name != page) list = list ", " name "(3)"
    }
    print ".SH SEE ALSO" > file
    n = split(list, word, ", ")
    for (i = 1; i <= n; i++) {
        sub(/\(/, " (", word[i])
        print ".BR " word[i] (i < n ? " ," : "") > file
    }
    list = opening[header] "\n" body
    while (match(list, /docs\/[a-z_]+\.md/)) {
        name = substr(list, RSTART, RLENGTH)
        list = substr(list, RSTART + RLENGTH)
        if (!named[page, name]++)
            print ".PP\n\\fI" name "\\fR in the documentation of libsiamese" \
                > file
    }
}

# The overview: siamese.h's conventions, version.h's macros.
function write_overview(file, text,    about_version) {
    write_head(file, "learn embeddings of short texts and search them")
    print ".SH LIBRARY\nlibsiamese (\\fI\\-lsiamese\\fR)\n.SH SYNOPSIS" > file
    print ".nf\n\\fB#include <siamese/siamese.h>\\fR\n" > file
    print "cc \\fIfile\\fR.c $(pkg\\-config \\-\\-cflags \\-\\-libs siamese)" \
        "\n.fi\n.SH DESCRIPTION" > file
    printf "%s.PP\n%s", fill("The header siamese/siamese.h is " page_words \
        "."), paragraphs(text) > file
    about_version = opening["version.h"]
    sub(/^version\.h: */, "", about_version)
    print ".SH VERSIONS\n.nf\n\\fB#include <siamese/version.h>\\fR\n.fi\n.PP" \
        > file
    printf "%s%s", paragraphs(first_big(about_version)), macros > file
    header = "siamese.h"
    write_see_also(file, text)
}
