#!/bin/sh
# One of the looks that make lint takes at the sources. Nothing is found in a
# tree as it should be; what a tool is not to say stands, with its reason, in
# .clang-format, .clang-tidy, tools/cppcheck.cfg, tools/cppcheck.suppressions or
# tools/analyzer.suppressions.
#
# usage: lint.sh tidy|analyzer|cppcheck|shellcheck|manual|hardening
set -eu

# Each C file with the flags that the build gives it, as lines "FILE -- FLAGS".
compilations() {
    env -u MAKELEVEL "${MAKE:-make}" -Bn V=1 all 2>/dev/null |
        sed -n -e 's/ -MMD -MP -c -o [^ ]*//' \
            -e 's/^.* \(-D_XOPEN_SOURCE=700 .*\) \([^ ]*\.c\)$/\2 -- \1/p'
}

case $1 in
analyzer)
    # Reports of gcc 12 that are none, with why, are in the list; each is told by
    # its file, function and kind. Other releases report others.
    case $("${CC:-gcc}" -dumpversion) in 12*) ;; *)
        echo 'lint: -fanalyzer is held to what gcc 12 reports' >&2 && exit 0 ;;
    esac
    mkdir -p build/analyzer && rm -f build/analyzer/*
    compilations >build/analyzer.txt
    [ -s build/analyzer.txt ]
    export CC="${CC:-gcc}" LC_ALL=C
    xargs -d '\n' -P "$(nproc)" -n 1 sh -c 'file=${1%% -- *}
        eval "$CC ${1#* -- } -fanalyzer -fdiagnostics-plain-output -c \
            -o /dev/null $file" 2>"build/analyzer/$(echo "$file" | tr / _)"' \
        analyzer <build/analyzer.txt
    cat build/analyzer/* | LC_ALL=C awk '
        /In function / { name = $0; sub(/.*In function ./, "", name)
            gsub(/[^A-Za-z0-9_].*/, "", name) }
        /warning: .*-Wanalyzer-/ { split($0, at, ":")
            kind = $NF; gsub(/[][]/, "", kind); print at[1], name, kind }
        ' | sort -u >build/analyzer.found
    sed -e '/^#/d' -e 's/ *#.*//' -e '/^$/d' tools/analyzer.suppressions |
        LC_ALL=C sort -u >build/analyzer.known
    ! LC_ALL=C comm -23 build/analyzer.found build/analyzer.known | grep .
    ;;
tidy)
    # clang has no omp.h of its own, and gcc's other headers are not for it.
    mkdir -p build/omp
    ln -sf "$("${CC:-gcc}" -print-file-name=include/omp.h)" build/omp/omp.h
    compilations >build/tidy.txt
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
    find tools tests bench examples findings src .ci -type f \
        \( -name '*.sh' -o -name '*.bash' -o -path '.ci/*' \) -print0 |
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
