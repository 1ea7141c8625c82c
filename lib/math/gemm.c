#include "math/gemm.h"

#include <string.h>

#include "common/size.h"

/* Of k, at once: a strip's part stays in the first-level cache. */
enum { PART = 128 };

/* Numbers of a cache line. */
enum { LINE = 16 };

void sm_strip_pack(size_t strip, int transpose, size_t n, size_t k,
                   const float *b, size_t ldb, float *strips)
{
    size_t const first = strip * SM_STRIP;
    size_t const width = sm_min(SM_STRIP, n - first);
    float *const to = strips + first * k;
    if (!transpose) {
        for (size_t i = 0; i < k; i++)
            memcpy(to + i * width, b + i * ldb + first, width * sizeof *to);
        return;
    }
    for (size_t i = 0; i < k; i += LINE)
        for (size_t j = 0; j < width; j++)
            for (size_t l = i; l < sm_min(i + LINE, k); l++)
                to[l * width + j] = b[(first + j) * ldb + l];
}

void sm_gemm_strips(const sm_kernels *kernels, size_t m, size_t n, size_t k,
                    const float *a, size_t a_row, size_t a_column,
                    const float *strips, float *c, size_t ldc)
{
    for (size_t i = 0; i < k || i == 0; i += PART) {
        size_t const part = sm_min(PART, k - i);
        for (size_t j = 0; j < n; j += SM_STRIP) {
            size_t const width = sm_min(SM_STRIP, n - j);
            /* adding goes on with an element's chain where it was left */
            (i ? kernels->gemm_add : kernels->gemm)(
                m, width, part, a + i * a_column, a_row, a_column,
                strips + j * k + i * width, width, c + j, ldc);
        }
    }
}
