/*
 * dropout.h: dropout in training (Srivastava et al. 2014, scaled in training,
 * so that encoding needs none of it):
 *
 *   y_i = x_i / (1 - rate) with probability 1 - rate, else 0
 *
 * What is dropped is a function of the pass's seed, the place in the network,
 * the row and the element alone: the same for any number of threads, and
 * backward finds again what forward dropped.
 */
#ifndef SM_DROPOUT_H
#define SM_DROPOUT_H

#include <stddef.h>
#include <stdint.h>

typedef struct sm_dropout {
    uint64_t seed;
    double rate; /* 0: nothing is dropped */
} sm_dropout;

/* The gradient's way is the same: pass it as x. count numbers of one row. */
void sm_dropout_apply(const sm_dropout *dropout, uint64_t place, uint64_t row,
                      size_t count, float *x);

#endif
