#!/bin/sh
# Builds each example, and the program in README.md, through pkg-config against
# a library that was installed into a temporary prefix; runs them; compares what
# the languages print with what C prints, byte for byte. Nothing is downloaded,
# and nothing is written outside a temporary folder.
set -u
here=$(pwd)
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
MAKE=${MAKE:-make} CC=${CC:-gcc} CXX=${CXX:-g++}
unset MAKEFLAGS MFLAGS MAKELEVEL
prefix=$dir/usr

check() {
    name=$1
    shift
    if "$@"; then echo "ok examples__$name"; else echo "not ok examples__$name"; fi
}
skip() {
    echo "ok examples__$1 # SKIP $2"
}

check install_into_a_temporary_prefix "$MAKE" -s install prefix="$prefix"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
export LD_LIBRARY_PATH="$prefix/lib"
export PATH="$prefix/bin:$PATH"
cp -R examples "$dir/examples"
cd "$dir/examples" || exit 1

c_build() { # PROGRAM SOURCE FLAGS ...
    program=$1 source=$2
    shift 2
    "$CC" -std=c99 -D_GNU_SOURCE -Wall -Wextra -Werror -pthread \
        -o "$program" "$source" "$@"
}
shared() { pkg-config --cflags --libs siamese; }

are_short() {
    long=$(find . -path ./demo -prune -o -type f -exec wc -l {} \; |
        awk '$1 >= 80')
    [ -z "$long" ] || { echo "$long" && return 1; }
}
check are_under_80_lines are_short

# ---- C ----

finds_the_right_family() {
    c_build "$dir/01" 01_train_and_search.c $(shared) &&
        "$dir/01" >"$dir/01.txt" && cat "$dir/01.txt" &&
        [ "$(wc -l <"$dir/01.txt")" -eq 9 ] &&
        awk 'NR == 2 && $1 !~ /^10[01]$/ || NR == 5 && $1 !~ /^10[45]$/ ||
            NR == 8 && $1 !~ /^10[23]$/ { bad = 1 } END { exit bad }' \
            "$dir/01.txt"
}
check 01_train_and_search finds_the_right_family

same_as_c() {
    "$@" >"$dir/other.txt" && cmp "$dir/01.txt" "$dir/other.txt"
}

# A library folder without the shared one, so that the linker takes the other.
links_statically() {
    mkdir "$dir/static" && cp "$prefix/lib/libsiamese.a" "$dir/static" &&
        c_build "$dir/01s" 01_train_and_search.c $(pkg-config \
            --define-variable=libdir="$dir/static" --static --cflags --libs \
            siamese) &&
        ! readelf -d "$dir/01s" | grep -q 'NEEDED.*libsiamese' &&
        same_as_c "$dir/01s"
}
check 01_static_link_gives_the_same_bits links_statically

# What the command trains and exports, the example imports.
imports() {
    {
        echo product_uid,product_title,search_term,relevance
        for i in 1 2 3 4 5 6 7 8; do
            echo "1,oak writing desk,wooden desk,3"
            echo "2,brass kitchen faucet,kitchen tap,3"
        done
    } >"$dir/pairs.csv"
    siamese train --quiet --preset notebook --data "$dir/pairs.csv" \
        --model "$dir/m.siamese" --metrics none &&
        mkdir "$dir/exported" &&
        siamese export --model "$dir/m.siamese" --parameters "$dir/exported" &&
        siamese export --model "$dir/m.siamese" \
            --vocab "$dir/exported/vocab.txt" &&
        siamese embed --model "$dir/m.siamese" --text 'Oak desk' \
            >"$dir/embed.txt" &&
        "$dir/02" "$dir/exported" 'Oak desk' >"$dir/02.txt" &&
        cmp "$dir/embed.txt" "$dir/02.txt"
}
check 02_builds c_build "$dir/02" 02_import_and_encode.c $(shared)
if [ -x "$prefix/bin/siamese" ]; then
    check 02_encodes_as_the_model_it_imports imports
