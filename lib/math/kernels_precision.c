/* kernels_precision.c: kernels and a precision in, kernels whose products are
 * of that precision out. For a trainer's towers. */
#include "math/kernels_precision.h"

#include <pthread.h>
#include <string.h>

#include "math/bfloat16.h"
#include "math/products.h"
#include "math/products_any.h"

/* ---- products that begin with something else ---- */

/* Rows of a table that are asked for early, and numbers of a cache line. */
enum { AHEAD = 4, LINE = 16 };

static void start_bias(size_t m, size_t n, const float *bias, float *c,
                       size_t ldc)
{
    for (size_t i = 0; i < m; i++) memcpy(c + i * ldc, bias, n * sizeof *c);
}

static void start_rows(size_t m, size_t n, const float *table,
                       const uint32_t *rows, float *c, size_t ldc)
{
    for (size_t i = 0; i < m; i++) {
        if (i + AHEAD < m)
            for (size_t j = 0; j < n; j += LINE)
                __builtin_prefetch(table + rows[i + AHEAD] * n + j);
        memcpy(c + i * ldc, table + rows[i] * n, n * sizeof *c);
    }
}

/* The four by the products `by` of level `base`, whose kernels they are for. */
#define GEMMS(name, by, base)                                                  \
    static void name##_now(size_t m, size_t n, size_t k, const float *a,       \
                           size_t a_row, size_t a_column, const float *b,      \
                           size_t ldb, float *c, size_t ldc, bool add)         \
    {                                                                          \
        if (n < SM_LEAST_PACKED || k < SM_LEAST_PACKED)                        \
            (add ? (base)->gemm_add : (base)->gemm)(m, n, k, a, a_row,         \
                                                    a_column, b, ldb, c, ldc); \
        else                                                                   \
            (by)->multiply_now(base, m, n, k, a, a_row, a_column, b, ldb, c,   \
                               ldc, add);                                      \
    }                                                                          \
    static void name##_add(size_t m, size_t n, size_t k, const float *a,       \
                           size_t a_row, size_t a_column, const float *b,      \
                           size_t ldb, float *c, size_t ldc)                   \
    {                                                                          \
        name##_now(m, n, k, a, a_row, a_column, b, ldb, c, ldc, true);         \
    }                                                                          \
    static void name(size_t m, size_t n, size_t k, const float *a,             \
                     size_t a_row, size_t a_column, const float *b,            \
                     size_t ldb, float *c, size_t ldc)                         \
    {                                                                          \
        name##_now(m, n, k, a, a_row, a_column, b, ldb, c, ldc, false);        \
    }                                                                          \
    static void name##_bias(size_t m, size_t n, size_t k, const float *a,      \
                            size_t a_row, size_t a_column, const float *b,     \
                            size_t ldb, const float *bias, float *c,           \
                            size_t ldc)                                        \
    {                                                                          \
        start_bias(m, n, bias, c, ldc);                                        \
        name##_add(m, n, k, a, a_row, a_column, b, ldb, c, ldc);               \
    }                                                                          \
    static void name##_look_up(size_t m, size_t n, size_t k, const float *a,   \
                               size_t a_row, size_t a_column, const float *b,  \
                               size_t ldb, const float *table,                 \
                               const uint32_t *rows, float *c, size_t ldc)     \
    {                                                                          \
        start_rows(m, n, table, rows, c, ldc);                                 \
        if (k) name##_add(m, n, k, a, a_row, a_column, b, ldb, c, ldc);        \
    }

typedef struct variant {
    const sm_products *by;
    const sm_kernels *base;
    void (*gemm)(size_t m, size_t n, size_t k, const float *a, size_t a_row,
                 size_t a_column, const float *b, size_t ldb, float *c,
                 size_t ldc);
    void (*add)(size_t m, size_t n, size_t k, const float *a, size_t a_row,
                size_t a_column, const float *b, size_t ldb, float *c,
                size_t ldc);
    void (*bias)(size_t m, size_t n, size_t k, const float *a, size_t a_row,
                 size_t a_column, const float *b, size_t ldb, const float *bias,
                 float *c, size_t ldc);
    void (*look_up)(size_t m, size_t n, size_t k, const float *a, size_t a_row,
                    size_t a_column, const float *b, size_t ldb,
                    const float *table, const uint32_t *rows, float *c,
                    size_t ldc);
} variant;

