/*
 * products: BLIS's micro-kernels beside the library's own kernels, at the
 * shapes of the library's products.
 *
 *     products [RUNS]
 *
 * A line for each shape and kernel: billions of operations a second on one
 * core, the median of the runs, a multiply-add being two. "plain" is the
 * level's kernel over B as it stands, "strips" the same over packed panels,
 * "blis" BLIS's over its own; each packs in its own time. The three take turns,
 * so that a busy moment hits them alike, and the thread's own time is counted.
 * The results must have the same bits.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "math/gemm.h"
#include "math/gemm_tiles.h"
#include "product_runs.h"

#include "blis_has.h"
#if SM_HAVE_BLIS && defined(__x86_64__)
#include <blis.h>

/* Slower, or hardly faster (docs/performance.md): the library does without. */
static void run_skx(size_t k, const float *a, const float *b, float *c,
                    size_t ldc)
{
    float one = 1, zero = 0;
    auxinfo_t next = {0};
    bli_sgemm_skx_asm_32x12_l2(32, 12, (dim_t)k, &one, (float *)b, (float *)a,
                               &zero, c, 1, (inc_t)ldc, &next, NULL);
}
static bool always(void)
{
    return true; /* wherever the level does */
}
static const sm_tile skx = {"bli_sgemm_skx_asm_32x12_l2",
                            SIAMESE_KERNEL_AVX512,
                            true,
                            12,
                            32,
                            0,
                            0,
                            always,
                            run_skx};
#define TRIED &skx
#else
#define TRIED NULL
#endif

enum { BLOCK = 64, MOST_RUNS = 101, WAYS = 3 };

typedef struct shape {
    const char *name;
    size_t m, n, k;
    int ta, tb; /* A is [k][m], B is [n][k] */
} shape;

static const shape shapes[] = {
    {"loss, logits, B 2048 d 384", 2048, 2048, 384, 0, 1},
    {"its gradient of queries", 2048, 384, 2048, 0, 0},
    {"its gradient of items", 2048, 384, 2048, 1, 0},
    {"loss, logits, B 1024 d 64", 1024, 1024, 64, 0, 1},
    {"its gradient of queries", 1024, 64, 1024, 0, 0},
    {"its gradient of items", 1024, 64, 1024, 1, 0},
    {"loss, logits, B 256 d 16", 256, 256, 16, 0, 1},
    {"its gradient of queries", 256, 16, 256, 0, 0},
    {"index, 1,024 lists of d 64", 3072, 1024, 64, 0, 1},
    {"index, 1,024 lists of d 384", 3072, 1024, 384, 0, 1},
    {"candidates of d 128", 1024, 4096, 128, 0, 1},
    {"E64 H64, input", 2048, 256, 64, 0, 0},
    {"E64 H64, recurrent", 512, 256, 64, 0, 0},
    {"dense 128 to 64", 1024, 64, 128, 0, 0},
    {"transformer 64 to 256", 1024, 256, 64, 0, 0},
    {"transformer 256 to 64", 1024, 64, 256, 0, 0},
};

typedef struct buffers {
    float *a, *b, *packed, *room, *c[WAYS];
} buffers;

/* Rows of a transposed A are more than m apart, as in the loss: a power of two
 * would put them on the same lines of the cache. */
static size_t stride_of(const shape *s)
{
    return s->ta ? s->m + 16 : s->k;
}

static size_t packed(size_t n, size_t k)
{
    size_t numbers = 0;
    if (!sm_packed_numbers(n, k, &numbers)) exit(1);
    return numbers;
}

