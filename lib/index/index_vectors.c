/* index_vectors.c: vectors in, checked and brought to length 1. For add and
 * search alike. */
#include "index/index_vectors.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "common/size.h"

/* One fixed order for every kernel level; in double, where squares of floats
 * neither overflow nor vanish. Not finite if a number is not. */
double sm_vector_squared_length(const float *vector, size_t dim)
{
    double sum = 0;
    for (size_t i = 0; i < dim; i++) sum += (double)vector[i] * vector[i];
    return sum;
}

/* Vectors whose lengths are computed in about the time of one. */
enum { ABREAST = 4 };

/* The same of rows[count][dim], ABREAST at most: a sum waits for
 * its last term, so sums of several rows take little longer than one. */
static void squared_lengths(const float *const *rows, size_t count, size_t dim,
                            double squared[ABREAST])
{
    double sums[ABREAST] = {0, 0, 0, 0};
    for (size_t r = 0; r < count && count < ABREAST; r++)
        squared[r] = sm_vector_squared_length(rows[r], dim);
    if (count < ABREAST) return;
    for (size_t i = 0; i < dim; i++) {
        sums[0] += (double)rows[0][i] * rows[0][i];
        sums[1] += (double)rows[1][i] * rows[1][i];
        sums[2] += (double)rows[2][i] * rows[2][i];
        sums[3] += (double)rows[3][i] * rows[3][i];
    }
    memcpy(squared, sums, sizeof sums);
}

/* Of vectors[count][dim]; returns how many: ABREAST at most. */
static size_t next_lengths(const float *vectors, size_t count, size_t dim,
                           double squared[ABREAST])
{
    const float *rows[ABREAST];
    size_t const some = sm_min(count, ABREAST);
    for (size_t r = 0; r < some; r++) rows[r] = vectors + r * dim;
    squared_lengths(rows, some, dim, squared);
    return some;
}

sm_status sm_vectors_check(const char *name, const float *vectors, size_t count,
                           size_t dim, bool normalised)
{
    double all[ABREAST];
    for (size_t r = 0; r < count; r++) {
        size_t const at = r % ABREAST;
        if (at == 0) next_lengths(vectors + r * dim, count - r, dim, all);
        double const squared = all[at];
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
    return (float)sqrt(sm_vector_squared_length(vector, dim));
}

static void normalise(const float *vector, size_t dim, double squared,
                      float *out)
{
    double const scale = squared > 0 ? 1.0 / sqrt(squared) : 0.0;
    for (size_t i = 0; i < dim; i++) out[i] = (float)(vector[i] * scale);
}

void sm_vector_normalise(const float *vector, size_t dim, float *out)
{
    normalise(vector, dim, sm_vector_squared_length(vector, dim), out);
}

void sm_vectors_normalise(const float *vectors, size_t count, size_t dim,
                          float *out)
{
    double squared[ABREAST];
    for (size_t r = 0; r < count;) {
        size_t const some =
            next_lengths(vectors + r * dim, count - r, dim, squared);
        for (size_t i = 0; i < some; i++, r++)
            normalise(vectors + r * dim, dim, squared[i], out + r * dim);
    }
}

int sm_vectors_compare(const float *a, const float *b, size_t dim)
{
    for (size_t i = 0; i < dim; i++)
        if (a[i] != b[i]) return a[i] < b[i] ? -1 : 1;
    return 0;
}
