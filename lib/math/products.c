/* products.c: a precision and a level in, the products of the fastest kind that
 * this processor has out. For the loss. */
#include "math/products.h"

#include <pthread.h>

#include "math/bfloat16.h"
#include "math/cpu.h"
#include "math/gemm.h"
#include "math/products_any.h"
#include "math/products_same.h"

static void multiply_floats(const sm_kernels *kernels, size_t m, size_t n,
                            size_t k, const float *a, size_t a_row,
                            size_t a_column, const float *b, size_t ldb,
                            float *c, size_t ldc, bool add)
{
    (add ? kernels->gemm_add : kernels->gemm)(m, n, k, a, a_row, a_column, b,
                                              ldb, c, ldc);
}

static const sm_products of_floats = {sm_packed_numbers, sm_packed_numbers,
                                      sm_strip_pack,     sm_strips_from,
                                      sm_gemm_strips,    NULL,
                                      multiply_floats};

/* ---- instructions of this processor ---- */

#if defined(__x86_64__)
static const sm_products *fast_chain, *fast_tiles; /* NULL: it has none */

static const sm_products *if_same(const sm_products *fast,
                                  const sm_products *any)
{
    return sm_products_same(fast, any, &sm_kernels_avx512) ? fast : NULL;
}

static void find_chain(void)
{
    if (sm_products_chain_bf16.multiply && sm_cpu_has_bfloat16())
        fast_chain = if_same(&sm_products_chain_bf16, &sm_products_chain_any);
}

/* AVX512-BF16 packs for it. */
static void find_tiles(void)
{
    if (sm_products_tiles_amx.multiply && sm_cpu_has_bfloat16() &&
        sm_cpu_take_tiles())
        fast_tiles = if_same(&sm_products_tiles_amx, &sm_products_tiles_any);
}
#endif

/* NULL: there are none for that level. */
static const sm_products *of_processor(int32_t precision,
                                       const sm_kernels *kernels)
{
#if defined(__x86_64__)
    static pthread_once_t chain_found = PTHREAD_ONCE_INIT;
    static pthread_once_t tiles_found = PTHREAD_ONCE_INIT;
    if (kernels->level != SIAMESE_KERNEL_AVX512) return NULL;
    if (precision == SIAMESE_MATMUL_PRECISION_BFLOAT16) {
        pthread_once(&chain_found, find_chain);
        return fast_chain;
    }
    pthread_once(&tiles_found, find_tiles);
    return fast_tiles;
#else
    (void)precision;
    (void)kernels;
    return NULL;
#endif
}

/* ---- the choice ---- */

const sm_products *sm_products_of(int32_t precision, const sm_kernels *kernels)
{
    if (precision == SIAMESE_MATMUL_PRECISION_FLOAT32) return &of_floats;
    const sm_products *const fast = of_processor(precision, kernels);
    if (fast) return fast;
    return precision == SIAMESE_MATMUL_PRECISION_BFLOAT16
               ? &sm_products_chain_any
               : &sm_products_tiles_any;
}

/* By the maker, not by a measurement, which could come out either way from run
 * to run: docs/performance.md has the figures. */
int32_t sm_products_fastest(const sm_kernels *kernels)
{
    if (of_processor(SIAMESE_MATMUL_PRECISION_AMX_BFLOAT16, kernels))
        return SIAMESE_MATMUL_PRECISION_AMX_BFLOAT16;
    return sm_cpu_doubles_bfloat16() &&
                   of_processor(SIAMESE_MATMUL_PRECISION_BFLOAT16, kernels)
               ? SIAMESE_MATMUL_PRECISION_BFLOAT16
               : SIAMESE_MATMUL_PRECISION_FLOAT32;
}
