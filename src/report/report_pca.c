/* report_pca.c: vectors in, their two principal components out. For siamese
 * map. */
#include "report/report_pca.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"

enum {
    ROWS = 8,     /* vectors whose products are added at once */
    FLUSH = 4096, /* rows that are added up as floats */
    WIDTH = 8,    /* vectors of the subspace: more than two converge sooner */
    MOST_TURNS = 500
};

static double *mean_of(const float *vectors, size_t count, size_t dim)
{
    double *const mean = cli_alloc(dim, sizeof *mean);

    for (size_t i = 0; i < count; i++)
        for (size_t d = 0; d < dim; d++)
            mean[d] += (double)vectors[i * dim + d];
    for (size_t d = 0; d < dim; d++) mean[d] /= (double)count;
    return mean;
}

/* ------------------------------------------------------------------------- */
/* Covariance                                                                */
/* ------------------------------------------------------------------------- */

/* sums[i][j] += sum over r of x[r][i] x[r][j], for j >= i. */
static void add_products(const float *restrict x, size_t dim,
                         float *restrict sums)
{
    for (size_t i = 0; i < dim; i++) {
        float *restrict const row = sums + i * dim;
        float a[ROWS];
        for (size_t r = 0; r < ROWS; r++) a[r] = x[r * dim + i];
        for (size_t j = i; j < dim; j++)
            row[j] += ((a[0] * x[j] + a[1] * x[dim + j]) +
                       (a[2] * x[2 * dim + j] + a[3] * x[3 * dim + j])) +
                      ((a[4] * x[4 * dim + j] + a[5] * x[5 * dim + j]) +
                       (a[6] * x[6 * dim + j] + a[7] * x[7 * dim + j]));
    }
}

/* Adds what was added up as floats, and begins anew. */
static void flush(float *sums, size_t numbers, double *total)
{
    for (size_t i = 0; i < numbers; i++) total[i] += (double)sums[i];
    memset(sums, 0, numbers * sizeof *sums);
}

/* [dim][dim] sums of products of x - mean; both halves. */
static double *scatter_of(const float *vectors, size_t count, size_t dim,
                          const double *mean)
{
    float *const x = cli_alloc(ROWS * dim, sizeof *x);
    float *const sums = cli_alloc(dim * dim, sizeof *sums);
    double *const total = cli_alloc(dim * dim, sizeof *total);

    for (size_t first = 0; first < count; first += ROWS) {
        for (size_t r = 0; r < ROWS; r++)
            for (size_t d = 0; d < dim; d++)
                x[r * dim + d] =
                    first + r < count
                        ? (float)((double)vectors[(first + r) * dim + d] -
                                  mean[d])
                        : 0;
        add_products(x, dim, sums);
        if ((first + ROWS) % FLUSH == 0) flush(sums, dim * dim, total);
    }
    flush(sums, dim * dim, total);
    for (size_t i = 0; i < dim; i++)
        for (size_t j = 0; j < i; j++) total[i * dim + j] = total[j * dim + i];
    free(x);
    free(sums);
    return total;
}

/* ------------------------------------------------------------------------- */
/* Eigenvectors                                                              */
/* ------------------------------------------------------------------------- */

static double dot(const double *a, const double *b, size_t n)
{
    double sum = 0;

    for (size_t i = 0; i < n; i++) sum += a[i] * b[i];
    return sum;
}

/* out[k] = matrix . v[k], of a symmetric matrix. */
static void multiply(const double *matrix, const double *v, size_t dim,
                     double *out)
{
    for (size_t k = 0; k < WIDTH; k++)
        for (size_t i = 0; i < dim; i++)
            out[k * dim + i] = dot(matrix + i * dim, v + k * dim, dim);
}

/* Gram and Schmidt, twice, which is enough (Kahan and Parlett); what is nothing
 * but rounding beside the others becomes 0. */
static void orthonormalise(double *v, size_t dim)
{
    for (size_t k = 0; k < WIDTH; k++) {
        double *const one = v + k * dim;
        double const before = sqrt(dot(one, one, dim));
        for (int pass = 0; pass < 2; pass++)
            for (size_t other = 0; other < k; other++) {
                double const share = dot(one, v + other * dim, dim);
                for (size_t i = 0; i < dim; i++)
                    one[i] -= share * v[other * dim + i];
            }
        double const size = sqrt(dot(one, one, dim));
        double const by = size > 1e-12 * before ? 1 / size : 0;
        for (size_t i = 0; i < dim; i++) one[i] *= by;
    }
}

/* One rotation of Jacobi's (1846): t[p][q] becomes 0; the columns of turn go
 * along. */
static void rotate(double t[WIDTH][WIDTH], double turn[WIDTH][WIDTH], size_t p,
                   size_t q)
{
    if (t[p][q] == 0) return;
    double const theta = (t[q][q] - t[p][p]) / (2 * t[p][q]);
    double const tangent =
        (theta < 0 ? -1 : 1) / (fabs(theta) + sqrt(theta * theta + 1));
    double const c = 1 / sqrt(tangent * tangent + 1), s = tangent * c;

    for (size_t k = 0; k < WIDTH; k++) {
        double const a = t[k][p], b = t[k][q];
        t[k][p] = c * a - s * b;
        t[k][q] = s * a + c * b;
    }
    for (size_t k = 0; k < WIDTH; k++) {
        double const a = t[p][k], b = t[q][k];
        t[p][k] = c * a - s * b;
        t[q][k] = s * a + c * b;
    }
    for (size_t k = 0; k < WIDTH; k++) {
        double const a = turn[k][p], b = turn[k][q];
        turn[k][p] = c * a - s * b;
        turn[k][q] = s * a + c * b;
    }
}

