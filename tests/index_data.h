/* index_data.h: vectors for the tests of the index, and results by brute
 * force. */
#ifndef INDEX_DATA_H
#define INDEX_DATA_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <siamese/siamese.h>

#include "random_numbers.h"

static inline uint32_t next_number(uint32_t *seed)
{
    return test_lcg(seed) >> 8;
}

/*
 * Small whole numbers: their inner products are exact in any order of adding,
 * so brute force gives the same bits, and equal scores are frequent.
 */
static inline float *whole_vectors(size_t count, size_t dim, uint32_t seed)
{
    float *const v = malloc((count * dim + 1) * sizeof *v);
    for (size_t i = 0; i < count * dim; i++)
        v[i] = (float)(next_number(&seed) % 7) - 3.0f;
    return v;
}

/* Around `centers` random points, as embeddings lie. */
static inline float *clustered_vectors(size_t count, size_t dim, size_t centers,
                                       uint32_t seed)
{
    uint32_t at = 77;
    float *const c = malloc(centers * dim * sizeof *c);
    float *const v = malloc((count * dim + 1) * sizeof *v);
    for (size_t i = 0; i < centers * dim; i++)
        c[i] = (float)next_number(&at) / 8388608.0f - 1.0f;
    for (size_t r = 0; r < count; r++) {
        size_t const center = next_number(&seed) % centers;
        for (size_t i = 0; i < dim; i++)
            v[r * dim + i] =
                c[center * dim + i] +
                0.3f * ((float)next_number(&seed) / 8388608.0f - 1.0f);
    }
    free(c);
    return v;
}

/* 0, 1, 2, ... times step, from first. */
static inline int64_t *counted_ids(size_t count, int64_t first, int64_t step)
{
    int64_t *const ids = malloc((count + 1) * sizeof *ids);
    for (size_t i = 0; i < count; i++) ids[i] = first + (int64_t)i * step;
    return ids;
}

typedef struct hit {
    double score;
    int64_t id;
} hit;

static inline int by_rank(const void *a, const void *b)
{
    const hit *const x = a, *const y = b;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static inline double length_of(const float *v, size_t dim)
{
    double sum = 0;
    for (size_t i = 0; i < dim; i++) sum += (double)v[i] * v[i];
    return sqrt(sum);
}

/* Every vector's score against one query, in the order of results. */
static inline hit *brute_force(const int64_t *ids, const float *vectors,
                               size_t count, size_t dim, const float *query,
                               int cosine)
{
    hit *const hits = malloc((count + 1) * sizeof *hits);
    for (size_t r = 0; r < count; r++) {
        double sum = 0;
        for (size_t i = 0; i < dim; i++)
            sum += (double)vectors[r * dim + i] * query[i];
        if (cosine && sum != 0)
            sum /= length_of(vectors + r * dim, dim) * length_of(query, dim);
        hits[r] = (hit){sum, ids[r]};
    }
    qsort(hits, count, sizeof *hits, by_rank);
    return hits;
}

static inline siamese_index *make_index(size_t dim, int32_t metric,
                                        size_t nlist, int32_t threads)
{
    siamese_index_options options;
    siamese_index *index = NULL;
    siamese_index_options_init(&options, sizeof options);
    options.metric = metric;
    options.nlist = nlist;
    options.threads = threads;
    assert_int_equal(siamese_index_create(&index, dim, &options), SIAMESE_OK);
    return index;
}

#endif
