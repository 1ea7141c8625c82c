/* gemm_tiles.c: packed panels in, the tiles of a product out, by a
 * micro-kernel. For gemm. */
#include "math/gemm_tiles.h"

#include <string.h>

#include "common/size.h"

/* Of k, at once: a panel's part stays in the first-level cache. */
enum { PART = 128 };

/* Numbers of a cache line. */
enum { LINE = 16 };

/* Numbers of B that tiles take turns on: within the second-level cache. */
enum { CACHED = 1 << 16 };

/* ---- packing ---- */

void sm_panel_pack(int transpose, size_t width, size_t k, const float *b,
                   size_t ldb, float *to)
{
    if (!transpose) {
        for (size_t i = 0; i < k; i++)
            memcpy(to + i * width, b + i * ldb, width * sizeof *to);
        return;
    }
    for (size_t i = 0; i < k; i += LINE)
        for (size_t j = 0; j < width; j++)
            for (size_t l = i; l < sm_min(i + LINE, k); l++)
                to[l * width + j] = b[j * ldb + l];
}

/* Rows of A, so many to a panel [k][rows], as op(B)' would be packed. */
static void pack_rows(size_t rows, size_t m, size_t k, const float *a,
                      size_t a_row, size_t a_column, float *room)
{
    for (size_t i = 0; i < m; i += rows) {
        if (a_column == 1) {
            sm_panel_pack(1, rows, k, a + i * a_row, a_row, room + i * k);
        } else if (a_row == 1) {
            sm_panel_pack(0, rows, k, a + i, a_column, room + i * k);
        } else {
            for (size_t l = 0; l < k; l++)
                for (size_t r = 0; r < rows; r++)
                    room[i * k + l * rows + r] =
                        a[(i + r) * a_row + l * a_column];
        }
    }
}

/* ---- products ---- */

/* By the level's plain kernel, panel upon panel. */
static void multiply_panels(const sm_kernels *kernels, size_t m, size_t n,
                            size_t k, const float *a, size_t a_row,
                            size_t a_column, const float *strips, float *c,
                            size_t ldc)
{
    if (m == 0) return;
    for (size_t i = 0; i < k || i == 0; i += PART) {
        size_t const part = sm_min(PART, k - i);
        for (size_t j = 0; j < n; j += kernels->panel) {
            size_t const width = sm_min(kernels->panel, n - j);
            /* adding goes on with an element's chain where it was left */
            (i ? kernels->gemm_add : kernels->gemm)(
                m, width, part, a + i * a_column, a_row, a_column,
                strips + j * k + i * width, width, c + j, ldc);
        }
    }
}

/* By BLIS: whole tiles alone, from A packed. */
static void multiply_tiles(const sm_tile *tile, size_t m, size_t n, size_t k,
                           const float *room, const float *strips, float *c,
                           size_t ldc)
{
    size_t const fit = CACHED / k / tile->columns * tile->columns;
    size_t const block = sm_max(fit, tile->columns);
    for (size_t first = 0; first < n; first += block) {
        size_t const last = sm_min(first + block, n);
        for (size_t i = 0; i < m; i += tile->rows)
            for (size_t j = first; j < last; j += tile->columns)
                tile->multiply(k, room + i * k, strips + j * k, c + i * ldc + j,
                               ldc);
    }
}

void sm_gemm_tiles(const sm_kernels *kernels, const sm_tile *tile, size_t m,
                   size_t n, size_t k, const float *a, size_t a_row,
                   size_t a_column, const float *strips, float *c, size_t ldc,
                   float *room)
{
    size_t const rows = tile ? m - m % tile->rows : 0;
    size_t const columns = tile ? n - n % tile->columns : 0;
    if (rows > 0 && columns > 0) {
        pack_rows(tile->rows, rows, k, a, a_row, a_column, room);
        multiply_tiles(tile, rows, columns, k, room, strips, c, ldc);
    }
    /* What fills no tile: columns beside, rows below. */
    multiply_panels(kernels, rows, n - columns, k, a, a_row, a_column,
                    strips + columns * k, c + columns, ldc);
    multiply_panels(kernels, m - rows, n, k, a + rows * a_row, a_row, a_column,
                    strips, c + rows * ldc, ldc);
}
