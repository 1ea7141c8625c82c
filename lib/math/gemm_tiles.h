/* gemm_tiles.h: what math/gemm.c is made of: panels, and their product by a
 * given kernel of BLIS's or without one. */
#ifndef SM_GEMM_TILES_H
#define SM_GEMM_TILES_H

#include "math/blis_tiles.h"
#include "math/kernels.h"

/* to[k][width] = op(B)'s columns from b on; B's rows are ldb apart, B is
 * [..][k] with transpose. */
void sm_panel_pack(int transpose, size_t width, size_t k, const float *b,
                   size_t ldb, float *to);

/*
 * C = A B as sm_gemm_strips has it, by the tile where whole ones fit and by the
 * level's plain kernel around them, or everywhere if tile is NULL. Panels are
 * kernels->panel wide, as the tile is.
 */
void sm_gemm_tiles(const sm_kernels *kernels, const sm_tile *tile, size_t m,
                   size_t n, size_t k, const float *a, size_t a_row,
                   size_t a_column, const float *strips, float *c, size_t ldc,
                   float *room);

#endif
