#!/bin/sh
# The examples of other languages against an installed library: each prints
# what the one in C prints, byte for byte. Nothing is downloaded, and nothing is
# written outside a temporary folder.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
MAKE=${MAKE:-make} CC=${CC:-gcc}
unset MAKEFLAGS MFLAGS MAKELEVEL
prefix=$dir/usr

check() {
    name=$1
    shift
    "$@" || printf 'not '
    echo "ok bindings__$name"
}

check install_into_a_temporary_prefix "$MAKE" -s install prefix="$prefix"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
export LD_LIBRARY_PATH="$prefix/lib"
cp -R examples "$dir/examples"
mkdir "$dir/bindings" && cp -RL bindings/go bindings/rust "$dir/bindings"
cd "$dir/examples" || exit 1

in_c() {
    "$CC" -std=c99 -o "$dir/01" 01_by_parts.c \
        $(pkg-config --cflags --libs siamese) && "$dir/01" >"$dir/c.txt" &&
        [ -s "$dir/c.txt" ]
}
check c_prints_something in_c

same_as_c() {
    "$@" >"$dir/other.txt" && cmp "$dir/c.txt" "$dir/other.txt"
}

in_go() {
    (cd 05_go && GOENV=off GOFLAGS=-mod=readonly GOPROXY=off GOTOOLCHAIN=local \
        GOPATH="$dir/go" GOCACHE="$dir/go-cache" CGO_ENABLED=1 \
        go build -o "$dir/in_go" .) && same_as_c "$dir/in_go"
}
check go_gives_the_bits_of_c in_go

says_red_sofa() {
    "$@" >"$dir/first.txt" && grep -q 'red sofa' "$dir/first.txt"
}
first_lines_in_go() {
    (cd 05_go && GOENV=off GOFLAGS=-mod=readonly GOPROXY=off GOTOOLCHAIN=local \
        GOPATH="$dir/go" GOCACHE="$dir/go-cache" CGO_ENABLED=1 \
        go build -o "$dir/first_go" ./first_lines) &&
        says_red_sofa "$dir/first_go"
}
check first_lines_in_go first_lines_in_go

in_rust() {
    (cd 05_rust && CARGO_NET_OFFLINE=true CARGO_HOME="$dir/cargo" \
        cargo build --quiet --offline --target-dir "$dir/rust") &&
        same_as_c "$dir/rust/debug/train_and_search"
}
check rust_gives_the_bits_of_c in_rust
check first_lines_in_rust says_red_sofa "$dir/rust/debug/first_lines"
