# headers.awk: public headers in, their declarations out. Another awk program
# stands behind it and says what is done with them:
#
#   on_header(file, comment)      a header begins; the comment that opens it
#   on_banner(text)               a line of the form /* ---- text ---- */
#   on_note(comment)              a comment that stands by itself
#   on_group(comment, count)      declarations that stand together behind one
#                                 comment: kind[1 .. count] and code[1 .. count]
#   on_macro(name, value, comment)
#   on_end(file)                  the header ends
#
# A kind is function, struct, enum, handle (an opaque struct), callback (a
# pointer to a function) or type (any other typedef). Comments come without their
# stars, lines joined by newlines. Code has no line ends but those in a struct or
# an enum. read_header(FILE) does the work; members() and constants() take a
# struct and an enum apart. tools/man_pages.awk and tools/public_names.awk use
# it.

function trim(s) {
    sub(/^[ \t\n]+/, "", s)
    sub(/[ \t\n]+$/, "", s)
    return s
}

# The text of a comment of one or more lines.
function comment_text(s,    n, i, part, line) {
    sub(/^\/\* ?/, "", s)
    sub(/[ \n]*\*\/[ \n]*$/, "", s)
    n = split(s, part, "\n")
    s = ""
    for (i = 1; i <= n; i++) {
        line = part[i]
        if (i > 1) sub(/^ *\* ?/, "", line)
        sub(/ +$/, "", line)
        s = s (i > 1 ? "\n" : "") line
    }
    sub(/^\n+/, "", s)
    sub(/\n+$/, "", s)
    return s
}

function kind_of(s) {
    if (s ~ /^SIAMESE_API/) return "function"
    if (s ~ /^typedef struct [a-z_0-9]+ *[{]/) return "struct"
    if (s ~ /^(typedef )?enum/) return "enum"
    if (s ~ /^typedef struct [a-z_0-9]+ [a-z_0-9]+;/) return "handle"
    if (s ~ /^typedef .*\(\*[a-z_0-9]+\)\(/) return "callback"
    if (s ~ /^typedef /) return "type"
    return ""
}

function count_of(s, letter) {
    return gsub(letter, "", s)
}

function end_group(comment) {
    if (group_size) on_group(comment, group_size)
    else if (comment != "") on_note(comment)
    group_size = 0
}

# "#define NAME value", with the lines that a backslash joins to it.
function read_macro(line, comment,    name) {
    sub(/^# *define +/, "", line)
    name = line
    sub(/[^A-Za-z0-9_].*/, "", name)
    sub(/^[A-Za-z0-9_]+(\([^)]*\))? */, "", line)
    if (name ~ /^SIAMESE_.*[^_]$/ && name !~ /_H$/) on_macro(name, trim(line), comment)
}

function add_statement(s,    what) {
    what = kind_of(s)
    if (what == "") return
    group_size++
    kind[group_size] = what
    if (what == "function") sub(/^SIAMESE_API /, "", s)
    if (what != "struct" && what != "enum") gsub(/[ \n]+/, " ", s)
    code[group_size] = trim(s)
}

function read_header(file,    line, comment, opened, statement, bare) {
    comment = statement = ""
    opened = group_size = 0
    while ((getline line < file) > 0) {
        if (statement != "") {
            if (line !~ /^#/) statement = statement "\n" line
        } else if (line ~ /^\/\* ---- .* ---- \*\/$/) {
            end_group(comment)
            comment = ""
            sub(/^\/\* -+ /, "", line)
            sub(/ -+ \*\/$/, "", line)
            on_banner(line)
            continue
        } else if (line ~ /^\/\*/) {
            end_group(comment)
            comment = line
            while (comment !~ /\*\// && (getline line < file) > 0)
                comment = comment "\n" line
            comment = comment_text(comment)
            if (!opened++) {
                on_header(file, comment)
                comment = ""
            }
            continue
        } else if (line ~ /^#/) {
            while (line ~ /\\$/) {
                bare = line
                sub(/ *\\$/, "", bare)
                if ((getline line < file) <= 0) line = ""
                line = bare "\n" line
            }
            if (line ~ /^# *define/) read_macro(line, comment)
            comment = ""
            continue
        } else if (line ~ /^ *$/) {
            end_group(comment)
            comment = ""
            continue
        } else if (line ~ /^(extern "C" [{]|[}])$/) {
            continue
        } else {
            statement = line
        }
        bare = statement
        gsub(/\/\*([^*]|\*+[^*\/])*\*+\//, "", bare)
        if (bare ~ /; *$/ && count_of(bare, "[{]") == count_of(bare, "[}]")) {
            add_statement(statement)
            statement = ""
        }
    }
    end_group(comment)
    close(file)
    on_end(file)
}

# What stands between the braces.
function body_of(s) {
    sub(/^[^{]*[{]/, "", s)
    sub(/[}][^}]*$/, "", s)
    return s
}

# Moves the comment that s begins with, or "", to taken.
function take_comment(s) {
    taken = ""
    if (s !~ /^\/\*/) return s
    match(s, /\*\//)
    taken = comment_text(substr(s, 1, RSTART + 1))
    return substr(s, RSTART + 2)
}

# The members of a struct: member[i], its declaration; about[i], its comment;
# before[i], a comment that stands alone above it. Returns their number.
function members(s,    n, end) {
    n = 0
    s = body_of(s)
    while ((s = trim(s)) != "") {
        n++
        s = trim(take_comment(s))
        before[n] = taken
        end = index(s, ";")
        if (!end) break
        member[n] = substr(s, 1, end - 1)
        gsub(/[ \n]+/, " ", member[n])
        s = substr(s, end + 1)
        about[n] = ""
        if (s ~ /^ *\/\*/) {
            s = take_comment(trim(s))
            about[n] = taken
        }
    }
    return n
}

# The name within a declaration: of a member, a callback, a function.
function name_of(s) {
    if (match(s, /\(\*[a-z_0-9]+\)/)) return substr(s, RSTART + 2, RLENGTH - 3)
    sub(/(\(|\[).*/, "", s)
    sub(/;$/, "", s)
    match(s, /[A-Za-z_0-9]+ *$/)
    return trim(substr(s, RSTART))
}

function struct_name(s) {
    sub(/^typedef struct /, "", s)
    sub(/[^a-z_0-9].*/, "", s)
    return s
}

# The constants of an enum: constant[i], value[i] and about[i]. Returns their
# number.
function constants(s,    n, end, entry) {
    n = 0
    s = body_of(s)
    while (match(s, /[A-Z][A-Z0-9_]+ *= *-?[0-9]+/)) {
        n++
        entry = substr(s, RSTART, RLENGTH)
        s = substr(s, RSTART + RLENGTH)
        value[n] = entry
        sub(/.*= */, "", value[n])
        constant[n] = entry
        sub(/ *=.*/, "", constant[n])
        sub(/^ *,?/, "", s)
        about[n] = ""
        if (s ~ /^ *\/\*/) {
            s = take_comment(trim(s))
            about[n] = taken
        }
    }
    return n
}
