#!/bin/sh
# The Go package against an installed library, with the Go of Debian and with
# the one in PATH where that is another: format, vet, tests, tests under the race
# detector, the program of each README by a replace directive, and every function
# of the library. Nothing is downloaded, and nothing is written outside a
# temporary folder.
set -u
root=$PWD
dir=$(mktemp -d)
trap 'chmod -R u+w "$dir"; rm -rf "$dir"' EXIT
MAKE=${MAKE:-make}
unset MAKEFLAGS MFLAGS MAKELEVEL
prefix=$dir/usr

check() {
    name=$1
    shift
    "$@" || printf 'not '
    echo "ok go__$name"
}

check install_into_a_temporary_prefix "$MAKE" -s install prefix="$prefix"
export PKG_CONFIG_PATH="$prefix/lib/pkgconfig"
export LD_LIBRARY_PATH="$prefix/lib"
export GOENV=off GOFLAGS=-mod=readonly GOPROXY=off GOTOOLCHAIN=local
export GOPATH="$dir/go" GOCACHE="$dir/go-cache" CGO_ENABLED=1
cp -R bindings/go "$dir/package"
cd "$dir/package" || exit 1

licences_are_there() {
    cmp "$root/LICENSE" LICENSE &&
        cmp "$root/THIRD-PARTY-NOTICES" THIRD-PARTY-NOTICES
}
check licences_are_there licences_are_there

# What Go has no use for: functions of options go by their kind (shim.h), ids of
# items come with their names, and no allocator can be Go's.
wraps_every_function() {
    sed -n 's/^ *\(siamese_[a-z0-9_]*\);$/\1/p' "$root/lib/siamese.map" |
        grep -v '_options_[a-z]*$' | while read -r function; do
        case $function in
        siamese_set_allocator | siamese_preset_apply | siamese_preset_apply_ranker | \
            siamese_search_request_* | siamese_ranking_name) ;;
        siamese_hits_count | siamese_hits_title | siamese_hits_text_id) ;;
        siamese_index_search | siamese_index_range_search) ;; # _filtered do
        siamese_model_search_text | siamese_model_encode) ;;
        *) grep -qw "$function" ./*.go ./*.h ./*.c || echo "$function" ;;
        esac
    done >"$dir/missing"
    [ ! -s "$dir/missing" ] || { cat "$dir/missing" && return 1; }
}
check wraps_every_function wraps_every_function

is_formatted() {
    "$(go env GOROOT)/bin/gofmt" -l . >"$dir/unformatted" &&
        [ ! -s "$dir/unformatted" ] || { cat "$dir/unformatted" && return 1; }
}
# With addresses of Go's memory looked into at every call; the 10^5 cycles of each
# handle with Debian's Go.
tests_pass() { GODEBUG=cgocheck=1 go test -count=1 $short . ; }
tests_pass_under_the_race_detector() { go test -count=1 -short -race . ; }

. "$root/tests/bindings/shop.inc"
check makes_a_shop makes_a_shop

# The first program of a README, or of a page, as a user has it.
readme_runs() {
    rm -rf "$dir/first" && mkdir "$dir/first" &&
        cp "$dir/shop.siamese" "$dir/first" &&
        sed -n '/^```go$/,/^```$/p' "$1" | sed '/^```/d' \
            >"$dir/first/main.go" && (cd "$dir/first" &&
        go mod init example/first && go mod edit -require siamese@v0.2.0 \
            -replace "siamese=$dir/package" && go run .) >"$dir/out" 2>&1
    tail -n 1 "$dir/out" | grep -q 'red sofa' || { cat "$dir/out" && false; }
}

with() {
    go() { "$program" "$@"; }
    program=$1
    version=$(go env GOVERSION)
    echo "# $1: $version"
    check "${version}_format" is_formatted
    check "${version}_vet" go vet .
    check "${version}_tests" tests_pass
    check "${version}_race" tests_pass_under_the_race_detector
    check "${version}_readme_of_the_package" readme_runs README.md
    check "${version}_readme_of_the_library" readme_runs "$root/README.md"
    check "${version}_index_that_stays_in_its_file" readme_runs \
        "$root/docs/index.md"
}
in_path=$(command -v go)
short=
[ ! -x /usr/bin/go ] || with /usr/bin/go
short=-short
[ "$(readlink -f "$in_path")" = "$(readlink -f /usr/bin/go)" ] ||
    with "$in_path"
