/* index_vectors.h: what may stand in an index, and vectors of length 1. */
#ifndef SM_INDEX_VECTORS_H
#define SM_INDEX_VECTORS_H

#include <stdbool.h>
#include <stddef.h>

#include "common/status.h"

/*
 * SIAMESE_E_ARGUMENT, naming the first bad row, unless every number of
 * vectors[count][dim] is finite and, where lengths stay as they are, no inner
 * product of two rows can overflow: |x| |y| must be a float.
 */
sm_status sm_vectors_check(const char *name, const float *vectors, size_t count,
                           size_t dim, bool normalised);

/* |x|^2, computed in double. */
double sm_vector_squared_length(const float *vector, size_t dim);

/* |x|, computed in double. */
float sm_vector_length(const float *vector, size_t dim);

/* out = x / |x|, computed in double; a zero vector stays zero. */
void sm_vector_normalise(const float *vector, size_t dim, float *out);

/* The same of vectors[count][dim]. */
void sm_vectors_normalise(const float *vectors, size_t count, size_t dim,
                          float *out);

/* a and b number by number, first to last: below, at or above 0. */
int sm_vectors_compare(const float *a, const float *b, size_t dim);

#endif
