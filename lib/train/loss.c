/* loss.c: vectors of queries and items in, the loss and its gradients out, tile
 * by tile. For train_step. */
#include "train/loss.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "common/assert.h"
#include "common/memory.h"
#include "common/size.h"
#include "common/team.h"
#include "math/gemm.h"

/* Rows of one task; fixed, so that the bits do not depend on the threads. */
enum { BLOCK = 64 };

/* Numbers of a cache line. */
enum { LINE = 16 };

/* tfrs's MIN_FLOAT, and what stands for a logit that is left out: finite, so
 * that a row's maximum tells whether a real one is not. */
static const float accidental_hit = -FLT_MAX / 100;
static const float left_out = -FLT_MAX;

/* One direction: rows look for the column of their own number. */
typedef struct loss_pass {
    sm_loss *loss;
    const sm_kernels *kernels;
    const sm_loss_options *options;
    const sm_loss_batch *batch;
    size_t columns;
    const float *from;        /* [B][D] */
    const float *to;          /* [columns][D] */
    const float *corrections; /* [columns], or NULL */
    float share;              /* of this direction in the reduced loss */
    float *from_gradients, *to_gradients; /* or NULL */
} loss_pass;

/* Numbers from one row of logits to the next: whole lines, and never a power of
 * two, by which the rows' lines would push each other out of the cache. */
static size_t stride_of(size_t columns)
{
    return sm_chunks(columns, LINE) * LINE + LINE;
}

/* ---- memory ---- */

void sm_loss_free(sm_loss *loss)
{
    sm_aligned_free(loss->logits);
    sm_aligned_free(loss->panel);
    sm_aligned_free(loss->packed);
    sm_free(loss->corrections);
    sm_free(loss->scratch);
    sm_free(loss->row_losses);
    sm_aligned_free(loss->back);
    *loss = (sm_loss){0};
}

static sm_loss_size larger(const sm_loss_size *a, const sm_loss_size *b)
{
    return (sm_loss_size){
        sm_max(a->count, b->count), sm_max(a->columns, b->columns),
        sm_max(a->dim, b->dim), sm_max(a->workers, b->workers),
        a->symmetric | b->symmetric};
}

static bool is_within(const sm_loss_size *a, const sm_loss_size *b)
{
    return a->count <= b->count && a->columns <= b->columns &&
           a->dim <= b->dim && a->workers <= b->workers &&
           a->symmetric <= b->symmetric;
}

/* Of one task's rows, which are as deep as D, N or B is. */
static bool room_numbers(const sm_loss_size *size, size_t *numbers)
{
    size_t const depth = sm_max(size->dim, size->columns); /* N >= B */
    return sm_packed_numbers(BLOCK, depth, numbers);
}

sm_status sm_loss_reserve(sm_loss *loss, const sm_loss_size *wanted)
{
    if (is_within(wanted, &loss->size)) return SIAMESE_OK;
    sm_loss grown = {.size = larger(wanted, &loss->size)};
    const sm_loss_size *const size = &grown.size;
    size_t stride, logits, side, panel, packed, scratch, back;
    if (!sm_size_add(size->columns, 2 * LINE, &stride) ||
        !sm_size_multiply(size->count, stride, &logits) ||
        !sm_packed_numbers(size->columns, size->dim, &side) ||
        !sm_size_multiply(3, side, &panel) || !room_numbers(size, &packed) ||
        !sm_size_multiply(packed, size->workers, &packed) ||
        !sm_size_multiply(size->columns, size->workers, &scratch) ||
        !sm_size_multiply(2 * size->count, size->dim, &back))
        return sm_fail_memory();
    grown.logits = sm_aligned_array(logits, sizeof *grown.logits);
    grown.panel = sm_aligned_array(panel, sizeof *grown.panel);
    grown.packed = sm_aligned_array(packed, sizeof *grown.packed);
    grown.corrections =
        sm_alloc_array(size->columns, sizeof *grown.corrections);
    grown.scratch = sm_alloc_array(scratch, sizeof *grown.scratch);
    grown.row_losses = sm_alloc_array(size->count, sizeof *grown.row_losses);
    if (size->symmetric)
        grown.back = sm_aligned_array(back, sizeof *grown.back);
    if (!grown.logits || !grown.panel || !grown.packed || !grown.corrections ||
        !grown.scratch || !grown.row_losses ||
        (size->symmetric && !grown.back)) {
        sm_loss_free(&grown);
        return sm_fail_memory();
    }
    sm_loss_free(loss);
    *loss = grown;
    return SIAMESE_OK;
}

