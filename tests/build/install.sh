#!/bin/sh
# Install into a temporary place, link C programs against what was installed,
# shared and static, and uninstall without a trace.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
MAKE=${MAKE:-make} CC=${CC:-gcc} PKG_CONFIG=${PKG_CONFIG:-pkg-config}
unset MAKEFLAGS MFLAGS MAKELEVEL
prefix=$dir/usr

check() {
    name=$1
    shift
    if "$@"; then echo "ok $name"; else echo "not ok $name"; fi
}

installs() {
    "$MAKE" -s install prefix="$prefix" &&
        [ -f "$prefix/include/siamese/siamese.h" ] &&
        [ -f "$prefix/lib/libsiamese.so.0" ] &&
        [ -f "$prefix/lib/libsiamese.a" ] &&
        [ -f "$prefix/lib/pkgconfig/siamese.pc" ] &&
        [ -f "$prefix/share/doc/libsiamese/THIRD-PARTY-NOTICES" ] &&
        [ -f "$prefix/share/doc/libsiamese/LICENSE" ] &&
        [ -f "$prefix/share/bash-completion/completions/siamese" ] &&
        [ -f "$prefix/share/zsh/site-functions/_siamese" ]
}
check install__puts_everything_in_place installs
if [ -x build/siamese ]; then
    check install__command_finds_its_library \
        "$prefix/bin/siamese" --help >/dev/null
fi

# Two from one tree, into different places: each is told of its own.
install_together() {
    "$MAKE" -s install prefix="$dir/a" &
    "$MAKE" -s install prefix="$dir/b" && wait $! &&
        for one in a b; do
            grep -q "^prefix=$dir/$one\$" \
                "$dir/$one/lib/pkgconfig/siamese.pc" || return 1
        done
}
check install__of_two_at_once_keeps_apart install_together

export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
echo '#include <siamese/siamese.h>
#include <stdio.h>
int main(void) { return puts(siamese_version()) < 0; }' >"$dir/host.c"

# A host's sources are compiled as the host wants it: nothing but where the
# headers are, whichever way it links.
leaves_flags_alone() {
    for way in --cflags '--cflags --static'; do
        [ "$("$PKG_CONFIG" $way siamese | tr -d ' ')" = \
            "-I$prefix/include" ] || return 1
    done
    [ "$("$PKG_CONFIG" --libs siamese | tr -s ' ' | sed 's/ $//')" = \
        "-L$prefix/lib -lsiamese" ]
}
check pkg_config__gives_hosts_no_flags_of_others leaves_flags_alone

links_shared() {
    "$CC" -o "$dir/shared" "$dir/host.c" \
        $("$PKG_CONFIG" --cflags --libs siamese) &&
        [ "$(LD_LIBRARY_PATH=$prefix/lib "$dir/shared")" = \
            "$("$PKG_CONFIG" --modversion siamese)" ]
}
check pkg_config__links_the_shared_library links_shared

