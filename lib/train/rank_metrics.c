#include "train/rank_metrics.h"

#include <math.h>
#include <stdlib.h>

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

/* Recall to MAP, and the binary nDCG, of found items in the order of ranks. */
static void measure_relevant(const sm_ranked *ranked, size_t found,
                             size_t relevant, size_t k, double *values)
{
    double hits = 0, precisions = 0, dcg = 0, ideal = 0;
    uint64_t first = 0;
    for (size_t i = 0; i < found && ranked[i].rank <= k; i++) {
        if (!ranked[i].relevant) continue;
        if (first == 0) first = ranked[i].rank;
        precisions += ++hits / (double)ranked[i].rank;
        dcg += discount(ranked[i].rank);
    }
    for (size_t i = 0; i < relevant && i < k; i++) ideal += discount(i + 1);
    values[SIAMESE_RANKING_RECALL] = hits / (double)relevant;
    values[SIAMESE_RANKING_PRECISION] = hits / (double)k;
    values[SIAMESE_RANKING_HIT] = hits > 0;
    values[SIAMESE_RANKING_MRR] = first ? 1 / (double)first : 0;
    values[SIAMESE_RANKING_MAP] = precisions / (double)relevant;
    values[SIAMESE_RANKING_NDCG_BINARY] = dcg / ideal;
}

/* DCG@k over the same of the best order. */
static double ndcg(const sm_ranked *ranked, size_t found, const double *ideal,
                   size_t count, size_t k)
{
    double dcg = 0, best = 0;
    for (size_t i = 0; i < found && ranked[i].rank <= k; i++)
        dcg += ranked[i].gain * discount(ranked[i].rank);
    for (size_t i = 0; i < count && i < k; i++)
        best += ideal[i] * discount(i + 1);
    return dcg / best;
}

static int grades_differ(const sm_judgement *list, size_t count)
{
    for (size_t i = 1; i < count; i++)
        if (list[i].grade != list[0].grade) return 1;
    return 0;
}

sm_rank_count sm_rank_metrics(const siamese_evaluator_options *options,
                              const sm_judgement *list, size_t count,
                              const size_t *ks, size_t ks_count,
                              const sm_rank_room *room, double *values)
{
    sm_rank_count result = {0};
    size_t found = 0;
    for (size_t i = 0; i < count; i++) {
        double const gain = sm_gain(options, list[i].grade);
        int const relevant = list[i].grade >= options->relevant;
        room->ideal[i] = gain;
        result.has_gain |= gain > 0;
        result.relevant += (size_t)relevant;
        if (list[i].rank)
            room->ranked[found++] = (sm_ranked){list[i].rank, gain, relevant};
    }
    qsort(room->ranked, found, sizeof *room->ranked, by_rank);
    qsort(room->ideal, count, sizeof *room->ideal, descending);
    /* judged items alone are in the best order whatever it is */
    if (options->judged_only && !grades_differ(list, count))
        result.has_gain = 0;
    for (size_t k = 0; k < ks_count; k++) {
        double *const at = values + k * SIAMESE_RANKING_COUNT;
        for (size_t i = 0; i < SIAMESE_RANKING_COUNT; i++) at[i] = NAN;
        if (result.relevant)
            measure_relevant(room->ranked, found, result.relevant, ks[k], at);
        if (result.has_gain)
            at[SIAMESE_RANKING_NDCG] =
                ndcg(room->ranked, found, room->ideal, count, ks[k]);
    }
    return result;
}