/* Turns v[WIDTH] within its subspace to the eigenvectors of the matrix there
 * (Rayleigh and Ritz), the largest eigenvalue first; product is matrix . v. */
static void turn_to_eigenvectors(double *v, const double *product, size_t dim,
                                 double values[WIDTH])
{
    double t[WIDTH][WIDTH], turn[WIDTH][WIDTH] = {{0}};
    double *const turned = cli_alloc(WIDTH * dim, sizeof *turned);
    size_t order[WIDTH] = {0};

    for (size_t a = 0; a < WIDTH; a++) {
        turn[a][a] = 1;
        for (size_t b = 0; b < WIDTH; b++)
            t[a][b] = dot(v + a * dim, product + b * dim, dim);
    }
    for (size_t a = 0; a < WIDTH; a++)
        for (size_t b = 0; b < a; b++) t[a][b] = t[b][a];
    for (int sweep = 0; sweep < 12; sweep++)
        for (size_t p = 0; p < WIDTH; p++)
            for (size_t q = p + 1; q < WIDTH; q++) rotate(t, turn, p, q);
    for (size_t k = 0; k < WIDTH; k++) {
        size_t at = k;
        while (at > 0 && t[order[at - 1]][order[at - 1]] < t[k][k]) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = k;
    }
    for (size_t k = 0; k < WIDTH; k++) {
        values[k] = t[order[k]][order[k]];
        for (size_t a = 0; a < WIDTH; a++)
            for (size_t i = 0; i < dim; i++)
                turned[k * dim + i] += turn[a][order[k]] * v[a * dim + i];
    }
    memcpy(v, turned, WIDTH * dim * sizeof *v);
    free(turned);
}

/* SplitMix64 (Steele, Lea and Flood 2014), into -1 .. 1. */
static double next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return (double)((z ^ z >> 31) >> 11) * 0x1p-52 - 1;
}

/* Whether both of the first two stand where they stood. */
static int stand(const double *v, const double *before, size_t dim)
{
    return fabs(fabs(dot(v, before, dim)) - 1) < 1e-13 &&
           fabs(fabs(dot(v + dim, before + dim, dim)) - 1) < 1e-13;
}

/* [WIDTH][dim] by subspace iteration; the first two are those wanted. */
static double *eigenvectors_of(const double *matrix, size_t dim,
                               double values[WIDTH])
{
    double *const v = cli_alloc(WIDTH * dim, sizeof *v);
    double *const product = cli_alloc(WIDTH * dim, sizeof *product);
    double *const before = cli_alloc(WIDTH * dim, sizeof *before);
    uint64_t state = 1;

    for (size_t i = 0; i < WIDTH * dim; i++) v[i] = next_random(&state);
    orthonormalise(v, dim);
    for (int turn = 0; turn < MOST_TURNS; turn++) {
        memcpy(before, v, WIDTH * dim * sizeof *v);
        multiply(matrix, v, dim, product);
        memcpy(v, product, WIDTH * dim * sizeof *v);
        orthonormalise(v, dim);
        multiply(matrix, v, dim, product);
        turn_to_eigenvectors(v, product, dim, values);
        if (stand(v, before, dim)) break;
    }
    free(product);
    free(before);
    return v;
}

static void settle_sign(double *v, size_t dim)
{
    size_t most = 0;

    for (size_t i = 1; i < dim; i++)
        if (fabs(v[i]) > fabs(v[most])) most = i;
    if (v[most] >= 0) return;
    for (size_t i = 0; i < dim; i++) v[i] = -v[i];
}

/* ------------------------------------------------------------------------- */
/* Both                                                                      */
/* ------------------------------------------------------------------------- */

void report_pca(const float *vectors, size_t count, size_t dim, double *places,
                double shares[2])
{
    double *const mean = mean_of(vectors, count, dim);
    double *const matrix = scatter_of(vectors, count, dim, mean);
    double values[WIDTH], whole = 0;
    double *const v = eigenvectors_of(matrix, dim, values);

    for (size_t i = 0; i < dim; i++) whole += matrix[i * dim + i];
    for (size_t k = 0; k < 2; k++) {
        settle_sign(v + k * dim, dim);
        shares[k] = whole > 0 && values[k] > 0 ? values[k] / whole : 0;
        double const at_mean = dot(mean, v + k * dim, dim);
        for (size_t i = 0; i < count; i++) {
            double sum = 0;
            for (size_t d = 0; d < dim; d++)
                sum += (double)vectors[i * dim + d] * v[k * dim + d];
            places[2 * i + k] = sum - at_mean;
        }
    }
    free(mean);
    free(matrix);
    free(v);
}
