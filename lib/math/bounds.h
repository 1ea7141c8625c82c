/*
 * bounds.h: upper bounds of scores from vectors in 4 and in 8 bits, so that a
 * search reads the floats of those vectors alone that may be among its results.
 *
 * A row x is kept as x ~ s c, c whole numbers of -119 .. 119, and these as
 * c = 16 h + l with h in -7 .. 7 and l in -8 .. 7: h alone, "coarse", is a code
 * of 4 bits, and l makes it one of 8. A query is q ~ t a, a in -127 .. 127. By
 * Cauchy and Schwarz
 *
 *     q . x = t a . s c + t a . (x - s c) + (q - t a) . x
 *          <= t s (a . c) + |t a| |x - s c| + |q - t a| |x|           (fine)
 *
 * and, with x ~ r h for the r of least squares, so that e = x - r h is at right
 * angles to h and sees of t a only what is at right angles to h too,
 *
 *     t a . x <= p + |e| sqrt(|t a|^2 - (p / |x|)^2),
 *     p = t r (a . h)                                              (coarse)
 *
 * Sums a . c and a . h are of whole numbers, and exact. To this comes what
 * floats round, of the score as of the bound; docs/index.md has the proof.
 */
#ifndef SM_BOUNDS_H
#define SM_BOUNDS_H

#include "math/kernels.h"

enum {
    SM_BOUND_ROWS = 16,     /* of a block */
    SM_BOUND_MOST_TILE = 4, /* blocks that are unpacked at once */

    /* the norms of rows that are 0 or not there: about 2^-99, which is above 0,
     * and less than a bound allows for */
    SM_BOUND_NO_NORMS = 0x0e000e00,
};

/* Bytes of a row's coarse codes, and of its fine ones. */
static inline size_t sm_bound_coarse_size(size_t dim)
{
    return (dim + 7) / 8 * 4;
}
static inline size_t sm_bound_fine_size(size_t dim)
{
    return (dim + 63) / 64 * 32;
}

/* Numbers of a query's codes, those behind `dim` 0. */
static inline size_t sm_bound_code_count(size_t dim)
{
    return (dim + 63) / 64 * 64;
}

/* What the fine bound of a row needs beside its codes. */
typedef struct sm_bound_rest {
    float scale; /* s */
    float error; /* |x - s c| or more */
} sm_bound_rest;

/* What a row has beside its codes. */
typedef struct sm_bound_row {
    float scale; /* r / 16 */

    /* A float that is |x - r h| / |x| or more; its lower 16 bits are the upper
     * ones of a float that is |x| or more. */
    uint32_t norms;
    sm_bound_rest rest;
} sm_bound_row;

/* Rows in blocks of SM_BOUND_ROWS. Those of rows that are not
 * there are SM_BOUND_NO_NORMS, their scale 0, or what a row there had. */
typedef struct sm_bound_blocks {
    /* [blocks][ceil(dim / 8)][SM_BOUND_ROWS][4]: byte j of group g has h + 8 of
     * the numbers 8 g + j and, in its upper half, 8 g + 4 + j */
    const uint8_t *coarse;
    const float *scales;   /* [rows] of r / 16 */
    const uint32_t *norms; /* [rows] */
} sm_bound_blocks;

/* The same rows with all of their codes. */
typedef struct sm_bound_full {
    const uint8_t *coarse; /* as of sm_bound_blocks */
    const uint8_t *fine;   /* [rows][sm_bound_fine_size] */
    const sm_bound_rest *rests;
    const uint32_t *norms;
} sm_bound_full;

/* Rows whose bound is greater than `above`, of one query. */
typedef struct sm_bound_pick {
    float above;
    size_t count;
    uint32_t *at;           /* [count]: their numbers, */
    float *uppers, *lowers; /* and what their scores lie between */
} sm_bound_pick;

