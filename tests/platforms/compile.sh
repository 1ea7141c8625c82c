#!/bin/sh
# The library and the command compiled for systems that this one is not, with warnings as errors, by the rules of the build: objects alone.
# Nothing is linked and nothing runs, so nothing more is shown than that the
# sources ask these systems for nothing that they do not declare.
#
# zig cc of PyPI brings a clang and each system's own headers; those of the
# libraries that we use are copied from their packages, so that no other header
# of this machine is seen.
set -u
version=0.13.0
home=$PWD/build/zig/$version
work=$PWD/build/platforms
MAKE=${MAKE:-make}
unset MAKEFLAGS MFLAGS MAKELEVEL
failed=
export ZIG_GLOBAL_CACHE_DIR="$home/cache" ZIG_LOCAL_CACHE_DIR="$home/cache"

check() {
    name=$1
    shift
    "$@" || { printf 'not ' && failed=1; }
    echo "ok platforms__$name"
}

install_zig() {
    [ -x "$home/bin/python-zig" ] && return
    rm -rf "$home"
    python3 -m venv "$home" &&
        "$home/bin/pip" install --disable-pip-version-check --quiet --no-deps \
            --only-binary :all: "ziglang==$version" &&
        ln -s python "$home/bin/python-zig"
}

# /usr/include/ARCHITECTURE is where some packages have a part of theirs. Those
# of another architecture may be there too, for a cross build.
copy_headers() {
    here=$(dpkg --print-architecture)
    rm -rf "$work/include" && mkdir -p "$work/include"
    for package in zlib1g-dev libutf8proc-dev libstemmer-dev libcsv-dev \
        libjansson-dev libfaiss-dev; do
        dpkg -L "$package:$here" | sed -n 's|^/usr/include/||p' | grep '\.h$' |
            while read -r header; do
                to=$work/include/$(echo "$header" |
                    sed 's|^[a-z0-9_]*-linux-[a-z0-9]*/||')
                mkdir -p "${to%/*}" && cp "/usr/include/$header" "$to"
            done
    done
    [ -f "$work/include/zlib.h" ] && [ -f "$work/include/faiss/Index.h" ]
}

# compiler TARGET cc|c++: a name for make, which takes only one word.
compiler() {
    mkdir -p "$work/bin"
    printf '#!/bin/sh\nexec %s -m ziglang %s -target %s "$@"\n' \
        "$home/bin/python" "$2" "$1" >"$work/bin/$1-$2"
    chmod +x "$work/bin/$1-$2"
    echo "$work/bin/$1-$2"
}

# make for the target, with the variables and goals that follow. BLIS's header
# is made for one processor; our own kernels stand in. zig has no -march of
# arm64's.
make_for() {
    target=$1
    shift
    case $target in
    # zig takes it away from -mavx512f, where other compilers put it in
    x86_64-*) more=-mevex512 ;;
    *) more= ;;
    esac
    "$MAKE" -s OBJ="build/platforms/$target" CC="$(compiler "$target" cc)" \
        CXX="$(compiler "$target" c++)" CFLAGS="$more" WERROR=1 BLIS=no \
        FAISS_C=no FAISS_LIB=none STEMMER_RELEASE=none WITH_SENTENCEPIECE=no \
        NEON_DOT_FLAGS=-mcpu=generic+dotprod \
        CPPFLAGS="-isystem $work/include" "$@"
}

# The words of variables of the build.
value() {
    for variable in "$@"; do
        sed -n "s/^$variable := //p" "$work/variables"
    done
}

compile() {
    [ -n "$(value "$1")" ] || return 1
    make_for "$target" -k -j"$(nproc)" $(value "$1") >"$work/log" 2>&1 || {
        grep -A 12 'error:' "$work/log" | head -n 60
        tail -n 5 "$work/log"
        return 1
    }
}

# A row of docs/platforms.md, once all has compiled.
record() {
    sh tools/platform_record.sh "$1" "zig cc $version" compiled \
        "objects of $(value LIB_OBJS COMMAND_OBJS | wc -w) sources, not linked"
}

rm -f "$work"/*_compiled.row
check zig_is_there install_zig
check headers_are_there copy_headers
for pair in x86_64-linux-musl:'musl, x86_64' aarch64-linux-musl:'musl, aarch64' \
    arm-linux-musleabihf:'musl, arm' x86_64-macos:'macOS, x86_64' \
    aarch64-macos:'macOS, aarch64'; do
    target=${pair%%:*}
    rm -rf "${work:?}/$target" && mkdir -p "$work/$target"
    make_for "$target" -pn clean 2>/dev/null >"$work/variables"
    for part in LIB COMMAND; do
        check "$(echo "${part}_compiles_for_$target" | tr 'A-Z-' 'a-z_')" \
            compile "${part}_OBJS"
    done
    [ -n "$failed" ] || record "${pair#*:}"
    failed=
done
