#!/bin/sh
# The Rust crates against an installed library, with the Rust of Debian: format,
# clippy, the declarations beside those that bindgen reads from the installed
# headers, tests, the program of each README by --path, and the packages. Nothing is
# downloaded, and nothing is written outside a temporary folder.
set -u
root=$PWD
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
MAKE=${MAKE:-make}
unset MAKEFLAGS MFLAGS MAKELEVEL
prefix=$dir/usr

check() {
    name=$1
    shift
    "$@" || printf 'not '
    echo "ok rust__$name"
}

check install_into_a_temporary_prefix "$MAKE" -s install prefix="$prefix"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
export LD_LIBRARY_PATH="$prefix/lib"
export CARGO_NET_OFFLINE=true CARGO_HOME="$dir/cargo"
export CARGO_TARGET_DIR="$dir/target"
[ ! -x /usr/bin/cargo ] || PATH=/usr/bin:$PATH
unset RUSTC RUSTUP_TOOLCHAIN
rustc --version | sed 's/^/# /'
mkdir "$dir/bindings" && cp -RL bindings/rust "$dir/bindings/rust"
cd "$dir/bindings/rust" || exit 1

check format cargo fmt --all -- --check
check clippy cargo clippy --offline --quiet --all-targets -- -D warnings

versions_are_the_librarys() {
    version=$(pkg-config --modversion siamese)
    for crate in siamese siamese-sys; do
        grep -qx "version = \"$version\"" $crate/Cargo.toml || return 1
    done
    grep -q "siamese-sys = { version = \"$version\"" siamese/Cargo.toml
}
check versions_are_the_librarys versions_are_the_librarys

# ---- the declarations ----

bindgen "$prefix/include/siamese/siamese.h" --no-derive-debug \
    --no-prepend-enum-name --size_t-is-usize --allowlist-type 'siamese_.*' \
    --allowlist-function 'siamese_.*' --allowlist-var 'SIAMESE_.*' \
    -- "-I$prefix/include" >"$dir/bindgen.rs"

# bindgen's own tests of size, alignment and offsets, of our structs; each
# function as a pointer of the type that bindgen gives it; each constant. A
# struct without such a test is one that only a pointer goes to.
mkdir -p siamese-sys/tests
{
    printf '#![allow(non_snake_case, deref_nullptr)]\nuse siamese_sys::*;\n'
    awk '/^#\[test\]$/ { on = 1 } on { print } /^}$/ { on = 0 }' "$dir/bindgen.rs"
    printf '#[test]\nfn functions() {\n'
    awk '/^    pub fn / { on = 1 }
        on { text = text $0 " " }
        on && /;$/ {
            match(text, /siamese_[a-z0-9_]+/)
            name = substr(text, RSTART, RLENGTH)
            sub(/pub fn siamese_[a-z0-9_]+/, "", text)
            sub(/; *$/, "", text)
            print "    let _: unsafe extern \"C\" fn" text " = " name ";"
            text = ""; on = 0
        }' "$dir/bindgen.rs"
    printf '}\n#[test]\nfn constants() {\n'
    sed -n 's/^pub const \([A-Z0-9_]*\): [a-z_0-9]* = \(.*\);$/    assert_eq!(\1 as i64, \2);/p
        s/^pub const \([A-Z0-9_]*\): &.* = \(b".*"\);$/    assert_eq!(\1, \2);/p' \
        "$dir/bindgen.rs"
    printf '}\n'
} >siamese-sys/tests/headers.rs

has_all() { # of what the headers have: at least so many of each
    functions=$(grep -c 'let _: unsafe extern' siamese-sys/tests/headers.rs)
    structs=$(grep -c 'fn bindgen_test_layout' siamese-sys/tests/headers.rs)
    constants=$(grep -c 'assert_eq!(SIAMESE_' siamese-sys/tests/headers.rs)
    echo "# $functions functions, $structs structs, $constants constants"
    [ "$functions" -eq "$(grep -c '^ *siamese_[a-z0-9_]*;$' \
        "$root/lib/siamese.map")" ] && [ "$structs" -gt 30 ] &&
        [ "$constants" -gt 100 ]
}
check headers_give_every_declaration has_all
check declarations_are_those_of_the_headers \
    cargo test --offline --quiet -p siamese-sys

wraps_every_function() {
    sed -n 's/^ *\(siamese_[a-z0-9_]*\);$/\1/p' "$root/lib/siamese.map" |
        while read -r function; do
            case $function in
            siamese_set_allocator | siamese_status_name | \
                siamese_ranking_name | siamese_preset_get) ;;
            siamese_search_request_* | siamese_search_options_*) ;; # structs
            siamese_hits_count | siamese_hits_title | siamese_hits_text_id) ;;
            siamese_index_search | siamese_index_range_search) ;; # _filtered do
            siamese_model_search_text | siamese_model_encode) ;;
            *) grep -qrw "$function" siamese/src || echo "$function" ;;
            esac
        done >"$dir/missing"
    [ ! -s "$dir/missing" ] || { cat "$dir/missing" && return 1; }
}
check wraps_every_function wraps_every_function

# ---- the crate ----

check tests cargo test --offline --quiet -p siamese --no-fail-fast

. "$root/tests/bindings/shop.inc"
check makes_a_shop makes_a_shop

# The first program of a README, or of a page, as a user has it.
readme_runs() {
    rm -rf "$dir/first" && mkdir -p "$dir/first/src" &&
        cp "$dir/shop.siamese" "$dir/first" &&
        sed -n '/^```rust$/,/^```$/p' "$1" | sed '/^```/d' \
            >"$dir/first/src/main.rs" && cat >"$dir/first/Cargo.toml" <<END &&
[package]
name = "first"
version = "0.1.0"
edition = "2021"
[dependencies]
siamese = { path = "$PWD/siamese" }
END
        (cd "$dir/first" && cargo run --offline --quiet) >"$dir/out" 2>&1
    tail -n 1 "$dir/out" | grep -q 'red sofa' || { cat "$dir/out" && false; }
}
check readme_of_the_crate readme_runs siamese/README.md
check readme_of_the_library readme_runs "$root/README.md"
check index_that_stays_in_its_file readme_runs "$root/docs/index.md"

links_statically() {
    (cd "$dir/first" && SIAMESE_STATIC=1 cargo run --offline --quiet \
        --target-dir "$dir/static") >"$dir/out" 2>&1 &&
        ! readelf -d "$dir/static/debug/first" | grep -q 'NEEDED.*libsiamese' ||
        { cat "$dir/out" && false; }
}
check links_statically links_statically

# The packages as they would be published, built from what is in them. siamese
# is not to be found without siamese-sys, which no registry has yet: here.
is_packaged() {
    cargo package --offline --quiet --allow-dirty -p siamese-sys &&
        cargo package --offline --quiet --allow-dirty -p siamese --config \
            "patch.crates-io.siamese-sys.path='$PWD/siamese-sys'" &&
        for crate in "$CARGO_TARGET_DIR"/package/*.crate; do
            tar -tf "$crate" >"$dir/files" && grep -q /LICENSE "$dir/files" &&
                grep -q /THIRD-PARTY-NOTICES "$dir/files" || return 1
        done
}
rm -rf siamese-sys/tests
check packages is_packaged