/* ---- logits of one row, in the order of tfrs.tasks.Retrieval ---- */

/* The n-th highest (from 1) of x[count], which it reorders; no NaN in it. */
static float nth_highest(float *x, size_t count, size_t n)
{
    sm_assert(n >= 1 && n <= count);
    size_t low = 0, high = count - 1;
    size_t const wanted = n - 1;
    while (low < high) {
        /* Hoare's partition: x[low .. j] >= pivot >= x[j + 1 .. high] */
        float const pivot = x[low + (high - low) / 2];
        size_t i = low - 1, j = high + 1;
        for (;;) {
            do i++;
            while (x[i] > pivot);
            do j--;
            while (x[j] < pivot);
            if (i >= j) break;
            float const t = x[i];
            x[i] = x[j];
            x[j] = t;
        }
        if (wanted <= j)
            high = j;
        else
            low = j + 1;
    }
    return x[wanted];
}

/*
 * Keeps the positive and the n highest negatives, equal ones by lower column,
 * as tf.math.top_k takes them; the others are left out.
 */
static void keep_hard_negatives(float *row, size_t count, size_t positive,
                                size_t n, float *scratch)
{
    if (n + 1 >= count) return;
    memcpy(scratch, row, count * sizeof *row);
    scratch[positive] = scratch[count - 1];
    float const threshold = nth_highest(scratch, count - 1, n);
    size_t equal = n;
    for (size_t j = 0; j < count; j++)
        equal -= j != positive && row[j] > threshold;
    for (size_t j = 0; j < count; j++) {
        if (j == positive || row[j] > threshold) continue;
        if (row[j] == threshold && equal > 0)
            equal--;
        else
            row[j] = left_out;
    }
}

/*
 * S_ij / T - ln p_j, and far below all others where column j is no negative of
 * row i: the same item or, of the pairs, the same query, elsewhere in the
 * batch.
 */
static void correct_logits(const loss_pass *p, size_t i, float *row)
{
    const sm_loss_batch *const b = p->batch;
    const uint32_t *const items = b->item_numbers;
    const uint32_t *const queries = b->query_numbers;
    float const temperature = p->options->temperature;
    if (temperature != 1) p->kernels->scale(p->columns, 1 / temperature, row);
    if (p->corrections) p->kernels->add(p->columns, p->corrections, row);
    if (items == NULL && queries == NULL) return;
    float const positive = row[i];
    p->kernels->mask(b->count, items, items ? items[i] : 0, queries,
                     queries ? queries[i] : 0, accidental_hit, row);
    if (items)
        p->kernels->mask(p->columns - b->count, items + b->count, items[i],
                         NULL, 0, accidental_hit, row + b->count);
    row[i] = positive;
}

/* ---- the loss of one row ---- */

/*
 * loss_i = ln sum_j exp(s_ij) - s_ii, and the row becomes
 * dS_ij = scale (softmax(s_i)_j - [i = j])
 */
static double cross_entropy(const loss_pass *p, size_t i, float highest,
                            float scale, float *row)
{
    float const positive = row[i];
    double const sum = p->kernels->exp_sum(p->columns, highest, row);
    double const loss = log(sum) + ((double)highest - (double)positive);

    float const share = (float)(1 / sum);
    /* exp's floor is no share: left out is left out */
    p->kernels->shares(p->columns, 2 * FLT_MIN, share, scale, row);
    row[i] = scale * ((float)(exp((double)positive - highest) / sum) - 1);
    return loss;
}

/*
 * loss_i = sum_{j != i} max(0, m + s_ij - s_ii), and the row becomes
 * dS_ij = scale [m + s_ij > s_ii], dS_ii = -sum_{j != i} dS_ij
 */
static double hinge(const loss_pass *p, size_t i, float scale, float *row)
{
    float const short_of = p->options->margin - row[i];
    double loss = 0;
    size_t violations = 0;
    row[i] = left_out;
    for (size_t j = 0; j < p->columns; j++) {
        float const violation = short_of + row[j];
        bool const counts = violation > 0;
        loss += counts ? violation : 0;
        violations += (size_t)counts;
        row[j] = counts ? scale : 0.0f;
    }
    row[i] = -scale * (float)violations;
    return loss;
}

