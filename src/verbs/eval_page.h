/*
 * eval_page.h: what siamese eval --report measures beside the figures, and its
 * page. cmd_eval.c calls it when the searches are done.
 */
#ifndef EVAL_PAGE_H
#define EVAL_PAGE_H

#include <jansson.h>

#include "eval/eval_found.h"
#include "eval/eval_options.h"
#include "eval/eval_rank.h"
#include "report/report_scores.h"

typedef struct eval_page {
    const char *path;        /* of the page */
    const eval_model *model; /* that was measured; without a path: */
    const char *run;
    const eval_options *options;
    const cli_library_options *library;
    const cli_judgements *judgements;
    const cli_items *items; /* NULL: they are not known */
    const eval_found *found;
    report_scores scores;
} eval_page;

/* Adds first_relevant, scores and, of a model, vocabulary and unknown_words to
 * the figures. */
void eval_page_measure(eval_page *page, json_t *figures);

/* The page, as an output still to be committed. */
void eval_page_write(eval_page *page, const json_t *figures);

#endif