#define VARIANT(name, by, base)                                                \
    {                                                                          \
        by, base, name, name##_add, name##_bias, name##_look_up                \
    }

GEMMS(chain_portable, &sm_products_chain_any, &sm_kernels_portable)
GEMMS(tiles_portable, &sm_products_tiles_any, &sm_kernels_portable)
#if defined(__x86_64__)
GEMMS(chain_avx2, &sm_products_chain_any, &sm_kernels_avx2)
GEMMS(tiles_avx2, &sm_products_tiles_any, &sm_kernels_avx2)
GEMMS(chain_avx512, &sm_products_chain_any, &sm_kernels_avx512)
GEMMS(tiles_avx512, &sm_products_tiles_any, &sm_kernels_avx512)
GEMMS(chain_bf16, &sm_products_chain_bf16, &sm_kernels_avx512)
GEMMS(tiles_amx, &sm_products_tiles_amx, &sm_kernels_avx512)
#elif defined(__aarch64__)
GEMMS(chain_neon, &sm_products_chain_any, &sm_kernels_neon)
GEMMS(tiles_neon, &sm_products_tiles_any, &sm_kernels_neon)
#endif

static const variant variants[] = {
    VARIANT(chain_portable, &sm_products_chain_any, &sm_kernels_portable),
    VARIANT(tiles_portable, &sm_products_tiles_any, &sm_kernels_portable),
#if defined(__x86_64__)
    VARIANT(chain_avx2, &sm_products_chain_any, &sm_kernels_avx2),
    VARIANT(tiles_avx2, &sm_products_tiles_any, &sm_kernels_avx2),
    VARIANT(chain_avx512, &sm_products_chain_any, &sm_kernels_avx512),
    VARIANT(tiles_avx512, &sm_products_tiles_any, &sm_kernels_avx512),
    VARIANT(chain_bf16, &sm_products_chain_bf16, &sm_kernels_avx512),
    VARIANT(tiles_amx, &sm_products_tiles_amx, &sm_kernels_avx512),
#elif defined(__aarch64__)
    VARIANT(chain_neon, &sm_products_chain_any, &sm_kernels_neon),
    VARIANT(tiles_neon, &sm_products_tiles_any, &sm_kernels_neon),
#endif
};
enum { VARIANTS = sizeof variants / sizeof *variants };

/* ---- tables ---- */

static sm_kernels tables[VARIANTS];
static pthread_once_t tables_made = PTHREAD_ONCE_INIT;

static void make_tables(void)
{
    for (size_t i = 0; i < VARIANTS; i++) {
        const variant *const v = &variants[i];
        tables[i] = *v->base;
        tables[i].gemm = v->gemm;
        tables[i].gemm_add = v->add;
        tables[i].gemm_bias = v->bias;
        tables[i].gemm_look_up = v->look_up;
    }
}

const sm_kernels *sm_kernels_of(int32_t precision, const sm_kernels *kernels)
{
    if (precision == SIAMESE_MATMUL_PRECISION_FLOAT32) return kernels;
    const sm_products *const by = sm_products_of(precision, kernels);
    size_t i = 0;
    pthread_once(&tables_made, make_tables);
    while (variants[i].by != by || variants[i].base != kernels) i++;
    return &tables[i];
}

sm_multiplier sm_multiplier_of(const sm_kernels *kernels)
{
    for (size_t i = 0; i < VARIANTS; i++)
        if (kernels == &tables[i])
            return (sm_multiplier){variants[i].by, variants[i].base};
    return (sm_multiplier){NULL, NULL};
}
