/*
 * report_eval.h: the page of siamese eval --report, from the figures that the
 * verb prints and from what its search found.
 */
#ifndef REPORT_EVAL_H
#define REPORT_EVAL_H

#include <jansson.h>
#include <stdio.h>

#include "data/cli_items.h"
#include "eval/cli_metrics.h"
#include "eval/eval_found.h"
#include "report/report_scores.h"

typedef struct report_eval {
    const char *of;             /* the model or the run */
    const cli_metrics *metrics; /* that were wanted, in order */
    const json_t *figures;      /* what the verb prints */
    const cli_items *items;     /* with titles; NULL: they are not known */
    const eval_found *found;
    const report_scores *scores;
    const json_t *settings;
    const char *command;
} report_eval;

void report_eval_write(FILE *stream, const report_eval *report);

#endif
