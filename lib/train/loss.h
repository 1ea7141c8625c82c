/* loss.h: the loss of a batch and its gradient: each query against the items of
 * the whole batch, by tfrs.tasks.Retrieval 0.7.3 and what goes beyond it. */
#ifndef SM_LOSS_H
#define SM_LOSS_H

#include "common/pool.h"
#include "math/products.h"
#include "train/loss_row.h"

/* What a loss has memory for. */
typedef struct sm_loss_size {
    size_t count, columns, dim, workers;
    bool symmetric;
    const sm_products *products; /* what multiplies */
} sm_loss_size;

typedef struct sm_loss {
    float *logits;      /* S, then dS [B][N], rows some more numbers apart */
    float *panel;       /* C^T [D][N], C [N][D] and Q [B][D], in strips */
    float *packed;      /* [workers] strips of a task's products */
    float *corrections; /* -ln p [N] */
    float *scratch;     /* [workers][N] */
    double *row_losses; /* [B] */
    sm_loss_row *found; /* [B] */
    float *back;        /* symmetric: gradients of the way back [2][B][D] */
    sm_loss_size size;
} sm_loss;

/* Zeroed memory is a loss without any. */
sm_status sm_loss_reserve(sm_loss *loss, const sm_loss_size *size);
void sm_loss_free(sm_loss *loss);

/*
 * The sum over the batch of w_i times the loss of row i, whatever the
 * reduction, and the gradients dQ [B][D] and dC [N][D] of the reduced loss
 * (both NULL: none), in memory that was reserved. The sum may be NaN or
 * infinite. The same bits for any number of threads.
 */
sm_status sm_loss_compute(sm_loss *loss, sm_pool *pool,
                          const sm_kernels *kernels,
                          const sm_loss_options *options,
                          const sm_loss_batch *batch, double *sum,
                          float *query_gradients, float *item_gradients);

#endif