static void compute_row(const loss_pass *p, size_t i, float *row,
                        float *scratch)
{
    const sm_loss_batch *const b = p->batch;
    float const w = b->weights ? b->weights[i] : 1.0f;
    float const scale = w * p->share / p->options->temperature;
    float highest = p->kernels->maximum(p->columns, row);
    if (!isfinite(highest) || !isfinite(row[i])) {
        p->loss->row_losses[i] = NAN;
        return;
    }
    if (p->options->hard_negatives) {
        keep_hard_negatives(row, p->columns, i, p->options->hard_negatives,
                            scratch);
        highest = p->kernels->maximum(p->columns, row);
    }
    p->loss->row_losses[i] =
        w * (p->options->kind == SIAMESE_LOSS_HINGE
                 ? hinge(p, i, scale, row)
                 : cross_entropy(p, i, highest, scale, row));
}

/* ---- one direction ---- */

/* Where each right side stands in the panel: none is larger than C. */
static float *right_side(const loss_pass *p, size_t number)
{
    size_t numbers = 0;
    sm_packed_numbers(p->loss->size.columns, p->loss->size.dim, &numbers);
    return p->loss->panel + number * numbers;
}

static float *to_transposed(const loss_pass *p)
{
    return right_side(p, 0);
}

static float *to_strips(const loss_pass *p)
{
    return right_side(p, 1);
}

static float *from_strips(const loss_pass *p)
{
    return right_side(p, 2);
}

/* A worker's memory for the rows of a product. */
static float *room_of(const loss_pass *p, size_t worker)
{
    size_t numbers = 0;
    room_numbers(&p->loss->size, &numbers);
    return p->loss->packed + worker * numbers;
}

/* One strip: first those of C^T, then, for the gradients, of C and of Q. */
static sm_status pack_task(void *context, size_t task, size_t worker)
{
    const loss_pass *const p = context;
    size_t const dim = p->batch->dim;
    size_t const across = sm_chunks(p->columns, SM_STRIP);
    size_t const along = sm_chunks(dim, SM_STRIP);
    (void)worker;
    if (task < across)
        sm_strip_pack(p->kernels, task, 1, p->columns, dim, p->to, dim,
                      to_transposed(p));
    else if (task < across + along)
        sm_strip_pack(p->kernels, task - across, 0, dim, p->columns, p->to, dim,
                      to_strips(p));
    else
        sm_strip_pack(p->kernels, task - across - along, 0, dim,
                      p->batch->count, p->from, dim, from_strips(p));
    return SIAMESE_OK;
}

/* Rows: S = Q C^T, their losses, dS, and dQ = dS C. */
static sm_status row_task(void *context, size_t task, size_t worker)
{
    const loss_pass *const p = context;
    const sm_loss_batch *const b = p->batch;
    size_t const columns = p->columns, stride = stride_of(columns);
    size_t const first = task * BLOCK;
    size_t const rows = sm_min(BLOCK, b->count - first);
    float *const block = p->loss->logits + first * stride;
    sm_gemm_strips(p->kernels, rows, columns, b->dim, p->from + first * b->dim,
                   b->dim, 1, to_transposed(p), block, stride,
                   room_of(p, worker));
    for (size_t r = 0; r < rows; r++) {
        float *const row = block + r * stride;
        correct_logits(p, first + r, row);
        compute_row(p, first + r, row,
                    p->loss->scratch + worker * p->loss->size.columns);
    }
    if (p->from_gradients)
        sm_gemm_strips(p->kernels, rows, b->dim, columns, block, stride, 1,
                       to_strips(p), p->from_gradients + first * b->dim, b->dim,
                       room_of(p, worker));
    return SIAMESE_OK;
}

/* Columns: dC = dS^T Q. */
static sm_status column_task(void *context, size_t task, size_t worker)
{
    const loss_pass *const p = context;
    const sm_loss_batch *const b = p->batch;
    size_t const first = task * BLOCK;
    size_t const columns = sm_min(BLOCK, p->columns - first);
    sm_gemm_strips(p->kernels, columns, b->dim, b->count,
                   p->loss->logits + first, 1, stride_of(p->columns),
                   from_strips(p), p->to_gradients + first * b->dim, b->dim,
                   room_of(p, worker));
    return SIAMESE_OK;
}

static size_t first_row(const void *context, size_t block)
{
    const loss_pass *const p = context;
    return sm_min(block * BLOCK, p->batch->count);
}

