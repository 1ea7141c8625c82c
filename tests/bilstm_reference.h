/* bilstm_reference.h: Embedding -> Bidirectional(LSTM) of one row in double
 * precision, written down from Keras's definition and nothing else. */
#ifndef BILSTM_REFERENCE_H
#define BILSTM_REFERENCE_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* embedding, then of each direction kernel, recurrent, bias */
enum { REFERENCE_PARAMETERS = 7 };

typedef struct reference {
    size_t table, inputs, units, length;
    double *parameters[REFERENCE_PARAMETERS];
    size_t counts[REFERENCE_PARAMETERS];
} reference;

static inline double reference_sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

/* z = x W + h U + b; gates i, f, c, o */
static inline void reference_step(const reference *m, int direction, const double *x,
                           double *h, double *c, double *z)
{
    size_t const u = m->units, e = m->inputs;
    const double *const w = m->parameters[1 + 3 * direction];
    const double *const r = m->parameters[2 + 3 * direction];
    const double *const b = m->parameters[3 + 3 * direction];
    for (size_t j = 0; j < 4 * u; j++) {
        z[j] = b[j];
        for (size_t i = 0; i < e; i++) z[j] += x[i] * w[i * 4 * u + j];
        for (size_t i = 0; i < u; i++) z[j] += h[i] * r[i * 4 * u + j];
    }
    for (size_t j = 0; j < u; j++) {
        double const i = reference_sigmoid(z[j]);
        double const f = reference_sigmoid(z[u + j]);
        double const o = reference_sigmoid(z[3 * u + j]);
        c[j] = f * c[j] + i * tanh(z[2 * u + j]);
        h[j] = o * tanh(c[j]);
    }
}

/* out[2 units]: the forward direction's last state, then the backward's after
 * time 0. */
static inline void reference_encode(const reference *m, const int32_t *ids,
                             size_t count, double *out)
{
    size_t const u = m->units;
    double c[64], z[256];
    for (int d = 0; d < 2; d++) {
        double *const h = out + (size_t)d * u;
        memset(c, 0, sizeof c);
        memset(h, 0, u * sizeof *h);
        for (size_t step = 0; step < m->length; step++) {
            size_t const t = d ? m->length - 1 - step : step;
            size_t const id = t < count ? (size_t)ids[t] : 0;
            reference_step(m, d, m->parameters[0] + id * m->inputs, h, c, z);
        }
    }
}

/* sum over rows and numbers of weights[rows][2 units] * vectors */
static inline double reference_loss(const reference *m, const int32_t *ids,
                             const size_t *offsets, size_t rows,
                             const float *weights)
{
    double loss = 0, out[128];
    for (size_t r = 0; r < rows; r++) {
        reference_encode(m, ids + offsets[r], offsets[r + 1] - offsets[r],
                         out);
        for (size_t j = 0; j < 2 * m->units; j++)
            loss += weights[r * 2 * m->units + j] * out[j];
    }
    return loss;
}

#endif
