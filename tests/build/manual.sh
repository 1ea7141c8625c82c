#!/bin/sh
# The manual's pages that are made from the headers: every function and type has
# its place on just one, is found under its own name, and nothing that a comment
# says is lost on the way.
set -u
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
pages=$work/man3
sh tools/man_pages.sh "$pages" || exit 1
sh tools/public_names.sh >"$work/names"

report() {
    if [ -z "$2" ]; then echo "ok $1"; else echo "$2" && echo "not ok $1"; fi
}

# Text of a page: no requests, no fonts, escapes as what they show.
plain() {
    sed -e '/^\.\(TP\|PD\|RS\|RE\|PP\|nf\|fi\|IP\|TH\|nh\|ad\)/d' \
        -e 's/^\.\(SS\|SH\|TQ\|BR\) *//' -e 's/\\f[BIR]//g' -e 's/\\&//g' \
        -e "s/\\\\(aq/'/g" -e 's/\\(ha/^/g' -e 's/\\(ti/~/g' -e 's/\\e/\\/g' \
        -e 's/\\-/-/g' "$1"
}

for page in "$pages"/*.3; do
    [ -L "$page" ] && continue
    plain "$page" >"$work/$(basename "$page" .3).text"
    sed -n '/^\.SH SYNOPSIS/,/^\.SH DESCRIPTION/p' "$page" |
        sed 's/\\f[BIR]//g' | grep -oE '\bsiamese_[a-z0-9_]+\(' | tr -d '(' |
        sort -u | sed "s/\$/ $(basename "$page" .3)/"
done >"$work/functions"

report manual__every_function_is_on_one_page "$(
    sed -n 's/^ *\(siamese_[a-z0-9_]*\);$/\1/p' lib/siamese.map |
        while read -r name; do
        on=$(grep -c "^$name " "$work/functions")
        [ "$on" -eq 1 ] || echo "$name is on $on pages"
    done)"

report manual__every_function_is_found_by_its_name "$(
    while read -r name page; do
        [ "$name" = "$page" ] ||
            [ "$(readlink "$pages/$name.3")" = "$page.3" ] ||
            echo "$name does not lead to $page"
    done <"$work/functions")"

report manual__every_type_is_found_by_its_name "$(
    sed -n 's/^type //p' "$work/names" | while read -r name; do
        [ -f "$pages/$name.3" ] &&
            grep -q "\b$name\b" "$pages/$name.3" || echo "$name"
    done)"

report manual__every_member_and_constant_is_there "$(
    sed -n -e 's/^constant \([A-Z0-9_]*\) \(.*\)/\1 = \2/p' \
        -e 's/^member .*\.\([a-z0-9_]*\)$/\1/p' "$work/names" | sort -u |
        while read -r name; do
        cat "$work"/*.text | grep -qwe "$name" || echo "$name"
    done)"

# The words of each header's comments, in any order: those of the page are the
# same and more. A banner is no comment; X.h is page siamese_X(3).
words() { tr -cs "A-Za-z0-9_'" '\n' | sed "s/^'*//; s/'*\$//" | sort; }
report manual__no_word_of_a_comment_is_lost "$(
    for header in include/siamese/*.h; do
        name=$(basename "$header" .h)
        page=siamese_$name
        case $name in siamese | version) page=siamese ;; esac
        [ -e "$work/$page.text" ] || { echo "$header has no page" && continue; }
        grep -v '^/\* ---- .* ---- \*/$' "$header" | tr '\n' ' ' |
            grep -oE '/\*([^*]|\*+[^*/])*\*+/' |
            sed -e 's/Errors://g; s/Threads: \(any\|one\)\b//g' \
            -e 's/siamese\.h/siamese/g' \
            -e 's/\b\([a-z_]*\)\.h\b/siamese_\1/g' | words |
            uniq >"$work/said"
        words <"$work/$page.text" | uniq | join -v 1 "$work/said" - |
            sed "s|^|$header: |"
    done)"

# What the terminal shows of a page has the parts that a reader looks for.
report manual__pages_have_their_parts "$(
    for page in "$pages"/*.3; do
        [ -L "$page" ] && continue
        for part in NAME LIBRARY SYNOPSIS DESCRIPTION 'SEE ALSO'; do
            grep -q "^\.SH $part\$" "$page" || echo "$page: $part"
        done
        grep -q '^.fBsiamese_status siamese' "$page" || continue
        for part in 'RETURN VALUE' ERRORS THREADS; do
            grep -q "^\.SH $part\$" "$page" || echo "$page: $part"
        done
    done)"

# The same pages by every awk there is.
report manual__pages_are_those_of_any_awk "$(
    for awk in mawk gawk original-awk 'busybox awk'; do
        command -v ${awk% *} >/dev/null || continue
        mkdir -p "$work/bin"
        printf '#!/bin/sh\nexec %s "$@"\n' "$awk" >"$work/bin/awk"
        chmod +x "$work/bin/awk"
        PATH=$work/bin:$PATH sh tools/man_pages.sh "$work/other" 2>&1
        diff -r "$pages" "$work/other" >/dev/null || echo "$awk: other pages"
    done)"
