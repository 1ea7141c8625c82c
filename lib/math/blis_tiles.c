/* blis_tiles.c: a level and a processor in, BLIS's micro-kernels that may be
 * called on it out. For gemm. */
#include "math/blis_tiles.h"

#include <siamese/siamese.h>

#include "blis_has.h"

#if SM_HAVE_BLIS
#include <blis.h>
#endif

/*
 * BLIS 0.9 has float pointers here, 1.1 pointers to void, to const where a
 * kernel only reads: a call with plain float pointers means the same to both.
 *
 * A kernel that writes rows of C gets the panels as they are. One that writes
 * columns makes the tile of the transposed, C' = B' A'.
 */
#define BY_ROWS(kernel, rows, columns)                                         \
    static void run_##kernel(size_t k, const float *a, const float *b,         \
                             float *c, size_t ldc)                             \
    {                                                                          \
        float one = 1, zero = 0;                                               \
        auxinfo_t next = next_panels(a, b);                                    \
        bli_##kernel(rows, columns, (dim_t)k, &one, (float *)a, (float *)b,    \
                     &zero, c, (inc_t)ldc, 1, &next, NULL);                    \
    }
#define BY_COLUMNS(kernel, columns, rows)                                      \
    static void run_##kernel(size_t k, const float *a, const float *b,         \
                             float *c, size_t ldc)                             \
    {                                                                          \
        float one = 1, zero = 0;                                               \
        auxinfo_t next = next_panels(b, a);                                    \
        bli_##kernel(columns, rows, (dim_t)k, &one, (float *)b, (float *)a,    \
                     &zero, c, 1, (inc_t)ldc, &next, NULL);                    \
    }

#if SM_HAVE_BLIS
/* What a kernel asks the cache for towards its end. */
static inline auxinfo_t next_panels(const float *a, const float *b)
{
    auxinfo_t next = {0};
    bli_auxinfo_set_next_a((float *)a, &next);
    bli_auxinfo_set_next_b((float *)b, &next);
    return next;
}
#endif

#ifdef SM_HAVE_bli_sgemm_haswell_asm_6x16
BY_ROWS(sgemm_haswell_asm_6x16, 6, 16)
static bool has_avx2(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#endif

#ifdef SM_HAVE_bli_sgemm_sandybridge_asm_8x8
BY_COLUMNS(sgemm_sandybridge_asm_8x8, 8, 8)
static bool has_avx(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx");
}
#endif

#ifdef SM_HAVE_bli_sgemm_penryn_asm_8x4
BY_COLUMNS(sgemm_penryn_asm_8x4, 8, 4)
#endif

#ifdef SM_HAVE_bli_sgemm_armv8a_asm_8x12
BY_COLUMNS(sgemm_armv8a_asm_8x12, 8, 12)
#endif

/* SSE2 belongs to x86-64, Advanced SIMD to AArch64. */
static bool always(void)
{
    return true;
}

/* Where they are the faster ones was measured: docs/performance.md. At AVX-512
 * none is worth having. */
const sm_tile sm_tiles[] = {
#ifdef SM_HAVE_bli_sgemm_haswell_asm_6x16
    {"bli_sgemm_haswell_asm_6x16", SIAMESE_KERNEL_AVX2, true, 6, 16, 128, 256,
     has_avx2, run_sgemm_haswell_asm_6x16},
#endif
#ifdef SM_HAVE_bli_sgemm_sandybridge_asm_8x8
    {"bli_sgemm_sandybridge_asm_8x8", SIAMESE_KERNEL_PORTABLE, false, 8, 8, 8,
     16, has_avx, run_sgemm_sandybridge_asm_8x8},
#endif
#ifdef SM_HAVE_bli_sgemm_penryn_asm_8x4
    {"bli_sgemm_penryn_asm_8x4", SIAMESE_KERNEL_PORTABLE, false, 4, 8, 64, 256,
     always, run_sgemm_penryn_asm_8x4},
#endif
#ifdef SM_HAVE_bli_sgemm_armv8a_asm_8x12
    {"bli_sgemm_armv8a_asm_8x12", SIAMESE_KERNEL_NEON, true, 12, 8, 8, 8,
     always, run_sgemm_armv8a_asm_8x12},
#endif
    {"none", 0, false, 1, 1, 0, 0, always, NULL}};
const size_t sm_tile_count = sizeof sm_tiles / sizeof *sm_tiles - 1;

const sm_tile *sm_tile_of(int32_t level)
{
    for (size_t i = 0; i < sm_tile_count; i++)
        if (sm_tiles[i].level == level && sm_tiles[i].runs())
            return &sm_tiles[i];
    return NULL;
}
