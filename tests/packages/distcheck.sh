#!/bin/sh
# make distcheck passes for the last commit, and fails for tarballs in which
# something is wrong.
set -u
work=$(mktemp -d) || exit 1
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
MAKE=${MAKE:-make}
unset MAKEFLAGS MFLAGS MAKELEVEL

report() {
    if [ -z "$2" ]; then echo "ok $1"; else echo "$2" && echo "not ok $1"; fi
}

"$MAKE" --no-print-directory distcheck DIST="$work/libsiamese-x" \
    >"$work/log" 2>&1
status=$?
grep '^\(not \)\?ok ' "$work/log"
report distcheck__passes "$([ "$status" -eq 0 ] || cat "$work/log")"

# broken NAME WANTED COMMAND: with the tarball's tree changed by the command its
# test is not ok. The library is of the tree's own build, so that it is quick.
broken() {
    rm -rf "$work/tree" && mkdir "$work/tree"
    tar -xzf "$work/libsiamese-x.tar.gz" -C "$work/tree"
    tree=$(echo "$work"/tree/*)
    (cd "$tree" && eval "$3")
    tar -czf "$work/broken.tar.gz" -C "$work/tree" "${tree##*/}"
    mv "$work/broken.tar.gz" "$work/${tree##*/}.tar.gz"
    sh tools/distcheck.sh "$work/${tree##*/}.tar.gz" build/manual \
        >"$work/log" 2>&1 && echo "$1: it passes"
    grep -q "^not ok distcheck__$2" "$work/log" || cat "$work/log"
}

# A stand-in for the compilers' work, which is not what is looked for here.
quick='printf "all:\n\t@mkdir -p build && touch build/siamese\ncheck-one:\n\t@echo ok\n" >Makefile'
report distcheck__finds_a_build_that_fails "$(
    broken a_build builds 'printf "all:\n\tfalse\n" >Makefile')"
report distcheck__finds_a_test_that_fails "$(
    broken a_test passes_build/manual \
        "$quick; printf 'check-one:\n\t@echo not ok it; false\n' >Makefile")"
report distcheck__finds_what_is_not_installed "$(
    broken an_install installs "$quick; printf 'install:\n\t@true\n' >>Makefile")"
report distcheck__finds_what_uninstall_leaves "$(
    broken a_trace uninstalls "$quick; printf 'install:\n\t@mkdir -p \$(DESTDIR)/usr/share/x && touch \$(DESTDIR)/usr/share/x/y\nuninstall:\n\t@true\n' >>Makefile")"
report distcheck__finds_what_is_written_elsewhere "$(
    broken a_write writes "$quick; printf 'install:\n\t@touch lib/made\n' >>Makefile")"
