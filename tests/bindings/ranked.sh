#!/bin/sh
# A ranker's searches in each language against an installed library: ids, the
# bits of scores, vectors' scores, confidences and shares, and corrected queries
# are those of C, byte for byte. numpy comes from PyPI into a folder of build/,
# and stays there; nothing else is downloaded.
set -u
root=$PWD
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
MAKE=${MAKE:-make} CC=${CC:-gcc} CXX=${CXX:-g++}
unset MAKEFLAGS MFLAGS MAKELEVEL
prefix=$dir/usr
programs=$root/tests/bindings/ranked
venv=$root/build/venv-pages

check() {
    name=$1
    shift
    "$@" || printf 'not '
    echo "ok ranked__$name"
}

check install_into_a_temporary_prefix "$MAKE" -s install prefix="$prefix"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
export LD_LIBRARY_PATH="$prefix/lib"

# A hundred items with queries enough that a ranker learns its weights, and one
# more whose title is another's in other case and spaces.
makes_a_shop() {
    awk 'BEGIN {
        split("oak walnut red blue brass steel glass grey round tall", a)
        split("desk sofa lamp tap drill chair table bed rug shelf", n)
        split("bureau couch light faucet screwdriver seat board cot mat rack", s)
        print "id,title,query,relevance"
        for (i = 1; i <= 10; i++) for (j = 1; j <= 10; j++) {
            id = 10 * i + j
            print id "," a[i] " " n[j] "," a[i] " " s[j] ",3"
            print id "," a[i] " " n[j] "," s[j] " of " a[i] ",3"
            print id "," a[i] " " n[j] "," n[j] " in " a[i] ",3"
            print id "," a[i] " " n[j] ",a " a[i] " " n[j] ",3"
        }
        print "999,Red  Sofa,red couch,3"
    }' >"$dir/shop.csv"
    for step in "train --set epochs=3" "index --out $dir/shop.siamese"; do
        "$prefix/bin/siamese" $step --quiet --data "$dir/shop.csv" \
            --model "$dir/shop.siamese" || return 1
    done
}
check makes_a_shop makes_a_shop

in_c() {
    "$CC" -std=c99 -o "$dir/in_c" "$programs/ranked.c" \
        $(pkg-config --cflags --libs siamese) &&
        "$dir/in_c" "$dir/shop.siamese" >"$dir/c.txt"
}
check c_ranks in_c

# What the others must have in common with C is there: a slip was corrected where
# that was not off, a title that two items have was left out once in four times,
# what is not confident in the third, shares by learned weights (those of cosine and
# maxsim have none of the second feature) stand in the second alone, and a text of
# which nothing is known has no hits.
shows_all() {
    cut -c 1-60 "$dir/c.txt" | sed 's/^/# /'
    [ "$(grep -c '^1 walnut bureau$' "$dir/c.txt")" -eq 2 ] &&
        [ "$(grep -c '^1 -$' "$dir/c.txt")" -eq 2 ] &&
        [ "$(grep -c '^999 ' "$dir/c.txt")" -eq 3 ] &&
        [ "$(grep -c '^3 -$' "$dir/c.txt")" -eq 4 ] &&
        [ "$(awk 'NF > 10 && $6 != "00000000"' "$dir/c.txt" | wc -l)" -eq 15 ] &&
        [ "$(awk 'NF == 4' "$dir/c.txt" | wc -l)" -lt 45 ] &&
        [ "$(awk 'NF == 4 && $4 == "00000000"' "$dir/c.txt" | wc -l)" -eq 15 ]
}
check c_shows_what_is_compared shows_all

same_as_c() {
    "$@" "$dir/shop.siamese" >"$dir/other.txt" &&
        cmp "$dir/c.txt" "$dir/other.txt"
}

in_cpp() {
    "$CXX" -std=c++17 -o "$dir/in_cpp" "$programs/ranked.cpp" \
        $(pkg-config --cflags --libs siamese) && same_as_c "$dir/in_cpp"
}
check cpp_gives_the_bits_of_c in_cpp

in_python() {
    "$venv/bin/python" -c 'import numpy' 2>/dev/null || {
        rm -rf "$venv" && python3 -m venv "$venv" && "$venv/bin/pip" install \
            -q --disable-pip-version-check numpy
    } && PYTHONPATH=$root/bindings/python/src same_as_c \
        "$venv/bin/python" "$programs/ranked.py"
}
check python_gives_the_bits_of_c in_python

in_go() {
    cp -R "$root/bindings/go" "$dir/package" && mkdir "$dir/go-main" &&
        cp "$programs/ranked.go" "$dir/go-main/main.go" &&
        (cd "$dir/go-main" && export GOENV=off GOFLAGS=-mod=readonly \
            GOPROXY=off GOTOOLCHAIN=local GOPATH="$dir/go" \
            GOCACHE="$dir/go-cache" CGO_ENABLED=1 &&
            go mod init example/ranked 2>/dev/null &&
            go mod edit -require siamese@v0.2.0 \
                -replace "siamese=$dir/package" &&
            go build -o "$dir/in_go" .) && same_as_c "$dir/in_go"
}
check go_gives_the_bits_of_c in_go

in_rust() {
    mkdir -p "$dir/bindings" "$dir/rust/src" &&
        cp -RL "$root/bindings/rust" "$dir/bindings/rust" &&
        cp "$programs/ranked.rs" "$dir/rust/src/main.rs" &&
        printf '[package]\nname = "ranked"\nversion = "0.1.0"
edition = "2021"\n[dependencies]\nsiamese = { path = "%s" }\n' \
            "$dir/bindings/rust/siamese" >"$dir/rust/Cargo.toml" &&
        (cd "$dir/rust" && CARGO_NET_OFFLINE=true CARGO_HOME="$dir/cargo" \
            cargo build --quiet --offline --target-dir "$dir/target") &&
        same_as_c "$dir/target/debug/ranked"
}
check rust_gives_the_bits_of_c in_rust
