/* rank_learner.c: features of held-back queries in, a linear ranker with its
 * confidence out. For training. */
#include "search/rank_learner.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "search/listwise.h"

/* As much as this many queries the fixed ranker counts; of fewer than FEW
 * queries more. */
#define RIDGE 7.0
#define FEW 540.0

/* Results of a query that the confidence is fitted to: what a host shows. */
enum { SHOWN = 10, CONFIDENCE_STEPS = 100 };

/* ---- features as multiples of how much they differ ---- */

/* The root of the mean square by which rows differ from their query's mean. */
static void find_spread(const sm_rank_lists *lists, double *spread)
{
    size_t const rows = lists->offsets[lists->count];
    for (size_t f = 0; f < SM_FEATURES; f++) {
        double sum = 0;
        for (size_t q = 0; q < lists->count; q++) {
            size_t const first = lists->offsets[q];
            size_t const end = lists->offsets[q + 1];
            double mean = 0;
            for (size_t i = first; i < end; i++)
                mean += lists->features[i * SM_FEATURES + f];
            if (end > first) mean /= (double)(end - first);
            for (size_t i = first; i < end; i++) {
                double const away = lists->features[i * SM_FEATURES + f] - mean;
                sum += away * away;
            }
        }
        spread[f] = sqrt(sum / (double)rows);
    }
}

/* x_f / spread_f; 0 of one that never differs. */
static void scale(const sm_rank_lists *lists, const double *spread, double *out)
{
    size_t const rows = lists->offsets[lists->count];
    for (size_t i = 0; i < rows; i++)
        for (size_t f = 0; f < SM_FEATURES; f++) {
            size_t const at = i * SM_FEATURES + f;
            out[at] = spread[f] > 1e-9 ? lists->features[at] / spread[f] : 0;
        }
}

/* ---- the weights ---- */

/* How steep the fixed ranker's score is to be: its one weight. */
static sm_status find_steepness(const sm_rank_lists *lists,
                                const sm_linear_ranker *fixed, double ridge,
                                double *out)
{
    size_t const rows = lists->offsets[lists->count];
    double const nothing = 0;
    double *const scores = sm_alloc_array(rows, sizeof *scores);
    if (scores == NULL) return sm_fail_memory();
    for (size_t i = 0; i < rows; i++)
        scores[i] = sm_linear_score(fixed, lists->features + i * SM_FEATURES);
    sm_listwise const problem = {
        scores, lists->gains, lists->offsets, lists->count,
        1,      ridge * 1e-3, &nothing};
    *out = 0;
    sm_status const status = sm_listwise_solve(&problem, out);
    sm_free(scores);
    return status;
}

static sm_status find_weights(const sm_rank_lists *lists, double ridge,
                              const double *spread, double steepness,
                              sm_linear_ranker *ranker)
{
    double prior[SM_FEATURES], weights[SM_FEATURES];
    size_t const rows = lists->offsets[lists->count];
    double *const x = sm_alloc_array(rows, SM_FEATURES * sizeof *x);
    if (x == NULL) return sm_fail_memory();
    scale(lists, spread, x);
    for (size_t f = 0; f < SM_FEATURES; f++)
        weights[f] = prior[f] = steepness * ranker->weights[f] * spread[f];
    sm_listwise const problem = {
        x,           lists->gains, lists->offsets, lists->count,
        SM_FEATURES, ridge,        prior};
    sm_status const status = sm_listwise_solve(&problem, weights);
    for (size_t f = 0; f < SM_FEATURES; f++)
        ranker->weights[f] =
            spread[f] > 1e-9 ? (float)(weights[f] / spread[f]) : 0;
    sm_free(x);
    return status;
}

/* ---- the confidence ---- */

typedef struct shown {
    float score;
    bool relevant;
    size_t place; /* in the list */
} shown;

static int higher_first(const void *x, const void *y)
{
    const shown *const a = x, *const b = y;
    if (a->score != b->score) return a->score > b->score ? -1 : 1;
    return (a->place > b->place) - (a->place < b->place);
}

/* The first results of each query by the ranker, one behind the other. */
static size_t take_shown(const sm_rank_lists *lists,
                         const sm_linear_ranker *ranker, shown *all)
{
    size_t count = 0;
    for (size_t q = 0; q < lists->count; q++) {
        size_t const first = lists->offsets[q];
        size_t const own = lists->offsets[q + 1] - first;
        for (size_t i = 0; i < own; i++)
            all[count + i] =
                (shown){sm_linear_score(ranker, lists->features +
                                                    (first + i) * SM_FEATURES),
                        lists->gains[first + i] > 0, i};
        qsort(all + count, own, sizeof *all, higher_first);
        count += sm_min(own, SHOWN);
    }
    return count;
}

/*
 * The two numbers of p = 1 / (1 + exp(-(slope s + intercept))) under which the
 * relevant and the others are most likely, by Newton's method, with Platt's
 * targets, which keep them finite (Probabilistic Outputs for Support Vector
 * Machines, 1999). A higher score is never less sure.
 */
