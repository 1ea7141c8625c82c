/* candidate_rows.h: candidates read into token ids, those of the same ids as
 * one: what is left to encode when the weights change and the texts do not. */
#ifndef SM_CANDIDATE_ROWS_H
#define SM_CANDIDATE_ROWS_H

#include "tower/tower_encode.h"
#include "metrics/candidates.h"

/* Zeroed memory holds none. */
typedef struct sm_candidate_rows {
    const sm_candidates *candidates;
    size_t count;           /* distinct rows */
    uint32_t *rows;         /* [count]: one row of the items of each */
    uint64_t *multiplicity; /* [count], ascending */
    uint32_t *place_of;     /* [items]: number of a candidate's row */
    sm_tower_ids ids;       /* [count]; none where a tower has several fields */
} sm_candidate_rows;

/* By the tower that is to encode them. */
sm_status sm_candidate_rows_create(sm_candidate_rows *rows,
                                   const sm_candidates *candidates,
                                   const siamese_tower *tower, sm_pool *pool);
void sm_candidate_rows_free(sm_candidate_rows *rows);

/*
 * Vectors into out[count][dim]: of the rows chosen[count], or, where that is
 * NULL, of first .. first + count - 1.
 */
sm_status sm_candidate_rows_encode(const sm_candidate_rows *rows,
                                   const siamese_tower *tower, sm_pool *pool,
                                   const uint32_t *chosen, size_t first,
                                   size_t count, float *out);

#endif
