#!/bin/sh
# One of the looks that make lint takes at the sources. Nothing is found in a
# tree as it should be; what a tool is not to say stands, with its reason, in
# .clang-format, .clang-tidy, tools/cppcheck.cfg or tools/cppcheck.suppressions.
#
# usage: lint.sh tidy FLAGS      clang-tidy on lib and src, FLAGS for clang
#        lint.sh cppcheck
#        lint.sh shellcheck
set -eu
look=$1
shift

case $look in
tidy)
    # The flags of a file's folder and level, as in mk/library.mk.
    tidy='
    for file; do
        case $file in
        lib/*) set -- -Ilib ;;
        *) set -- -Isrc ;;
        esac
        case $file in
        *_avx2.c) set -- "$@" -mavx2 -mfma -mf16c ;;
        *_avx512.c) set -- "$@" -mavx512f -mavx512dq -mavx512bw -mavx512vl \
            -mfma ;;
        esac
        found=$(clang-tidy --quiet "$file" -- -std=c11 -D_GNU_SOURCE \
            -Iinclude "$@" $FLAGS 2>&1) || { echo "$found" && bad=1; }
    done
    exit ${bad:-0}'
    # clang has no omp.h of its own, and gcc's other headers are not for it.
    mkdir -p build/omp
    ln -sf "$("${CC:-gcc}" -print-file-name=include/omp.h)" build/omp/omp.h
    skipped=nothing
    case $(uname -m) in x86_64 | i?86) ;; *) skipped='_avx[0-9]*\.c$' ;; esac
    find lib src -name '*.c' | grep -v "$skipped" | sort |
        FLAGS="-idirafter build/omp $*" xargs -P "$(nproc)" -n 4 sh -c "$tidy" tidy
    ;;
cppcheck)
    mkdir -p build/cppcheck
    cppcheck -j "$(nproc)" --quiet --error-exitcode=1 --inline-suppr \
        --enable=warning,style,performance,portability --std=c11 \
        --library=posix --library=tools/cppcheck.cfg -D_GNU_SOURCE \
        -D__x86_64__ '-D_Noreturn=__attribute__((noreturn))' \
        --suppressions-list=tools/cppcheck.suppressions \
        --cppcheck-build-dir=build/cppcheck --template=gcc \
        -Ilib -Iinclude -Isrc lib src
    ;;
shellcheck)
    find tools tests bench examples .ci -type f \
        \( -name '*.sh' -o -path '.ci/*' \) -print0 |
        xargs -0 shellcheck -S warning
    ;;
esac
