/*
 * vectors: writes invented vectors for measuring a search, the same bytes for
 * the same arguments.
 *
 *     vectors COUNT DIM QUERIES NOISE FOLDER
 *
 * FOLDER/base.npy [COUNT][DIM] and FOLDER/query.npy [QUERIES][DIM]: unit vectors
 * around normal centres, x = (c + NOISE e) / |c + NOISE e|, e normal. There is a
 * centre for each 100 vectors: a collection that grows has more kinds of things,
 * not more of each kind.
 */
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { VECTORS_A_CENTRE = 100 };

typedef struct centres {
    size_t count, dim;
    float *values; /* [count][dim] */
} centres;

/* SplitMix64 (Steele, Lea and Flood 2014). */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/* sum of four uniforms, of variance 1: near enough to a normal number here */
static float normal(uint64_t *state)
{
    uint64_t const bits = next(state);
    double sum = 0;

    for (int i = 0; i < 4; i++)
        sum += (double)((bits >> (16 * i)) & 0xffff) / 65536 - 0.5;
    return (float)(sum * 1.7320508075688772);
}

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

static int write_vectors(const char *folder, const char *name,
                         const centres *centres, size_t count, float noise,
                         uint64_t seed)
{
    size_t const dim = centres->dim;
    char path[4096];
    float *const x = malloc(dim * sizeof *x);

    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *const stream = fopen(path, "wb");
    if (!stream || !x) {
        perror(path);
        return 1;
    }
    write_header(stream, count, dim);
    for (size_t i = 0; i < count; i++) {
        const float *const centre =
            centres->values + next(&seed) % centres->count * dim;
        double square = 0;
        for (size_t d = 0; d < dim; d++) {
            x[d] = centre[d] + noise * normal(&seed);
            square += (double)x[d] * (double)x[d];
        }
        for (size_t d = 0; d < dim; d++)
            x[d] = (float)((double)x[d] / sqrt(square));
        fwrite(x, sizeof *x, dim, stream);
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
    if (argc != 6) {
        fputs("usage: vectors COUNT DIM QUERIES NOISE FOLDER\n", stderr);
        return 2;
    }
    size_t const count = strtoull(argv[1], NULL, 10);
    size_t const dim = strtoull(argv[2], NULL, 10);
    size_t const queries = strtoull(argv[3], NULL, 10);
    float const noise = strtof(argv[4], NULL);
    if (count == 0 || dim == 0 || dim > 65536 || queries == 0) {
        fputs("vectors: COUNT, DIM and QUERIES are at least 1\n", stderr);
        return 2;
    }
    centres c = {1 + (count - 1) / VECTORS_A_CENTRE, dim, NULL};
    uint64_t seed = 7;
    c.values = malloc(c.count * dim * sizeof *c.values);
    if (!c.values) {
        perror("vectors");
        return 1;
    }
    for (size_t i = 0; i < c.count * dim; i++) c.values[i] = normal(&seed);
    int const failed =
        write_vectors(argv[5], "base.npy", &c, count, noise, 11) ||
        write_vectors(argv[5], "query.npy", &c, queries, noise, 13);
    free(c.values);
    return failed;
}
