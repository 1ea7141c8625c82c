/* listwise.c: queries with features of their candidates in, the weights that
 * rank them best out. For what learns a ranker. */
#include "search/listwise.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "common/memory.h"

/* Newton's steps, and halvings of one: convex as it is, some ten are taken. */
enum { STEPS = 100, HALVINGS = 40 };

/* Newton's decrement, twice what a step still gains, where it ends. */
#define ENOUGH 1e-14

/* ---- one query ---- */

typedef struct query {
    const double *features; /* [count][dim] */
    const float *gains;
    size_t count;
    double gain; /* sum of a_i */
    size_t others;
} query;

static query query_of(const sm_listwise *p, size_t q)
{
    size_t const first = p->offsets[q];
    query own = {.features = p->features + first * p->dim,
                 .gains = p->gains + first,
                 .count = p->offsets[q + 1] - first};
    for (size_t i = 0; i < own.count; i++) {
        own.gain += own.gains[i];
        own.others += own.gains[i] == 0;
    }
    return own;
}

static bool counts(const query *q)
{
    return q->gain > 0 && q->others > 0;
}

static double dot(const double *a, const double *b, size_t dim)
{
    double sum = 0;
    for (size_t f = 0; f < dim; f++) sum += a[f] * b[f];
    return sum;
}

typedef struct work {
    double *scores; /* [candidates] */
    double *mean;   /* [dim] */
    double *away;   /* [dim] */
} work;

/* e = ln sum_j exp(s_j); the scores of all candidates stay in `scores`. */
static double look_at_scores(const query *q, const double *weights, size_t dim,
                             double *scores)
{
    double largest = -INFINITY, sum = 0;
    for (size_t i = 0; i < q->count; i++) {
        scores[i] = dot(q->features + i * dim, weights, dim);
        if (q->gains[i] == 0) largest = fmax(largest, scores[i]);
    }
    for (size_t i = 0; i < q->count; i++)
        if (q->gains[i] == 0) sum += exp(scores[i] - largest);
    return largest + log(sum);
}

/* hessian += factor v v^T, of which the lower half is kept. */
static void add_square(double *hessian, const double *v, double factor,
                       size_t dim)
{
    for (size_t f = 0; f < dim; f++)
        for (size_t g = 0; g <= f; g++)
            hessian[f * dim + g] += factor * v[f] * v[g];
}

/*
 * With n_j = exp(s_j - e), m = sum_j n_j x_j and A_i = 1 / (1 + exp(s_i - e)):
 *   l        = sum_i a_i ln(1 + exp(e - s_i))
 *   gradient = sum_i a_i A_i (m - x_i)
 *   hessian  = sum_i a_i (A_i sum_j n_j (x_j - m)(x_j - m)^T
 *                         + A_i (1 - A_i) (m - x_i)(m - x_i)^T)
 * each by sum_i a_i and Q.
 */
static double add_query(const query *q, const double *weights, size_t dim,
                        double share, const work *w, double *gradient,
                        double *hessian)
{
    double const e = look_at_scores(q, weights, dim, w->scores);
    double loss = 0, total = 0;
    memset(w->mean, 0, dim * sizeof *w->mean);
    for (size_t j = 0; gradient && j < q->count; j++) {
        if (q->gains[j] != 0) continue;
        double const n = exp(w->scores[j] - e);
        for (size_t f = 0; f < dim; f++)
            w->mean[f] += n * q->features[j * dim + f];
    }
    for (size_t i = 0; i < q->count; i++) {
        if (q->gains[i] == 0) continue;
        double const a = q->gains[i] / q->gain * share;
        double const d = e - w->scores[i];
        double const lost = d > 0 ? 1 / (1 + exp(-d)) : exp(d) / (1 + exp(d));
        loss += a * (d > 0 ? d + log1p(exp(-d)) : log1p(exp(d)));
        if (gradient == NULL) continue;
        total += a * lost;
        for (size_t f = 0; f < dim; f++) {
            w->away[f] = w->mean[f] - q->features[i * dim + f];
            gradient[f] += a * lost * w->away[f];
        }
        if (hessian) add_square(hessian, w->away, a * lost * (1 - lost), dim);
    }
    for (size_t j = 0; hessian && j < q->count; j++) {
        if (q->gains[j] != 0) continue;
        for (size_t f = 0; f < dim; f++)
            w->away[f] = q->features[j * dim + f] - w->mean[f];
        add_square(hessian, w->away, total * exp(w->scores[j] - e), dim);
    }
    return loss;
}

/* ---- all queries ---- */

