/*
 * table_precision.h: the values of a parameter, which an embedding table may
 * hold in fewer bits than a float has:
 *   FLOAT16  IEEE 754 binary16, to nearest even, 65504 at the most
 *   INT8     x = q s; s, of each row, is max_j |x_j| / 127 with its last 7 bits
 *            cleared, or 0 if that is not a normal float; q is x / s to nearest
 *            even
 * Both are exact as floats: a half is one, and q s has 7 + 17 bits. So rounding
 * what was rounded changes nothing. A packed table is not trained.
 */
#ifndef SM_TABLE_PRECISION_H
#define SM_TABLE_PRECISION_H

#include <stdbool.h>

#include "math/kernels.h"
#include "nn/parameter.h"

/* Bytes of the values, by count, shape and precision. */
size_t sm_values_bytes(const sm_parameter *p);

/* Zeros. On failure the parameter is as before. */
sm_status sm_values_allocate(sm_parameter *p);
void sm_values_free(sm_parameter *p);

/* Numbers first .. first + count - 1, in row-major order, as floats. */
void sm_values_read(const sm_parameter *p, size_t first, size_t count,
                    float *out);

/* The values of a parameter of the same shape, finite, rounded to the precision
 * of p. */
void sm_values_assign(sm_parameter *p, const sm_parameter *from);

/* The same from plain numbers [count]. */
void sm_values_round(sm_parameter *p, const float *values);

/* out[width] = sum_i weight_i row_i, as the kernels' sum_rows has it. */
void sm_values_sum(const sm_kernels *kernels, const sm_parameter *p,
                   size_t count, const int32_t *rows, const float *weights,
                   float *out);

/* Whether the values are such as rounding makes, and finite; *at is the number
 * of the first that is not. */
bool sm_values_valid(const sm_parameter *p, size_t *at);

#endif
