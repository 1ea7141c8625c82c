/*
 * rank_metrics.h: the figures of one query from the ranks of its judged items
 * (Manning, Raghavan and Schuetze 2008, chapter 8; Jarvelin and Kekalainen 2002
 * for nDCG). docs/metrics.md has the formulas.
 */
#ifndef SM_RANK_METRICS_H
#define SM_RANK_METRICS_H

#include "train/judgements.h"

/* A judged item that has been found. */
typedef struct sm_ranked {
    uint64_t rank;
    double gain;
    int relevant;
} sm_ranked;

typedef struct sm_rank_room {
    sm_ranked *ranked; /* [most judgements of a query] */
    double *ideal;     /* the same */
} sm_rank_room;

/* What a query counts for. */
typedef struct sm_rank_count {
    size_t relevant; /* items */
    int has_gain;    /* it counts for NDCG */
} sm_rank_count;

/* What a grade gains. */
double sm_gain(const siamese_evaluator_options *options, double grade);

/*
 * values[ks_count][SIAMESE_RANKING_COUNT] of a query judged by list[count], whose
 * ranks are filled in.
 */
sm_rank_count sm_rank_metrics(const siamese_evaluator_options *options,
                              const sm_judgement *list, size_t count,
                              const size_t *ks, size_t ks_count,
                              const sm_rank_room *room, double *values);

#endif
