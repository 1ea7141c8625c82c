/* loss.h: the in-batch softmax of tfrs.tasks.Retrieval 0.7.3 and its gradient:
 * each query against the items of the whole batch. */
#ifndef SM_LOSS_H
#define SM_LOSS_H

#include "common/pool.h"
#include "math/kernels.h"

typedef struct sm_loss_options {
    float temperature;     /* T */
    size_t hard_negatives; /* kept per row; 0: all */
} sm_loss_options;

typedef struct sm_loss_batch {
    size_t count; /* B pairs; the positive of query i is item i */
    size_t dim;   /* D */
    const float *queries;         /* Q [B][D] */
    const float *items;           /* C [B][D] */
    const float *weights;         /* w [B], or NULL: 1 */
    const float *probabilities;   /* p [B] of the items, or NULL */
    const uint32_t *item_numbers; /* [B], equal for equal items: accidental
                                     hits are masked; NULL: they are not */
} sm_loss_batch;

typedef struct sm_loss {
    float *logits;      /* S, then dS [B][B] */
    float *panel;       /* C^T [D][B] */
    float *corrections; /* ln p [B] */
    float *scratch;     /* [workers][B] */
    double *row_losses; /* [B] */
    size_t count, dim, workers; /* that there is room for */
} sm_loss;

/* Zeroed memory is a loss without room. */
sm_status sm_loss_reserve(sm_loss *loss, size_t count, size_t dim,
                          size_t workers);
void sm_loss_free(sm_loss *loss);

/*
 * The sum over the batch of w_i times the cross-entropy of row i, and its
 * gradients dQ and dC [B][D], in room that was reserved. It may be NaN or
 * infinite. The same bits for any number of threads.
 */
sm_status sm_loss_compute(sm_loss *loss, sm_pool *pool,
                          const sm_kernels *kernels,
                          const sm_loss_options *options,
                          const sm_loss_batch *batch, double *sum,
                          float *query_gradients, float *item_gradients);

#endif
