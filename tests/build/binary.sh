#!/bin/sh
# On which systems the built files run: what they need at run time and the newest
# versions of its symbols. A line of the two lists below is added only knowingly:
# it takes the library from systems that have it not.
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

# ---- what they need; sentencepiece where it was asked for ----

needs() {
    file=$1
    shift
    readelf -d "$file" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
        grep -v '^libsentencepiece' | sort >"$dir/needed"
    printf '%s\n' "$@" | sort >"$dir/stated"
    diff "$dir/stated" "$dir/needed"
}
check binary__library_needs_nothing_more needs "$library" libc.so.6 libm.so.6 \
    libz.so.1 libgomp.so.1 libstdc++.so.6 libgcc_s.so.1 ld-linux-x86-64.so.2
check binary__command_needs_nothing_more needs build/siamese libc.so.6 \
    libm.so.6 libz.so.1 libcsv.so.3 libjansson.so.4 libsqlite3.so.0 \
    libmicrohttpd.so.12 libedit.so.2 libsiamese.so.0

# ---- the newest versions ----

# By the release that it is built on: headers of a newer glibc, a newer g++ and
# what a newer FAISS calls ask for newer ones.
newest_stated() {
    glibc=$(getconf GNU_LIBC_VERSION | sed 's/.*\.//')
    if [ "$glibc" -le 36 ]; then # Debian 12
        echo 'GLIBC_2.34 CXXABI_1.3.13 OMP_1.0'
    else # Debian 13
        echo 'GLIBC_2.38 CXXABI_1.3.15 OMP_3.0'
    fi
    echo 'GLIBCXX_3.4.29 GCC_3.0 GOMP_4.5'
    echo 'ZLIB_1.2.9' # of 2017: inflateValidate and crc32_z
}

# Every family of versions is stated, and none is newer than stated.
asks_for_no_newer() {
    readelf -VW "$1" | sed -n 's/.* Name: \([A-Z]*_[0-9.]*\) .*/\1/p' |
        grep -v '^SIAMESE_' | sort -u >"$dir/versions"
    [ -s "$dir/versions" ] || return 1
    newest_stated | tr ' ' '\n' >"$dir/newest"
    while read -r version; do
        most=$(grep "^${version%_*}_" "$dir/newest")
        [ "$(printf '%s\n' "$most" "$version" | sort -V | tail -n 1)" = \
            "$most" ] || echo "$1: $version is newer than ${most:-nothing}"
    done <"$dir/versions" | grep . && return 1
    return 0
}
check binary__library_asks_for_no_newer_symbols asks_for_no_newer "$library"
check binary__command_asks_for_no_newer_symbols asks_for_no_newer build/siamese

# The check above notices: a function of C23's in a library beside this one.
notices_a_newer_symbol() {
    echo '__asm__(".symver f,_dl_find_object@GLIBC_2.35");
        int f(void *, void *); int g(void) { return f(0, 0); }' >"$dir/new.c"
    "$CC" -shared -fPIC -o "$dir/new.so" "$dir/new.c" &&
        newest_stated | grep -q 'GLIBC_2.34' || return 0
    ! asks_for_no_newer "$dir/new.so" >"$dir/said" &&
        grep -q 'GLIBC_2.35 is newer than GLIBC_2.34' "$dir/said"
}
check binary__a_newer_symbol_is_noticed notices_a_newer_symbol

# ---- what is inside stays there ----

hides_what_is_inside() {
    nm "$library" | grep -q ' t utf8proc_' &&
        ! nm -D "$library" | grep -i 'utf8proc\|sb_stemmer\|__popcountdi2' &&
        ! nm build/libsiamese.a | grep ' [A-TV-Z] utf8proc_\|U utf8proc_'
}
check binary__hides_what_is_inside hides_what_is_inside

# With no copy of the unwinder inside, and with one in the host.
catches_what_faiss_throws() {
    for unwinder in -shared-libgcc -static-libgcc; do
        "$CC" -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Iinclude -rdynamic \
            "$unwinder" -o "$dir/exceptions" tests/build/hosts/exceptions.c \
            -ldl && "$dir/exceptions" "$library" || return 1
    done
}
check binary__catches_what_faiss_throws catches_what_faiss_throws

# A thread that calls for the first time when nothing can be allocated.
goes_on_without_memory() {
    "$CC" -std=gnu11 -D_GNU_SOURCE -Wall -Wextra -Iinclude -rdynamic -pthread \
        -o "$dir/thread_memory" tests/build/hosts/thread_memory.c -ldl &&
        "$dir/thread_memory" "$library"
}
check binary__a_thread_without_memory_goes_on goes_on_without_memory

# ---- an archive is needed, and said so ----

# -n: what it would do, and nothing in build/ is touched.
says_what_is_missing() {
    "${MAKE:-make}" -n MAKEFLAGS= UTF8PROC_LIB=libutf8proc.a \
        build/libsiamese.so.0 >"$dir/said" 2>&1
    grep -q 'libutf8proc.a was not found (a shared library' "$dir/said"
}
check binary__says_which_archive_is_missing says_what_is_missing