static void fit_confidence(const shown *all, size_t count,
                           sm_linear_ranker *ranker)
{
    double relevant = 0, slope = 0, intercept = 0, mean = 0;
    for (size_t i = 0; i < count; i++) {
        relevant += all[i].relevant;
        mean += all[i].score / (double)count;
    }
    double const yes = (relevant + 1) / (relevant + 2);
    double const no = 1 / ((double)count - relevant + 2);
    for (int step = 0; step < CONFIDENCE_STEPS; step++) {
        double g0 = 0, g1 = 0, h00 = 1e-9, h01 = 0, h11 = 1e-9;
        for (size_t i = 0; i < count; i++) {
            double const s = all[i].score - mean;
            double const p = 1 / (1 + exp(-(slope * s + intercept)));
            double const away = p - (all[i].relevant ? yes : no);
            g0 += away;
            g1 += away * s;
            h00 += p * (1 - p);
            h01 += p * (1 - p) * s;
            h11 += p * (1 - p) * s * s;
        }
        double const determinant = h00 * h11 - h01 * h01;
        double const by0 = (h11 * g0 - h01 * g1) / determinant;
        double const by1 = (h00 * g1 - h01 * g0) / determinant;
        if (!(fabs(by0) + fabs(by1) > 1e-10)) break;
        intercept -= by0;
        slope -= by1;
    }
    slope = fmax(slope, 0);
    ranker->slope = (float)slope;
    ranker->intercept = (float)(intercept - slope * mean);
}

static sm_status find_confidence(const sm_rank_lists *lists,
                                 sm_linear_ranker *ranker)
{
    size_t const rows = lists->offsets[lists->count];
    shown *const all = sm_alloc_array(rows, sizeof *all);
    if (all == NULL) return sm_fail_memory();
    fit_confidence(all, take_shown(lists, ranker, all), ranker);
    sm_free(all);
    return SIAMESE_OK;
}

/* ---- all ---- */

sm_status sm_rank_learn(const sm_rank_lists *lists, double maxsim_weight,
                        sm_linear_ranker *ranker)
{
    double spread[SM_FEATURES], steepness;
    double const nothing = 0;
    sm_listwise const problem = {
        NULL, lists->gains, lists->offsets, lists->count, 0, 0, &nothing};
    size_t const queries = sm_listwise_queries(&problem);
    *ranker = sm_linear_fixed(maxsim_weight);
    if (queries == 0) return SIAMESE_OK;
    double const few = fmax(FEW / (double)queries, 1);
    double const ridge = RIDGE * few / (double)queries;
    find_spread(lists, spread);
    SM_RETURN_IF_ERROR(find_steepness(lists, ranker, ridge, &steepness));
    SM_RETURN_IF_ERROR(find_weights(lists, ridge, spread, steepness, ranker));
    SM_RETURN_IF_ERROR(find_confidence(lists, ranker));
    ranker->queries = queries;
    return SIAMESE_OK;
}

/* ---- of few queries ---- */

/* What part of the fixed weight they choose; the whole is the first. */
static const double parts[] = {1, 0.5, 0.25, 0};
enum { PARTS = sizeof parts / sizeof *parts };

/* Standard errors by which less is to be better: words help nearly always. */
#define SURE 1.5

/* 1 / rank of the first relevant result by cosine and maxsim, of those that are
 * shown; 0 of none. Of equal scores the earlier is first. */
static double reciprocal_rank(const sm_rank_lists *lists, size_t q,
                              double weight)
{
    size_t const first = lists->offsets[q], end = lists->offsets[q + 1];
    const float *const x = lists->features;
    double best = -INFINITY;
    size_t at = end, rank = 1;
    for (size_t i = first; i < end; i++) {
        double const score = x[i * SM_FEATURES + SM_FEATURE_SCORE] +
                             weight * x[i * SM_FEATURES + SM_FEATURE_MAXSIM];
        if (lists->gains[i] == 0 || score <= best) continue;
        best = score;
        at = i;
    }
    if (at == end) return 0;
    for (size_t i = first; i < end; i++) {
        double const score = x[i * SM_FEATURES + SM_FEATURE_SCORE] +
                             weight * x[i * SM_FEATURES + SM_FEATURE_MAXSIM];
        rank += score > best || (score == best && i < at);
    }
    return rank <= SHOWN ? 1 / (double)rank : 0;
}

/* Mean of what a weight gains over the fixed one, and its standard error. */
static void compare(const sm_rank_lists *lists, double fixed, double weight,
                    double *mean, double *error)
{
    double sum = 0, squares = 0;
    double const n = (double)lists->count;
    for (size_t q = 0; q < lists->count; q++) {
        double const gain = reciprocal_rank(lists, q, weight) -
                            reciprocal_rank(lists, q, fixed);
        sum += gain;
        squares += gain * gain;
    }
    *mean = sum / n;
    *error = sqrt(fmax(squares / n - *mean * *mean, 0) / n);
}

sm_status sm_rank_choose(const sm_rank_lists *lists, double maxsim_weight,
                         sm_linear_ranker *ranker)
{
    double most = 0, chosen = maxsim_weight;
    *ranker = sm_linear_fixed(maxsim_weight);
    for (size_t i = 1; lists->count > 0 && i < PARTS; i++) {
        double mean, error;
        compare(lists, maxsim_weight, parts[i] * maxsim_weight, &mean, &error);
        if (mean <= SURE * error || mean <= most) continue;
        most = mean;
        chosen = parts[i] * maxsim_weight;
    }
    if (chosen == maxsim_weight) return SIAMESE_OK;
    ranker->weights[SM_FEATURE_MAXSIM] = (float)chosen;
    SM_RETURN_IF_ERROR(find_confidence(lists, ranker));
    ranker->queries = lists->count;
    return SIAMESE_OK;
}
