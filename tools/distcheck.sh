#!/bin/sh
# What automake calls distcheck: the last commit as a tarball, unpacked elsewhere,
# is built without the checkout, passes tests, is installed and goes away again.
# Ends with the line "N passed, M failed".
#
# usage: distcheck.sh TARBALL [TEST...]    TEST as for make check-one, or all
set -u
tarball=$1
shift
tests=${*:-unit/pool api/process cli/search build/symbols build/manual}
MAKE=${MAKE:-make}
unset MAKEFLAGS MFLAGS MAKELEVEL
work=$(mktemp -d) || exit 1
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
name=$(tar -tzf "$tarball" | sed -n "s,/.*,,p;q")
passed=0 failed=0

report() {
    if [ -z "$2" ]; then
        echo "ok $1" && passed=$((passed + 1))
    else
        echo "$2" && echo "not ok $1" && failed=$((failed + 1))
    fi
}

# Nothing but what the tarball holds: no git, no folder above.
tar -xzf "$tarball" -C "$work" && cd "$work/$name" || exit 1
of_the_tarball() {
    find . -path ./build -prune -o -type f -print | LC_ALL=C sort |
        xargs -d '\n' sha256sum
}
of_the_tarball >"$work/sums"
# Only build/ is written to; root could write anywhere, so that sums tell, too.
mkdir build && find . -path ./build -prune -o -type f -print0 |
    xargs -0 chmod a-w

there() { "$MAKE" --no-print-directory "$@" >"$work/log" 2>&1; }
jobs=-j$(nproc)

report distcheck__builds "$(there "$jobs" all || tail -n 30 "$work/log")"

if [ "$tests" = all ]; then
    report distcheck__passes_make_check "$(
        there check || tail -n 50 "$work/log")"
else
    for test in $tests; do
        report "distcheck__passes_$test" "$(
            there "$jobs" check-one T="$test" &&
                ! grep '^not ok' "$work/log" || tail -n 30 "$work/log")"
    done
fi

report distcheck__installs "$(
    there install prefix=/usr DESTDIR="$work/stage" || cat "$work/log"
    for file in bin/siamese include/siamese/siamese.h lib/libsiamese.a \
        lib/libsiamese.so.0 lib/pkgconfig/siamese.pc share/man/man1/siamese.1 \
        lib/cmake/libsiamese/libsiamese-config.cmake \
        share/bash-completion/completions/siamese \
        share/zsh/site-functions/_siamese \
        share/man/man3/siamese_index_search.3 \
        share/doc/libsiamese/THIRD-PARTY-NOTICES; do
        [ -f "$work/stage/usr/$file" ] || echo "no $file"
    done
    [ "$("$work/stage/usr/bin/siamese" --version 2>&1)" ] ||
        echo 'the command does not run')"

report distcheck__uninstalls_without_a_trace "$(
    there uninstall prefix=/usr DESTDIR="$work/stage" || cat "$work/log"
    find "$work/stage" ! -type d -o -name '*siamese*')"

report distcheck__writes_to_build_alone "$(
    of_the_tarball | diff "$work/sums" - 2>&1)"

report distcheck__cleans_up "$(
    there clean || cat "$work/log"
    ls -d build dist 2>/dev/null)"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
