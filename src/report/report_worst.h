/*
 * report_worst.h: the queries that found least: what was wanted and what came.
 * The reports of train and eval end their figures with them.
 */
#ifndef REPORT_WORST_H
#define REPORT_WORST_H

#include <stdio.h>

#include "data/cli_items.h"
#include "eval/eval_found.h"

/* items: whose titles are shown, NULL: their ids alone are known. */
void report_worst(FILE *stream, const eval_found *found,
                  const cli_items *items);

/* Where the first relevant item stands, of all queries, as eval_found_json has
 * it. */
void report_first_relevant(FILE *stream, const json_t *counts);

#endif
