/* recurrent_reference.h: Embedding and layers of LSTM or GRU for one row in
 * double precision, written down from Keras's definition and nothing else. */
#ifndef RECURRENT_REFERENCE_H
#define RECURRENT_REFERENCE_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { REFERENCE_PARAMETERS = 40, REFERENCE_UNITS = 20, REFERENCE_LENGTH = 9 };

typedef struct reference {
    int gru, masked;
    size_t ways, layers; /* 1 or 2 directions each */
    size_t table, inputs, units, length;
    /* embedding [table][inputs], then of each layer and direction kernel,
     * recurrent, bias, as Keras has them */
    double *parameters[REFERENCE_PARAMETERS];
    size_t counts[REFERENCE_PARAMETERS], parameter_count;
} reference;

/* One vector a time: the embeddings, or what a layer says. */
typedef double reference_sequence[REFERENCE_LENGTH][2 * REFERENCE_UNITS];

static inline double reference_sigmoid(double x)
{
    return 1 / (1 + exp(-x));
}

/* to[columns] += x[rows] matrix[rows][columns] */
static inline void reference_product(const double *x, const double *matrix,
                                     size_t rows, size_t columns, double *to)
{
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < columns; j++)
            to[j] += x[i] * matrix[i * columns + j];
}

/* z = x W + h U + b; gates i, f, c, o */
static inline void reference_lstm(double *const p[3], size_t in, size_t u,
                                  const double *x, double *h, double *c)
{
    double z[4 * REFERENCE_UNITS];
    memcpy(z, p[2], 4 * u * sizeof *z);
    reference_product(x, p[0], in, 4 * u, z);
    reference_product(h, p[1], u, 4 * u, z);
    for (size_t j = 0; j < u; j++) {
        c[j] = reference_sigmoid(z[u + j]) * c[j] +
               reference_sigmoid(z[j]) * tanh(z[2 * u + j]);
        h[j] = reference_sigmoid(z[3 * u + j]) * tanh(c[j]);
    }
}

/* reset_after: a = x W + b_0, r = h U + b_1; gates z, r, h */
static inline void reference_gru(double *const p[3], size_t in, size_t u,
                                 const double *x, double *h)
{
    double a[3 * REFERENCE_UNITS], r[3 * REFERENCE_UNITS];
    memcpy(a, p[2], 3 * u * sizeof *a);
    memcpy(r, p[2] + 3 * u, 3 * u * sizeof *r);
    reference_product(x, p[0], in, 3 * u, a);
    reference_product(h, p[1], u, 3 * u, r);
    for (size_t j = 0; j < u; j++) {
        double const update = reference_sigmoid(a[j] + r[j]);
        double const reset = reference_sigmoid(a[u + j] + r[u + j]);
        double const candidate = tanh(a[2 * u + j] + reset * r[2 * u + j]);
        h[j] = update * h[j] + (1 - update) * candidate;
    }
}

/* out[t][at] .. is what this direction says at time t; a masked time
 * repeats. */
static inline void reference_direction(const reference *m, size_t layer,
                                       size_t way, const int *masked,
                                       reference_sequence in,
                                       reference_sequence out)
{
    double *const *const p = m->parameters + 1 + 3 * (layer * m->ways + way);
    size_t const u = m->units, width = layer ? m->ways * u : m->inputs;
    double h[REFERENCE_UNITS] = {0}, c[REFERENCE_UNITS] = {0};
    for (size_t i = 0; i < m->length; i++) {
        size_t const t = way ? m->length - 1 - i : i;
        if (!masked[t] && m->gru) reference_gru(p, width, u, in[t], h);
        if (!masked[t] && !m->gru) reference_lstm(p, width, u, in[t], h, c);
        memcpy(out[t] + way * u, h, u * sizeof *h);
    }
}

/* out[ways * units]: the last layer's forward direction after the last time,
 * then its backward direction after time 0. */
static inline void reference_encode(const reference *m, const int32_t *ids,
                                    size_t count, double *out)
{
    static reference_sequence x, y;
    int masked[REFERENCE_LENGTH];
    size_t const u = m->units;
    for (size_t t = 0; t < m->length; t++) {
        size_t const id = t < count ? (size_t)ids[t] : 0;
        masked[t] = m->masked && id == 0;
        memcpy(x[t], m->parameters[0] + id * m->inputs,
               m->inputs * sizeof *x[t]);
    }
    for (size_t layer = 0; layer < m->layers; layer++) {
        for (size_t way = 0; way < m->ways; way++)
            reference_direction(m, layer, way, masked, x, y);
        memcpy(x, y, sizeof x);
    }
    memcpy(out, x[m->length - 1], u * sizeof *out);
    if (m->ways == 2) memcpy(out + u, x[0] + u, u * sizeof *out);
}

/* sum over rows and numbers of weights[rows][ways * units] * vectors */
static inline double reference_loss(const reference *m, const int32_t *ids,
                                    const size_t *offsets, size_t rows,
                                    const float *weights)
{
    double loss = 0, out[2 * REFERENCE_UNITS];
    size_t const dim = m->ways * m->units;
    for (size_t r = 0; r < rows; r++) {
        reference_encode(m, ids + offsets[r], offsets[r + 1] - offsets[r], out);
        for (size_t j = 0; j < dim; j++) loss += weights[r * dim + j] * out[j];
    }
    return loss;
}

#endif