static void multiply(const shape *s, const buffers *x, int way,
                     const sm_kernels *kernels, const sm_tile *tile)
{
    size_t const row = s->ta ? 1 : s->k, column = s->ta ? stride_of(s) : 1;
    sm_kernels by = *kernels;
    if (way == 2) by.panel = tile->columns;
    for (size_t i = 0; way > 0 && i * SM_STRIP < s->n; i++)
        sm_strip_pack(&by, i, s->tb, s->n, s->k, x->b, s->tb ? s->k : s->n,
                      x->packed);
    for (size_t i = 0; i < s->m; i += BLOCK) {
        size_t const rows = s->m - i < BLOCK ? s->m - i : BLOCK;
        const float *const a = x->a + i * row;
        float *const c = x->c[way] + i * s->n;
        if (way == 0)
            kernels->gemm(rows, s->n, s->k, a, row, column, x->b, s->n, c,
                          s->n);
        else
            sm_gemm_tiles(&by, way == 2 ? tile : NULL, rows, s->n, s->k, a, row,
                          column, x->packed, c, s->n, x->room);
    }
}

/* Seconds of one product in each way, the median. */
static void measure(const shape *s, const buffers *x, int runs,
                    const sm_kernels *kernels, const sm_tile *tile,
                    double *seconds)
{
    double const work = 2.0 * (double)s->m * (double)s->n * (double)s->k;
    int const times = 1 + (int)(2e8 / work);
    double all[WAYS][MOST_RUNS];
    for (int r = 0; r < runs; r++)
        for (int way = s->tb; way < WAYS; way++) {
            double const begin = now();
            for (int t = 0; t < times; t++) multiply(s, x, way, kernels, tile);
            all[way][r] = (now() - begin) / times;
        }
    for (int way = s->tb; way < WAYS; way++) {
        qsort(all[way], (size_t)runs, sizeof **all, ascending);
        seconds[way] = all[way][runs / 2];
    }
}

static int compare(const shape *s, int runs, const sm_kernels *kernels,
                   const sm_tile *tile)
{
    double const work = 2e-9 * (double)s->m * (double)s->n * (double)s->k;
    double seconds[WAYS] = {0};
    buffers x = {take(s->ta ? s->k * stride_of(s) : s->m * s->k),
                 take(s->n * s->k),
                 take(packed(s->n, s->k)),
                 take(packed(BLOCK, s->k)),
                 {take(s->m * s->n), take(s->m * s->n), take(s->m * s->n)}};
    measure(s, &x, runs, kernels, tile, seconds);
    size_t const bytes = s->m * s->n * sizeof(float);
    /* one that rounds as no level does is compared in speed alone */
    int const differ =
        tile->level && (memcmp(x.c[1], x.c[2], bytes) != 0 ||
                        (!s->tb && memcmp(x.c[0], x.c[2], bytes) != 0));
    printf("%s\t%s\t%s\t%zu %zu %zu\t", kernels->name, tile->name, s->name,
           s->m, s->n, s->k);
    if (s->tb)
        printf("-");
    else
        printf("%.1f", work / seconds[0]);
    printf("\t%.1f\t%.1f%s\n", work / seconds[1], work / seconds[2],
           differ ? "\tother bits" : "");
    fflush(stdout);
    free(x.a);
    free(x.b);
    free(x.packed);
    free(x.room);
    for (int way = 0; way < WAYS; way++) free(x.c[way]);
    return differ;
}

/* All shapes by one kernel, if this processor has it. */
static int compare_all(int runs, const sm_tile *tile)
{
    const sm_kernels *kernels;
    int32_t const level = tile->level ? tile->level : SIAMESE_KERNEL_PORTABLE;
    int differ = 0;
    if (!tile->runs() || sm_kernels_select(level, &kernels) != SIAMESE_OK)
        return 0;
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        differ |= compare(&shapes[i], runs, kernels, tile);
    return differ;
}

int main(int argc, char **argv)
{
    int const runs = argc > 1 ? atoi(argv[1]) : 15;
    const sm_tile *const tried = TRIED;
    int differ = 0;
    if (runs < 1 || runs > MOST_RUNS) return 2;
    printf("level\tkernel\tproduct\tm n k\tplain\tstrips\tblis\n");
    if (tried) differ |= compare_all(runs, tried);
    for (size_t t = 0; t < sm_tile_count; t++)
        differ |= compare_all(runs, &sm_tiles[t]);
    return differ;
}
