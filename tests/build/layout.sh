#!/bin/sh
# The rules of the source tree that a compiler does not know: which room may
# use which (tools/floors.txt), that each file has its place and its users, and
# what library code never calls.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
export LC_ALL=C.UTF-8

report() {
    if [ -z "$2" ]; then echo "ok $1"; else echo "$2" && echo "not ok $1"; fi
}

# Kept headers of released versions are data.
sources() {
    find "$@" -path 'tests/files/v*' -prune -o -type f \
        \( -name '*.[ch]' -o -name '*.[ch]pp' \) -print | sort
}

# ---- who uses whom ----

objects=$(dirname "${SIAMESE:-$(find build -name siamese -path '*/obj-*' |
    head -1)}")
for folder in lib src include; do
    sh tools/graph.sh includes "$folder" >"$dir/$folder.includes"
    sh tools/graph.sh symbols "$folder" "$objects" >"$dir/$folder.symbols"
done

# Lines "FILE -> FILE: WHAT" of a list on standard input whose second file lies
# in a room that the first one's may not use.
upward() {
    awk -v folder="$1" '
    NR == FNR {
        if ($1 != folder) next
        if ($3 == "<") beside[$2, $4] = 1
        else for (i = 2; i <= NF; i++) floor[$i] = NR
        next
    }
    {
        split($1, from, "/"); split($2, to, "/")
        a = from[2]; b = to[2]
        if (a == b || from[3] == "" || (a, b) in beside) next
        if (!(a in floor) || !(b in floor) || floor[b] >= floor[a])
            print $1 " -> " $2 ": " $3
    }' tools/floors.txt -
}
report layout__rooms_use_only_lower_floors "$(
    cat "$dir/lib.includes" "$dir/lib.symbols" | upward lib)"
report layout__rooms_of_the_command_use_only_lower_floors "$(
    cat "$dir/src.includes" "$dir/src.symbols" | upward src
    sources src | grep -v '^src/[a-z]*/\|^src/main\.c$')"

circles() {
    cut -d' ' -f1,2 "$@" | sort -u | tsort 2>&1 >/dev/null |
        sed 's/^tsort: //; s/^-: .*/a circle:/'
}
report layout__no_circle_of_calls "$(
    circles "$dir/lib.symbols" && circles "$dir/src.symbols")"
report layout__no_circle_of_includes "$(
    circles "$dir/lib.includes" && circles "$dir/src.includes" &&
        circles "$dir/include.includes")"

report layout__hosts_include_only_the_public_header "$(
    sources src examples tests/api tests/golden |
        xargs grep -nE '^ *# *include *("\.\./|.*<siamese/|.*\blib/)' |
        grep -v '<siamese/siamese\.h\(pp\)*>\|<siamese/version\.h>')"

# ---- one home for each thing, and a second user ----

report layout__file_names_are_unique "$(
    sources lib src | sed 's|.*/||' | sort | uniq -d)"

# Kernels of one interface at several levels, and the functions of the public
# header, have their declarations elsewhere.
report layout__each_source_has_its_header "$(
    for source in lib/*/*.c; do
        case $source in *_avx2.c | *_avx512.c | *_neon.c | *_portable.c) continue ;; esac
        [ -f "${source%.c}.h" ] || grep -q '^siamese_status siamese_' \
            "$source" || echo "$source"
    done)"

# What only its own source includes belongs in that source.
report layout__headers_have_a_second_user "$({
    cat "$dir/lib.includes" "$dir/src.includes" | cut -d' ' -f3
    { sources tests bench && ls tools/*.sh; } |
        xargs sed -n 's/^ *# *include *"\(.*\)".*/\1/p'
} | sed 's|.*/||' | sort -u >"$dir/included"
    sources lib src | grep '\.h$' | while read -r header; do
        echo "${header##*/} $header"
    done | sort | join -v 1 - "$dir/included" | cut -d' ' -f2)"

# What no other file of its folder uses: lines "FILE NAME". The embedded
# libraries call what the .redefine files name, and those of FAISS by its own
# names.
for folder in lib src; do
    {
        cut -d' ' -f3 "$dir/$folder.symbols"
        cat lib/*/*.redefine | sed 's/.* //'
    } >"$dir/used"
    sh tools/graph.sh defined "$folder" "$objects" | awk '
        NR == FNR { used[$1] = 1; next }
        !($2 in used) && $2 ~ /^(sm|cli|cmd|train|eval|report|serve|benchmark)_/' \
        "$dir/used" -
done | while read -r file name; do
    [ "$(cat "$file".c* | grep -cw "$name")" -gt 1 ]
    echo "$file $name $?"
done >"$dir/lonely"
report layout__no_function_is_only_for_tests "$(grep ' 1$' "$dir/lonely")"
report layout__functions_of_one_file_are_static "$(
    grep ' 0$' "$dir/lonely" | while read -r file name is_called; do
        grep -rqw "$name" tests/unit || echo "$file $name"
    done)"

# ---- the shape of a file ----

too_long() {
    limit=$1
    shift
    sources "$@" | xargs awk -v limit="$limit" '
        FNR == 1 { if (lines > limit) print name ": " lines; name = FILENAME }
        { lines = FNR }
        END { if (lines > limit) print name ": " lines }'
}
report layout__tests_have_at_most_600_lines "$(too_long 600 tests)"
report layout__files_have_at_most_500_lines "$(too_long 500 lib src include)"

report layout__lines_have_at_most_80_columns "$(
    sources lib src include tests examples bench |
        xargs grep -nE '^.{81,}')"

# What the file is for: what comes in, what goes out, who calls.
report layout__files_begin_with_what_they_are_for "$(
    sources lib src include | xargs awk '
        FNR == 1 {
            name = FILENAME
            sub(/.*\//, "", name)
            line = $0
            if (line == "/*" && (getline line) > 0) line = "/" substr(line, 2)
            sub(/^\/\/ /, "/* ", line) # as C++ has it
            if (index(line, "/* " name ": ") != 1) print FILENAME
        }')"

# ---- what is not there ----

# Memory by the host's allocator, no output, no environment, no end. thread.c
# looks whether the C library's own has some.
leaving='malloc|calloc|realloc|free|strdup|abort|exit|assert|v?f?printf|puts
putchar|perror|getenv|setenv|signal|sigaction|system|rand|srand|strtok
setlocale'
leaving=$(echo "$leaving" | tr '\n' '|')
report layout__library_keeps_to_itself "$(
    grep -nE "(^|[^>.[:alnum:]_])(${leaving%|}) *\(" lib/*/*.c lib/*/*.cpp |
        grep -v '^lib/common/\(memory\|assert\|thread\)\.c:' |
        grep -vE '^[^:]*:[0-9]*: ?(/?\*|.*\* .*\*/$)')"

report layout__nothing_is_left_to_do "$(
    grep -nEw 'TODO|FIXME|XXX|HACK' -r lib src include examples tests/unit \
        tests/api tests/golden tests/cli mk Makefile tools docs 2>/dev/null)"
