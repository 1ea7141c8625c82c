#!/bin/sh
# Proves set-up on a bare Debian 12 and 13: a chroot with only make and
# ca-certificates gets a clone of this repository and runs make demo and make
# check. What the first release built then passes the API tests on each later one,
# with the libraries of that one. Needs root and debootstrap; leaves nothing
# behind. Ends with the one line "N passed, M failed" of all releases; a target
# without tests counts as one.
#
# usage: [RELEASES="bookworm trixie"] [PLAIN=RELEASE] [MIRROR=URL] run.sh [TARGET ...]
#        (demo check when none is given; make check-plain in its place in PLAIN)
set -eu
targets=${*:-demo check}
releases=${RELEASES:-bookworm trixie}

note() { echo "chroot: $*" >&2; }

[ "$(id -u)" -eq 0 ] && command -v debootstrap >/dev/null || {
    note 'needs root and the package debootstrap'
    exit 2
}

work=$(mktemp -d)
passed=0 failed=0
. "$(dirname "$0")/root.inc"
trap 'leave_root; rm -rf "$work"/*.log "$work/built"; rmdir "$work" 2>/dev/null || true' EXIT
trap 'exit 130' INT TERM

# A root of the release in $root, with the repository in it.
enter_root() {
    release=$1
    make_root "$release" && git clone -q --no-hardlinks . "$root/siamese"
}

# As a newcomer would, with nothing in the environment but what is needed.
make_there() {
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        LC_ALL=C.UTF-8 CI=true make --no-print-directory -C /siamese "$@" \
        </dev/null
}

run_target() {
    note "$release: make $1"
    status=0
    { make_there "$1" 2>&1 || touch "$work/fails.log"; } |
        tee "$work/$release.log"
    [ ! -e "$work/fails.log" ] || { status=1 && rm "$work/fails.log"; }
    # What was run there, for docs/platforms.md (make platforms).
    mkdir -p build/platforms
    cp "$root"/siamese/build/platforms/*.row build/platforms/ 2>/dev/null || true
    counts=$(sed -n 's/^\([0-9]*\) passed, \([0-9]*\) failed$/\1 \2/p' \
        "$work/$release.log" | tail -n 1)
    [ -n "$counts" ] || counts="$((1 - status)) $status"
    passed=$((passed + ${counts% *})) failed=$((failed + ${counts#* }))
    # A failure behind the tests is one too.
    [ "$status" -eq 0 ] || [ "${counts#* }" -gt 0 ] || failed=$((failed + 1))
}

# ---- the binary of one release on the next ----

# What make shows in build/, the API tests, which were linked with the same
# objects, and what they read.
keep_build() {
    { make_there setup-check && make_there all suite; } \
        >"$work/suite.log" 2>&1 || {
        tail -n 20 "$work/suite.log" >&2
        return 1
    }
    first=$release
    objects=$root/siamese/build/obj-$(cat "$root/siamese/build/.shown")
    mkdir -p "$work/built/tests/api" &&
        cp -R "$root/siamese/tests/data" "$root/siamese/tests/files" \
            "$work/built/tests" &&
        cp -R "$root/siamese/lib" "$work/built" &&
        cp "$root/siamese/build/libsiamese.so.0" \
            "$root/siamese/build/siamese" "$work/built" &&
        find "$objects/tests/api" -type f -perm -u+x -name 'test_*' \
            -exec cp {} "$work/built/tests/api" \;
}

# One line "not ok" for each test program that fails there.
run_there() {
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 \
        LD_LIBRARY_PATH=/built SIAMESE_TEST_DATA=/built/tests/data \
        SIAMESE=/built/siamese sh -c 'cd /built && ./siamese --help >help.log &&
        echo "ok siamese" || echo "not ok siamese"
        for test in tests/api/test_*; do
            if timeout 600 "$test" >test.log 2>&1; then
                sed -n "s/^\[       OK \] /ok /p" test.log
            else
                tail -n 20 test.log && echo "not ok $test"
            fi
        done' </dev/null
}

# The libraries that it needs at run time, and none that would build it.
run_build_of_first() {
    note "$release: the build of $first"
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
        DEBIAN_FRONTEND=noninteractive apt-get -q -y install \
        --no-install-recommends libstdc++6 libgomp1 zlib1g libcsv3 \
        libjansson4 libsqlite3-0 libmicrohttpd12 libedit2 libcmocka0 >"$work/apt.log" 2>&1 || {
        tail -n 20 "$work/apt.log" >&2
        return 1
    }
    cp -R "$work/built" "$root/built" || return 1
    run_there | tee "$work/there.log"
    here=$(grep -c '^ok ' "$work/there.log") || true
    wrong=$(grep -c '^not ok ' "$work/there.log") || true
    note "$release: the build of $first: $here passed, $wrong failed"
    passed=$((passed + here)) failed=$((failed + wrong))
    [ "$here" -gt 1 ]
}

first=
for release in $releases; do
    if enter_root "$release"; then
        # Before the packages that the build needs bring more.
        [ -z "$first" ] || run_build_of_first || failed=$((failed + 1))
        for target in $targets; do
            case $target,$release in
            check,"${PLAIN:-none}") target=check-plain ;;
            esac
            run_target "$target"
        done
        [ -n "$first" ] || [ "$release" = "${releases##* }" ] ||
            keep_build || failed=$((failed + 1))
    else
        failed=$((failed + 1))
    fi
    leave_root
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
