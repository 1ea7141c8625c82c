/* tower_pass.h: a training pass of a tower over a batch: forward keeps what
 * backward needs. Rows with the same tokens are computed once. */
#ifndef SM_TOWER_PASS_H
#define SM_TOWER_PASS_H

#include "tower/tower.h"

typedef struct sm_tower_pass sm_tower_pass;

/* The pool is borrowed. With word_sums an encoder that can sums up the ids of a
 * word, where they are marked, once for all rows: another order of sums. */
sm_status sm_tower_pass_create(sm_tower_pass **out, sm_pool *pool,
                               bool word_sums);
void sm_tower_pass_free(sm_tower_pass *pass);

/* The seed of what is random in the forward passes from here on: what is
 * dropped is a function of it, of the tower's own seed and of the batch. 0 at
 * first. */
void sm_tower_pass_set_seed(sm_tower_pass *pass, uint64_t seed);

/* Tokenises and encodes rows[count][fields], count > 0. */
sm_status sm_tower_forward(const siamese_tower *tower, sm_tower_pass *pass,
                           const siamese_text *rows, size_t count);

/* After forward: distinct rows, their vectors [distinct][dim], and for each of
 * the count rows the number of its distinct row. */
size_t sm_tower_pass_distinct(const sm_tower_pass *pass);
const float *sm_tower_pass_vectors(const sm_tower_pass *pass);
const uint32_t *sm_tower_pass_row_map(const sm_tower_pass *pass);

/*
 * The tower must have been prepared by sm_parameters_train.
 *
 * From the loss's gradients for the distinct vectors [distinct][dim] to the
 * gradients of the tower's parameters, which are overwritten. The same bits for
 * any number of threads.
 */
sm_status sm_tower_backward(siamese_tower *tower, sm_tower_pass *pass,
                            const float *gradients);

#endif
