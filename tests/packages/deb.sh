#!/bin/sh
# Debian's packages of the last commit: they are made, lintian finds no error in
# them, and in a bare chroot of this machine's release they are installed, used
# as a person and as a program would, and go away without a trace.
set -u
work=$(mktemp -d) || exit 1
MAKE=${MAKE:-make}
unset MAKEFLAGS MFLAGS MAKELEVEL
note() { echo "# $*"; }
. tests/chroot/root.inc
trap 'leave_root; rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
version=$(sed -n 's/.*SIAMESE_VERSION_STRING "\(.*\)".*/\1/p' \
    include/siamese/version.h)

report() {
    if [ -z "$2" ]; then echo "ok $1"; else echo "$2" && echo "not ok $1"; fi
}

packages='libsiamese0 libsiamese-dev siamese'
[ ! -d bindings/python/src/libsiamese ] || packages="$packages python3-libsiamese"

report deb__packages_are_made "$(
    "$MAKE" --no-print-directory deb >"$work/log" 2>&1 ||
        tail -n 40 "$work/log"
    for package in $packages; do
        [ -e "$(echo dist/deb/"$package"_*.deb)" ] || echo "no $package"
    done)"

report deb__lintian_finds_no_error "$(
    lintian --allow-root --fail-on error,warning dist/deb/*.changes 2>&1)"

# What the loader is told: as docs/symbols-in-versions has it.
report deb__symbols_have_their_versions "$(
    dpkg-deb -I dist/deb/libsiamese0_*.deb symbols >"$work/symbols" || echo none
    sed -n '/^## Functions/,/^## Types/s/^\(siamese_[a-z0-9_]*\) *\([0-9.]*\)$/\1 \2/p' \
        docs/symbols-in-versions | sort >"$work/introduced"
    sed -n 's/^ \(siamese_[a-z0-9_]*\)@.* \(.*\)$/\1 \2/p' "$work/symbols" |
        sort | diff "$work/introduced" - 2>&1)"

# Every licence of what is inside is in each package that it is in.
report deb__copyright_names_what_is_inside "$(
    for package in libsiamese0 libsiamese-dev siamese; do
        dpkg-deb --fsys-tarfile dist/deb/"$package"_*.deb |
            tar -xO "./usr/share/doc/$package/copyright" >"$work/copyright"
        for name in FAISS BLIS Snowball utf8proc 'Runtime Library Exception' \
            'Apache License'; do
            grep -q "$name" "$work/copyright" || echo "$package: no $name"
        done
        dpkg-deb -f dist/deb/"$package"_*.deb Built-Using |
            grep -q 'faiss (= .*snowball (= ' || [ "$package" = siamese ] ||
            echo "$package: Built-Using"
    done)"

# ---- in a chroot ----

# inside COMMAND: in the chroot, with nothing in the environment.
inside() {
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root \
        LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive sh -c "cd /root && $1" \
        </dev/null 2>&1
}

if [ "$(id -u)" -ne 0 ]; then
    echo 'ok deb__is_installed_in_a_chroot # SKIP needs root'
    exit
fi

release=$(. /etc/os-release && echo "$VERSION_CODENAME")
made=$(make_root "$release" 2>&1)
root=$work/$release
[ -d "$root/root" ] || { echo "$made" && echo 'not ok deb__chroot' && exit; }
cp dist/deb/*.deb "$root/root"
rm -f "$root"/root/*dbgsym*
everything() {
    find "$root" -xdev -path "$root/root" -prune -o -path "$root/proc" -prune \
        -o -name '*siamese*' ! -path '*/var/lib/dpkg/info/*' \
        ! -path '*/var/cache/*' -print
}

report deb__installs_with_what_it_needs "$(
    inside 'apt-get -q update && apt-get -q -y install \
        --no-install-recommends ./*.deb' >"$work/log" || tail "$work/log"
    inside 'dpkg -V libsiamese0 libsiamese-dev siamese')"

report deb__the_command_works "$(
    cat >"$root/root/pairs.csv" <<'END_OF_PAIRS'
id,title,query,relevance
1,oak writing desk,wooden desk,3
1,oak writing desk,writing table,3
2,red velvet sofa,red couch,3
2,red velvet sofa,velvet settee,3
END_OF_PAIRS
    inside 'siamese train --quiet --data pairs.csv --model m.siamese &&
        siamese index --quiet --data pairs.csv --model m.siamese \
            --out m.siamese && siamese search --model m.siamese -k 1 \
            "red settee" && siamese --version' >"$work/said"
    grep -q 'red velvet sofa' "$work/said" &&
        grep -q "^siamese $version\$" "$work/said" || cat "$work/said"
    for page in man1/siamese.1 man3/siamese.3 man3/siamese_index.3 \
        man3/siamese_index_search.3; do
        [ -e "$root/usr/share/man/$page.gz" ] || echo "no $page.gz"
    done
    for file in bash-completion/completions/siamese \
        zsh/vendor-completions/_siamese; do
        [ -e "$root/usr/share/$file" ] || echo "no $file"
    done)"

# A newcomer's program of twenty lines, three ways.
cat >"$root/root/host.c" <<'END_OF_HOST'
#include <siamese/siamese.h>
#include <stdio.h>

int main(void)
{
    const siamese_text texts[] = {{"oak desk", 8}, {"red sofa", 8}};
    siamese_vocab *vocab;
    siamese_tower *tower;
    float vectors[2 * 16];
    if (siamese_vocab_create(&vocab, NULL) ||
        siamese_vocab_add(vocab, texts, 2) || siamese_vocab_finish(vocab) ||
        siamese_tower_create(&tower, NULL) ||
        siamese_tower_add_field(tower, "title", vocab, NULL) ||
        siamese_tower_encode(tower, texts, 2, 1, vectors, 32))
        return puts(siamese_last_error()), 1;
    printf("%s %d\n", siamese_version(), (int)siamese_tower_dim(tower));
    siamese_tower_free(tower);
    siamese_vocab_free(vocab);
    return 0;
}
END_OF_HOST
cat >"$root/root/CMakeLists.txt" <<'END_OF_PROJECT'
cmake_minimum_required(VERSION 3.13)
project(host C)
find_package(libsiamese 0.2 REQUIRED)
add_executable(by_cmake host.c)
target_link_libraries(by_cmake siamese::siamese)
END_OF_PROJECT
report deb__programs_are_built_with_it "$(
    inside 'apt-get -q -y install --no-install-recommends gcc g++ libc6-dev \
        pkg-config cmake' >"$work/log" || tail "$work/log"
    inside 'cc -o shared host.c $(pkg-config --cflags --libs siamese) &&
        ./shared && cc -o static host.c $(pkg-config --cflags --static \
        --libs siamese | sed "s/-lsiamese/-l:libsiamese.a/") && ./static &&
        cmake -B work . && cmake --build work && work/by_cmake' >"$work/said"
    [ "$(grep -cx "$version 16" "$work/said")" -eq 3 ] || cat "$work/said")"

case $packages in
*python3*) report deb__the_module_works "$(
    inside 'python3 -c "
import importlib.metadata, libsiamese
print(importlib.metadata.version(\"libsiamese\"), libsiamese.Vocab)"' \
        >"$work/said" && grep -q "^$version " "$work/said" ||
        cat "$work/said")" ;;
esac

report deb__goes_away_without_a_trace "$(
    [ "$(everything | wc -l)" -gt 20 ] || echo 'nothing was installed'
    inside "apt-get -q -y purge $packages" >"$work/log" || tail "$work/log"
    everything
    find "$root/var/lib/dpkg/info" -name '*siamese*')"
