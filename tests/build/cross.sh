#!/bin/sh
# A cross build as make is asked for one, with a stand-in for the other machine's
# compiler: whose tools are taken, and what is said where a program has to run.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
MAKE=${MAKE:-make}
unset MAKEFLAGS MFLAGS MAKELEVEL CC CXX AR LD OBJCOPY NM STRIP PKG_CONFIG
unset CROSS_COMPILE EMULATOR PKG_CONFIG_LIBDIR

check() {
    name=$1
    shift
    if "$@"; then echo "ok $name"; else echo "not ok $name"; fi
}

# A compiler of programs that no machine runs.
cat >"$dir/far-gcc" <<'END'
#!/bin/sh
case $1 in
-dumpmachine | -print-multiarch) echo far-linux && exit ;;
-print-file-name=*) echo "${1#*=}" && exit ;;
esac
while [ $# -gt 0 ]; do
    [ "$1" != -o ] || { echo far >"$2" && chmod +x "$2"; }
    shift
done
END
# What runs them, and says so.
printf '#!/bin/sh\necho "far: $*" >>%s/ran\n' "$dir" >"$dir/far-run"
chmod +x "$dir/far-gcc" "$dir/far-run"
cp "$dir/far-gcc" "$dir/far-g++"
PATH=$dir:$PATH

mkdir "$dir/tree" && cp -R Makefile include lib mk pkgconfig src tools \
    "$dir/tree" && mkdir -p "$dir/tree/tests/api" &&
    cp tests/api/test_abi.c "$dir/tree/tests/api" || exit 1
cross() {
    "$MAKE" -s -C "$dir/tree" CROSS_COMPILE=far- "$@"
}
value() {
    name=$1
    shift
    "$MAKE" -C "$dir/tree" -pn clean "$@" 2>/dev/null |
        sed -n "s/^$name :\{0,1\}= //p"
}

takes_the_prefix() {
    for pair in CC=gcc CXX=g++ AR=ar LD=ld OBJCOPY=objcopy NM=nm STRIP=strip
    do
        [ "$(value "${pair%=*}" CROSS_COMPILE=far-)" = "far-${pair#*=}" ] &&
            [ "$(value "${pair%=*}")" = "${pair#*=}" ] || return 1
    done
}
check cross__takes_all_tools_by_the_prefix takes_the_prefix

takes_what_is_given() {
    [ "$(value CC CROSS_COMPILE=far- CC=other)" = other ] &&
        [ "$(value AR CROSS_COMPILE=far- CC=other)" = far-ar ] &&
        [ "$(NM=mine value NM CROSS_COMPILE=far-)" = mine ] &&
        [ "$(CROSS_COMPILE=far- value CC)" = far-gcc ] &&
        [ "$(value PKG_CONFIG CROSS_COMPILE=far- PKG_CONFIG=pc)" = pc ]
}
check cross__takes_a_tool_that_is_given takes_what_is_given

finds_the_packages() {
    case $(value PKG_CONFIG CROSS_COMPILE=far-) in
    *'/usr/lib/far-linux/pkgconfig:/usr/share/pkgconfig'*pkg-config) ;;
    *) return 1 ;;
    esac
    printf '#!/bin/sh\n' >"$dir/far-pkg-config" &&
        chmod +x "$dir/far-pkg-config" || return 1
    [ "$(value PKG_CONFIG CROSS_COMPILE=far-)" = "$dir/far-pkg-config" ]
}
check cross__asks_for_that_machines_packages finds_the_packages

keeps_objects_apart() {
    here=$(value OBJ) there=$(value OBJ CROSS_COMPILE=far-)
    [ -n "$here" ] && [ -n "$there" ] && [ "$here" != "$there" ]
}
check cross__keeps_its_objects_apart keeps_objects_apart

# Each with the machine's name, and nothing run.
says_what_does_not_run() {
    for goal in check-run check-one golden demo; do
        ! cross $goal T=api/abi >"$dir/said" 2>&1 &&
            grep -q 'far-linux do not run here; EMULATOR=' "$dir/said" ||
            { cat "$dir/said" && return 1; }
    done
    for goal in bench bench-peers bench-products bench-scaling check-examples \
        check-faiss-c check-bindings check-fuzz check-long coverage; do
        ! cross $goal >"$dir/said" 2>&1 &&
            grep -q "make: $goal is for programs of this machine" \
                "$dir/said" || { cat "$dir/said" && return 1; }
    done
}
check cross__says_what_does_not_run_here says_what_does_not_run

runs_by_the_emulator() {
    cross runs-here EMULATOR=far-run &&
        grep -q '^far: build/obj-[0-9]*/runs_here$' "$dir/ran"
}
check cross__runs_by_the_emulator runs_by_the_emulator

# ---- with a real one, where there is one ----

compiles_for_arm64() {
    set -- CROSS_COMPILE=aarch64-linux-gnu- WERROR=1 BLIS=no
    objects=$(value OBJ "$@")
    "$MAKE" -s -C "$dir/tree" "$@" "$objects/lib/common/pool.o" \
        "$objects/lib/math/kernels_portable.o" ||
        return 1
    readelf -h "$dir/tree/$objects/lib/common/pool.o" | grep -q AArch64
}
if command -v aarch64-linux-gnu-gcc >/dev/null; then
    check cross__compiles_for_arm64 compiles_for_arm64
fi
