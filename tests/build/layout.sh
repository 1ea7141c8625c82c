#!/bin/sh
# The rules of the source tree that a compiler does not know: which floor may
# include which, and what library code never calls.
set -u

report() {
    if [ -z "$2" ]; then echo "ok $1"; else echo "$2" && echo "not ok $1"; fi
}

# A floor includes itself, <siamese/...> and the floors before it.
floors_below() {
    case $1 in
    common) echo common ;;
    math) echo common math ;;
    text) echo common math text ;;
    nn) echo common math nn ;;
    tower) echo common math text nn tower ;;
    pairs) echo common math text nn tower pairs ;;
    metrics) echo common math text nn tower pairs metrics ;;
    train) echo common math text nn tower pairs metrics train ;;
    index) echo common math index ;;
    presets) echo common math text nn tower pairs metrics train index presets ;;
    checkpoint) echo common math text nn tower pairs metrics train index checkpoint ;;
    esac
}
upward=
for floor in lib/*/; do
    floor=$(basename "$floor")
    allowed=$(floors_below "$floor" | tr ' ' '|')
    found=$(grep -nE '^ *# *include "' lib/"$floor"/*.[ch]* |
        grep -vE "include \"(($allowed)/|faiss_c_has)")
    upward="$upward$found"
done
report layout__floors_include_only_those_below "$upward"

report layout__hosts_include_only_the_public_header "$(
    grep -nE '^ *# *include.*(siamese/|lib/|common/|math/|text/|nn/|tower/)' \
        $(find src examples tests/api tests/golden -name '*.[ch]' \
            -o -name '*.cpp' 2>/dev/null) /dev/null |
        grep -v '<siamese/siamese.h>\|<siamese/version.h>')"

report layout__file_names_are_unique "$(
    find lib src -type f -name '*.[ch]*' -printf '%f\n' 2>/dev/null | sort | uniq -d)"

# Kernels of one interface at several levels, and the functions of the public
# header, have their declarations elsewhere.
report layout__each_source_has_its_header "$(
    for source in lib/*/*.c; do
        case $source in *_avx2.c | *_avx512.c | *_portable.c) continue ;; esac
        [ -f "${source%.c}.h" ] || grep -q '^siamese_status siamese_' \
            "$source" || echo "$source"
    done)"

report layout__files_have_at_most_600_lines "$(
    find lib src include/siamese tests -name '*.[ch]*' -type f \
        ! -name siamese.h -exec awk 'END { if (NR > 600) print FILENAME ": " NR }' \
        {} \;)"

# Memory by the host's allocator, no output, no environment, no end.
report layout__library_keeps_to_itself "$(
    grep -nE '(^|[^>.[:alnum:]_])(malloc|calloc|realloc|free|strdup|abort|exit|assert|v?f?printf|puts|putchar|perror|getenv|setenv|signal|sigaction|system|rand|srand|strtok|setlocale) *\(' \
        lib/*/*.c lib/*/*.cpp 2>/dev/null |
        grep -v '^lib/common/memory.c:' |
        grep -vE '^[^:]*:[0-9]*: ?(/?\*|.*\* .*\*/$)')"

report layout__nothing_is_left_to_do "$(
    grep -nEw 'TODO|FIXME|XXX|HACK' -r lib src include examples tests/unit \
        tests/api tests/golden tests/cli mk Makefile tools docs 2>/dev/null)"
