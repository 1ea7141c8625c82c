/* transformer_reference.h: a transformer's vector of one row in double
 * precision, written down from its definition and nothing else. What is dropped
 * comes from sm_dropout_apply, whose own tests are in
 * test_transformer_layers.c. */
#ifndef TRANSFORMER_REFERENCE_H
#define TRANSFORMER_REFERENCE_H

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "nn/encoder.h"
#include "nn/dropout.h"

enum { REFERENCE_TOKENS = 16, REFERENCE_DIM = 24, REFERENCE_FF = 40 };

/* [tokens][up to the wider of both] */
typedef double reference_matrix[REFERENCE_TOKENS][REFERENCE_FF];

typedef struct reference {
    sm_encoder_config config;
    double **parameters; /* in the order of the list */
    sm_dropout dropout;  /* rate 0: none */
    size_t row;          /* number of the distinct row */
} reference;

/* Parameters of a block, from this one on: q, k, v, o, hidden, output, each
 * kernel and bias; gamma and beta of both norms. */
enum { REFERENCE_FIRST = 4, REFERENCE_BLOCK = 16 };

static inline double reference_kept(const reference *m, uint64_t place,
                                    size_t element)
{
    static float kept[REFERENCE_TOKENS * REFERENCE_DIM];
    size_t const count = sizeof kept / sizeof *kept;
    if (m->dropout.rate <= 0) return 1;
    for (size_t i = 0; i < count; i++) kept[i] = 1;
    sm_dropout_apply(&m->dropout, place, m->row, element + 1, kept);
    return kept[element];
}

static inline void reference_drop(const reference *m, uint64_t place,
                                  size_t tokens, reference_matrix x)
{
    size_t const dim = m->config.embedding_dim;
    for (size_t t = 0; t < tokens; t++)
        for (size_t j = 0; j < dim; j++)
            x[t][j] *= reference_kept(m, place, t * dim + j);
}

static inline void reference_norm(const reference *m, size_t first,
                                  size_t tokens, reference_matrix x)
{
    size_t const dim = m->config.embedding_dim;
    for (size_t t = 0; t < tokens; t++) {
        double mean = 0, variance = 0;
        for (size_t j = 0; j < dim; j++) mean += x[t][j] / (double)dim;
        for (size_t j = 0; j < dim; j++)
            variance += (x[t][j] - mean) * (x[t][j] - mean) / (double)dim;
        for (size_t j = 0; j < dim; j++)
            x[t][j] = m->parameters[first][j] * (x[t][j] - mean) /
                          sqrt(variance + m->config.layer_norm_epsilon) +
                      m->parameters[first + 1][j];
    }
}

static inline void reference_linear(const reference *m, size_t first,
                                    size_t tokens, size_t in, size_t out,
                                    reference_matrix x, reference_matrix y)
{
    for (size_t t = 0; t < tokens; t++)
        for (size_t j = 0; j < out; j++) {
            double sum = m->parameters[first + 1][j];
            for (size_t i = 0; i < in; i++)
                sum += x[t][i] * m->parameters[first][i * out + j];
            y[t][j] = sum;
        }
}

static inline double reference_activation(int32_t kind, double x)
{
    double const pi = 3.14159265358979323846;
    switch (kind) {
    case SIAMESE_ACTIVATION_RELU:
        return x > 0 ? x : 0;
    case SIAMESE_ACTIVATION_TANH:
        return tanh(x);
    case SIAMESE_ACTIVATION_GELU:
        return x * erfc(-x / sqrt(2)) / 2;
    case SIAMESE_ACTIVATION_GELU_TANH:
        return x / 2 * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x * x * x)));
    default:
        return x;
    }
}

