/*
 * report_train.h: the page of siamese train --report, from the figures that
 * --json prints and from what the queries that were held back found.
 */
#ifndef REPORT_TRAIN_H
#define REPORT_TRAIN_H

#include <jansson.h>
#include <stdio.h>

#include "data/cli_items.h"
#include "eval/eval_found.h"
#include "report/report_scores.h"

typedef struct report_train {
    const char *of;          /* the model */
    const json_t *figures;   /* what --json prints */
    const eval_found *found; /* of queries held back; NULL: there are none */
    const cli_items *items;  /* with titles, if so */
    const report_scores *scores;
    const json_t *settings;
    const char *command;
} report_train;

void report_train_write(FILE *stream, const report_train *report);

#endif
