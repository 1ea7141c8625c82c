#!/bin/sh
# THIRD-PARTY-NOTICES against what is linked: what is inside the library is in its
# first list and has its notice below, and so has what the library needs at run
# time, its place in the second.
set -u
MAKE=${MAKE:-make}
unset MAKEFLAGS MFLAGS MAKELEVEL
library=build/libsiamese.so.0

report() {
    if [ -z "$2" ]; then echo "ok $1"; else echo "$2" && echo "not ok $1"; fi
}

# The name by which a library is known there.
known_as() {
    case $1 in
    libfaiss.a | libfaiss_c.a) echo FAISS ;;
    libblis_kernels.a) echo BLIS ;;
    libstemmer_private.a) echo Snowball ;;
    libutf8proc_private.a) echo utf8proc ;;
    libsentencepiece*) echo sentencepiece ;;
    libstdc++* | libgomp* | libgcc_s*) echo "${1%%.so*}" ;;
    libz.so*) echo zlib ;;
    libc.so* | libm.so* | ld-linux*) echo 'GNU C library' ;;
    esac
}

# listed NAME FROM TO: in that part of the file.
listed() { sed -n "/^$2/,/^$3/p" THIRD-PARTY-NOTICES | grep -q "^ *$1\b\|, $1"; }

report licences__of_what_is_inside_are_there "$(
    "$MAKE" -s --eval='tell-inside:;@printf "%s\n" $(filter %.a,$(LINK_LIBS))' \
        tell-inside | sed 's|.*/||' | while read -r archive; do
        name=$(known_as "$archive")
        listed "${name:-$archive}" 'Inside' 'Linked' ||
            echo "$archive: not among what is inside"
        sed -n '/^-----/,$p' THIRD-PARTY-NOTICES |
            grep -A1 '^-----' | grep -q "^${name:-$archive}\b" ||
            echo "$archive: no notice"
    done)"

report licences__of_what_is_needed_at_run_time_are_named "$(
    readelf -d $library | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
        while read -r needed; do
        name=$(known_as "$needed")
        listed "${name:-$needed}" 'Linked when' 'Linked by' ||
            echo "$needed: not named"
    done)"
