/*
 * cli_metrics.h: which figures of the library's evaluator are wanted, and the
 * figures of one search on one part of the judgements. cmd_eval feeds it the
 * results, eval_report and eval_compare read the figures.
 */
#ifndef CLI_METRICS_H
#define CLI_METRICS_H

#include <jansson.h>

#include "eval/eval_slices.h"

/* A figure at ks[k]. */
typedef struct cli_figure {
    int32_t figure; /* SIAMESE_RANKING_* */
    size_t k;
    char name[48]; /* "recall@10" */
} cli_figure;

typedef struct cli_metrics {
    const char *names, *cutoffs; /* lists between commas; NULL: the default */
    const char *gain;            /* "linear" or "exponential" */
    double relevant;             /* the lowest grade that is */
    double gain_zero;            /* the grade that gains nothing */
    size_t *ks;
    size_t ks_count, ks_capacity;
    size_t depth; /* results of a query that are looked at */
    cli_figure *wanted;
    size_t wanted_count, wanted_capacity;
} cli_metrics;

/* Wants one more figure, a SIAMESE_RANKING_*, at k. */
void cli_metrics_want(cli_metrics *metrics, int32_t figure, size_t k);

/* Reads names and cutoffs; what is not known is an error of usage. */
void cli_metrics_choose(cli_metrics *metrics);
void cli_metrics_free(cli_metrics *metrics);

/* The figures of one search on one part. */
typedef struct cli_figures {
    const cli_metrics *metrics;
    const eval_part *part;
    siamese_evaluator *evaluator;
    double *values; /* [queries][ks_count * SIAMESE_RANKING_COUNT] */
    double *means;  /* [ks_count * SIAMESE_RANKING_COUNT] */
    /* equal scores stand in every order, as means over them */
    int expects_ties;
    float *scores; /* [scores_room], of a block, if so */
    size_t scores_room;
    siamese_evaluator_counts counts;
} cli_figures;

/*
 * Results of queries first .. first + count - 1: ids[count][width], best first.
 * If ties are expected, that of the last one wanted is whole.
 */
typedef struct eval_block {
    size_t first, count, width;
    const int64_t *ids;
    const double *scores; /* [count][width] */
    const size_t *found;  /* [count] */
} eval_block;

void cli_figures_begin(cli_figures *figures, const cli_metrics *metrics,
                       const eval_part *part, size_t queries, int expects_ties);
void cli_figures_add(cli_figures *figures, const eval_block *block);
void cli_figures_end(cli_figures *figures);
void cli_figures_free(cli_figures *figures);

/* A wanted figure's mean, and that of one query; NaN where it does not
 * count. */
double cli_figures_mean(const cli_figures *figures, size_t wanted);
double cli_figures_value(const cli_figures *figures, size_t wanted,
                         size_t query);

/* The means and counts. */
json_t *cli_figures_json(const cli_figures *figures);

#endif
