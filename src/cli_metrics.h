/*
 * cli_metrics.h: how good rankings are (Manning, Raghavan and Schuetze,
 * Introduction to Information Retrieval, chapter 8; Jarvelin and Kekalainen 2002
 * for nDCG). An item without a judgement counts as not relevant.
 */
#ifndef CLI_METRICS_H
#define CLI_METRICS_H

#include <jansson.h>

#include "cli_judgements.h"

/* Results of a query that are looked at. */
enum { CLI_METRICS_DEPTH = 100 };

typedef struct cli_metrics {
    double relevant; /* the lowest grade that is */
    size_t queries;  /* with a relevant item */
    size_t pairs;    /* that are relevant */
    size_t ndcg_queries;
    double recall_10, recall_100, mrr_10, hit_10, ndcg_10; /* sums */
} cli_metrics;

/* Counts one query, ranked as ids[n], best first, each id once. */
void cli_metrics_add(cli_metrics *metrics, const cli_judgements *judgements,
                     size_t query, const uint32_t *ids, size_t n);

/* The means; queries must not be 0. */
json_t *cli_metrics_json(const cli_metrics *metrics);

#endif
