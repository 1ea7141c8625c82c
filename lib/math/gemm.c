/* gemm.c: a packed right side and rows in, their products out, in parallel. For
 * loss, mining and top-k. */
#include "math/gemm.h"

#include "common/size.h"
#include "math/gemm_tiles.h"

/* Numbers of a cache line. */
enum { LINE = 16 };

bool sm_packed_numbers(size_t n, size_t k, size_t *numbers)
{
    size_t all;
    if (!sm_size_multiply(n, k, &all) ||
        !sm_size_add(all, LINE + SM_TILE_SLACK, &all))
        return false;
    *numbers = all / LINE * LINE;
    return true;
}

void sm_strip_pack(const sm_kernels *kernels, size_t strip, int transpose,
                   size_t n, size_t k, const float *b, size_t ldb,
                   float *strips)
{
    size_t const first = strip * SM_STRIP;
    size_t const last = sm_min(first + SM_STRIP, n);
    for (size_t j = first; j < last; j += kernels->panel)
        sm_panel_pack(transpose, sm_min(kernels->panel, last - j), k,
                      b + (transpose ? j * ldb : j), ldb, strips + j * k);
}

const float *sm_strips_from(const float *strips, size_t column, size_t k)
{
    return strips + column * k;
}

void sm_gemm_strips(const sm_kernels *kernels, size_t m, size_t n, size_t k,
                    const float *a, size_t a_row, size_t a_column,
                    const float *strips, float *c, size_t ldc, float *room)
{
    const sm_tile *const tile = sm_tile_of(kernels->level);
    bool const faster =
        tile && k >= tile->least_depth && n >= tile->least_columns;
    sm_gemm_tiles(kernels, faster ? tile : NULL, m, n, k, a, a_row, a_column,
                  strips, c, ldc, room);
}
