#!/bin/sh
# Other compilers' and distributions' ways to build: clang without a warning, LTO
# and hardening, and the same bytes from two folders. The objects that each is
# about; everything, with SIAMESE_TEST_LONG.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
MAKE=${MAKE:-make} CC=${CC:-gcc} NM=${NM:-nm}
unset MAKEFLAGS MFLAGS MAKELEVEL

check() {
    name=$1
    shift
    if "$@"; then echo "ok $name"; else echo "not ok $name"; fi
}

# A copy of what a build needs.
copy_tree() {
    mkdir -p "$1" && cp -R CHANGELOG.md Makefile docs include lib mk \
        pkgconfig src tools "$1"
}

# The folder of objects that these variables give, from that of the tree.
objects_of() {
    "$MAKE" -C "$@" -pn clean 2>/dev/null | sed -n 's/^OBJ := //p'
}

# make, in a tree, of the objects named before "--", with the variables after;
# in the long run of all that is installed.
build_in() {
    tree=$1
    shift
    sources=
    while [ "$1" != -- ]; do sources="$sources $1" && shift; done
    shift
    objects=$(objects_of "$tree" "$@")
    if [ -n "${SIAMESE_TEST_LONG:-}" ]; then
        "$MAKE" -s -C "$tree" -j2 "$@" all >"$dir/log" 2>&1
    else
        "$MAKE" -s -C "$tree" "$@" $(for source in $sources; do
            echo "$objects/$source.o"
        done) >"$dir/log" 2>&1
    fi || { cat "$dir/log" && return 1; }
}

# ---- clang ----

builds_with_clang() {
    copy_tree "$dir/clang" &&
        build_in "$dir/clang" lib/math/cpu lib/index/index_faiss \
            lib/math/kernels_avx2 lib/common/pool -- \
            CC="$clang" CXX="$(echo "$clang" | sed 's/clang/clang++/')" \
            WERROR=1
}
clang=$(for name in clang clang-14 clang-16 clang-19; do
    command -v $name && break
done)
if [ -n "$clang" ]; then
    check build__has_no_warning_of_clang builds_with_clang
fi

# ---- what distributions pass ----

# clang 14 has one kind of object for LTO, and gcc two.
fat=-ffat-lto-objects slim=-fno-fat-lto-objects lto=-flto=auto
case $("$CC" --version) in *clang*) fat='' slim='' lto=-flto ;; esac
harden="-g -O2 $lto $fat -fstack-protector-strong
    -Wformat -Werror=format-security"
lto_flags() {
    "$@" CFLAGS="$(echo $harden)" CXXFLAGS="$(echo $harden)" \
        CPPFLAGS='-Wdate-time -D_FORTIFY_SOURCE=2' WERROR=1 \
        LDFLAGS="-Wl,-Bsymbolic-functions $lto -Wl,-z,relro"
}

# Nothing that only a later link would compile, or that a host's could see.
builds_with_lto() {
    copy_tree "$dir/lto" &&
        lto_flags build_in "$dir/lto" lib/common/pool lib/common/number -- &&
        objects=$(lto_flags objects_of "$dir/lto") &&
        ! readelf -SW "$dir/lto/$objects/lib/common/pool.o" |
            grep '\.gnu\.lto_' || return 1
    [ -z "${SIAMESE_TEST_LONG:-}" ] || {
        "$NM" -g --defined-only "$dir/lto/build/libsiamese.a" |
            awk 'NF == 3 { print $3 }' >"$dir/names"
        grep -q . "$dir/names" && ! grep -v '^siamese_' "$dir/names"
    }
}
check build__takes_link_time_optimisation builds_with_lto

archive() {
    LD=ld NM="$NM" OBJCOPY=objcopy AR=ar sh tools/static_archive.sh \
        "$dir/one/$1.a" "$dir/map" "$dir/$1.o" >"$dir/log" 2>&1
}

# Other archives that go inside may be such as only LTO can link: the archive is
# right, or is not made and the reason is told.
archives_right() {
    archive "$1" && ! readelf -SW "$dir/one/$1.a" | grep '\.gnu\.lto_' &&
        [ "$("$NM" -g --defined-only "$dir/one/$1.a" |
            awk 'NF == 3 { print $3 }')" = siamese_one ]
}
archives_or_says_why() {
    mkdir -p "$dir/one"
    echo 'int siamese_one(void); int inner(void);
int inner(void) { return 1; }
int siamese_one(void) { return inner(); }' >"$dir/one.c"
    echo 'global: siamese_one;' | sed 's/global: /    /' >"$dir/map"
    "$CC" -O0 -c -o "$dir/plain.o" "$dir/one.c" &&
        "$CC" -flto $slim -c -o "$dir/slim.o" "$dir/one.c" &&
        archives_right plain || return 1
    [ -z "$fat" ] || {
        "$CC" -flto $fat -c -o "$dir/fat.o" "$dir/one.c" && archives_right fat
    } || return 1
    ! archive slim && grep -q 'flto' "$dir/log" && [ ! -e "$dir/one/slim.a" ] &&
        echo '    siamese_two;' >>"$dir/map" && ! archive plain &&
        grep -q 'siamese_two' "$dir/log"
}
check static_library__is_right_or_says_why archives_or_says_why

# ---- two folders ----

builds_the_same_bytes() {
    first=$dir/first second=$dir/elsewhere/second
    for tree in "$first" "$second"; do
        copy_tree "$tree" &&
            build_in "$tree" lib/index/faiss_c_adapter lib/common/pool \
                src/main src/serve/page.js -- CFLAGS="-ffile-prefix-map=$tree=." \
                CXXFLAGS="-ffile-prefix-map=$tree=." || return 1
    done
    if [ -n "${SIAMESE_TEST_LONG:-}" ]; then
        for file in libsiamese.so.0 libsiamese.a siamese; do
            cmp "$first/build/$file" "$second/build/$file" || return 1
        done
    else
        for file in lib/index/faiss_c_adapter lib/common/pool src/main \
            src/serve/page.js; do
            cmp "$first"/build/obj-*/$file.o \
                "$second"/build/obj-*/$file.o || return 1
        done
    fi
}
check build__is_the_same_in_every_folder builds_the_same_bytes