/* Each factor is a little more than what it stands for, for what is rounded. */
typedef struct sm_bound_query {
    const int8_t *codes; /* [sm_bound_code_count] */
    int32_t sum;         /* of codes */

    /* coarse: length (p + ratio sqrt(square N^2 - p^2) + by_norm N),
     * p = over_length r (a . h), N and ratio of the row's norms */
    float length;      /* |t a| */
    float over_length; /* t / |t a| */
    float square;      /* 1 */
    float by_norm;     /* |q - t a| / |t a|, and what a score rounds */

    /* fine: scale s (a . c) + by_error E + fine_by_norm N */
    float scale;        /* t */
    float by_error;     /* |t a| */
    float fine_by_norm; /* |q - t a|, and what a score rounds */
} sm_bound_query;

/* Rows of which dots are known, and what else their fine bounds need. */
typedef struct sm_bound_rows {
    const sm_bound_query *queries[SM_BOUND_ROWS];
    const uint8_t *fine[SM_BOUND_ROWS];
    int32_t dots[SM_BOUND_ROWS];
    float scales[SM_BOUND_ROWS], errors[SM_BOUND_ROWS];
    uint32_t norms[SM_BOUND_ROWS];
} sm_bound_rows;

typedef struct sm_bound_kernels {
    /*
     * coarse[sm_bound_coarse_size], in the order of a block's one row, and
     * fine[sm_bound_fine_size] of x[dim]: l + 8 of the numbers 64 g + j in the
     * lower half of byte 32 g + j, of 64 g + 32 + j in its upper half.
     */
    void (*encode)(size_t dim, const float *x, uint8_t *coarse, uint8_t *fine,
                   sm_bound_row *row);

    /*
     * dots[q][SM_BOUND_ROWS * n] = 16 a . h of queries[m] and n blocks, rows of
     * it dots_stride apart; tops[q][n] the largest coarse bound of each block,
     * rows tops_stride apart. room: [SM_BOUND_MOST_TILE * SM_BOUND_ROWS *
     * 2 * coarse_size], where m > 1. What is at next is read afterwards.
     */
    void (*scan)(size_t m, size_t n, size_t dim,
                 const sm_bound_query *const *queries,
                 const sm_bound_blocks *blocks, const uint8_t *next,
                 int32_t *dots, size_t dots_stride, float *tops,
                 size_t tops_stride, uint8_t *room);

    /* Bit r: whether the coarse bound of a block's row r, of which dots are
     * known, is greater than threshold. */
    unsigned (*above)(const sm_bound_query *query, const int32_t *dots,
                      const float *scales, const uint32_t *norms,
                      float threshold);

    /*
     * uppers[SM_BOUND_ROWS] and lowers[SM_BOUND_ROWS] that the scores of n rows
     * lie between, which stand anywhere, by all of their code, each for a query
     * of its own: fine[i] a row's fine codes, dots[i] its 16 a . h. Those
     * behind n are any.
     */
    void (*fine)(size_t n, size_t dim, const sm_bound_rows *rows, float *uppers,
                 float *lowers);

    /*
     * Adds to picks[m], which have room for them, the rows of n blocks whose
     * bound by all of their code is greater than `above`, of block b those that
     * passing[b] has the bits of. Row r of block b has the number
     * SM_BOUND_ROWS b + r. room: [SM_BOUND_MOST_TILE * SM_BOUND_ROWS]
     * [2 * coarse_size]. As many blocks at *next are read afterwards. NULL
     * where products of bytes are not so fast that, for many queries, this
     * takes less time than a scan and what it leaves.
     */
    void (*pick)(size_t m, size_t n, size_t dim,
                 const sm_bound_query *const *queries,
                 const sm_bound_full *blocks, const uint16_t *passing,
                 const sm_bound_full *next, sm_bound_pick *picks,
                 uint8_t *room);
} sm_bound_kernels;

/* Those of the level of kernels, or with instructions that the processor has
 * beside them: of the whole numbers none differs. */
const sm_bound_kernels *sm_bound_kernels_of(const sm_kernels *kernels);

/* Whether scanning by them takes less time than products of floats do; the
 * portable ones take twice as long. */
bool sm_bounds_are_faster(const sm_kernels *kernels);

/* Codes of q[dim] into codes[sm_bound_code_count], which *query points to. A
 * query whose numbers are too large or small for a bound has that of
 * infinity. */
void sm_bound_query_make(sm_bound_query *query, int8_t *codes, const float *q,
                         size_t dim);

#endif
