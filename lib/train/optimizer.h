/* optimizer.h: the update of a list of parameters by their gradients: Adam,
 * AdamW, Adagrad, SGD with momentum, and clipping before them. */
#ifndef SM_OPTIMIZER_H
#define SM_OPTIMIZER_H

#include <stdbool.h>

#include "common/pool.h"
#include "math/kernels.h"
#include "nn/parameter_list.h"

/* ---- state ---- */

/* Slots a parameter that the optimiser of these options needs. */
size_t sm_optimizer_slots(const siamese_trainer_options *options);

/* What the slots hold before the first step. */
void sm_optimizer_start(const siamese_trainer_options *options,
                        sm_parameters *parameters);

/* Whether no training could have left this number in a slot. */
bool sm_optimizer_impossible(const siamese_trainer_options *options,
                             size_t slot, float value);

/* ---- the rate ---- */

/*
 * The learning rate of step t, from 1, of `total`: r t / w in the first w
 * warm-up steps, then r of a constant schedule; else, with the share e that it
 * ends at and p = (t - 1 - w) / (total - w), at most 1,
 *   linear  r (1 - (1 - e) p)                     Keras's PolynomialDecay
 *   cosine  r (e + (1 - e) (1 + cos(pi p)) / 2)   Loshchilov and Hutter 2017
 */
double sm_learning_rate(const siamese_trainer_options *options, uint64_t t,
                        uint64_t total);

/* alpha_t = lr sqrt(1 - beta2^t) / (1 - beta1^t), t from 1, in float32 as Keras
 * computes it: in double every weight would be off by 7e-6. */
float sm_adam_alpha(const siamese_trainer_options *options, float rate,
                    uint64_t t);

/* ---- gradients ---- */

/*
 * Whether every gradient of the list, and its square, is finite; else *name is
 * the first that is not. A square that overflows would make Adam's mean of
 * squares infinite and, with the next step, every weight NaN.
 */
bool sm_gradients_finite(const sm_parameters *parameters, sm_pool *pool,
                         const sm_kernels *kernels, const char **name);

/* The sum of squares of the list's gradients, each clipped at `limit` first; in
 * double and in an order that does not depend on the number of threads. */
double sm_gradients_square(const sm_parameters *parameters, sm_pool *pool,
                           float limit);

/* ---- the update ---- */

typedef struct sm_update {
    const siamese_trainer_options *options;
    const sm_kernels *kernels;
    float rate;           /* of this step */
    uint64_t t;           /* the step, from 1 */
    float gradient_scale; /* by the norm; after clip_value */
} sm_update;

/*
 * One step on all values of the list, as Keras 2.15 has it:
 *   adam     m += (g - m)(1 - beta1); v += (g^2 - v)(1 - beta2);
 *            theta -= alpha_t m / (sqrt(v) + epsilon)
 *   adamw    theta -= rate weight_decay theta before that
 *   adagrad  s += g^2; theta -= rate g / sqrt(s + epsilon)
 *   sgd      v = momentum v - rate g; theta += v
 * With sparse_updates a table's rows that the batch did not touch stay as they
 * are, and so do their slots: lazy updates. It needs no memory and cannot fail.
 */
void sm_optimizer_update(const sm_update *update, sm_parameters *parameters,
                         sm_pool *pool);

#endif
