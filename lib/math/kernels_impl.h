/* kernels_impl.h: the kernels themselves, included once by each
 * kernels_LEVEL.c, which says its level and the names to define. No include
 * guard on purpose. */

#include "math/kernels.h"
#include "math/simd.h"

/* ---- products of two vectors ---- */

static float kernel_dot(const float *a, const float *b, size_t n)
{
    vec sum[4] = {vec_set(0), vec_set(0), vec_set(0), vec_set(0)};
    size_t i = 0;
    for (; i + 4 * VEC_WIDTH <= n; i += 4 * VEC_WIDTH)
#pragma GCC unroll 4 /* else the sums stay in memory */
        for (size_t j = 0; j < 4; j++)
            sum[j] = vec_fma(vec_load(a + i + j * VEC_WIDTH),
                             vec_load(b + i + j * VEC_WIDTH), sum[j]);
    for (; i + VEC_WIDTH <= n; i += VEC_WIDTH)
        sum[0] = vec_fma(vec_load(a + i), vec_load(b + i), sum[0]);
    if (i < n)
        sum[1] = vec_fma(vec_load_part(a + i, n - i),
                         vec_load_part(b + i, n - i), sum[1]);
    return vec_sum(vec_add(vec_add(sum[0], sum[1]), vec_add(sum[2], sum[3])));
}

/* ---- matrix products ---- */

enum { CACHE_LINE_FLOATS = 16 };

enum gemm_start { START_ZERO, START_C, START_BIAS, START_TABLE };

typedef struct gemm_arguments {
    size_t k;
    const float *a;
    size_t a_row, a_column;
    const float *b;
    size_t ldb;
    const float *bias;
    float *c;
    size_t ldc;
    enum gemm_start start;
    const float *table; /* START_TABLE */
    const uint32_t *table_rows;
    size_t m, n;
} gemm_arguments;

enum { BLOCK_ROWS_MAX = 8, BLOCK_VECTORS_MAX = 4 };

/* What the sums of row i from column j on begin with. */
static inline const float *gemm_from(const gemm_arguments *g, size_t i,
                                     size_t j)
{
    if (g->start == START_BIAS) return g->bias + j;
    if (g->start == START_TABLE) return g->table + g->table_rows[i] * g->n + j;
    return g->c + i * g->ldc + j;
}

/* Asks for what the block below begins with: tables are larger than caches. */
static inline void gemm_ask_below(const gemm_arguments *g, size_t i, size_t j,
                                  int const rows, int const vectors)
{
    if (g->start != START_TABLE) return;
    for (size_t r = i + (size_t)rows; r < g->m && r < i + 2 * (size_t)rows; r++)
        for (int c = 0; c < vectors * VEC_WIDTH; c += CACHE_LINE_FLOATS)
            __builtin_prefetch(gemm_from(g, r, j) + c);
}

/*
 * rows x (vectors * VEC_WIDTH) elements of C at (i, j), in registers; part > 0
 * means one vector with so many columns. c = start + sum_k a_ik b_kj, k
 * ascending.
 */
static inline __attribute__((always_inline)) void
gemm_block(const gemm_arguments *g, size_t i, size_t j, int const rows,
           int const vectors, size_t const part)
{
    vec sum[BLOCK_ROWS_MAX][BLOCK_VECTORS_MAX];
    const float *const a = g->a + i * g->a_row;
    const float *const b = g->b + j;
    float *const c = g->c + i * g->ldc + j;
    gemm_ask_below(g, i, j, rows, vectors);
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) {
            const float *const from =
                gemm_from(g, i + (size_t)r, j) + v * VEC_WIDTH;
            if (g->start == START_ZERO)
                sum[r][v] = vec_set(0);
            else
                sum[r][v] = part ? vec_load_part(from, part) : vec_load(from);
        }
    for (size_t k = 0; k < g->k; k++) {
        vec row[BLOCK_VECTORS_MAX];
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++)
            row[v] = part ? vec_load_part(b + k * g->ldb, part)
                          : vec_load(VEC_BASE(b + k * g->ldb + v * VEC_WIDTH));
#pragma GCC unroll 8
        for (int r = 0; r < rows; r++) {
            vec const x = vec_set(a[r * g->a_row + k * g->a_column]);
#pragma GCC unroll 4
            for (int v = 0; v < vectors; v++)
                sum[r][v] = vec_fma(x, row[v], sum[r][v]);
        }
    }
#pragma GCC unroll 8
    for (int r = 0; r < rows; r++)
