#!/bin/sh
# One of the looks that make lint takes at the sources. Nothing is found in a
# tree as it should be; what a tool is not to say stands, with its reason, in
# .clang-format, .clang-tidy, tools/cppcheck.cfg or tools/cppcheck.suppressions.
#
# usage: lint.sh tidy|cppcheck|shellcheck|manual|hardening
set -eu

case $1 in
tidy)
    # clang has no omp.h of its own, and gcc's other headers are not for it.
    mkdir -p build/omp
    ln -sf "$("${CC:-gcc}" -print-file-name=include/omp.h)" build/omp/omp.h
    # Each C file with the flags that the build gives it.
    env -u MAKELEVEL "${MAKE:-make}" -Bn V=1 all 2>/dev/null |
        sed -n -e 's/ -MMD -MP -c -o [^ ]*//' \
            -e 's/^.* \(-D_XOPEN_SOURCE=700 .*\) \([^ ]*\.c\)$/\2 -- \1/p' \
            >build/tidy.txt
    [ -s build/tidy.txt ]
    xargs -d '\n' -P "$(nproc)" -n 1 sh -c 'found=$(eval "clang-tidy --quiet \
        $1 -idirafter build/omp" 2>&1) || { echo "$found" && exit 1; }' \
        tidy <build/tidy.txt
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
    find tools tests bench examples findings .ci -type f \
        \( -name '*.sh' -o -path '.ci/*' \) -print0 |
        xargs -0 shellcheck -S warning
    ;;
hardening)
    # Debian's crt1.o and the archives inside have no landing pads, so that no
    # file linked here can say it has; tests/build/hardening.sh looks at our objects.
    env -u MAKELEVEL "${MAKE:-make}" -s all
    hardening-check --nocfprotection build/libsiamese.so build/siamese
    ;;
manual)
    env -u MAKELEVEL "${MAKE:-make}" -s manual
    for page in docs/man/*.1 build/man/man3/*.3; do
        [ -L "$page" ] || mandoc -T lint -W warning "$page"
        # What a terminal of 80 columns would cut off or wrap.
        mandoc -T ascii -O width=78 "$page" | sed 's/.\x08//g' |
            awk -v page="$page" 'length($0) > 80 { print page ": " $0; bad = 1 }
                END { exit bad }'
    done
    ;;
esac