# Every public function, so that nothing inside is left unresolved.
{
    echo '#include <siamese/siamese.h>
typedef void (*function)(void);
function const everything[] = {'
    sed -n 's/^ *\(siamese_[a-z0-9_]*\);/    (function)\1,/p' lib/siamese.map
    echo '};
int main(void)
{
    return everything[0] == 0 ? 1 : siamese_version() == 0;
}'
} >"$dir/all.c"

static_libs() {
    "$PKG_CONFIG" --static --libs siamese |
        sed "s|-lsiamese|$prefix/lib/libsiamese.a|"
}

links_static() {
    "$CC" -I"$prefix/include" -o "$dir/static" "$dir/all.c" $(static_libs) &&
        ! readelf -d "$dir/static" | grep -q 'NEEDED.*libsiamese' &&
        "$dir/static"
}
check pkg_config__links_the_static_library links_static

# A host with the names that we, BLIS and FAISS use inside.
{
    cat "$dir/all.c"
    echo 'int sm_alloc, sm_free, sm_pool_run, sgemm_, dgemm_, dsyev_, xerbla_;
int bli_sgemm_ex, bli_sgemm_haswell_asm_6x16, bli_sgemm_penryn_asm_8x4, ssyrk_;
int faiss_Index_free, faiss_Index_search, sm_tiles, sm_fail, sm_log;'
} >"$dir/clash.c"

static_hides_its_names() {
    "$CC" -I"$prefix/include" -o "$dir/clash" "$dir/clash.c" $(static_libs) &&
        "$dir/clash"
}
check static_library__leaves_every_name_to_the_host static_hides_its_names

only_api_is_global() {
    ! nm --defined-only -g "$prefix/lib/libsiamese.a" | grep ' ' |
        grep -v ' siamese_'
}
check static_library__shows_only_the_api only_api_is_global

# A weak reference would be no reason to link libstdc++.
needs_what_it_uses() {
    ! nm "$prefix/lib/libsiamese.a" | grep ' w _Z'
}
check static_library__needs_what_it_uses needs_what_it_uses

# Every page that is installed leads somewhere; where its links name a folder of
# the web, or a part of a page, that is not looked at.
links_hold() {
    find "$prefix/share/doc" -name '*.md' >"$dir/pages"
    [ "$(wc -l <"$dir/pages")" -gt 10 ] || return 1
    while read -r page; do
        grep -oE '\]\([^)#:]+\)' "$page" | tr -d ']()' |
            while read -r target; do
                [ -e "$(dirname "$page")/$target" ] ||
                    echo "$page leads to $target, which is not there"
            done
    done <"$dir/pages" >"$dir/dangling"
    cat "$dir/dangling"
    [ ! -s "$dir/dangling" ]
}
check install__links_between_its_pages_hold links_hold

# ---- again, elsewhere, and away ----

is_a_no_op() {
    "$MAKE" -q all
}
check make__does_nothing_the_second_time is_a_no_op

takes_every_directory() {
    "$MAKE" -s install DESTDIR="$dir/stage" PREFIX=/opt/s \
        libdir=/opt/s/lib64 BINDIR=/opt/s/programs &&
        [ -f "$dir/stage/opt/s/lib64/libsiamese.so" ] &&
        [ -f "$dir/stage/opt/s/lib64/pkgconfig/siamese.pc" ] &&
        [ -f "$dir/stage/opt/s/include/siamese/version.h" ] &&
        grep -q '^libdir=/opt/s/lib64$' \
            "$dir/stage/opt/s/lib64/pkgconfig/siamese.pc" &&
        { [ ! -x build/siamese ] || [ -x "$dir/stage/opt/s/programs/siamese" ]; }
}
check install__takes_either_case_and_destdir takes_every_directory

leaves_nothing() {
    touch "$prefix/lib/of-another" &&
        "$MAKE" -s uninstall prefix="$prefix" &&
        [ "$(find "$prefix" -type f -o -type l)" = "$prefix/lib/of-another" ] &&
        ! find "$prefix" -name '*siamese*' | grep .
}
check uninstall__removes_exactly_what_was_installed leaves_nothing

# ---- the source package ----

# A folder of only what make itself reads.
mkdir "$dir/source" && cp -R Makefile mk include "$dir/source"
dist() { # FOLDER
    (cd "$1" && "$MAKE" -s dist DIST="$dir/dist/pack") >"$dir/dist.log" 2>&1
}
says_that_there_is_no_checkout() {
    ! dist "$1" && grep -q 'no checkout of git' "$dir/dist.log" &&
        [ -z "$(ls "$dir/dist" 2>/dev/null)" ]
}
check dist__fails_where_there_is_no_checkout \
    says_that_there_is_no_checkout "$dir/source"

packs_the_last_commit() {
    (cd "$dir/source" && git init -q . && git add . &&
        git -c user.name=a -c user.email=a@b.invalid commit -q -m a) &&
        dist "$dir/source" &&
        gzip -t "$dir/dist/pack.tar.gz" &&
        tar -tzf "$dir/dist/pack.tar.gz" |
        grep -q '^libsiamese-[0-9.]*/mk/config.mk$' &&
        [ "$(ls "$dir/dist")" = pack.tar.gz ] && rm -r "$dir/dist"
}
# A tree that was unpacked within somebody's own checkout.
fails_in_the_checkout_of_another() {
    cp -R "$dir/source" "$dir/inner" && rm -rf "$dir/inner/.git" &&
        mv "$dir/inner" "$dir/source/inner" &&
        says_that_there_is_no_checkout "$dir/source/inner"
}
if command -v git >/dev/null; then
    check dist__packs_the_last_commit packs_the_last_commit
    check dist__does_not_pack_the_checkout_around_it \
        fails_in_the_checkout_of_another
else
    echo "ok dist__packs_the_last_commit # SKIP no git"
fi

# ---- a probe ----

# HAVE_FAISS_C as the build settles it for a stand-in of libfaiss_c.
probe() { # SOURCE FLAG
    printf '%s\n' "$1" >"$dir/probe.c"
    "$CC" "$2" -O2 -c -o "$dir/probe.o" "$dir/probe.c" &&
        ar crD "$dir/libfaiss_c.a" "$dir/probe.o" &&
        "$MAKE" -s FAISS_C_LIBS="$dir/libfaiss_c.a" FAISS_C=auto \
            --eval='tell-probe:;@echo "[$(HAVE_FAISS_C)]"' tell-probe
    rm -f "$dir/libfaiss_c.a"
}
takes_only_what_fits_inside() {
    source='static __thread int last; int *faiss_get_last_error(void);
int *faiss_get_last_error(void) { return &last; }'
    [ "$(probe "$source" -fPIC)" = '[yes]' ] &&
        [ "$(probe "$source" -fno-pic)" = '[]' ]
}
check faiss_c__is_left_out_where_it_is_not_position_independent \
    takes_only_what_fits_inside
