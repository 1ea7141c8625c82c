#!/bin/sh
# Makes Debian's packages of the last commit, and their source package, in
# dist/deb: libsiamese0, libsiamese-dev, siamese and, where bindings/python is,
# python3-libsiamese. tools/debian holds what does not change; changelog,
# symbols and copyright are made here from CHANGELOG.md, docs/symbols-in-versions
# and THIRD-PARTY-NOTICES. DEBFULLNAME and DEBEMAIL name the maintainer; without
# them it is the author of the commit.
#
# usage: deb.sh TARBALL    as make dist makes it
set -eu
tarball=$1
top=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

name=$(basename "$tarball" .tar.gz)
version=${name#libsiamese-}
maintainer="${DEBFULLNAME:-$(git log -1 --format=%an)}"
maintainer="$maintainer <${DEBEMAIL:-$(git log -1 --format=%ae)}>"
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH

cp "$tarball" "$work/libsiamese_$version.orig.tar.gz"
tar -xzf "$tarball" -C "$work"
cd "$work/$name"
cp -R tools/debian debian

[ ! -d bindings/python/src/libsiamese ] || {
    cat debian/control.python >>debian/control
    sed -i 's/^ debhelper-compat.*/&\n dh-python,\n python3-all,/' \
        debian/control
}
sed -i "s/^Maintainer: .*/Maintainer: $maintainer/" debian/control
rm debian/control.python
[ -d bindings/python/src/libsiamese ] ||
    rm debian/python3-libsiamese.install

# An entry for each version of CHANGELOG.md; the first one has the commit's time.
sed -n 's/^## \([0-9.]*\), \(.*\)/\1 \2/p' CHANGELOG.md |
    while read -r entry day; do
        case $entry in
        "$version") date="@$SOURCE_DATE_EPOCH" ;;
        *) date="$day 12:00 UTC" ;;
        esac
        echo "libsiamese ($entry-1) unstable; urgency=medium"
        echo
        echo "  * Version $entry; CHANGELOG.md has what is new."
        echo
        echo " -- $maintainer  $(date -u -R -d "$date")"
        echo
    done >debian/changelog

# Every function with the version that a program which calls it needs.
{
    echo 'libsiamese.so.0 libsiamese0 #MINVER#'
    sed -n '/^## Functions/,/^## Types/s/^\(siamese_[a-z0-9_]*\) *\([0-9.]*\)\.0$/\1 \2/p' \
        docs/symbols-in-versions | awk '
        { node = $2 == "0.1" ? "SIAMESE_0" : "SIAMESE_" $2
          if (!(node in seen)) { seen[node] = 1; print node, node, $2 }
          print $1, node, $2 }' | LC_ALL=C sort |
        awk '{ print " " $1 "@" $2 " " $3 ".0" }'
} >debian/libsiamese0.symbols

# The licences of what is inside, word for word.
{
    cat debian/copyright.head
    sed -e 's/^$/./' -e 's/^/ /' THIRD-PARTY-NOTICES
    echo
    cat debian/copyright.tail
} >debian/copyright
rm debian/copyright.head debian/copyright.tail

dpkg-buildpackage -us -uc ${DEB_BUILDPACKAGE_FLAGS:-}
cd ..
rm -rf "$top/dist/deb"
mkdir -p "$top/dist/deb"
mv libsiamese_* libsiamese0* libsiamese-dev* siamese_* siamese-dbgsym* \
    "$top/dist/deb"
for python in python3-libsiamese*; do
    [ ! -e "$python" ] || mv "$python" "$top/dist/deb"
done
