# public_names.awk: every name of the public headers, one a line and sorted by
# whoever wants it so:
#
#   function NAME
#   type NAME             a struct, handle, callback or other typedef
#   member STRUCT.NAME
#   constant NAME VALUE
#   macro NAME
#
# usage: awk -f tools/headers.awk -f tools/public_names.awk HEADER...
# tools/symbols_in_versions.sh and tools/abi_check.sh compare such lists.

BEGIN {
    for (i = 1; i < ARGC; i++) read_header(ARGV[i])
    exit
}

function on_header(file, comment) { }
function on_banner(text) { }
function on_note(comment) { }
function on_end(file) { }

function on_macro(name, value, comment,    n, i, row, part) {
    print "macro " name
    if (name != "SIAMESE_STATUS_MAP") return
    n = split(value, row, "\n")
    for (i = 1; i <= n; i++)
        if (match(row[i], /XX\(E_/)) {
            split(substr(row[i], RSTART + 3), part, ", *")
            print "constant SIAMESE_" part[1] " " part[2]
        }
}

function on_group(comment, count,    g, i, n, name) {
    for (g = 1; g <= count; g++) {
        if (kind[g] == "enum") {
            n = constants(code[g])
            for (i = 1; i <= n; i++) print "constant " constant[i] " " value[i]
        } else if (kind[g] == "struct") {
            name = struct_name(code[g])
            print "type " name
            n = members(code[g])
            for (i = 1; i <= n; i++) print "member " name "." name_of(member[i])
        } else if (kind[g] == "function") {
            print "function " name_of(code[g])
        } else {
            print "type " name_of(code[g])
        }
    }
}