#pragma GCC unroll 4
        for (int v = 0; v < vectors; v++) {
            float *const to = c + r * g->ldc + v * VEC_WIDTH;
            if (part)
                vec_store_part(to, part, sum[r][v]);
            else
                vec_store(to, sum[r][v]);
        }
}

/* All rows of one strip of columns. */
#define GEMM_STRIP(NAME, ROWS, VECTORS)                                        \
    static void NAME(const gemm_arguments *g, size_t m, size_t j)              \
    {                                                                          \
        size_t i = 0;                                                          \
        for (; i + (ROWS) <= m; i += (ROWS))                                   \
            gemm_block(g, i, j, (ROWS), (VECTORS), 0);                         \
        for (; i + 2 <= m; i += 2) gemm_block(g, i, j, 2, (VECTORS), 0);       \
        if (i < m) gemm_block(g, i, j, 1, (VECTORS), 0);                       \
    }

/* rows times vectors: as many sums as the level has registers for */
#if defined(SM_LEVEL_AVX512)
GEMM_STRIP(gemm_strip4, 6, 4)
#define STRIP4 1
GEMM_STRIP(gemm_strip2, 8, 2)
#else
#define STRIP4 0
GEMM_STRIP(gemm_strip2, SM_STRIP2_ROWS, 2)
#endif
GEMM_STRIP(gemm_strip1, 6, 1)

static void gemm_strip_part(const gemm_arguments *g, size_t m, size_t j,
                            size_t part)
{
    size_t i = 0;
    for (; i + 4 <= m; i += 4) gemm_block(g, i, j, 4, 1, part);
    for (; i < m; i++) gemm_block(g, i, j, 1, 1, part);
}

static void gemm_all(const gemm_arguments *g, size_t m, size_t n)
{
    size_t j = 0;
#if STRIP4
    for (; j + 4 * VEC_WIDTH <= n; j += 4 * VEC_WIDTH) gemm_strip4(g, m, j);
#endif
    for (; j + 2 * VEC_WIDTH <= n; j += 2 * VEC_WIDTH) gemm_strip2(g, m, j);
    for (; j + VEC_WIDTH <= n; j += VEC_WIDTH) gemm_strip1(g, m, j);
    if (j < n) gemm_strip_part(g, m, j, n - j);
}

static void kernel_gemm(size_t m, size_t n, size_t k, const float *a,
                        size_t a_row, size_t a_column, const float *b,
                        size_t ldb, float *c, size_t ldc)
{
    gemm_arguments const g = {.k = k,
                              .a = a,
                              .a_row = a_row,
                              .a_column = a_column,
                              .b = b,
                              .ldb = ldb,
                              .c = c,
                              .ldc = ldc,
                              .start = START_ZERO};
    gemm_all(&g, m, n);
}

static void kernel_gemm_look_up(size_t m, size_t n, size_t k, const float *a,
                                size_t a_row, size_t a_column, const float *b,
                                size_t ldb, const float *table,
                                const uint32_t *rows, float *c, size_t ldc)
{
    gemm_arguments const g = {.k = k,
                              .a = a,
                              .a_row = a_row,
                              .a_column = a_column,
                              .b = b,
                              .ldb = ldb,
                              .c = c,
                              .ldc = ldc,
                              .start = START_TABLE,
                              .table = table,
                              .table_rows = rows,
                              .m = m,
                              .n = n};
    gemm_all(&g, m, n);
}

static void kernel_gemm_add(size_t m, size_t n, size_t k, const float *a,
                            size_t a_row, size_t a_column, const float *b,
                            size_t ldb, float *c, size_t ldc)
{
    gemm_arguments const g = {.k = k,
                              .a = a,
                              .a_row = a_row,
                              .a_column = a_column,
                              .b = b,
                              .ldb = ldb,
                              .c = c,
                              .ldc = ldc,
                              .start = START_C};
    gemm_all(&g, m, n);
}

static void kernel_gemm_bias(size_t m, size_t n, size_t k, const float *a,
                             size_t a_row, size_t a_column, const float *b,
                             size_t ldb, const float *bias, float *c,
                             size_t ldc)
{
    gemm_arguments const g = {.k = k,
                              .a = a,
                              .a_row = a_row,
                              .a_column = a_column,
                              .b = b,
                              .ldb = ldb,
                              .bias = bias,
                              .c = c,
                              .ldc = ldc,
                              .start = START_BIAS};
    gemm_all(&g, m, n);
}

#include "math/kernels_scores_impl.h"

/* ---- vectors that may be parts of one ---- */

