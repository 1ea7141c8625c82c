#!/bin/sh
# What makes a fault harder to use is in the built files (mk/harden.mk), where the
# compiler has it. make lint asks Debian's hardening-check the same.
set -u
library=$PWD/build/libsiamese.so.0 command=$PWD/build/siamese
CC=${CC:-gcc}
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

check() {
    name=$1
    shift
    if "$@"; then echo "ok $name"; else echo "not ok $name"; fi
}

takes() {
    echo 'int probe;' | "$CC" -Werror "$@" -x c -c -o "$dir/probe.o" - \
        2>/dev/null
}

# Tables of the linker: read-only once all symbols are bound, at the start.
has_full_relro() {
    readelf -lW "$1" | grep -q GNU_RELRO &&
        readelf -dW "$1" | grep -q 'FLAGS.*\(BIND_NOW\|NOW\)'
}

has_no_code_that_is_data() {
    ! readelf -lW "$1" | grep -E ' (RWE|WE) ' &&
        readelf -lW "$1" | grep -q 'GNU_STACK.* RW ' &&
        ! readelf -dW "$1" | grep TEXTREL
}

is_position_independent() {
    readelf -hW "$1" | grep -q 'Type: *DYN' &&
        readelf -dW "$1" | grep -q 'FLAGS_1.*PIE'
}

uses() {
    readelf -sW --dyn-syms "$1" | grep -q "UND $2"
}

for file in library command; do
    eval "path=\$$file"
    check "hardening__${file}_has_full_relro" has_full_relro "$path"
    check "hardening__${file}_has_no_code_that_is_data" \
        has_no_code_that_is_data "$path"
    takes -fstack-protector-strong &&
        check "hardening__${file}_has_a_stack_protector" \
            uses "$path" __stack_chk_fail
    check "hardening__${file}_has_checked_copies" uses "$path" '__[a-z]*_chk@'
done
check hardening__command_is_position_independent \
    is_position_independent "$command"

# Landing pads and the shadow stack: each object of ours has both, and the linked
# files say what all that is in them has.
objects_have_cet() {
    objects=build/obj-$(cat build/.shown)
    find "$objects/lib" "$objects/src" -name '*.o' >"$dir/objects" &&
        [ -s "$dir/objects" ] || return 1
    while read -r object; do
        readelf -nW "$object" | grep -q 'x86 feature: IBT, SHSTK' ||
            echo "$object"
    done <"$dir/objects" | grep . && return 1
    return 0
}
promises_a_shadow_stack() {
    readelf -nW "$library" | grep -q 'x86 feature:.*SHSTK' &&
        readelf -nW "$command" | grep -q 'x86 feature:.*SHSTK'
}
if takes -fcf-protection=full; then
    check hardening__objects_have_landing_pads objects_have_cet
    check hardening__files_promise_a_shadow_stack promises_a_shadow_stack
fi
