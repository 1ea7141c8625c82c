/* rank_metrics.c: the ranks of a query's judged items in, its figures out. For
 * evaluator. */
#include "metrics/rank_metrics.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "common/size.h"

double sm_gain(const siamese_evaluator_options *options, double grade)
{
    double const above = grade - options->gain_zero;
    if (!(above > 0)) return 0;
    return options->gain == SIAMESE_GAIN_LINEAR ? above : exp2(above) - 1;
}

/* 1 / log2(rank + 1) */
static double discount(uint64_t rank)
{
    return 1 / log2((double)rank + 1);
}

static int by_rank(const void *a, const void *b)
{
    const sm_ranked *const x = a, *const y = b;
    return (x->rank > y->rank) - (x->rank < y->rank);
}

static int descending(const void *a, const void *b)
{
    double const x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

/* ---- ties ---- */

/* Puts items of one rank together; gives how many are left. */
static size_t join_ties(sm_ranked *ranked, size_t found)
{
    size_t kept = 0;
    for (size_t i = 0; i < found; i++) {
        if (kept == 0 || ranked[kept - 1].rank != ranked[i].rank) {
            ranked[kept++] = ranked[i];
            continue;
        }
        sm_ranked *const last = &ranked[kept - 1];
        /* its neighbour before: itself, or the only one of the tie so far */
        last->differ |= ranked[i].gain != ranked[i - 1].gain ||
                        ranked[i].relevant != ranked[i - 1].relevant;
        last->gain += ranked[i].gain;
        last->relevant += ranked[i].relevant;
        last->counting += ranked[i].counting;
    }
    return kept;
}

/* Whether a figure depends on the order of a tie at rank k or before. */
static bool has_ties(const sm_ranked *ranked, size_t count, size_t k)
{
    for (size_t i = 0; i < count && ranked[i].rank <= k; i++)
        if (ranked[i].counting &&
            (ranked[i].counting < ranked[i].places || ranked[i].differ))
            return true;
    return false;
}

/* ---- figures at one k, as means over the orders of ties ---- */

typedef struct sums {
    double hits, precisions, reciprocal, missed, dcg, binary_dcg;
    size_t relevant; /* before the next tie */
} sums;

/*
 * P(none of the r relevant items at the first n of t places) =
 * C(t - r, n) / C(t, n)
 */
static double chance_of_none(double t, double r, double n)
{
    double chance = 1;
    for (double i = 0; i < r && chance > 0; i++)
        chance *= fmax(t - n - i, 0) / (t - i);
    return chance;
}

/*
 * E[1 / rank of the first relevant item; it is at most `last`], of r relevant
 * ones at t places from rank b + 1 on: P(first at place j) = C(t - j, r - 1) /
 * C(t, r).
 */
static double mean_reciprocal(const sm_ranked *tie, uint64_t last)
{
    double const t = (double)tie->places, r = (double)tie->relevant;
    double chance = r / t, sum = 0;
    for (uint64_t rank = tie->rank; rank <= last && chance > 0; rank++) {
        double const after = t - (double)(rank - tie->rank) - 1;
        sum += chance / (double)rank;
        chance *= after > 0 ? fmax(after - r + 1, 0) / after : 0;
    }
    return sum;
}

/*
 * A place of a tie holds a relevant item with chance r / t; then (r - 1) / (t -
 * 1) of the places before it in the tie do, of j - 1 places.
 */
static void add_tie(sums *s, const sm_ranked *tie, size_t k)
{
    uint64_t const last =
        k - tie->rank < tie->places ? k : tie->rank + tie->places - 1;
    double const t = (double)tie->places, r = (double)tie->relevant;
    double const share = r / t, others = t > 1 ? (r - 1) / (t - 1) : 0;
    double discounts = 0, precisions = 0;
    for (uint64_t rank = tie->rank; rank <= last; rank++) {
        double const before = (double)(rank - tie->rank) * others;
        discounts += discount(rank);
        precisions += ((double)s->relevant + 1 + before) / (double)rank;
    }
    s->dcg += tie->gain / t * discounts;
    if (tie->relevant == 0) return;
    double const places = (double)(last - tie->rank + 1);
    if (s->relevant == 0) {
        s->reciprocal = mean_reciprocal(tie, last);
        s->missed = chance_of_none(t, r, places);
    }
    s->hits += r * places / t;
    s->precisions += share * precisions;
    s->binary_dcg += share * discounts;
    s->relevant += tie->relevant;
}

/* Recall to MAP, and the binary nDCG. */
static void measure_relevant(const sums *s, size_t relevant, size_t k,
                             double *values)
{
    double ideal = 0;
    for (size_t i = 0; i < relevant && i < k; i++) ideal += discount(i + 1);
    values[SIAMESE_RANKING_RECALL] = s->hits / (double)relevant;
    values[SIAMESE_RANKING_PRECISION] = s->hits / (double)k;
    values[SIAMESE_RANKING_HIT] = 1 - s->missed;
    values[SIAMESE_RANKING_MRR] = s->reciprocal;
    values[SIAMESE_RANKING_MAP] = s->precisions / (double)relevant;
    values[SIAMESE_RANKING_NDCG_BINARY] = s->binary_dcg / ideal;
}

/* DCG@k of the best order. */
static double ideal_dcg(const double *ideal, size_t count, size_t k)
{
    double best = 0;
    for (size_t i = 0; i < count && i < k; i++)
        best += ideal[i] * discount(i + 1);
    return best;
}

static void measure(const sm_rank_buffers *buffers, size_t ties, size_t count,
                    const sm_rank_count *result, size_t k, double *values)
{
    sums s = {.missed = 1};
    for (size_t i = 0; i < ties && buffers->ranked[i].rank <= k; i++)
        add_tie(&s, &buffers->ranked[i], k);
    for (size_t i = 0; i < SIAMESE_RANKING_COUNT; i++) values[i] = NAN;
    if (result->relevant) measure_relevant(&s, result->relevant, k, values);
    if (result->has_gain)
        values[SIAMESE_RANKING_NDCG] =
            s.dcg / ideal_dcg(buffers->ideal, count, k);
}

/* ---- a query ---- */

static bool grades_differ(const sm_judgement *list, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (list[i].grade != list[0].grade) return true;
    return false;
}

sm_rank_count sm_rank_metrics(const siamese_evaluator_options *options,
                              const sm_judgement *list, size_t count,
                              const size_t *ks, size_t ks_count,
                              const sm_rank_buffers *buffers, double *values)
{
    sm_rank_count result = {0};
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        double const gain = sm_gain(options, list[i].grade);
        size_t const relevant = list[i].grade >= options->relevant;
        buffers->ideal[i] = gain;
        result.has_gain |= gain > 0;
        result.relevant += relevant;
        if (list[i].rank && (relevant || gain > 0))
            buffers->ranked[found++] = (sm_ranked){
                list[i].rank, sm_max(list[i].tied, 1), gain, relevant, 1, 0};
    }
    qsort(buffers->ranked, found, sizeof *buffers->ranked, by_rank);
    qsort(buffers->ideal, count, sizeof *buffers->ideal, descending);
    size_t const ties = join_ties(buffers->ranked, found);
    /* judged items alone are in the best order whatever it is */
    if (options->judged_only && !grades_differ(list, count))
        result.has_gain = false;
    for (size_t k = 0; k < ks_count; k++) {
        measure(buffers, ties, count, &result, ks[k],
                values + k * SIAMESE_RANKING_COUNT);
        result.is_tied |= has_ties(buffers->ranked, ties, ks[k]);
    }
    return result;
}
