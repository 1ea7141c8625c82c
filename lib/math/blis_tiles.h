/* blis_tiles.h: BLIS's micro-kernels, the innermost loops of its matrix
 * product, each called by its name over panels that math/gemm.c packs. */
#ifndef SM_BLIS_TILES_H
#define SM_BLIS_TILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * A micro-kernel makes one tile of C = A B. Each element is one chain of
 * multiply-adds over k, from 0 on and in ascending order: it has the bits of
 * its level's kernels->gemm, and which of the two is called changes only the
 * speed.
 */
typedef struct sm_tile {
    const char *name;     /* BLIS's */
    int32_t level;        /* SIAMESE_KERNEL_*: whose bits it gives, or 0 */
    bool fused;           /* a multiply-add is rounded once, not twice */
    size_t rows, columns; /* of the tile; columns are kernels->panel */
    size_t least_depth;   /* k from which it is the faster one, */
    size_t least_columns; /* and columns of a product */
    bool (*runs)(void);   /* whether this processor has its instructions */

    /*
     * C[rows][columns], rows ldc apart, is written. A's panel is [k][rows],
     * B's [k][columns], both aligned at 32 bytes; up to SM_TILE_SLACK numbers
     * behind each are read, and not used. k > 0.
     */
    void (*multiply)(size_t k, const float *a, const float *b, float *c,
                     size_t ldc);
} sm_tile;

/* Numbers that a kernel may read behind a panel: it loads a step ahead. */
enum { SM_TILE_SLACK = 32 };

/* All that this build has, the best of a level first. */
extern const sm_tile sm_tiles[];
extern const size_t sm_tile_count;

/* The one of a level on this processor, or NULL. */
const sm_tile *sm_tile_of(int32_t level);

#endif
