#!/bin/sh
# Makes libsiamese.a of one relocatable object, in which nothing but the API has
# a name: a host may define sgemm_ or its own FAISS without meeting ours. Fails
# unless the archive shows just the functions of the map.
#
# usage: LD= NM= OBJCOPY= AR= static_archive.sh ARCHIVE MAP OBJECT...
set -eu
archive=$1 map=$2
shift 2
object=$(dirname "$archive")/siamese_static.o
trap 'rm -f "$object" "$archive.unique" "$archive.map" "$archive.names"' EXIT
rm -f "$archive"

fail() {
    echo "make: $archive: $1" >&2
    rm -f "$archive"
    exit 1
}

# The section groups of C++ are dissolved, since the linker would merge them with
# the host's, and its unique symbols, which -G would spare, made weak first.
$LD -r --force-group-allocation -o "$object" "$@" ||
    fail 'the linker refuses an object of it; without -flto it has code for it'
$NM "$object" | sed -n 's/.* u //p' >"$archive.unique"
# objcopy takes an empty list for an error, and says nothing.
[ ! -s "$archive.unique" ] ||
    $OBJCOPY --weaken-symbols="$archive.unique" "$object"
$OBJCOPY -w -G 'siamese_*' -R '.gnu.lto_*' -R '.gnu.debuglto_*' "$object"
$AR crD "$archive" "$object"

# Objects of a compiler's own form alone (slim LTO) pass through all of these
# without a word, and have neither code nor names to make local.
if grep -q __gnu_lto_slim "$object"; then
    fail 'an object of it has no code before link-time optimisation (-flto)'
fi
sed -n 's/^ *\(siamese_[a-z0-9_]*\);/\1/p' "$map" | sort >"$archive.map"
$NM -g --defined-only "$archive" | awk 'NF == 3 { print $3 }' |
    sort >"$archive.names"
cmp -s "$archive.map" "$archive.names" ||
    fail "its global names are not those of $map; some are: $(
        comm -3 "$archive.map" "$archive.names" | head -n 5 | tr -s '\t\n' ' ')"
