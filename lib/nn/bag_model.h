/* bag_model.h: what a bag is, and the sum over its tokens, which encoding and
 * training have in common. */
#ifndef SM_BAG_MODEL_H
#define SM_BAG_MODEL_H

#include "nn/encoder.h"

typedef struct sm_bag {
    sm_encoder base;
    const sm_kernels *kernels;
    size_t table, length; /* length 0: all ids of a text */
    int32_t pooling;
    bool mask_zero;
    double stddev;           /* of the initial embedding; 0: Keras's */
    sm_parameter *embedding; /* [table][dim] */
    sm_parameter *weight;    /* [table][1]; NULL unless weighted */
    float *pad;              /* [dim]: the embedding of id 0 */
} sm_bag;

/* Ids of a text that may count, and pads that do. */
size_t sm_bag_cut(const sm_bag *bag, size_t count, size_t *pads);

/* The weights of ids, if tokens have any. */
void sm_bag_weights(const sm_bag *bag, const int32_t *ids, size_t count,
                    float *weights);

/* What a sum over so many tokens is multiplied by: 1/n, or 1 of a sum. */
float sm_bag_share(const sm_bag *bag, size_t count);

/* out[dim] += the pads' part of a sum: many of one token. */
void sm_bag_add_pads(const sm_bag *bag, size_t pads, float *out);

#endif
