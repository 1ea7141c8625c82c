/* initialise.c: a seed and a shape in, initial values out, as Keras distributes
 * them. For every layer with parameters. */
#include "nn/initialise.h"

#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "common/ziggurat.h"

void sm_initialise_uniform(sm_parameter *p, sm_rng *rng, double limit)
{
    for (size_t i = 0; i < p->count; i++)
        p->value[i] = (float)((2 * sm_rng_uniform(rng) - 1) * limit);
}

/* Streams of a seed's rows begin behind those of all else. */
#define STREAM_ROWS (UINT64_C(1) << 32)

void sm_initialise_normal_rows(sm_parameter *p, uint64_t seed, double stddev)
{
    size_t const columns = p->shape[1];
    sm_ziggurat ziggurat;
    sm_ziggurat_init(&ziggurat);
    for (size_t r = 0; r < p->shape[0]; r++) {
        float *const row = p->value + r * columns;
        sm_rng rng;
        sm_rng_init(&rng, seed, STREAM_ROWS + r);
        for (size_t j = 0; j < columns; j++)
            row[j] = (float)(stddev * sm_ziggurat_next(&ziggurat, &rng));
    }
}

void sm_initialise_embedding(sm_parameter *p, uint64_t seed, double stddev)
{
    sm_rng rng;
    if (stddev > 0) {
        sm_initialise_normal_rows(p, seed, stddev);
        return;
    }
    sm_rng_init(&rng, seed, 0);
    sm_initialise_uniform(p, &rng, 0.05);
}

void sm_initialise_glorot_uniform(sm_parameter *p, sm_rng *rng)
{
    double const fans = (double)p->shape[0] + (double)p->shape[1];
    sm_initialise_uniform(p, rng, sqrt(6.0 / fans));
}

static double product(const double *a, const double *b, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

/* One row made orthogonal to those before it and of length 1; twice, since one
 * Gram-Schmidt pass leaves rounding. Returns its length before the last
 * scaling. */
static double orthogonalise(double *q, size_t row, size_t columns)
{
    double *const x = q + row * columns;
    double length = 0;
    for (int pass = 0; pass < 2; pass++) {
        for (size_t r = 0; r < row; r++) {
            const double *const y = q + r * columns;
            double const along = product(x, y, columns);
            for (size_t j = 0; j < columns; j++) x[j] -= along * y[j];
        }
        length = sqrt(product(x, x, columns));
        if (length < 1e-6) return length;
        for (size_t j = 0; j < columns; j++) x[j] /= length;
    }
    return length;
}

sm_status sm_initialise_orthogonal(sm_parameter *p, sm_rng *rng)
{
    size_t const rows = p->shape[0], columns = p->shape[1];
    double *const q = sm_alloc_array(p->count, sizeof *q);
    if (q == NULL) return sm_fail_memory();
    for (size_t r = 0; r < rows; r++) do
            for (size_t j = 0; j < columns; j++)
                q[r * columns + j] = sm_rng_normal(rng);
        while (orthogonalise(q, r, columns) < 1e-6);
    for (size_t i = 0; i < p->count; i++) p->value[i] = (float)q[i];
    sm_free(q);
    return SIAMESE_OK;
}

void sm_initialise_forget_bias(sm_parameter *p)
{
    size_t const units = p->count / 4;
    memset(p->value, 0, p->count * sizeof *p->value);
    for (size_t i = units; i < 2 * units; i++) p->value[i] = 1;
}
