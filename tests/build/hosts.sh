#!/bin/sh
# Hosts that load the library at run time: two copies of it at once, and load and
# unload over and over.
set -u
library=$PWD/build/libsiamese.so.0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
CC=${CC:-gcc}

check() {
    name=$1
    shift
    if "$@"; then echo "ok $name"; else echo "not ok $name"; fi
}

build() {
    "$CC" -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Iinclude \
        -o "$dir/$1" "tests/build/hosts/$1.c" -ldl
}

keeps_copies_apart() {
    cp "$library" "$dir/copy.so" && build two_copies &&
        "$dir/two_copies" "$library" "$dir/copy.so" &&
        "$dir/two_copies" "$dir/copy.so" "$library"
}
check copies__of_one_process_never_meet keeps_copies_apart

leaves_nothing() {
    build unload && MALLOC_ARENA_MAX=1 "$dir/unload" "$library"
}
check unload__leaves_nothing leaves_nothing
