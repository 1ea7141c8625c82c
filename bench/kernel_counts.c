/*
 * kernel_counts: one kernel at one level, some times, so that a counter of
 * instructions around it has the kernel's as the difference of two runs.
 *
 *     kernel_counts                     a line for each: LEVEL KERNEL ELEMENTS
 *     kernel_counts LEVEL KERNEL TIMES
 *
 * An element is one number of the rows that are read, of a vector or of the new
 * state; of scores and products of matrices, one multiply-add. "loop" is no
 * kernel: as many turns of a known loop, of two instructions each. For
 * bench/kernel_counts.sh.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <siamese/siamese.h>

#include "math/gemm.h"
#include "math/gemm_tiles.h"
#include "math/kernels.h"

enum {
    ROWS = 64,
    DIM = 64,
    BAG = 16,
    QUERIES = 32,
    STEP = 32,
    LONG = 1024,
    LOOP = 1000
};

static float table[ROWS * DIM], other[ROWS * DIM], result[ROWS * DIM];
static float gates[STEP * 4 * DIM], cells[STEP * DIM], hidden[STEP * DIM];
static float many[LONG], product[ROWS * ROWS], scales[ROWS];
static uint16_t halves[ROWS * DIM];
static int8_t bytes[ROWS * DIM];
static int32_t rows[BAG];
static float *strips, *room;
static const sm_tile *tile;

static void fill(void)
{
    for (size_t i = 0; i < ROWS * DIM; i++) {
        table[i] = (float)(i % 201) / 100 - 1;
        other[i] = (float)(i % 151) / 75 - 1;
        halves[i] = (uint16_t)(0x3400 + i % 1000);
        bytes[i] = (int8_t)(i % 255 - 127);
    }
    for (size_t i = 0; i < ROWS; i++) scales[i] = 0.01f;
    for (size_t i = 0; i < BAG; i++) rows[i] = (int32_t)(i * 7 % ROWS);
    for (size_t i = 0; i < STEP * DIM; i++) cells[i] = 0.25f;
    for (size_t i = 0; i < STEP * 4 * DIM; i++)
        gates[i] = (float)(i % 101) / 50 - 1;
    for (size_t i = 0; i < LONG; i++) many[i] = (float)(i % 100) / 50 - 1;
}

static void bag(const sm_kernels *k)
{
    k->sum_rows(DIM, BAG, rows, NULL, table, result);
}

static void half_rows(const sm_kernels *k)
{
    k->sum_rows_float16(DIM, BAG, rows, NULL, halves, result);
}

static void int8_rows(const sm_kernels *k)
{
    k->sum_rows_int8(DIM, BAG, rows, NULL, bytes, scales, result);
}

static void lstm(const sm_kernels *k)
{
    k->lstm_forward(STEP, DIM, gates, cells, cells, hidden);
}

static void gru(const sm_kernels *k)
{
    k->gru_forward(STEP, DIM, gates, cells, hidden);
}

static void dot(const sm_kernels *k)
{
    many[0] = k->dot(many, many, LONG) * 1e-3f;
}

static void scores(const sm_kernels *k)
{
    k->scores(QUERIES, ROWS, DIM, table, other, NULL, product, ROWS);
}

static void softmax(const sm_kernels *k)
{
    k->softmax(1, LONG, 1, many);
}

static void exponentials(const sm_kernels *k)
{
    (void)k->exp_sum(LONG, 1, many);
}

static void tanhs(const sm_kernels *k)
{
    k->activate(SIAMESE_ACTIVATION_TANH, LONG, many, many);
}

static void gelus(const sm_kernels *k)
{
    k->activate(SIAMESE_ACTIVATION_GELU, LONG, many, many);
}

static void norms(const sm_kernels *k)
{
    k->layer_norm(ROWS, DIM, table, scales, scales, 1e-6f, NULL, NULL, result);
}

static void sgemm(const sm_kernels *k)
{
    k->gemm(ROWS, ROWS, DIM, table, DIM, 1, other, ROWS, product, ROWS);
}

/* The same as training does it: packed, by BLIS's kernel where there is one. */
static void packed_sgemm(const sm_kernels *k)
{
    sm_kernels by = *k;
    if (tile) by.panel = tile->columns;
    sm_strip_pack(&by, 0, 0, ROWS, DIM, other, ROWS, strips);
    sm_gemm_tiles(&by, tile, ROWS, ROWS, DIM, table, DIM, 1, strips, product,
                  ROWS, room);
}

