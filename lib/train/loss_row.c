/* loss_row.c: a row of products comes in, its loss and the gradients of its
 * logits go out. For loss.c. */
#include "train/loss_row.h"

#include <float.h>
#include <math.h>
#include <string.h>

#include "common/assert.h"
#include "common/size.h"

/* tfrs's MIN_FLOAT, and what stands for a logit that is left out: finite, so
 * that a row's maximum tells whether a real one is not. */
static const float accidental_hit = -FLT_MAX / 100;
static const float left_out = -FLT_MAX;

/* exp's floor is no share: left out is left out. */
static const float least_share = 2 * FLT_MIN;

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
                                size_t n, float *scratch, sm_loss_row *found)
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
        if (row[j] == threshold && equal > 0) {
            equal--;
            found->end = (uint32_t)j + 1;
        } else {
            row[j] = left_out;
        }
    }
    found->threshold = threshold;
}

/* The same of some columns, once it is known. */
static void leave_out(const sm_loss_row *found, size_t i, size_t first,
                      size_t count, float *part)
{
    for (size_t j = 0; j < count; j++) {
        bool const is_kept =
            first + j == i || part[j] > found->threshold ||
            (part[j] == found->threshold && first + j < found->end);
        if (!is_kept) part[j] = left_out;
    }
}

/*
 * S_ij / T - ln p_j, and far below all others where column j is no negative of
 * row i: the same item or, of the pairs, the same query, elsewhere in the
 * batch.
 */
static void correct_logits(const sm_loss_rows *p, size_t i, size_t first,
                           size_t count, float *part)
{
    const sm_loss_batch *const b = p->batch;
    const uint32_t *const items = b->item_numbers;
    const uint32_t *const queries = b->query_numbers;
    float const temperature = p->options->temperature;
    size_t const pairs = first < b->count ? sm_min(count, b->count - first) : 0;
    bool const has_own = i >= first && i < first + count;
    if (temperature != 1) p->kernels->scale(count, 1 / temperature, part);
    if (p->corrections) p->kernels->add(count, p->corrections + first, part);
    if (items == NULL && queries == NULL) return;
    float const positive = has_own ? part[i - first] : 0;
    if (pairs > 0)
        p->kernels->mask(pairs, items ? items + first : NULL,
                         items ? items[i] : 0, queries ? queries + first : NULL,
                         queries ? queries[i] : 0, accidental_hit, part);
    if (items && pairs < count)
        p->kernels->mask(count - pairs, items + first + pairs, items[i], NULL,
                         0, accidental_hit, part + pairs);
    if (has_own) part[i - first] = positive;
}

/* ---- the loss of one row ---- */

/* What a row's gradients are multiplied by. */
static float scale_of(const sm_loss_rows *p, size_t i)
{
    float const w = p->batch->weights ? p->batch->weights[i] : 1.0f;
    return w * p->share / p->options->temperature;
}

/*
 * loss_i = ln sum_j exp(s_ij) - s_ii, and the row becomes
 * dS_ij = scale (softmax(s_i)_j - [i = j])
 */
static double cross_entropy(const sm_loss_rows *p, size_t i, float *row,
                            sm_loss_row *found)
{
    float const positive = row[i], highest = found->shift;
    float const scale = scale_of(p, i);
    double const sum = p->kernels->exp_sum(p->columns, highest, row);
    double const loss = log(sum) + ((double)highest - (double)positive);

    found->share = (float)(1 / sum);
    found->positive =
        scale * ((float)(exp((double)positive - highest) / sum) - 1);
    p->kernels->shares(p->columns, least_share, found->share, scale, row);
    row[i] = found->positive;
    return loss;
}

/*
 * loss_i = sum_{j != i} max(0, m + s_ij - s_ii), and the row becomes
 * dS_ij = scale [m + s_ij > s_ii], dS_ii = -sum_{j != i} dS_ij
 */
static double hinge(const sm_loss_rows *p, size_t i, float *row,
                    sm_loss_row *found)
{
    float const short_of = p->options->margin - row[i];
    float const scale = scale_of(p, i);
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
    found->shift = short_of;
    found->positive = -scale * (float)violations;
    row[i] = found->positive;
    return loss;
}

double sm_loss_row_compute(const sm_loss_rows *p, size_t i, float *row,
                           float *scratch, sm_loss_row *found)
{
    const sm_loss_options *const o = p->options;
    float const w = p->batch->weights ? p->batch->weights[i] : 1.0f;
    *found = (sm_loss_row){.threshold = -INFINITY};
    correct_logits(p, i, 0, p->columns, row);
    found->shift = p->kernels->maximum(p->columns, row);
    if (!isfinite(found->shift) || !isfinite(row[i])) return NAN;
    if (o->hard_negatives) {
        keep_hard_negatives(row, p->columns, i, o->hard_negatives, scratch,
                            found);
        found->shift = p->kernels->maximum(p->columns, row);
    }
    return w * (o->kind == SIAMESE_LOSS_HINGE
                    ? hinge(p, i, row, found)
                    : cross_entropy(p, i, row, found));
}

void sm_loss_row_again(const sm_loss_rows *p, size_t i, size_t first,
                       size_t count, const sm_loss_row *found, float *part)
{
    float const scale = scale_of(p, i);
    correct_logits(p, i, first, count, part);
    leave_out(found, i, first, count, part);
    if (p->options->kind == SIAMESE_LOSS_HINGE) {
        for (size_t j = 0; j < count; j++)
            part[j] = found->shift + part[j] > 0 ? scale : 0.0f;
    } else {
        p->kernels->exp_sum(count, found->shift, part);
        p->kernels->shares(count, least_share, found->share, scale, part);
    }
    if (i >= first && i < first + count) part[i - first] = found->positive;
}
