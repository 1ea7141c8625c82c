#include "train/loss.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "math/gemm.h"

/* Rows of one task; fixed, so that the bits do not depend on the threads. */
enum { BLOCK = 64 };

/* tfrs's MIN_FLOAT, and what stands for a logit that is left out: finite, so
 * that a row's maximum tells whether a real one is not. */
static const float accidental_hit = -FLT_MAX / 100;
static const float left_out = -FLT_MAX;

typedef struct loss_pass {
    sm_loss *loss;
    const sm_kernels *kernels;
    const sm_loss_options *options;
    const sm_loss_batch *batch;
    float *query_gradients, *item_gradients;
} loss_pass;

/* ---- memory ---- */

void sm_loss_free(sm_loss *loss)
{
    sm_aligned_free(loss->logits);
    sm_aligned_free(loss->panel);
    sm_free(loss->corrections);
    sm_free(loss->scratch);
    sm_free(loss->row_losses);
    *loss = (sm_loss){0};
}

sm_status sm_loss_reserve(sm_loss *loss, size_t count, size_t dim,
                          size_t workers)
{
    if (count <= loss->count && dim <= loss->dim && workers <= loss->workers)
        return SIAMESE_OK;
    sm_loss room = {.count = sm_max(count, loss->count),
                    .dim = sm_max(dim, loss->dim),
                    .workers = sm_max(workers, loss->workers)};
    size_t logits, panel, scratch;
    if (!sm_size_multiply(room.count, room.count, &logits) ||
        !sm_size_multiply(room.count, room.dim, &panel) ||
        !sm_size_multiply(room.count, room.workers, &scratch))
        return sm_fail_memory();
    room.logits = sm_aligned_array(logits, sizeof *room.logits);
    room.panel = sm_aligned_array(panel, sizeof *room.panel);
    room.corrections = sm_alloc_array(room.count, sizeof *room.corrections);
    room.scratch = sm_alloc_array(scratch, sizeof *room.scratch);
    room.row_losses = sm_alloc_array(room.count, sizeof *room.row_losses);
    if (!room.logits || !room.panel || !room.corrections || !room.scratch ||
        !room.row_losses) {
        sm_loss_free(&room);
        return sm_fail_memory();
    }
    sm_loss_free(loss);
    *loss = room;
    return SIAMESE_OK;
}

/* ---- logits of one row, in the order of tfrs.tasks.Retrieval ---- */

/* The n-th highest (from 1) of x[count], which it reorders; no NaN in it. */
static float nth_highest(float *x, size_t count, size_t n)
{
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
 * Keeps the positive and the n highest negatives, equal ones by lower column, as
 * tf.math.top_k takes them; the others are left out.
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

/* S_ij / T - ln p_j, and far below all others where j is i's item again */
static void correct_logits(const loss_pass *p, size_t i, float *row)
{
    const sm_loss_batch *const b = p->batch;
    float const temperature = p->options->temperature;
    if (temperature != 1)
        for (size_t j = 0; j < b->count; j++) row[j] /= temperature;
    if (b->probabilities)
        for (size_t j = 0; j < b->count; j++)
            row[j] -= p->loss->corrections[j];
    if (b->item_numbers)
        for (size_t j = 0; j < b->count; j++)
            if (b->item_numbers[j] == b->item_numbers[i] && j != i)
                row[j] += accidental_hit;
}

/*
 * loss_i = w_i (ln sum_j exp(s_ij) - s_ii), and the row becomes
 * dS_ij = w_i (softmax(s_i)_j - [i = j]) / T
 */
static void cross_entropy(const loss_pass *p, size_t i, float *row,
                          float *scratch)
{
    const sm_loss_batch *const b = p->batch;
    float const w = b->weights ? b->weights[i] : 1.0f;
    float highest = p->kernels->maximum(b->count, row);
    if (!isfinite(highest)) {
        p->loss->row_losses[i] = NAN;
        return;
    }
    if (p->options->hard_negatives) {
        keep_hard_negatives(row, b->count, i, p->options->hard_negatives,
                            scratch);
        highest = p->kernels->maximum(b->count, row);
    }
    float const positive = row[i];
    double const sum = p->kernels->exp_sum(b->count, highest, row);
    p->loss->row_losses[i] =
        w * (log(sum) + ((double)highest - (double)positive));

    float const share = (float)(1 / sum);
    float const scale = w / p->options->temperature;
    for (size_t j = 0; j < b->count; j++)
        /* exp's floor is no share: left out is left out */
        row[j] = row[j] > 2 * FLT_MIN ? scale * (row[j] * share) : 0.0f;
    row[i] = scale * ((float)(exp((double)positive - highest) / sum) - 1);
}

/* ---- the two passes ---- */

/* Rows: S = Q C^T, their losses, dS, and dQ = dS C. */
static sm_status row_task(void *context, size_t task, size_t worker)
{
    const loss_pass *const p = context;
    const sm_loss_batch *const b = p->batch;
    size_t const first = task * BLOCK;
    size_t const rows = sm_min(BLOCK, b->count - first);
    float *const block = p->loss->logits + first * b->count;
    sm_gemm(p->kernels, 0, 0, rows, b->count, b->dim,
            b->queries + first * b->dim, b->dim, p->loss->panel, b->count,
            block, b->count);
    for (size_t r = 0; r < rows; r++) {
        float *const row = block + r * b->count;
        correct_logits(p, first + r, row);
        cross_entropy(p, first + r, row,
                      p->loss->scratch + worker * p->loss->count);
    }
    sm_gemm(p->kernels, 0, 0, rows, b->dim, b->count, block, b->count,
            b->items, b->dim, p->query_gradients + first * b->dim, b->dim);
    return SIAMESE_OK;
}

/* Columns: dC = dS^T Q. */
static sm_status column_task(void *context, size_t task, size_t worker)
{
    const loss_pass *const p = context;
    const sm_loss_batch *const b = p->batch;
    size_t const first = task * BLOCK;
    size_t const columns = sm_min(BLOCK, b->count - first);
    (void)worker;
    sm_gemm(p->kernels, 1, 0, columns, b->dim, b->count,
            p->loss->logits + first, b->count, b->queries, b->dim,
            p->item_gradients + first * b->dim, b->dim);
    return SIAMESE_OK;
}

sm_status sm_loss_compute(sm_loss *loss, sm_pool *pool,
                          const sm_kernels *kernels,
                          const sm_loss_options *options,
                          const sm_loss_batch *batch, double *sum,
                          float *query_gradients, float *item_gradients)
{
    loss_pass pass = {loss,  kernels,         options,
                      batch, query_gradients, item_gradients};
    size_t const count = batch->count, dim = batch->dim;
    size_t const blocks = sm_chunks(count, BLOCK);
    for (size_t i = 0; i < count; i++)
        for (size_t d = 0; d < dim; d++)
            loss->panel[d * count + i] = batch->items[i * dim + d];
    /* ln(clip(p, 1e-6, 1)) */
    for (size_t i = 0; batch->probabilities && i < count; i++)
        loss->corrections[i] =
            logf(fminf(fmaxf(batch->probabilities[i], 1e-6f), 1.0f));

    SM_RETURN_IF_ERROR(sm_pool_run(pool, blocks, row_task, &pass));
    double total = 0;
    for (size_t i = 0; i < count; i++) total += loss->row_losses[i];
    *sum = total;
    return sm_pool_run(pool, blocks, column_task, &pass);
}