static size_t first_column(const void *context, size_t block)
{
    const loss_pass *const p = context;
    return sm_min(block * BLOCK, p->columns);
}

static sm_status run_rows(loss_pass *p, sm_pool *pool)
{
    size_t const vector = p->batch->dim * sizeof(float);
    sm_output const outputs[] = {
        {p->loss->row_losses, sizeof *p->loss->row_losses, first_row},
        {p->from_gradients, vector, first_row},
        {p->loss->logits, stride_of(p->columns) * sizeof(float), first_row}};
    return sm_team_run(
        pool, &(sm_team_loop){.blocks = sm_chunks(p->batch->count, BLOCK),
                              .tasks = 1,
                              .task = row_task,
                              .context = p,
                              .outputs = outputs,
                              .output_count = p->from_gradients ? 3 : 1});
}

static sm_status run_columns(loss_pass *p, sm_pool *pool)
{
    sm_output const output = {p->to_gradients, p->batch->dim * sizeof(float),
                              first_column};
    return sm_team_run(pool,
                       &(sm_team_loop){.blocks = sm_chunks(p->columns, BLOCK),
                                       .tasks = 1,
                                       .task = column_task,
                                       .context = p,
                                       .outputs = &output,
                                       .output_count = 1});
}

static sm_status run_pass(loss_pass *p, sm_pool *pool, double *sum)
{
    size_t const across = sm_chunks(p->columns, SM_STRIP);
    size_t const along = sm_chunks(p->batch->dim, SM_STRIP);
    bool const gradients = p->to_gradients != NULL;
    SM_RETURN_IF_ERROR(
        sm_pool_run(pool, across + (gradients ? 2 * along : 0), pack_task, p));
    SM_RETURN_IF_ERROR(run_rows(p, pool));
    *sum = 0;
    for (size_t i = 0; i < p->batch->count; i++) *sum += p->loss->row_losses[i];
    return gradients ? run_columns(p, pool) : SIAMESE_OK;
}

/* ---- the loss ---- */

/*
 * From items to queries: the same with the sides exchanged. Items beyond the
 * pairs have no query, and ln p_j, the same for a whole row, would cancel.
 */
static sm_status add_way_back(const loss_pass *there, sm_pool *pool,
                              double *sum)
{
    const sm_loss_batch *const b = there->batch;
    size_t const numbers = b->count * b->dim;
    float *const item_part = there->loss->back;
    float *const query_part = there->loss->back + numbers;
    bool const wanted = there->from_gradients != NULL;
    loss_pass back = *there;
    double back_sum;
    back.columns = b->count;
    back.from = b->items;
    back.to = b->queries;
    back.corrections = NULL;
    back.from_gradients = wanted ? item_part : NULL;
    back.to_gradients = wanted ? query_part : NULL;
    SM_RETURN_IF_ERROR(run_pass(&back, pool, &back_sum));
    *sum = 0.5 * (*sum + back_sum);
    if (!wanted) return SIAMESE_OK;
    there->kernels->add(numbers, query_part, there->from_gradients);
    there->kernels->add(numbers, item_part, there->to_gradients);
    return SIAMESE_OK;
}

sm_status sm_loss_compute(sm_loss *loss, sm_pool *pool,
                          const sm_kernels *kernels,
                          const sm_loss_options *options,
                          const sm_loss_batch *batch, double *sum,
                          float *query_gradients, float *item_gradients)
{
    float const share = options->reduction == SIAMESE_REDUCTION_MEAN
                            ? 1.0f / (float)batch->count
                            : 1.0f;
    loss_pass pass = {.loss = loss,
                      .kernels = kernels,
                      .options = options,
                      .batch = batch,
                      .columns = batch->columns,
                      .from = batch->queries,
                      .to = batch->items,
                      .corrections =
                          batch->probabilities ? loss->corrections : NULL,
                      .share = options->symmetric ? 0.5f * share : share,
                      .from_gradients = query_gradients,
                      .to_gradients = item_gradients};
    /* -ln(clip(p, 1e-6, 1)) */
    for (size_t j = 0; batch->probabilities && j < batch->columns; j++)
        loss->corrections[j] =
            -logf(fminf(fmaxf(batch->probabilities[j], 1e-6f), 1.0f));
    SM_RETURN_IF_ERROR(run_pass(&pass, pool, sum));
    return options->symmetric ? add_way_back(&pass, pool, sum) : SIAMESE_OK;
}
