#!/bin/sh
# Set-up with stand-ins for the package tools: what it asks of them, and when.
set -u
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

stand_in() {
    printf '#!/bin/sh\n%s\n' "$2" >"$dir/$1"
    chmod +x "$dir/$1"
}
check() {
    name=$1
    shift
    if "$@"; then echo "ok $name"; else echo "not ok $name"; fi
}
set_up() {
    : >"$dir/calls"
    PATH="$dir:$PATH" sh tools/setup.sh build check >"$dir/out" 2>&1
}

stand_in apt-get "echo \"apt-get \$*\" >>$dir/calls"
stand_in id 'echo 1000'
stand_in sudo 'exit 1'

stand_in dpkg 'echo amd64'
stand_in dpkg-query 'echo amd64 installed'
calls_nothing_when_all_is_there() {
    set_up && [ ! -s "$dir/calls" ] && [ ! -s "$dir/out" ]
}
check setup__does_nothing_when_all_is_there calls_nothing_when_all_is_there

stand_in dpkg-query 'case $* in *libcsv*) exit 1 ;; *) echo amd64 installed ;; esac'
prints_the_command() {
    ! set_up && [ ! -s "$dir/calls" ] &&
        [ "$(grep -c 'apt-get install' "$dir/out")" -eq 1 ] &&
        grep -q 'apt-get install .* libcsv-dev$' "$dir/out"
}
check setup__prints_the_one_command_without_root prints_the_command

stand_in id 'echo 0'
installs_what_is_missing() {
    set_up && grep -q 'install .* libcsv-dev$' "$dir/calls" &&
        ! grep -q 'zlib1g-dev' "$dir/calls"
}
check setup__installs_only_what_is_missing installs_what_is_missing

# ---- for another machine ----

stand_in dpkg "case \$1 in --print-*) echo amd64 ;;
    *) echo \"dpkg \$*\" >>$dir/calls ;; esac"
stand_in dpkg-query 'case $* in *libcsv*) echo amd64 installed ;;
    *) echo amd64 installed && echo far installed ;; esac'
stand_in far-gcc 'exit 0'
stand_in far-g++ 'exit 0'
installs_that_machines() {
    : >"$dir/calls"
    env -u CC -u CXX CROSS_COMPILE=far- PATH="$dir:$PATH" \
        sh tools/setup.sh build check >"$dir/out" 2>&1 &&
        [ "$(sed -n 1p "$dir/calls")" = 'dpkg --add-architecture far' ] &&
        grep -q 'install .* libcsv-dev:far$' "$dir/calls" &&
        ! grep -q 'zlib1g-dev' "$dir/calls"
}
check setup__installs_another_machines_libraries installs_that_machines

# ---- without apt-get: a PATH of nothing but these ----

mkdir "$dir/bare"
for tool in sh find grep env cat; do
    ln -s "$(command -v $tool)" "$dir/bare/$tool"
done
bare() {
    env -u CC -u CXX PATH="$dir/bare" sh tools/setup.sh build check >"$dir/out" 2>&1
}
names_the_packages() {
    bare
    [ $? -eq 1 ] && grep -q 'no apt-get' "$dir/out" &&
        grep -q '^    gcc g++ .* libmicrohttpd-dev libedit-dev libcmocka-dev$' "$dir/out"
}
check setup__names_the_packages_without_apt names_the_packages

# Built from source or installed by another system's packages, they count.
finds_what_the_compiler_finds() {
    for tool in gcc g++ ld objcopy pkg-config; do
        printf '#!/bin/sh\nPATH="%s" exec %s "$@"\n' "$PATH" $tool \
            >"$dir/bare/$tool" && chmod +x "$dir/bare/$tool" || return 1
    done
    bare && [ ! -s "$dir/out" ]
}
check setup__needs_neither_apt_nor_dpkg_when_all_is_there \
    finds_what_the_compiler_finds

refuses_a_part_that_it_does_not_know() {
    ! sh tools/setup.sh build nothing >"$dir/out" 2>&1 &&
        grep -q 'unknown part: nothing' "$dir/out"
}
check setup__refuses_an_unknown_part refuses_a_part_that_it_does_not_know
