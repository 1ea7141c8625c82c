/* adam.h: Adam by Keras 2.15's rule, dense over every parameter. */
#ifndef SM_ADAM_H
#define SM_ADAM_H

#include "common/pool.h"
#include "math/kernels.h"
#include "nn/parameter.h"

typedef struct sm_adam_options {
    float learning_rate;
    double beta1, beta2; /* 1 - beta is rounded once, from double, as in Keras */
    float epsilon;
} sm_adam_options;

/* alpha_t = lr sqrt(1 - beta2^t) / (1 - beta1^t), t from 1, in float32 as Keras
 * computes it: in double every weight would be off by 7e-6. */
float sm_adam_alpha(const sm_adam_options *options, uint64_t t);

/*
 * Step t on all values of the list:
 * m += (g - m)(1 - beta1); v += (g^2 - v)(1 - beta2);
 * theta -= alpha_t m / (sqrt(v) + epsilon)
 * It needs no memory and cannot fail.
 */
void sm_adam_update(sm_parameters *parameters, sm_pool *pool,
                    const sm_kernels *kernels, const sm_adam_options *options,
                    uint64_t t);

/* Whether every gradient of the list is finite; else *name is the first that is
 * not. */
int sm_gradients_finite(const sm_parameters *parameters, sm_pool *pool,
                        const char **name);

#endif
