#!/bin/sh
# find_package(libsiamese): projects in C and in C++ are configured, built and run
# against an installed tree, by the shared library and by the archive, also after
# the tree was moved, and from the places that distributions choose.
set -u
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT
MAKE=${MAKE:-make}
unset MAKEFLAGS MFLAGS MAKELEVEL
version=$(sed -n 's/.*SIAMESE_VERSION_STRING "\(.*\)".*/\1/p' \
    include/siamese/version.h)

report() {
    if [ -z "$2" ]; then echo "ok $1"; else echo "$2" && echo "not ok $1"; fi
}

mkdir "$dir/project"
cat >"$dir/project/CMakeLists.txt" <<'END_OF_PROJECT'
cmake_minimum_required(VERSION 3.13)
project(host C CXX)
find_package(libsiamese ${WANTED} REQUIRED)
add_executable(shared host.c)
target_link_libraries(shared siamese::siamese)
add_executable(static host.c)
target_link_libraries(static siamese::static)
add_executable(in_cxx host.cpp)
target_link_libraries(in_cxx PRIVATE siamese::siamese)
END_OF_PROJECT
cat >"$dir/project/host.c" <<'END_OF_HOST'
#include <siamese/siamese.h>
#include <stdio.h>
int main(void)
{
    siamese_vocab *vocab;
    const siamese_text text = {"oak desk", 8};
    if (siamese_vocab_create(&vocab, NULL) ||
        siamese_vocab_add(vocab, &text, 1) || siamese_vocab_finish(vocab))
        return 1;
    printf("%s %d\n", siamese_version(), (int)siamese_vocab_size(vocab));
    siamese_vocab_free(vocab);
    return 0;
}
END_OF_HOST
cp "$dir/project/host.c" "$dir/project/host.cpp"
# '' and [UNK], and the two words.
expected="$version 4"

configure() { # PREFIX WANTED
    rm -rf "$dir/work"
    cmake -S "$dir/project" -B "$dir/work" -DCMAKE_PREFIX_PATH="$1" \
        -DWANTED="$2" >"$dir/log" 2>&1
}

# builds_and_runs PREFIX: prints what is wrong.
builds_and_runs() {
    configure "$1" 0.2 && cmake --build "$dir/work" >>"$dir/log" 2>&1 || {
        cat "$dir/log"
        return
    }
    for program in shared static in_cxx; do
        said=$("$dir/work/$program" 2>&1)
        [ "$said" = "$expected" ] || echo "$program: $said"
    done
    readelf -d "$dir/work/static" | grep 'NEEDED.*libsiamese'
    readelf -d "$dir/work/shared" | grep -q 'NEEDED.*libsiamese.so.0' ||
        echo 'the shared program does not need the library'
}

"$MAKE" -s install prefix="$dir/usr" >"$dir/log" 2>&1 || cat "$dir/log"
report cmake__finds_builds_and_runs "$(builds_and_runs "$dir/usr")"

mv "$dir/usr" "$dir/moved"
report cmake__works_where_the_tree_was_moved_to "$(builds_and_runs "$dir/moved")"

report cmake__takes_an_older_minor_version_and_no_newer_one "$(
    for wanted in 0.1 0.2 "$version"; do
        configure "$dir/moved" $wanted || echo "$wanted is refused"
    done
    for wanted in "0.99" 1.0 99.0; do
        configure "$dir/moved" "$wanted" && echo "$wanted is taken"
        grep -q "version: $version" "$dir/log" || cat "$dir/log"
    done 2>&1)"

# As Debian's packages lie, below a root of their own.
machine=$("${CC:-gcc}" -print-multiarch)
report cmake__works_with_libraries_elsewhere "$(
    "$MAKE" -s install prefix=/usr libdir=/usr/lib/"$machine" \
        DESTDIR="$dir/stage" >"$dir/log" 2>&1 || cat "$dir/log"
    builds_and_runs "$dir/stage/usr")"
