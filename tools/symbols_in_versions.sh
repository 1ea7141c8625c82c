#!/bin/sh
# Lists every public name with the version that it came in, and the one that it
# went in, as docs/symbols-in-versions, on standard output; "make map" keeps it.
# The names of released versions are those of the headers that are kept of them
# in tests/files/vX.Y/include; what none of them has is of this version.
#
# usage: symbols_in_versions.sh
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

this=$(awk '/SIAMESE_VERSION_(MAJOR|MINOR) / { text = text dot $3; dot = "." }
    END { print text }' include/siamese/version.h)
for folder in tests/files/v*/include/siamese; do
    version=${folder#tests/files/v}
    version=${version%%/*}
    [ "$version" = "$this" ] || echo "$version $folder"
done | sort -t. -k1,1n -k2,2n >"$work/versions"
echo "$this include/siamese" >>"$work/versions"

cat <<'PAGE'
# Symbols in versions

Every name that the headers of libsiamese declare, with the version that it came
in and, where it is there no more, the one that took it away. Names and values
never change within a major version (docs/abi.md); the file is made by
`make map`.

A program that uses a function of a later version than the library that it
meets is told so when it is started: functions of version X.Y carry the symbol
version SIAMESE_X.Y, those of 0.1 SIAMESE_0. Members are of the struct before the
full stop.
PAGE

while read -r version folder; do
    sh tools/public_names.sh "$folder" | sed "s/^/$version /"
done <"$work/versions" | awk -v this="$this" '
    { key = $2 " " $3
      if (!(key in first)) { first[key] = $1; order[++n] = key }
      last[key] = $1
      if ($1 != version[v]) version[++v] = $1 }
    END {
        for (i = 1; i <= v; i++) next_version[version[i]] = version[i + 1]
        for (i = 1; i <= n; i++) {
            key = order[i]
            print key, first[key] ".0", \
                last[key] == this ? "" : next_version[last[key]] ".0"
        }
    }' | LC_ALL=C sort -k1,1 -k2,2 >"$work/names"

for kind in function type member constant macro; do
    case $kind in
    function) title='Functions' ;;
    type) title='Types' ;;
    member) title='Members of structs' ;;
    constant) title='Constants' ;;
    macro) title='Macros' ;;
    esac
    printf '\n## %s\n\n%-52s%-10s%s\n' "$title" Name Introduced '  Removed'
    sed -n "s/^$kind //p" "$work/names" | while read -r name first removed; do
        printf '%-54s%-10s%s\n' "$name" "$first" "$removed"
    done | sed 's/ *$//'
done
