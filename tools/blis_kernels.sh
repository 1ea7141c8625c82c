#!/bin/sh
# Takes from libblis.a the micro-kernels that lib/math/blis_tiles.c calls by
# name, and nothing else: each with the member that defines it, if the header
# declares it as that file calls it and the member needs nothing but the C
# library's memory functions. Says which ones this BLIS does not have so; there
# the library's own kernels do the work.
#
# usage: blis_kernels.sh CC AR NM LIBBLIS INCLUDE-DIR ARCHIVE HEADER
# LIBBLIS "no": none.
set -eu
cc=$1 ar=$2 nm=$3 library=$4 include=$5 archive=$6 header=$7

case $($cc -dumpmachine) in
x86_64-*) kernels='sgemm_haswell_asm_6x16 sgemm_sandybridge_asm_8x8
    sgemm_penryn_asm_8x4' ;;
aarch64-* | arm64-*) kernels=sgemm_armv8a_asm_8x12 ;;
*) kernels= ;;
esac

work=$archive.work
rm -rf "$work" "$archive" && mkdir "$work"
trap 'rm -rf "$work"' EXIT

# From BLIS 0.9 on a kernel takes the tile's m and n first.
is_declared() {
    printf '%s\n' '#include <blis.h>' \
        'void call(float *x, auxinfo_t *next);' \
        'void call(float *x, auxinfo_t *next)' \
        "{ bli_$1(8, 8, 1, x, x, x, x, x, 1, 1, next, NULL); }" |
        $cc -x c -std=c11 -D_GNU_SOURCE -Werror=implicit-function-declaration \
            -isystem "$include" -fsyntax-only - 2>/dev/null
}

member_of() {
    $nm -A --defined-only "$library" 2>/dev/null |
        sed -n "s/.*:\([^:]*\.o\):[^:]* T bli_$1\$/\1/p"
}

needs_no_more() {
    ! $nm --undefined-only "$work/$1" | sed 's/.* //' | grep -v '^$' |
        grep -vxE 'memcpy|memmove|memset|__stack_chk_(fail|guard)|_GLOBAL_OFFSET_TABLE_' >&2
}

take() {
    is_declared "$1" || return 1
    member=$(member_of "$1")
    [ -n "$member" ] || return 1
    (cd "$work" && $ar x "$library" "$member")
    needs_no_more "$member" || { rm "$work/$member" && return 1; }
    echo "#define SM_HAVE_bli_$1 1" >>"$work/header"
}

if [ "$library" != no ]; then
    for kernel in $kernels; do
        take "$kernel" || echo "  NOTE    BLIS has no bli_$kernel" \
            "to call by name: a kernel of ours stands in" >&2
    done
fi
[ -e "$work/header" ] && have=1 || have=0
set -- "$work"/*.o
[ -e "$1" ] || shift
$ar crD "$archive" "$@"
{
    echo '/* Made by tools/blis_kernels.sh: what this BLIS provides. */'
    echo "#define SM_HAVE_BLIS $have"
    [ "$have" = 0 ] || cat "$work/header"
} >"$header"