static inline vec load_some(const float *p, size_t n)
{
    return n >= VEC_WIDTH ? vec_load(p) : vec_load_part(p, n);
}

static inline void store_some(float *p, size_t n, vec x)
{
    if (n >= VEC_WIDTH)
        vec_store(p, x);
    else
        vec_store_part(p, n, x);
}

/* ---- sums of rows ---- */

/* Rows whose memory is asked for this far ahead: tables are larger than
 * caches. */
enum { SUM_ROWS_AHEAD = 8 };

/* Columns j .. of all rows, in registers: so many vectors, or a part of one. */
static inline __attribute__((always_inline)) void
sum_rows_strip(size_t n, size_t count, const int32_t *rows,
               const float *weights, const float *table, float *out, size_t j,
               int const vectors, size_t const part)
{
    vec sum[8];
#pragma GCC unroll 8
    for (int v = 0; v < vectors; v++) sum[v] = vec_set(0);
    for (size_t i = 0; i < count; i++) {
        const float *const row = VEC_BASE(table + (size_t)rows[i] * n + j);
        vec const weight = vec_set(weights ? weights[i] : 1);
        if (i + SUM_ROWS_AHEAD < count) {
            const float *const next =
                table + (size_t)rows[i + SUM_ROWS_AHEAD] * n + j;
            for (int c = 0; c < vectors * VEC_WIDTH; c += CACHE_LINE_FLOATS)
                __builtin_prefetch(next + c);
        }
#pragma GCC unroll 8
        for (int v = 0; v < vectors; v++)
            sum[v] = vec_fma(weight,
                             part ? vec_load_part(row, part)
                                  : vec_load(row + v * VEC_WIDTH),
                             sum[v]);
    }
#pragma GCC unroll 8
    for (int v = 0; v < vectors; v++) {
        if (part)
            vec_store_part(out + j, part, sum[v]);
        else
            vec_store(out + j + v * VEC_WIDTH, sum[v]);
    }
}

static void kernel_sum_rows(size_t n, size_t count, const int32_t *rows,
                            const float *weights, const float *table,
                            float *out)
{
    size_t j = 0;
    for (; j + 8 * VEC_WIDTH <= n; j += 8 * VEC_WIDTH)
        sum_rows_strip(n, count, rows, weights, table, out, j, 8, 0);
    for (; j + 2 * VEC_WIDTH <= n; j += 2 * VEC_WIDTH)
        sum_rows_strip(n, count, rows, weights, table, out, j, 2, 0);
    for (; j + VEC_WIDTH <= n; j += VEC_WIDTH)
        sum_rows_strip(n, count, rows, weights, table, out, j, 1, 0);
    if (j < n) sum_rows_strip(n, count, rows, weights, table, out, j, 1, n - j);
}

/* ---- element by element ---- */

static void kernel_add(size_t n, const float *x, float *y)
{
    for (size_t i = 0; i < n; i += VEC_WIDTH)
        store_some(y + i, n - i,
                   vec_add(load_some(y + i, n - i), load_some(x + i, n - i)));
}

static void kernel_scale(size_t n, float a, float *y)
{
    for (size_t i = 0; i < n; i += VEC_WIDTH)
        store_some(y + i, n - i, vec_mul(load_some(y + i, n - i), vec_set(a)));
}

static double kernel_exp_sum(size_t n, float shift, float *x)
{
    vec sum = vec_set(0);
    size_t i = 0;
    for (; i + VEC_WIDTH <= n; i += VEC_WIDTH) {
        vec const e = vec_exp(vec_sub(vec_load(x + i), vec_set(shift)));
        vec_store(x + i, e);
        sum = vec_add(sum, e);
    }
    double total = vec_sum(sum);
    if (i < n) {
        float lanes[VEC_WIDTH];
        vec const e =
            vec_exp(vec_sub(vec_load_part(x + i, n - i), vec_set(shift)));
        vec_store(lanes, e);
        vec_store_part(x + i, n - i, e);
        for (size_t j = 0; j < n - i; j++) total += lanes[j];
    }
    return total;
}

