#!/bin/sh
# Makes the manual's pages of section 3 from the public headers: one a header, an
# overview, and for every function and type a link to its page. The
# build calls it; it needs awk alone.
#
# usage: man_pages.sh FOLDER [HEADER_FOLDER]    the folder is replaced
set -eu
here=$(dirname "$0")
folder=$1 headers=${2:-include/siamese}

version=$(sed -n 's/.*SIAMESE_VERSION_STRING "\(.*\)".*/\1/p' \
    "$headers/version.h")
# The day of the version, where CHANGELOG.md has one.
released=$(sed -n "s/^## $version, \([0-9-]*\)\$/\1/p" "$here/../CHANGELOG.md")

rm -rf "$folder.new"
mkdir -p "$folder.new"
# siamese.h comes last: the overview has what the others say of themselves.
set --
for header in "$headers"/*.h; do
    case $header in */siamese.h) ;; *) set -- "$@" "$header" ;; esac
done
LC_ALL=C awk -v out="$folder.new" -v version="$version" \
    -v released="$released" -v since="$here/../docs/symbols-in-versions" \
    -f "$here/headers.awk" -f "$here/man_text.awk" -f "$here/man_pages.awk" \
    "$@" "$headers/siamese.h"
while read -r page name; do
    ln -s "$page" "$folder.new/$name"
done <"$folder.new/links"
rm -rf "$folder.new/links" "$folder"
mv "$folder.new" "$folder"
