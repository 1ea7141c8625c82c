/* row_vectors.h: between the vectors of a tower's distinct rows and those of a
 * batch's pairs, which the loss is computed from: copies there, sums of the
 * gradients back. */
#ifndef SM_ROW_VECTORS_H
#define SM_ROW_VECTORS_H

#include "common/pool.h"
#include "math/kernels.h"

/* vectors[i] = distinct[map[i]], i < count, of dim numbers each. */
sm_status sm_row_vectors_copy(sm_pool *pool, const float *distinct,
                              const uint32_t *map, size_t count, size_t dim,
                              float *vectors);

/* Gradients of rows that follow each other in a map. */
typedef struct sm_row_part {
    const float *gradients; /* [count][dim] */
    size_t count;
} sm_row_part;

/*
 * out[d] = the sum of the gradients of the rows that map to d < distinct, in
 * their order. The rows are those of both parts, one behind the other; the
 * second may be empty. The same bits for any number of threads.
 */
sm_status sm_row_gradients_sum(sm_pool *pool, const sm_kernels *kernels,
                               const uint32_t *map, const sm_row_part parts[2],
                               size_t distinct, size_t dim, float *out);

#endif
