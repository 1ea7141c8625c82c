/*
 * numbers.h: the encoder of rows of n numbers, v = x W + b.
 *
 * It has an encoder's interface, whose rows are of 32-bit ids: here the n ids
 * of a row are the bits of n floats.
 */
#ifndef SM_NUMBERS_H
#define SM_NUMBERS_H

#include "nn/encoder.h"

/* The largest n. */
enum { SM_NUMBERS_MAX = 64 };

/* config.length is n, config.embedding_dim the numbers of a vector. */
extern const sm_encoder_type sm_numbers_type;

static inline int32_t sm_number_bits(float x)
{
    int32_t bits;
    __builtin_memcpy(&bits, &x, sizeof bits);
    return bits;
}

#endif
