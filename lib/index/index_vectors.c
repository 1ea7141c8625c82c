/* index_vectors.c: vectors in, checked and brought to length 1. For add and
 * search alike. */
#include "index/index_vectors.h"

#include <float.h>
#include <math.h>

/* One fixed order for every kernel level; in double, where squares of floats
 * neither overflow nor vanish. Not finite if a number is not. */
static double squared_length(const float *vector, size_t dim)
{
    double sum = 0;
    for (size_t i = 0; i < dim; i++) sum += (double)vector[i] * vector[i];
    return sum;
}

sm_status sm_vectors_check(const char *name, const float *vectors, size_t count,
                           size_t dim, bool normalised)
{
    for (size_t r = 0; r < count; r++) {
        double const squared = squared_length(vectors + r * dim, dim);
        SM_REQUIRE(isfinite(squared), SIAMESE_E_ARGUMENT,
                   "%s: row %zu has a number that is not finite", name, r);
        /* |x|^2 <= max / 2 leaves room for the rounding of a sum. */
        SM_REQUIRE(normalised || squared <= (double)FLT_MAX / 2,
                   SIAMESE_E_ARGUMENT,
                   "%s: row %zu has length %g; inner products overflow beyond "
                   "%g",
                   name, r, sqrt(squared), sqrt((double)FLT_MAX / 2));
    }
    return SIAMESE_OK;
}

float sm_vector_length(const float *vector, size_t dim)
{
    return (float)sqrt(squared_length(vector, dim));
}

void sm_vector_normalise(const float *vector, size_t dim, float *out)
{
    double const squared = squared_length(vector, dim);
    double const scale = squared > 0 ? 1.0 / sqrt(squared) : 0.0;
    for (size_t i = 0; i < dim; i++) out[i] = (float)(vector[i] * scale);
}

int sm_vectors_compare(const float *a, const float *b, size_t dim)
{
    for (size_t i = 0; i < dim; i++)
        if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
    return 0;
}
