/* loss.h: the loss of a batch and its gradient: each query against the items of
 * the whole batch, by tfrs.tasks.Retrieval 0.7.3 and what goes beyond it. */
#ifndef SM_LOSS_H
#define SM_LOSS_H

#include <stdbool.h>

#include "common/pool.h"
#include "math/kernels.h"

typedef struct sm_loss_options {
    float temperature;     /* T */
    size_t hard_negatives; /* kept per row; 0: all */
    int32_t kind;          /* SIAMESE_LOSS_* */
    float margin;          /* m of the hinge */
    int32_t reduction;     /* SIAMESE_REDUCTION_*, of the gradients */
    bool symmetric;        /* half from queries to items, half back */
} sm_loss_options;

typedef struct sm_loss_batch {
    size_t count;   /* B pairs; the positive of query i is item i */
    size_t columns; /* N >= B; items from B on are negatives of every query */
    size_t dim;     /* D */
    const float *queries;          /* Q [B][D] */
    const float *items;            /* C [N][D] */
    const float *weights;          /* w [B], or NULL: 1 */
    const float *probabilities;    /* p [N] of the items, or NULL */
    const uint32_t *item_numbers;  /* [N], equal for equal items: accidental
                                      hits are masked; NULL: they are not */
    const uint32_t *query_numbers; /* [B], the same for equal queries */
} sm_loss_batch;

/* What a loss has memory for. */
typedef struct sm_loss_size {
    size_t count, columns, dim, workers;
    bool symmetric;
} sm_loss_size;

typedef struct sm_loss {
    float *logits;      /* S, then dS [B][N], rows some more numbers apart */
    float *panel;       /* C^T [D][N], C [N][D] and Q [B][D], in strips */
    float *packed;      /* [workers] strips of a task's products */
    float *corrections; /* -ln p [N] */
    float *scratch;     /* [workers][N] */
    double *row_losses; /* [B] */
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
