#!/bin/sh
# Writes src/constants.rs, src/types.rs and src/functions.rs from the headers of
# this tree, after these have changed. Needs bindgen and rustfmt; the crate
# itself needs neither. tests/bindings/rust.sh compares the files with the
# installed headers.
#
# usage: sh bindings/rust/siamese-sys/generate.sh
set -eu
here=$(cd "$(dirname "$0")" && pwd)
include=$here/../../../include
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

bindgen "$include/siamese/siamese.h" --no-layout-tests --no-derive-debug \
    --no-prepend-enum-name --size_t-is-usize --allowlist-type 'siamese_.*' \
    --allowlist-function 'siamese_.*' --allowlist-var 'SIAMESE_.*' \
    -- "-I$include" >"$dir/all.rs"

# Constants of C's unnamed enumerations are those of int32_t's values; all
# functions stand in one block.
awk -v dir="$dir" '
function out(name, line) { print line > (dir "/" name ".rs") }
BEGIN {
    note = "// Written by generate.sh from the headers of the C library."
    out("constants", note); out("functions", note); out("types", note)
    out("functions", "\nuse crate::types::*;")
    out("functions", "use std::os::raw::{c_char, c_uchar, c_void};\n")
    out("functions", "extern \"C\" {")
    out("types", "\nuse std::os::raw::{c_char, c_uchar, c_void};\n")
}
/^\/\*/ || /^$/ || /^pub type (__|_bindgen_ty_)/ { next }
{ gsub(/::std::os::raw::/, ""); gsub(/::std::option::/, "") }
/^pub const / {
    sub(/: _bindgen_ty_[0-9]+ =/, ": i32 =")
    out("constants", $0)
    next
}
/^extern "C" \{$/ { functions = 1; next }
functions && /^\}$/ { functions = 0; next }
functions { out("functions", $0); next }
{ out("types", $0); if (/^\}$/ || /;$/ && !/^ /) out("types", "") }
END { out("functions", "}") }' "$dir/all.rs"

for name in constants functions types; do
    rustfmt --edition 2021 --config-path "$here/.." "$dir/$name.rs"
    cp "$dir/$name.rs" "$here/src/$name.rs"
done