else
    skip 02_encodes_as_the_model_it_imports "no command in this build"
fi
refuses_a_folder_without_weights() {
    ! "$dir/02" "$dir" desk 2>"$dir/error" && grep -q vocab.txt "$dir/error"
}
check 02_says_what_is_missing refuses_a_folder_without_weights

never_sees_half_an_add() {
    c_build "$dir/03" 03_search_while_adding.c $(shared) && "$dir/03" &&
        [ "$("$dir/03")" = '4000 vectors, 0 searches saw half an add' ]
}
check 03_search_while_adding never_sees_half_an_add

goes_on_to_the_same_bits() {
    c_build "$dir/04" 04_progress_and_cancel.c $(shared) &&
        [ "$("$dir/04")" = 'same bits' ]
}
check 04_progress_and_cancel goes_on_to_the_same_bits

# ---- other languages ----

in_cpp() {
    "$CXX" -std=c++11 -Wall -Wextra -Werror -o "$dir/cpp" \
        05_cpp/train_and_search.cpp $(shared) && same_as_c "$dir/cpp"
}
check 05_cpp_gives_the_bits_of_c in_cpp

if python3 -c 'import ctypes' 2>/dev/null; then
    check 05_python_gives_the_bits_of_c \
        same_as_c python3 05_python/train_and_search.py
    if python3 -c 'import numpy' 2>/dev/null; then # once more without it
        check 05_python_needs_no_numpy \
            same_as_c python3 -S 05_python/train_and_search.py
    fi
else
    skip 05_python_gives_the_bits_of_c "no python3 with ctypes"
fi

in_go() {
    (cd 05_go && GOENV=off GOFLAGS=-mod=readonly GOPROXY=off GOTOOLCHAIN=local \
        GOPATH="$dir/go" GOCACHE="$dir/go-cache" CGO_ENABLED=1 \
        go build -o "$dir/in_go" .) && same_as_c "$dir/in_go"
}
if command -v go >/dev/null; then
    check 05_go_gives_the_bits_of_c in_go
else
    skip 05_go_gives_the_bits_of_c "no go"
fi

in_rust() {
    (cd 05_rust && CARGO_NET_OFFLINE=true CARGO_HOME="$dir/cargo" \
        cargo build --quiet --offline --target-dir "$dir/rust") &&
        same_as_c "$dir/rust/debug/train_and_search"
}
if cargo --version >/dev/null 2>&1; then
    check 05_rust_gives_the_bits_of_c in_rust
else
    skip 05_rust_gives_the_bits_of_c "no cargo"
fi

# ---- README.md ----

# The program, by the very line that README.md gives for building it.
mkdir "$dir/readme" && cd "$dir/readme" || exit 1
sed -n '/^```c$/,/^```$/p' "$here/README.md" | grep -v '^```' >first.c
sed -n 's/^\(cc .*first\.c.*\)$/\1/p' "$here/README.md" >build.sh
stays_true() {
    [ -s first.c ] && [ "$(wc -l <build.sh)" -eq 1 ] &&
        [ "$(wc -l <first.c)" -le 40 ] && sh -e build.sh && ./first |
        tee first.txt && grep -q '^couch: item 101, ' first.txt
}
check readme_program_builds_and_runs stays_true

# The tour of the command, line by line as it stands there.
sed -n '/^<!-- tour -->$/,/^<!-- end -->$/p' "$here/README.md" |
    sed -n '/^```sh$/,/^```$/p' | grep -v '^```' >tour.sh
tours() {
    [ -s tour.sh ] || return 1
    sh -e tour.sh >tour.txt 2>&1 || { cat tour.txt && return 1; }
    grep -q '^1.1.*oak writing desk$' tour.txt &&
        grep -q '^1.2.*red velvet sofa$' tour.txt
}
if [ -x "$prefix/bin/siamese" ]; then
    check readme_tour_of_the_command tours
else
    skip readme_tour_of_the_command "no command in this build"
fi
