/*
 * precisions: products in each of a trainer's matmul_precision, at the shapes
 * of the loss and of layers.
 *
 *     precisions [RUNS]
 *
 * A line for each shape: billions of operations a second on one core, the
 * median of the runs, a multiply-add being two, with the time of rounding and
 * packing within. Those of the loss go over packed strips, 64 rows at a time,
 * those of layers over weights as they stand. The precisions take turns, so
 * that a busy moment hits them alike, and the thread's own time is counted.
 */
#include <stdio.h>
#include <stdlib.h>

#include "math/gemm.h"
#include "math/products.h"
#include "siamese/trainer_options.h"
#include "product_runs.h"

enum { BLOCK = 64, MOST_RUNS = 101, PRECISIONS = 3 };

static const int32_t precisions[PRECISIONS] = {
    SIAMESE_MATMUL_PRECISION_FLOAT32, SIAMESE_MATMUL_PRECISION_BFLOAT16,
    SIAMESE_MATMUL_PRECISION_AMX_BFLOAT16};

typedef struct shape {
    const char *name;
    size_t m, n, k;
    int ta, tb; /* A is [k][m], B is [n][k] */
    int packed; /* of the loss */
} shape;

static const shape shapes[] = {
    {"loss, logits, B 2048 d 384", 2048, 2048, 384, 0, 1, 1},
    {"its gradient of queries", 2048, 384, 2048, 0, 0, 1},
    {"its gradient of items", 2048, 384, 2048, 1, 0, 1},
    {"loss, logits, B 1024 d 128", 1024, 1024, 128, 0, 1, 1},
    {"loss, logits, B 1024 d 64", 1024, 1024, 64, 0, 1, 1},
    {"its gradient of queries", 1024, 64, 1024, 0, 0, 1},
    {"E64 H64, input", 2048, 256, 64, 0, 0, 0},
    {"E64 H64, recurrent", 64, 256, 64, 0, 0, 0},
    {"dense 128 to 64", 1024, 64, 128, 0, 0, 0},
    {"transformer 64 to 256", 1024, 256, 64, 0, 0, 0},
    {"transformer 256 to 64", 1024, 64, 256, 0, 0, 0},
};

typedef struct buffers {
    float *a, *b, *c, *strips, *room;
} buffers;

/* As in products.c. */
static size_t stride_of(const shape *s)
{
    return s->ta ? s->m + 16 : s->k;
}

static void multiply(const shape *s, const buffers *x, const sm_products *by,
                     const sm_kernels *kernels)
{
    size_t const row = s->ta ? 1 : s->k, column = s->ta ? stride_of(s) : 1;
    for (size_t i = 0; s->packed && i * SM_STRIP < s->n; i++)
        by->pack(kernels, i, s->tb, s->n, s->k, x->b, s->tb ? s->k : s->n,
                 x->strips);
    for (size_t i = 0; i < s->m; i += BLOCK) {
        size_t const rows = s->m - i < BLOCK ? s->m - i : BLOCK;
        const float *const a = x->a + i * row;
        float *const c = x->c + i * s->n;
        if (s->packed)
            by->multiply(kernels, rows, s->n, s->k, a, row, column, x->strips,
                         c, s->n, x->room);
        else
            by->multiply_now(kernels, rows, s->n, s->k, a, row, column, x->b,
                             s->n, c, s->n, false);
    }
}

static void measure(const shape *s, int runs, const sm_kernels *kernels)
{
    double const work = 2.0 * (double)s->m * (double)s->n * (double)s->k;
    int const times = 1 + (int)(2e8 / work);
    static double all[PRECISIONS][MOST_RUNS];
    buffers x[PRECISIONS];
    const sm_products *by[PRECISIONS];
    for (int p = 0; p < PRECISIONS; p++) {
        size_t right = 0, left = 0;
        by[p] = sm_products_of(precisions[p], kernels);
        if (!by[p]->right_numbers(s->n, s->k, &right) ||
            !by[p]->left_numbers(BLOCK, s->k, &left))
            exit(1);
        x[p] = (buffers){take(s->ta ? s->k * stride_of(s) : s->m * s->k),
                         take(s->n * s->k), take(s->m * s->n), take(right),
                         take(left)};
    }
    for (int r = 0; r < runs; r++)
        for (int p = 0; p < PRECISIONS; p++) {
            double const begin = now();
            for (int t = 0; t < times; t++) multiply(s, &x[p], by[p], kernels);
            all[p][r] = (now() - begin) / times;
        }
    printf("%s\t%zu %zu %zu", s->name, s->m, s->n, s->k);
    for (int p = 0; p < PRECISIONS; p++) {
        qsort(all[p], (size_t)runs, sizeof **all, ascending);
        printf("\t%.0f", 1e-9 * work / all[p][runs / 2]);
        free(x[p].a);
        free(x[p].b);
        free(x[p].c);
        free(x[p].strips);
        free(x[p].room);
    }
    printf("\n");
    fflush(stdout);
}

int main(int argc, char **argv)
{
    int const runs = argc > 1 ? atoi(argv[1]) : 15;
    const sm_kernels *kernels;
    if (runs < 1 || runs > MOST_RUNS ||
        sm_kernels_select(SIAMESE_KERNEL_AUTO, &kernels) != SIAMESE_OK)
        return 2;
    printf("product, by %s\tm n k\tfloat32\tbfloat16\tamx_bfloat16\n",
           kernels->name);
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        measure(&shapes[i], runs, kernels);
    return 0;
}
