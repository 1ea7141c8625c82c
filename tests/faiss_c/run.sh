#!/bin/sh
# Shows that the C API part of lib/index/faiss_c_adapter.cpp and FAISS's own are
# interchangeable: builds FAISS's c_api sources, as Debian has them, into a
# throw-away libfaiss_c, builds the library in a copy of this tree against that,
# and runs the index tests there. The machine's package configuration is read,
# never written.
set -eu
make=${MAKE:-make}
cxx=${CXX:-g++}
tree=$(pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
chmod 755 "$work"

say() { echo "check-faiss-c: $*" >&2; }

# ---- the source package ----

# The machine's own sources, asked for source packages instead.
list_sources() {
    mkdir -p "$work/apt/parts" "$work/apt/lists/partial" \
        "$work/apt/cache/archives/partial"
    eval "$(apt-config shell etc Dir::Etc/d list Dir::Etc::sourcelist/f \
        parts Dir::Etc::sourceparts/d)"
    for file in "$list" "$parts"/*.list; do
        [ -f "$file" ] || continue
        sed -n 's/^deb\([[:space:]]\)/deb-src\1/p' "$file" \
            >"$work/apt/parts/$(basename "$file" .list).list"
    done
    for file in "$parts"/*.sources; do
        [ -f "$file" ] || continue
        sed 's/^Types:.*/Types: deb-src/' "$file" \
            >"$work/apt/parts/$(basename "$file")"
    done
}

get() {
    apt-get -q -o Dir::Etc::sourcelist=/dev/null \
        -o "Dir::Etc::sourceparts=$work/apt/parts" \
        -o "Dir::State::lists=$work/apt/lists" \
        -o "Dir::Cache=$work/apt/cache" "$@" </dev/null
}

fetch_source() {
    version=$(dpkg-query -W -f '${source:Version}' \
        "libfaiss-dev:$(dpkg --print-architecture)")
    say "FAISS $version, its own c_api"
    list_sources
    # One source among several may be out of reach; the next line tells.
    get update >"$work/apt.log" 2>&1 || true
    (cd "$work" && get source --download-only "faiss=$version") \
        >>"$work/apt.log" 2>&1 || {
        cat "$work/apt.log" >&2
        say "the source package could not be fetched"
        exit 1
    }
    mkdir "$work/source"
    tar -xf "$work"/faiss_*.orig.tar.* -C "$work/source" --strip-components=1
}

# ---- libfaiss_c ----

build_faiss_c() {
    cd "$work/source/c_api"
    # NDEBUG as in a release: else each exception is printed.
    find ./*.cpp impl utils -maxdepth 1 -name '*.cpp' -print0 2>/dev/null |
        xargs -0 -P "$(nproc)" -I '{}' sh -c \
            '"$0" -O2 -DNDEBUG -fPIC -fopenmp -std=c++17 -I. -c "$1" \
                -o "$(echo "${1#./}" | tr / _).o"' "$cxx" '{}'
    ar crD "$work/libfaiss_c.a" ./*.o
    cd "$tree"
}

# ---- the library and the tests against it ----

copy_tree() {
    mkdir "$work/tree"
    for part in Makefile mk include lib tests tools pkgconfig src; do
        [ ! -e "$part" ] || cp -r "$part" "$work/tree/"
    done
    cd "$work/tree"
}

run_make() {
    $make --no-print-directory FAISS_C=yes \
        FAISS_C_LIBS="$work/libfaiss_c.a" "$@"
}

# Where each function of FAISS's C API that the library calls came from.
print_origins() {
    objects=$(dirname "$(find build -name faiss_c_adapter.o)")
    nm "$objects"/*.o | awk '$1 == "U" && $2 ~ /^faiss_/ { print $2 }' |
        sort -u >"$work/called"
    nm "$objects/faiss_c_adapter.o" |
        awk '$2 == "T" { print $3 }' | sort -u >"$work/adapter"
    nm --defined-only "$work/libfaiss_c.a" 2>/dev/null |
        awk '$2 == "T" { print $3 }' | sort -u >"$work/library"
    echo "from libfaiss_c:"
    comm -23 "$work/called" "$work/adapter" | comm -12 - "$work/library" |
        tee "$work/from_library" | sed 's/^/    /'
    echo "from the adapter:"
    comm -12 "$work/called" "$work/adapter" | sed 's/^/    /'
    echo "beyond any C API, in the adapter:"
    grep '^sm_faiss_' "$work/adapter" | sed 's/^/    /'
    [ -s "$work/from_library" ]
}

run_tests() {
    : >"$work/suite"
    for test in unit/test_index api/test_index; do
        for source in tests/"$test"*.c; do
            name=${source#tests/}
            name=${name%.c}
            program=$(find build -path "*/tests/$name" -type f)
            echo "faiss_c:$(echo "$name" | sed 's|/test_|/|')=$program" \
                >>"$work/suite"
        done
    done
    sh tools/run_tests.sh "$work/logs" "$work/suite"
}

fetch_source
build_faiss_c
copy_tree
say "building the library against it"
run_make library >"$work/make.log" 2>&1 || { cat "$work/make.log"; exit 1; }
for source in tests/unit/test_index*.c tests/api/test_index*.c; do
    name=${source#tests/}
    objects=$(dirname "$(dirname "$(dirname "$(find build \
        -name faiss_c_adapter.o)")")")
    run_make "$objects/tests/${name%.c}" >>"$work/make.log" 2>&1 || {
        cat "$work/make.log"
        exit 1
    }
done
print_origins
run_tests
