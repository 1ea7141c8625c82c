/*
 * rank_metrics.h: the figures of one query from the ranks of its judged items
 * (Manning, Raghavan and Schuetze 2008, chapter 8; Jarvelin and Kekalainen 2002
 * for nDCG). docs/metrics.md has the formulas.
 */
#ifndef SM_RANK_METRICS_H
#define SM_RANK_METRICS_H

#include <stdbool.h>

#include "metrics/judgements.h"

/* Judged items that have been found, at one rank or in one tie. */
typedef struct sm_ranked {
    uint64_t rank;   /* of the first place that they may stand at */
    uint64_t places; /* so many, each order as likely as the others */
    double gain;     /* of all of them */
    size_t relevant;
    size_t counting; /* relevant, or with a gain */
    bool differ;     /* not all of them gain and count the same */
} sm_ranked;

typedef struct sm_rank_buffers {
    sm_ranked *ranked; /* [most judgements of a query] */
    double *ideal;     /* the same */
} sm_rank_buffers;

/* What a query counts for. */
typedef struct sm_rank_count {
    size_t relevant; /* items */
    bool has_gain;   /* it counts for NDCG */
    bool is_tied;    /* the order of a tie matters, up to the largest k */
} sm_rank_count;

/* What a grade gains. */
double sm_gain(const siamese_evaluator_options *options, double grade);

/*
 * values[ks_count][SIAMESE_RANKING_COUNT] of a query judged by list[count],
 * whose ranks are filled in.
 */
sm_rank_count sm_rank_metrics(const siamese_evaluator_options *options,
                              const sm_judgement *list, size_t count,
                              const size_t *ks, size_t ks_count,
                              const sm_rank_buffers *buffers, double *values);

#endif
