/* cli_metrics.h: which figures of the library's evaluator are wanted, and them as
 * JSON. */
#ifndef CLI_METRICS_H
#define CLI_METRICS_H

#include <jansson.h>

#include "cli_judgements.h"

/* A figure at ks[k]. */
typedef struct cli_figure {
    int32_t figure; /* SIAMESE_RANKING_* */
    size_t k;
} cli_figure;

typedef struct cli_metrics {
    const char *names, *cutoffs; /* lists between commas; NULL: the default */
    double relevant;             /* the lowest grade that is */
    size_t *ks;
    size_t ks_count, ks_capacity;
    size_t depth; /* results of a query that are looked at */
    cli_figure *wanted;
    size_t wanted_count, wanted_capacity;
    siamese_evaluator *evaluator;
    int64_t *ids; /* of the judgements */
    double *grades;
} cli_metrics;

/* Reads names and cutoffs; what is not known is an error of usage. */
void cli_metrics_choose(cli_metrics *metrics);

void cli_metrics_begin(cli_metrics *metrics, const cli_judgements *judgements);
void cli_metrics_free(cli_metrics *metrics);

/* Adds queries first .. first + count - 1, ranked as ids[count][depth]. */
void cli_metrics_add(cli_metrics *metrics, const cli_judgements *judgements,
                     size_t first, size_t count, const int64_t *ids,
                     const size_t *found);

/* The means; NULL if no query has a relevant item. */
json_t *cli_metrics_json(const cli_metrics *metrics);

#endif
