#!/bin/sh
# The C++ layer against an installed library: tests/bindings/cpp/*.cpp as C++17
# and C++20, without a warning, by each compiler that is here.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
MAKE=${MAKE:-make} CXX=${CXX:-g++}
unset MAKEFLAGS MFLAGS MAKELEVEL
prefix=$dir/usr

check() {
    name=$1
    shift
    "$@" || printf 'not '
    echo "ok cpp__$name"
}

check install_into_a_temporary_prefix "$MAKE" -s install prefix="$prefix"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
export LD_LIBRARY_PATH="$prefix/lib"

builds() { # COMPILER STANDARD FLAGS ...
    compiler=$1 standard=$2
    shift 2
    "$compiler" -std="$standard" -pthread -Wall -Wextra -Wshadow -Wpedantic \
        -Werror "$@" -o "$dir/$program" "tests/bindings/cpp/$program.cpp" \
        $(pkg-config --cflags --libs siamese)
}

for source in tests/bindings/cpp/*.cpp; do
    program=$(basename "$source" .cpp)
    for standard in c++17 c++20; do
        check "${program}_builds_as_$standard" builds "$CXX" "$standard"
        "$dir/$program" "$dir" || echo "not ok cpp__${program}_ends_well"
        if command -v clang++ >/dev/null; then
            check "${program}_builds_by_clang_as_$standard" builds clang++ \
                "$standard"
        fi
    done
done
