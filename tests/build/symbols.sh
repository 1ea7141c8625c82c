#!/bin/sh
# What the shared library shows to a process: its exported names, what it needs
# at run time, its size, and how it is protected.
set -u
library=build/libsiamese.so.0
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
NM=${NM:-nm} CC=${CC:-gcc}

check() {
    name=$1
    shift
    if "$@"; then echo "ok $name"; else echo "not ok $name"; fi
}

sed -n 's/^ *\(siamese_[a-z0-9_]*\);/\1/p' lib/siamese.map |
    sort >"$dir/map"
# The names after SIAMESE_API, up to their opening parenthesis.
"$CC" -E -P -Iinclude include/siamese/siamese.h | tr '\n' ' ' |
    grep -oE '\bsiamese_[a-z_0-9]+ ?\(' | tr -d ' (' | sort -u >"$dir/header"
"$NM" -D --defined-only $library | sed 's/.* //; s/@.*//' |
    grep -v '^SIAMESE_[0-9.]*$' | sort >"$dir/exported"
check symbols__map_equals_header diff "$dir/map" "$dir/header"
check symbols__exports_equal_map diff "$dir/map" "$dir/exported"

# Lines "NAME VERSION": of the library, and of docs/symbols-in-versions, where 0.1
# is SIAMESE_0.
have_the_version_they_came_in() {
    "$NM" -D --defined-only --with-symbol-versions $library |
        sed -n 's/.* \(siamese_[a-z0-9_]*\)@@\(.*\)/\1 \2/p' |
        sort >"$dir/versions"
    sed -n '/^## Functions/,/^## Types/s/^\(siamese_[a-z0-9_]*\) *\([0-9.]*\)\.0$/\1 SIAMESE_\2/p' \
        docs/symbols-in-versions | sed 's/SIAMESE_0\.1$/SIAMESE_0/' |
        sort >"$dir/introduced"
    [ "$(wc -l <"$dir/versions")" -eq "$(wc -l <"$dir/exported")" ] &&
        diff "$dir/introduced" "$dir/versions"
}
check symbols__have_the_version_they_came_in have_the_version_they_came_in

# Every name of the headers, not only what is exported.
check symbols__of_headers_are_all_in_the_table \
    sh -c 'sh tools/symbols_in_versions.sh | diff docs/symbols-in-versions - ||
        { echo "make map writes docs/symbols-in-versions"; exit 1; }'

# What the library calls of its own is never looked up, or another copy of it in
# the process, or a name of the host, would be found instead. Nor is what C++
# would share between libraries: it exports none.
binds_inside() {
    readelf -rW $library | awk '$3 ~ /^R_/ && $5 ~ /[A-Za-z_]/ {
        sub(/@.*/, "", $5); print $5 }' | sort -u >"$dir/relocated"
    [ -s "$dir/relocated" ] &&
        [ -z "$(comm -12 "$dir/relocated" "$dir/exported")" ] &&
        ! grep '^siamese_\|^sm_\|faiss\|^bli_' "$dir/relocated" &&
        ! readelf --dyn-syms -W $library | grep UNIQUE
}
check symbols__bind_inside binds_inside

# The sentence of docs/abi.md is the list; sentencepiece where it was asked for.
needs_what_is_documented() {
    tr '\n' ' ' <docs/abi.md |
        grep -o 'shared library needs, at run time,.* nothing else' |
        grep -oE '`[a-z0-9+_-]+`' | tr -d '`' | sort >"$dir/documented"
    readelf -d $library | sed -n 's/.*(NEEDED).*\[\(.*\)\.so\..*\]/\1/p' |
        grep -v '^libsentencepiece' | sort >"$dir/needed"
    [ -s "$dir/needed" ] && diff "$dir/documented" "$dir/needed"
}
check library__needs_what_abi_md_lists needs_what_is_documented

has_soname() {
    readelf -d $library | grep -q 'SONAME.*\[libsiamese.so.0\]'
}
check library__has_its_soname has_soname

# 3.2 million with FAISS 1.7 of Debian 12, 4.2 with 1.10 of Debian 13, whose writing
# of an index refers to more kinds of them.
is_small() {
    strip -o "$dir/stripped" $library
    size=$(stat -c %s "$dir/stripped")
    echo "# stripped: $size bytes"
    [ "$size" -lt 4500000 ]
}
check library__is_under_4500_kilobytes is_small

# Of BLIS the files of three kernels, each of which holds its other precisions.
has_only_kernels_of_blis() {
    ! "$NM" $library | sed -n 's/.* [a-zA-Z] \(bli_.*\)/\1/p' |
        grep -vE '^bli_[sdcz]gemm_[a-z0-9]+_asm_[0-9]+x[0-9]+(_l2)?$'
}
check library__has_only_kernels_of_blis has_only_kernels_of_blis

is_protected() {
    readelf -lW $library | grep 'GNU_STACK' | grep -q 'RW ' &&
        readelf -lW $library | grep -q 'GNU_RELRO' &&
        readelf -d $library | grep -q 'BIND_NOW\|NOW' &&
        ! readelf -d $library | grep -q TEXTREL
}
check library__is_protected is_protected

# What runs when the library is loaded: two functions of gcc and those that
# docs/abi.md lists, all of FAISS; none of ours.
has_known_initialisers() {
    "$NM" $library | sed -n 's/.* [tT] _GLOBAL__sub_I_\(.*\.cpp\)$/\1/p' |
        sort >"$dir/initialisers"
    size=$(readelf -SW $library | sed -n \
        's/.*INIT_ARRAY *[0-9a-f]* [0-9a-f]* \([0-9a-f]*\).*/\1/p')
    [ $((0x$size / 8)) -le $(($(wc -l <"$dir/initialisers") + 2)) ] &&
        while read -r source; do
            if find lib | grep -q "/$source\$" ||
                ! grep -q "$source" docs/abi.md; then
                echo "# not listed: $source" && return 1
            fi
        done <"$dir/initialisers"
}
check library__has_only_known_initialisers has_known_initialisers

# When it is unloaded: gcc's functions, of which gcc 13 and later have one more.
has_known_finalisers() {
    size=$(readelf -SW $library | sed -n \
        's/.*FINI_ARRAY *[0-9a-f]* [0-9a-f]* \([0-9a-f]*\).*/\1/p')
    of_gcc=$("$NM" $library |
        grep -cE ' t (__do_global_dtors_aux|release_registered_frames|give_back_key)$')
    [ $((0x$size / 8)) -eq "$of_gcc" ]
}
check library__has_only_known_finalisers has_known_finalisers

reads_no_environment() {
    ! "$NM" -D --undefined-only $library |
        grep -wE 'getenv|secure_getenv|setenv|signal|sigaction'
}
check library__reads_no_environment reads_no_environment

# As Python and most other languages load it; a thread-local variable of the
# initial-exec model would make that fail once others have used up the room.
loads_at_run_time() {
    printf '%s\n' '#include <dlfcn.h>' '#include <stdio.h>' \
        'int main(int argc, char **argv) {' \
        '    if (argc == 2 && dlopen(argv[1], RTLD_NOW)) return 0;' \
        '    return puts(dlerror()), 1; }' >"$dir/load.c"
    ! readelf -d $library | grep -q STATIC_TLS &&
        "$CC" -o "$dir/load" "$dir/load.c" -ldl && "$dir/load" $library
}
check library__can_be_loaded_at_run_time loads_at_run_time
