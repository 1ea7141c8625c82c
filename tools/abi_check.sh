#!/bin/sh
# Compares the ABI of a library, built with -g as the build does, with that of
# every released version (tests/files/vX.Y: its headers and abidw's dump), and
# fails when a program that was compiled against one of them could be wrong with
# this library. Functions, types and constants may be added, and members appended
# to any struct but siamese_text; everything else is incompatible.
#
# usage: abi_check.sh LIBRARY [FOLDER_OF_HEADERS]    from the top of the tree
set -eu
library=$1 headers=${2:-include}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: >"$work/wrong"

say() { sed "s|^|$version: |" >>"$work/wrong"; }

# "function NAME", "member STRUCT.NAME" and so on, in the order of the headers.
names() {
    awk -f tools/headers.awk -f tools/public_names.awk "$1"/siamese/*.h |
        grep -v '^macro '
}

# What was there is there, by its name, and each constant has its value.
lost_names() {
    LC_ALL=C sort -u "$work/names" >"$work/sorted"
    names "$folder/include" | LC_ALL=C sort -u |
        LC_ALL=C comm -23 - "$work/sorted" |
        sed -e 's/^constant \(.*\) \(.*\)$/\1 is no longer \2/; t' \
            -e 's/^[a-z]* \(.*\)$/\1 is gone/'
}

# A struct begins with the members that it had, in their order.
moved_members() {
    { names "$folder/include" && echo && cat "$work/names"; } | awk '
        /^$/ { now = 1 }
        !/^member / { next }
        { split($2, part, "."); s = part[1] }
        !now { old[s, ++size[s]] = part[2] }
        now && s in size {
            n = ++place[s]
            if (n <= size[s] && part[2] != old[s, n])
                print $2 " stands where " old[s, n] " was"
            if (n > size[s] && s == "siamese_text") print s " has grown"
        }'
}

# What abidiff reports but insertions of members, whose place is settled above.
changed_types() {
    status=0
    abidiff --no-added-syms "$folder/abi.xml" "$work/abi.xml" \
        >"$work/report" 2>&1 || status=$?
    if [ $((status & 3)) -ne 0 ] || [ "$status" -ge 16 ]; then
        echo "abidiff failed ($status):" && cat "$work/report"
        return
    fi
    grep -vE -e '^$' \
        -e 'changes summary: 0 Removed' \
        -e '[0-9]+ functions? with some indirect sub-type change' \
        -e 'has some indirect sub-type changes:$' \
        -e 'of type .* (has|have) sub-type changes:$' \
        -e '(underlying|pointed to) type .* changed:$' \
        -e 'in (unqualified underlying|pointed to|underlying) type' \
        -e 'changed, as reported earlier$' \
        -e "type size (changed from [0-9]+ to [0-9]+ \\(in bits\\)|hasn't changed)" \
        -e '[0-9]+ data member insertions?:$' \
        -e "^ *'[^']*', at offset [0-9]+ \\(in bits\\)\$" \
        "$work/report" >"$work/changes" || return 0
    cat "$work/report"
}

names "$headers" >"$work/names"
abidw --exported-interfaces-only --headers-dir "$headers" \
    --drop-private-types --no-corpus-path --no-show-locs --no-comp-dir-path \
    --short-locs --out-file "$work/abi.xml" "$library"
grep -q '<class-decl' "$work/abi.xml" || {
    echo "abi_check: $library has no debugging information (-g)" >&2
    exit 2
}

compared=0
for folder in tests/files/v*; do
    [ -e "$folder/abi.xml" ] || continue
    version=${folder##*/}
    lost_names | say
    moved_members | say
    changed_types | say
    compared=$((compared + 1))
done
if [ -s "$work/wrong" ]; then
    echo "$library is not compatible with a released version:"
    cat "$work/wrong"
    exit 1
fi
[ "$compared" -gt 0 ]
echo "$library is compatible with $(cd tests/files && echo v*)"
