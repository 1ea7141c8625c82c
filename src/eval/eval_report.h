/*
 * eval_report.h: what eval found, as JSON, as a file of one line a query, and
 * for people. cmd_eval calls it at its end.
 */
#ifndef EVAL_REPORT_H
#define EVAL_REPORT_H

#include "eval/cli_judgements.h"
#include "eval/cli_metrics.h"
#include "eval/eval_slices.h"

/* One search on all judgements and on the slices that were asked for. */
typedef struct eval_search {
    cli_figures all;
    cli_figures slices[EVAL_SLICE_COUNT]; /* without a part: not asked for */
} eval_search;

/* What is reported. */
typedef struct eval_report {
    const cli_judgements *judgements;
    const cli_metrics *metrics;
    const eval_search *search;
    const eval_search *other; /* NULL: nothing is compared */
    const char *other_name;
    size_t resamples, seed;
    const char *counted;       /* what frequencies count, NULL: none */
    const size_t *frequencies; /* [queries], if so */
    int tells;                 /* tables for people on standard error */
    int has_intervals;         /* of each figure, into the JSON */
} eval_report;

/* The figures, the slices and the comparison. */
json_t *eval_report_json(const eval_report *report);

/* One line a query, as CSV if the name ends in .csv, else between tabs. */
void eval_report_queries(const eval_report *report, const char *path);

#endif
