/* index_kept.h: what a query of a batch knows before any float is read: numbers
 * that scores are no less than, of which the one in place k excludes nearly all
 * vectors, and the vectors that it does not exclude. */
#ifndef SM_INDEX_KEPT_H
#define SM_INDEX_KEPT_H

#include "common/arena.h"
#include "index/index_hits.h"
#include "math/kernels.h"

typedef struct sm_kept_row {
    uint64_t at; /* in this list */
    uint32_t list;
    float upper; /* no less than its score */
} sm_kept_row;

typedef struct sm_kept {
    size_t wanted; /* results */
    size_t known;  /* lowers: each no more than the score of another vector */
    size_t due;    /* how many of them call for a selection */
    float *lowers; /* [capacity of wanted] */
    size_t count;
    sm_kept_row *rows; /* [the same] */
} sm_kept;

/* kept[count], for queries that want so many results each. */
sm_kept *sm_kept_lay_out(sm_arena *arena, size_t count, size_t wanted);

/* As it was before the first row; hits->above stays. */
void sm_kept_restart(sm_kept *kept);

/* Whether no row can be added, of which any that hits->above excludes are
 * dropped before. */
bool sm_kept_is_full(sm_kept *kept, const sm_kernels *kernels, sm_hits *hits);

/* Adds a row whose score is no less than `lower`, and raises hits->above where
 * that allows it. It is not full. */
void sm_kept_add(sm_kept *kept, const sm_kernels *kernels, sm_hits *hits,
                 const sm_kept_row *row, float lower);

/* Raises hits->above as far as the lowers allow, and forgets them. Returns a
 * number that about as many of the rows' uppers are above as are wanted, those
 * to score first. */
float sm_kept_settle(sm_kept *kept, const sm_kernels *kernels, sm_hits *hits);

#endif
