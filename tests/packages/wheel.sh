#!/bin/sh
# The wheel for arm64, cross-built from this machine: its name says what it runs
# on, and what is inside is for that machine, needs no later glibc than the name
# says, and has its licences. As root, which may install the other architecture's
# libraries, or where they are.
set -u
export CROSS_COMPILE=aarch64-linux-gnu-
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
unset MAKEFLAGS MFLAGS MAKELEVEL
version=$(sed -n 's/.*SIAMESE_VERSION_STRING "\(.*\)".*/\1/p' \
    include/siamese/version.h)

report() {
    if [ -z "$2" ]; then echo "ok $1"; else echo "$2" && echo "not ok $1"; fi
}

if [ "$(dpkg --print-architecture)" = arm64 ]; then
    echo 'ok wheel__is_cross_built # SKIP this is an arm64'
    exit
fi
if ! sh tools/setup.sh build >"$work/log" 2>&1; then
    [ "$(id -u)" -ne 0 ] || tail "$work/log"
    [ "$(id -u)" -ne 0 ] && echo 'ok wheel__is_cross_built # SKIP needs root' ||
        echo 'not ok wheel__has_what_it_needs'
    exit
fi

report wheel__is_cross_built "$(
    sh bindings/python/tools/wheel.sh "$work/dist" >"$work/log" 2>&1 ||
        tail -n 20 "$work/log")"
wheel=$(echo "$work"/dist/*.whl)
name=${wheel##*/}
floor=$(expr "$name" : ".*-py3-none-manylinux_2_\([0-9]*\)_aarch64\.whl\$")

report wheel__is_named_for_every_python_and_glibc_2_34 "$(
    [ "${name%%-py3*}" = "libsiamese-$version" ] && [ "${floor:-99}" -le 34 ] ||
        echo "$name")"
report wheel__is_under_4_mb "$(
    size=$(wc -c <"$wheel") && [ "$size" -lt 4000000 ] || echo "$size bytes")"

python3 -m zipfile -e "$wheel" "$work/wheel" 2>&1
report wheel__holds_library_and_licences "$(
    find "$work/wheel" -type f >"$work/list"
    for file in libsiamese/lib/libsiamese.so.0 libsiamese/py.typed \
        licenses/LICENSE licenses/THIRD-PARTY-NOTICES licenses/libgomp \
        libsiamese.libs/libgomp; do
        grep -q "$file" "$work/list" || echo "no $file"
    done)"

# Libraries of that machine, which find the one that came along, and whose
# newest symbol of glibc the name allows.
report wheel__is_for_that_machine_and_glibc "$(
    find "$work/wheel" -name '*.so*' | while read -r library; do
        readelf -h "$library" | grep -q 'Machine: *AArch64' ||
            echo "$library: of another machine"
        readelf -V "$library" | sed -n 's/.*Name: GLIBC_2\.\([0-9]*\).*/\1/p' |
            awk -v floor="$floor" -v name="$library" '$1 + 0 > floor + 0 {
                print name ": needs GLIBC_2." $1 }'
    done
    readelf -d "$work/wheel/libsiamese/lib/libsiamese.so.0" >"$work/dynamic"
    grep -q 'NEEDED.*libgomp-[0-9a-f]*\.so' "$work/dynamic" &&
        grep -q 'R.*PATH.*\$ORIGIN/../../libsiamese.libs' "$work/dynamic" ||
        cat "$work/dynamic")"
