/*
 * vectors: writes invented vectors for measuring a search, the same bytes for
 * the same arguments.
 *
 *     vectors COUNT DIM QUERIES centres|factors FOLDER
 *
 * FOLDER/base.npy [COUNT][DIM] and FOLDER/query.npy [QUERIES][DIM]: unit
 * vectors x / |x|. With e and z of normal numbers,
 *
 *   centres  x = c + 0.6 e, around one of COUNT / 100 normal centres c
 *   factors  x = A z, z of 12 numbers: the same distribution for any COUNT,
 *            with as many directions as embeddings of texts have
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "random.h"

enum { VECTORS_A_CENTRE = 100, FACTORS = 12 };

typedef struct kind {
    int has_factors;
    size_t count, dim;
    float *values; /* [count][dim] centres, or A transposed [FACTORS][dim] */
} kind;

static void write_header(FILE *stream, size_t count, size_t dim)
{
    char text[118];
    int const size =
        snprintf(text, sizeof text,
                 "{'descr': '<f4', 'fortran_order': False, 'shape': (%zu, "
                 "%zu), }",
                 count, dim);

    memset(text + size, ' ', sizeof text - (size_t)size);
    text[sizeof text - 1] = '\n';
    fwrite("\x93NUMPY\x01\x00\x76\x00", 1, 10, stream);
    fwrite(text, 1, sizeof text, stream);
}

static void draw(const kind *kind, uint64_t *seed, float *x)
{
    size_t const dim = kind->dim;
    double square = 0;

    if (kind->has_factors) {
        memset(x, 0, dim * sizeof *x);
        for (size_t f = 0; f < FACTORS; f++) {
            float const z = normal(seed);
            for (size_t d = 0; d < dim; d++)
                x[d] += z * kind->values[f * dim + d];
        }
    } else {
        const float *const centre =
            kind->values + next(seed) % kind->count * dim;
        for (size_t d = 0; d < dim; d++) x[d] = centre[d] + 0.6f * normal(seed);
    }
    for (size_t d = 0; d < dim; d++) square += (double)x[d] * (double)x[d];
    for (size_t d = 0; d < dim; d++)
        x[d] = (float)((double)x[d] / sqrt(square));
}

static int write_vectors(const char *folder, const char *name, const kind *kind,
                         size_t count, uint64_t seed)
{
    char path[4096];
    float *const x = malloc(kind->dim * sizeof *x);

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *const stream = fopen(path, "wb");
    if (!stream || !x) {
        perror(path);
        return 1;
    }
    write_header(stream, count, kind->dim);
    for (size_t i = 0; i < count; i++) {
        draw(kind, &seed, x);
        fwrite(x, sizeof *x, kind->dim, stream);
    }
    free(x);
    int const failed = ferror(stream);
    if (fclose(stream) || failed) {
        perror(path);
        return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    kind k = {0};
    uint64_t seed = 7;

    if (argc != 6 || (k.has_factors = strcmp(argv[4], "factors") == 0,
                      !k.has_factors && strcmp(argv[4], "centres") != 0)) {
        fputs("usage: vectors COUNT DIM QUERIES centres|factors FOLDER\n",
              stderr);
        return 2;
    }
    size_t const count = strtoull(argv[1], NULL, 10);
    size_t const queries = strtoull(argv[3], NULL, 10);
    k.dim = strtoull(argv[2], NULL, 10);
    if (count == 0 || k.dim == 0 || k.dim > 65536 || queries == 0) {
        fputs("vectors: COUNT, DIM and QUERIES are at least 1\n", stderr);
        return 2;
    }
    k.count = k.has_factors ? FACTORS : 1 + (count - 1) / VECTORS_A_CENTRE;
    k.values = malloc(k.count * k.dim * sizeof *k.values);
    if (!k.values) {
        perror("vectors");
        return 1;
    }
    for (size_t i = 0; i < k.count * k.dim; i++) k.values[i] = normal(&seed);
    int const failed = write_vectors(argv[5], "base.npy", &k, count, 11) ||
                       write_vectors(argv[5], "query.npy", &k, queries, 13);
    free(k.values);
    return failed;
}
