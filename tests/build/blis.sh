#!/bin/sh
# What is taken from BLIS: kernels that stand alone, as they are declared, and a
# word for each that cannot be had.
set -u
: "${CC:=gcc}" "${AR:=ar}" "${NM:=nm}"
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT

check() {
    name=$1
    shift
    if "$@"; then echo "ok $name"; else echo "not ok $name"; fi
}

case $("$CC" -dumpmachine) in
x86_64-*) kernel=sgemm_penryn_asm_8x4 ;;
aarch64-* | arm64-*) kernel=sgemm_armv8a_asm_8x12 ;;
*) kernel= ;;
esac

# A BLIS of one kernel: its declaration, and its source.
make_blis() {
    mkdir -p "$dir/include" && cd "$dir" && rm -f libblis.a &&
        printf '%s\n' 'typedef struct { int x; } auxinfo_t;' \
            'typedef struct { int x; } cntx_t;' '#include <stddef.h>' "$1" \
            >include/blis.h &&
        printf '%s\n' '#include <blis.h>' "$2" >kernel.c &&
        "$CC" -fno-stack-protector -Iinclude -c -o kernel.o kernel.c &&
        "$AR" crD libblis.a kernel.o && cd - >/dev/null || exit
}
take() {
    sh tools/blis_kernels.sh "$CC" "$AR" "$NM" "$dir/libblis.a" \
        "$dir/include" "$dir/out.a" "$dir/out.h" >"$dir/said" 2>&1
}
took() {
    grep -q "#define SM_HAVE_BLIS 1" "$dir/out.h" &&
        grep -q "#define SM_HAVE_bli_$kernel 1" "$dir/out.h" &&
        "$AR" t "$dir/out.a" | grep -qx kernel.o &&
        ! grep -q "bli_$kernel" "$dir/said"
}
took_nothing() {
    grep -q "#define SM_HAVE_BLIS 0" "$dir/out.h" &&
        ! grep -q SM_HAVE_bli_ "$dir/out.h" &&
        [ -z "$("$AR" t "$dir/out.a")" ]
}
says_so() {
    grep -q "BLIS has no bli_$kernel to call by name: a kernel of ours" \
        "$dir/said"
}

rest='long rs, long cs, auxinfo_t *next,'
v09="void bli_$kernel(long m, long n, long k, float *alpha, float *a, float *b,
    float *beta, float *c, $rest cntx_t *x)"
v11="void bli_$kernel(long m, long n, long k, const void *alpha, const void *a,
    const void *b, const void *beta, void *c, $rest const cntx_t *x)"
v08="void bli_$kernel(long k, float *alpha, float *a, float *b, float *beta,
    float *c, $rest cntx_t *x)"

takes_0_9() { make_blis "$v09;" "$v09 { *c = k; }" && take && took; }
takes_1_1() { make_blis "$v11;" "$v11 { *(float *)c = k; }" && take && took; }
refuses_older() {
    make_blis "$v08;" "$v08 { *c = k; }" && take && took_nothing && says_so
}
refuses_what_is_not_there() {
    make_blis "$v09;" "int other;" && take && took_nothing && says_so
}
refuses_what_needs_more() {
    make_blis "$v09; void *malloc(size_t);" "$v09 { *c = *(float *)malloc(k); }" &&
        take && took_nothing && says_so && grep -qx malloc "$dir/said"
}
does_without() {
    sh tools/blis_kernels.sh "$CC" "$AR" "$NM" no no "$dir/out.a" \
        "$dir/out.h" >"$dir/said" 2>&1 && took_nothing && [ ! -s "$dir/said" ]
}

if [ -n "$kernel" ]; then
    check blis__kernels_of_0_9_are_taken takes_0_9
    check blis__kernels_of_1_1_are_taken takes_1_1
    check blis__kernels_called_otherwise_are_not refuses_older
    check blis__kernels_that_are_not_there_are_named refuses_what_is_not_there
    check blis__kernels_that_need_more_are_not_taken refuses_what_needs_more
fi
check blis__nothing_is_taken_when_none_is_wanted does_without