size_t sm_listwise_queries(const sm_listwise *p)
{
    size_t found = 0;
    for (size_t i = 0; i < p->count; i++) {
        query const q = query_of(p, i);
        found += counts(&q);
    }
    return found;
}

static size_t longest(const sm_listwise *p)
{
    size_t most = 0;
    for (size_t i = 0; i < p->count; i++) {
        size_t const count = p->offsets[i + 1] - p->offsets[i];
        if (count > most) most = count;
    }
    return most;
}

static void begin(const sm_listwise *p, const double *weights, double *loss,
                  double *gradient, double *hessian)
{
    size_t const dim = p->dim;
    *loss = 0;
    if (hessian) memset(hessian, 0, dim * dim * sizeof *hessian);
    for (size_t f = 0; f < dim; f++) {
        double const away = weights[f] - p->prior[f];
        *loss += p->ridge * away * away / 2;
        if (gradient) gradient[f] = p->ridge * away;
        if (hessian) hessian[f * dim + f] = p->ridge;
    }
}

sm_status sm_listwise_loss(const sm_listwise *p, const double *weights,
                           double *loss, double *gradient, double *hessian)
{
    size_t const candidates = longest(p), dim = p->dim;
    size_t const queries = sm_listwise_queries(p);
    double *const memory = sm_alloc_array(candidates + 2 * dim, sizeof *memory);
    if (memory == NULL) return sm_fail_memory();
    work const w = {memory, memory + candidates, memory + candidates + dim};
    begin(p, weights, loss, gradient, hessian);
    for (size_t i = 0; i < p->count; i++) {
        query const q = query_of(p, i);
        if (counts(&q))
            *loss += add_query(&q, weights, dim, 1 / (double)queries, &w,
                               gradient, hessian);
    }
    for (size_t f = 0; hessian && f < dim; f++)
        for (size_t g = f + 1; g < dim; g++)
            hessian[f * dim + g] = hessian[g * dim + f];
    sm_free(memory);
    return SIAMESE_OK;
}

/* ---- Newton's method ---- */

/* Solves h x = b in place by h = l l^T; h is positive definite, the ridge is in
 * it. */
static void solve(double *h, double *b, size_t dim)
{
    for (size_t f = 0; f < dim; f++)
        for (size_t g = 0; g <= f; g++) {
            double sum = h[f * dim + g] - dot(h + f * dim, h + g * dim, g);
            h[f * dim + g] = f == g ? sqrt(sum) : sum / h[g * dim + g];
        }
    for (size_t f = 0; f < dim; f++)
        b[f] = (b[f] - dot(h + f * dim, b, f)) / h[f * dim + f];
    for (size_t f = dim; f-- > 0;) {
        for (size_t g = f + 1; g < dim; g++) b[f] -= h[g * dim + f] * b[g];
        b[f] /= h[f * dim + f];
    }
}

/* Goes along `step`, which would lower the loss by `gain` if the loss were its
 * tangent, as far as the loss falls; *moves is false if it does not. */
static sm_status go(const sm_listwise *p, double *weights, const double *step,
                    double loss, double gain, double *tried, bool *moves)
{
    double length = 1, now;
    for (int i = 0; i < HALVINGS; i++, length /= 2) {
        for (size_t f = 0; f < p->dim; f++)
            tried[f] = weights[f] - length * step[f];
        SM_RETURN_IF_ERROR(sm_listwise_loss(p, tried, &now, NULL, NULL));
        *moves = now < loss - 1e-4 * length * gain;
        if (!*moves) continue;
        memcpy(weights, tried, p->dim * sizeof *weights);
        return SIAMESE_OK;
    }
    return SIAMESE_OK;
}

sm_status sm_listwise_solve(const sm_listwise *p, double *weights)
{
    sm_status status = SIAMESE_OK;
    size_t const dim = p->dim;
    double loss, gain;
    bool moves = true;
    double *const gradient = sm_alloc_array(dim * (dim + 3), sizeof *gradient);
    if (gradient == NULL) return sm_fail_memory();
    double *const step = gradient + dim, *const tried = step + dim;
    double *const hessian = tried + dim;
    for (int i = 0; i < STEPS && moves; i++) {
        SM_TRY(sm_listwise_loss(p, weights, &loss, gradient, hessian));
        memcpy(step, gradient, dim * sizeof *step);
        solve(hessian, step, dim);
        gain = dot(gradient, step, dim);
        if (!(gain > ENOUGH)) break;
        SM_TRY(go(p, weights, step, loss, gain, tried, &moves));
    }
out:
    sm_free(gradient);
    return status;
}
