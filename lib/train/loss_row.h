/* loss_row.h: the loss of one row of logits: a query against the items of the
 * batch, or, of a symmetric loss, an item against its queries. */
#ifndef SM_LOSS_ROW_H
#define SM_LOSS_ROW_H

#include <stdbool.h>

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

/* What the rows of one direction have in common. */
typedef struct sm_loss_rows {
    const sm_kernels *kernels;
    const sm_loss_options *options;
    const sm_loss_batch *batch;
    size_t columns;
    const float *corrections; /* [columns], or NULL */
    float share;              /* of this direction in the reduced loss */
} sm_loss_rows;

/* What a row's gradient follows from, beside its logits. */
typedef struct sm_loss_row {
    float shift;     /* softmax: the highest logit; hinge: m - s_ii */
    float share;     /* softmax: 1 / sum */
    float positive;  /* dS_ii */
    float threshold; /* negatives below it are left out, */
    uint32_t end;    /* and those that equal it from this column on */
} sm_loss_row;

/* Row i of S [columns] becomes dS; returns its weighted loss, NaN if a logit is
 * not finite. scratch [columns]. */
double sm_loss_row_compute(const sm_loss_rows *rows, size_t i, float *row,
                           float *scratch, sm_loss_row *found);

/* The same of columns first .. first + count - 1 of S alone, by what compute
 * found; first is a multiple of the vectors' width. The same bits. */
void sm_loss_row_again(const sm_loss_rows *rows, size_t i, size_t first,
                       size_t count, const sm_loss_row *found, float *part);

#endif