/* c of one head: softmax(q k^T / sqrt(width)) v, the weights dropped from */
static inline void reference_head(const reference *m, uint64_t place,
                                  size_t tokens, size_t head,
                                  reference_matrix q, reference_matrix k,
                                  reference_matrix v, reference_matrix c)
{
    size_t const width = m->config.embedding_dim / m->config.heads;
    size_t const at = head * width;
    for (size_t t = 0; t < tokens; t++) {
        double p[REFERENCE_TOKENS], sum = 0;
        for (size_t s = 0; s < tokens; s++) {
            double score = 0;
            for (size_t j = at; j < at + width; j++) score += q[t][j] * k[s][j];
            p[s] = exp(score / sqrt((double)width));
            sum += p[s];
        }
        for (size_t j = at; j < at + width; j++) c[t][j] = 0;
        for (size_t s = 0; s < tokens; s++)
            for (size_t j = at; j < at + width; j++)
                c[t][j] += p[s] / sum * v[s][j] *
                           reference_kept(m, place + head, t * tokens + s);
    }
}

static inline void reference_block(const reference *m, size_t number,
                                   size_t tokens, reference_matrix x)
{
    static reference_matrix q, k, v, c, y, z;
    const sm_encoder_config *const o = &m->config;
    size_t const d = o->embedding_dim, f = o->feed_forward;
    size_t const p = REFERENCE_FIRST + number * REFERENCE_BLOCK;
    uint64_t const place = 1 + number * (2 + o->heads);
    memcpy(y, x, sizeof y);
    if (o->norm_first) reference_norm(m, p + 12, tokens, y);
    reference_linear(m, p, tokens, d, d, y, q);
    reference_linear(m, p + 2, tokens, d, d, y, k);
    reference_linear(m, p + 4, tokens, d, d, y, v);
    for (size_t h = 0; h < o->heads; h++)
        reference_head(m, place + 2, tokens, h, q, k, v, c);
    reference_linear(m, p + 6, tokens, d, d, c, y);
    reference_drop(m, place, tokens, y);
    for (size_t t = 0; t < tokens; t++)
        for (size_t j = 0; j < d; j++) x[t][j] += y[t][j];
    if (!o->norm_first) reference_norm(m, p + 12, tokens, x);

    memcpy(y, x, sizeof y);
    if (o->norm_first) reference_norm(m, p + 14, tokens, y);
    reference_linear(m, p + 8, tokens, d, f, y, z);
    for (size_t t = 0; t < tokens; t++)
        for (size_t j = 0; j < f; j++)
            z[t][j] = reference_activation(o->feed_forward_activation, z[t][j]);
    reference_linear(m, p + 10, tokens, f, d, z, y);
    reference_drop(m, place + 1, tokens, y);
    for (size_t t = 0; t < tokens; t++)
        for (size_t j = 0; j < d; j++) x[t][j] += y[t][j];
    if (!o->norm_first) reference_norm(m, p + 14, tokens, x);
}

static inline void reference_pool(const reference *m, size_t tokens,
                                  reference_matrix x, double *out)
{
    size_t const dim = m->config.embedding_dim;
    for (size_t j = 0; j < dim; j++) {
        double value = tokens ? x[0][j] : 0;
        for (size_t t = 1; t < tokens; t++) {
            if (m->config.pooling == SIAMESE_POOLING_MEAN) value += x[t][j];
            if (m->config.pooling == SIAMESE_POOLING_MAX)
                value = fmax(value, x[t][j]);
        }
        out[j] = m->config.pooling == SIAMESE_POOLING_MEAN && tokens
                     ? value / (double)tokens
                     : value;
    }
}

/* out[dim]; ids 0 are no tokens, but have a place */
static inline void reference_encode(const reference *m, const int32_t *ids,
                                    size_t count, double *out)
{
    static reference_matrix x;
    const sm_encoder_config *const o = &m->config;
    size_t const dim = o->embedding_dim;
    size_t tokens = 0;
    for (size_t t = 0; t < count && t < o->length; t++) {
        if (ids[t] == 0) continue;
        for (size_t j = 0; j < dim; j++)
            x[tokens][j] = m->parameters[0][(size_t)ids[t] * dim + j] +
                           m->parameters[1][t * dim + j];
        tokens++;
    }
    if (!o->norm_first) reference_norm(m, 2, tokens, x);
    reference_drop(m, 0, tokens, x);
    for (size_t i = 0; i < o->layers; i++) reference_block(m, i, tokens, x);
    if (o->norm_first) reference_norm(m, 2, tokens, x);
    reference_pool(m, tokens, x, out);
}

#endif
