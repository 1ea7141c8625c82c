#!/bin/sh
# One query through C++, Go and Rust beside C, hits read, and a batch of 1,000 texts,
# in turn in one run: the medians of RUNS runs (5) of each program, whose own
# figures are medians. Against the library of build/; needs what tools/setup.sh
# bindings installs. One thread each, at real-time priority where that is allowed:
# the programs alone, never their builds.
#
# usage: sh bench/bindings/go_rust.sh
set -eu
cd "$(dirname "$0")/../.."
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
unset MAKEFLAGS MFLAGS MAKELEVEL
${MAKE:-make} -s install prefix="$dir/usr"
export PKG_CONFIG_PATH="$dir/usr/lib/pkgconfig" LD_LIBRARY_PATH="$dir/usr/lib"
[ ! -x /usr/bin/cargo ] || PATH=/usr/bin:$PATH
${CC:-gcc} -O2 -o "$dir/c" bench/bindings/query.c \
    $(pkg-config --cflags --libs siamese)
${CXX:-g++} -std=c++17 -O2 -o "$dir/cpp" bench/bindings/query.cpp \
    $(pkg-config --cflags --libs siamese)
(cd bench/bindings/go && GOENV=off GOFLAGS=-mod=readonly GOPROXY=off \
    GOTOOLCHAIN=local GOPATH="$dir/gopath" GOCACHE="$dir/cache" \
    go build -o "$dir/go" .)
cargo build --quiet --offline --release --target-dir "$dir/target" \
    --manifest-path bench/bindings/rust/Cargo.toml
mv "$dir/target/release/bench" "$dir/rust"

alone=
chrt -f 5 true 2>/dev/null && alone='chrt -f 5'
"$dir/c" make "$dir/model"
run=0
while [ "$run" -lt "${RUNS:-5}" ]; do
    for language in c cpp go rust; do
        echo "$language $($alone "$dir/$language" "$dir/model")"
    done
    run=$((run + 1))
done | sort -k1,1 -k2,2n >"$dir/figures"
median() { # LANGUAGE COLUMN
    grep "^$1 " "$dir/figures" | cut -d' ' -f"$2" | sort -n |
        sed -n "$(((${RUNS:-5} + 1) / 2))p"
}
[ "$(cut -d' ' -f4 "$dir/figures" | sort -u | wc -l)" -eq 1 ] ||
    { echo "the languages read different hits" >&2 && exit 1; }
echo "language query_ns over_c_ns batch_us of_c"
for language in c cpp go rust; do
    echo "$language $(median $language 2) $(median c 2) $(median $language 3)" \
        "$(median c 3)"
done | awk '{ printf "%s %d %d %.0f %.3f\n", $1, $2, $2 - $3, $4 / 1000, $4 / $5 }'
