/* step_buffers.h: the memory of a training step, kept from one to the next. */
#ifndef SM_STEP_BUFFERS_H
#define SM_STEP_BUFFERS_H

#include "tower/tower_pass.h"
#include "train/loss.h"
#include "train/row_gradients.h"
#include "train/sides.h"
#include "train/step_columns.h"
#include "train/step_pairs.h"

typedef struct sm_step_buffers {
    sm_tower_pass *query_pass;
    sm_tower_pass *item_pass;       /* NULL when the tower is shared */
    size_t pairs, columns_capacity; /* that arrays are made for */
    sm_step_columns columns;
    sm_step_pairs batch;
    siamese_text *texts;                     /* queries, then items */
    float *queries;                          /* vectors [pairs][dim] */
    float *items;                            /* vectors [columns][dim] */
    float *query_gradients, *item_gradients; /* shaped like them */
    sm_row_gradients row_gradients[SM_SIDES];
    float *weights;          /* [pairs] */
    uint32_t *query_numbers; /* [pairs] */
    float *probabilities;    /* [columns], for logQ */
    sm_loss loss;
} sm_step_buffers;

/* word_sums: as in tower_pass.h. */
sm_status sm_step_buffers_create(sm_step_buffers *buffers, sm_pool *pool,
                                 bool word_sums, int shared,
                                 size_t query_fields);
void sm_step_buffers_free(sm_step_buffers *buffers);

/* Arrays for so many pairs, columns and texts a row; what they held is lost
 * when they grow. */
sm_status sm_step_buffers_reserve(sm_step_buffers *buffers, size_t pairs,
                                  size_t columns, size_t dim, size_t fields);

#endif