static float kernel_maximum(size_t n, const float *x)
{
    vec const least = vec_set(-FLT_MAX), most = vec_set(FLT_MAX);
    vec highest = vec_set(x[0]), unordered = vec_set(0);
    size_t i = 0;
    for (; i + VEC_WIDTH <= n; i += VEC_WIDTH) {
        vec const a = vec_load(x + i);
        vec const b = vec_bound(least, most, a); /* finite, or NaN */
        highest = vec_max(highest, a);
        unordered = vec_add(unordered, vec_sub(b, b)); /* NaN or 0 */
    }
    float lanes[VEC_WIDTH], result;
    int odd = isnan(vec_sum(unordered));
    vec_store(lanes, highest);
    result = lanes[0];
    for (size_t j = 1; j < VEC_WIDTH; j++)
        if (lanes[j] > result) result = lanes[j];
    for (; i < n; i++) {
        odd |= isnan(x[i]);
        if (x[i] > result) result = x[i];
    }
    return odd ? NAN : result;
}

static int kernel_finite_squares(size_t n, float scale, const float *x)
{
    vec odd = vec_set(0);
    for (size_t i = 0; i < n; i += VEC_WIDTH) {
        vec const a = vec_mul(vec_set(scale), load_some(x + i, n - i));
        vec const square = vec_mul(a, a);
        odd = vec_add(odd, vec_sub(square, square)); /* 0, or NaN */
    }
    return !isnan(vec_sum(odd));
}

static size_t kernel_count_greater(size_t n, const float *x, float threshold)
{
    size_t count = 0, i = 0;
    for (; i + VEC_WIDTH <= n; i += VEC_WIDTH)
        count += vec_count_greater(vec_load(x + i), vec_set(threshold));
    for (; i < n; i++) count += x[i] > threshold;
    return count;
}

static void kernel_mask(size_t n, const uint32_t *a, uint32_t own_a,
                        const uint32_t *b, uint32_t own_b, float addend,
                        float *x)
{
    vec const none = vec_set(0), all = vec_set(addend);
    size_t i = 0;
    for (; i + VEC_WIDTH <= n; i += VEC_WIDTH) {
        vec const by_a = a ? vec_where_equal(a + i, own_a, all) : none;
        vec const by_b = b ? vec_where_equal(b + i, own_b, all) : none;
        /* the addend is below 0 */
        vec_store(x + i, vec_add(vec_load(x + i), vec_min(by_a, by_b)));
    }
    for (; i < n; i++)
        if ((a && a[i] == own_a) || (b && b[i] == own_b)) x[i] += addend;
}

static void kernel_shares(size_t n, float least, float share, float scale,
                          float *x)
{
    for (size_t i = 0; i < n; i += VEC_WIDTH) {
        vec const e = load_some(x + i, n - i);
        vec const part = vec_mul(vec_set(scale), vec_mul(e, vec_set(share)));
        store_some(x + i, n - i, vec_where_greater(e, vec_set(least), part));
    }
}

#include "math/kernels_cells_impl.h"
#include "math/kernels_packed_impl.h"
#include "math/kernels_words_impl.h"
#include "math/kernels_layers_impl.h"
#include "math/kernels_update_impl.h"

const sm_kernels SM_KERNELS = {
    .level = SM_KERNEL_LEVEL,
    .name = SM_KERNEL_NAME,
    .panel = SM_PANEL_VECTORS * VEC_WIDTH,
    .dot = kernel_dot,
    .scores = kernel_scores,
    .find_greater = kernel_find_greater,
    .gemm = kernel_gemm,
    .gemm_add = kernel_gemm_add,
    .gemm_bias = kernel_gemm_bias,
    .gemm_look_up = kernel_gemm_look_up,
    .lstm_forward = kernel_lstm_forward,
    .lstm_backward = kernel_lstm_backward,
    .gru_forward = kernel_gru_forward,
    .gru_backward = kernel_gru_backward,
    .sum_rows = kernel_sum_rows,
    .sum_rows_float16 = kernel_sum_rows_float16,
    .sum_rows_int8 = kernel_sum_rows_int8,
    .dots_int8 = kernel_dots_int8,
    .add = kernel_add,
    .scale = kernel_scale,
    .exp_sum = kernel_exp_sum,
    .maximum = kernel_maximum,
    .finite_squares = kernel_finite_squares,
    .count_greater = kernel_count_greater,
    .mask = kernel_mask,
    .shares = kernel_shares,
    .softmax = kernel_softmax,
    .softmax_gradient = kernel_softmax_gradient,
    .layer_norm = kernel_layer_norm,
    .layer_norm_gradient = kernel_layer_norm_gradient,
    .activate = kernel_activate,
    .activate_gradient = kernel_activate_gradient,
    .adam = kernel_adam,
    .adagrad = kernel_adagrad,
    .momentum = kernel_momentum,
    .descend = kernel_descend,
    .clip = kernel_clip,
};
