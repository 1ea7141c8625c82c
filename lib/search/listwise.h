/*
 * listwise.h: weights of features by which relevant candidates of a query rank
 * before the others, learned from many queries.
 *
 * Of a query with relevant candidates i of gain a_i and others j, at scores
 * s = w x,
 *
 *   l(w) = sum_i a_i ln(1 + sum_j exp(s_j - s_i)) / sum_i a_i
 *
 * the softmax loss of each relevant candidate against those that are not, and
 * over Q queries, with a ridge around what is known before,
 *
 *   L(w) = sum_q l_q(w) / Q + ridge |w - w_0|^2 / 2
 *
 * which is convex: Newton's method finds its one minimum. In double, on one
 * thread, in one order: the same bits everywhere that exp and log have them.
 */
#ifndef SM_LISTWISE_H
#define SM_LISTWISE_H

#include <stddef.h>

#include "common/status.h"

typedef struct sm_listwise {
    const double *features; /* [rows][dim] */
    const float *gains;     /* [rows]; 0: not relevant */
    const size_t *offsets;  /* [count + 1]: rows of each query */
    size_t count, dim;
    double ridge;        /* > 0 */
    const double *prior; /* [dim]: w_0 */
} sm_listwise;

/* Queries with a relevant candidate and one that is not; the others have no
 * part in the loss. */
size_t sm_listwise_queries(const sm_listwise *problem);

/*
 * L(w), and its derivatives unless they are NULL.
 *   gradient  [dim]
 *   hessian   [dim][dim]
 */
sm_status sm_listwise_loss(const sm_listwise *problem, const double *weights,
                           double *loss, double *gradient, double *hessian);

/* The minimum. weights: [dim] where the search for it begins, then the
 * minimum. */
sm_status sm_listwise_solve(const sm_listwise *problem, double *weights);

#endif