static void loop(const sm_kernels *k)
{
    (void)k;
#if defined(__aarch64__)
    uint64_t turns = LOOP;
    __asm__ volatile("1: subs %0, %0, #1\n b.ne 1b" : "+r"(turns)::"cc");
#elif defined(__x86_64__)
    uint64_t turns = LOOP;
    __asm__ volatile("1: dec %0\n jnz 1b" : "+r"(turns)::"cc");
#endif
}

typedef struct kernel {
    const char *name;
    size_t elements;
    void (*run)(const sm_kernels *kernels);
} kernel;

static const kernel all[] = {
    {"loop", LOOP, loop},
    {"int8_rows", BAG *DIM, int8_rows},
    {"half_rows", BAG *DIM, half_rows},
    {"bag_gather", BAG *DIM, bag},
    {"lstm_step", STEP *DIM, lstm},
    {"gru_step", STEP *DIM, gru},
    {"dot", LONG, dot},
    {"scores", QUERIES *ROWS *DIM, scores},
    {"softmax", LONG, softmax},
    {"exp", LONG, exponentials},
    {"tanh", LONG, tanhs},
    {"gelu", LONG, gelus},
    {"layer_norm", ROWS *DIM, norms},
    {"sgemm", ROWS *ROWS *DIM, sgemm},
    {"sgemm_packed", ROWS *ROWS *DIM, packed_sgemm},
};
enum { COUNT = sizeof all / sizeof *all };

/* The level that has this name, or the next one there is from *level on. */
static const sm_kernels *level_of(const char *name, int32_t *level)
{
    const sm_kernels *kernels;
    for (; *level < 16; ++*level)
        if (sm_kernels_available(*level) &&
            sm_kernels_select(*level, &kernels) == SIAMESE_OK &&
            (name == NULL || strcmp(kernels->name, name) == 0))
            return kernels;
    return NULL;
}

static void list(void)
{
    const sm_kernels *kernels;
    int32_t level = SIAMESE_KERNEL_PORTABLE;
    for (; (kernels = level_of(NULL, &level)) != NULL; level++)
        for (size_t i = 0; i < COUNT; i++)
            printf("%s %s %zu\n", kernels->name, all[i].name, all[i].elements);
}

static int take_room(int32_t level)
{
    size_t numbers = 0, others = 0;
    if (!sm_packed_numbers(ROWS, DIM, &numbers) ||
        !sm_packed_numbers(ROWS, DIM, &others))
        return 0;
    strips = aligned_alloc(64, numbers * sizeof *strips);
    room = aligned_alloc(64, others * sizeof *room);
    for (size_t t = 0; t < sm_tile_count; t++)
        if (sm_tiles[t].level == level && sm_tiles[t].runs())
            tile = &sm_tiles[t];
    return strips != NULL && room != NULL;
}

int main(int argc, char **argv)
{
    int32_t level = SIAMESE_KERNEL_PORTABLE;
    if (argc == 1) {
        list();
        return 0;
    }
    const sm_kernels *const kernels =
        argc == 4 ? level_of(argv[1], &level) : NULL;
    if (kernels == NULL || !take_room(level)) return 2;
    fill();
    for (size_t i = 0; i < COUNT; i++)
        if (strcmp(all[i].name, argv[2]) == 0) {
            for (int t = atoi(argv[3]); t > 0; t--) all[i].run(kernels);
            return 0;
        }
    return 2;
}
