/* row_gradients.h: from the gradients of a batch's pairs, which the loss gives,
 * to those of the distinct rows of a tower's pass: sums, the way back of
 * row_vectors.h. */
#ifndef SM_ROW_GRADIENTS_H
#define SM_ROW_GRADIENTS_H

#include "common/pool.h"
#include "math/kernels.h"

/* Kept from step to step; all zero to begin with. */
typedef struct sm_row_gradients {
    float *values;  /* [distinct][dim] */
    size_t *begin;  /* of each distinct row's rows of each part, in order */
    int32_t *order; /* [rows]: their numbers in their part */
    size_t numbers_capacity, begin_capacity, order_capacity;
} sm_row_gradients;

enum { SM_ROW_PARTS = 2 };

/* Gradients of rows that follow each other in a map. */
typedef struct sm_row_part {
    const float *gradients; /* [count][dim] */
    size_t count;
} sm_row_part;

/*
 * values[d] = the sum of the gradients of the rows that map to d < distinct, in
 * their order; 0 of none. The rows are those of both parts, one behind the
 * other, fewer than 2^31 in all; the second may be empty. The same bits for any
 * number of threads.
 */
sm_status sm_row_gradients_sum(sm_row_gradients *rows, sm_pool *pool,
                               const sm_kernels *kernels, const uint32_t *map,
                               const sm_row_part parts[SM_ROW_PARTS],
                               size_t distinct, size_t dim);
void sm_row_gradients_free(sm_row_gradients *rows);

#endif
