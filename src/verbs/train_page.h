/*
 * train_page.h: what siamese train --report measures beside the figures, and
 * its page. cmd_train.c calls it when the model is saved.
 */
#ifndef TRAIN_PAGE_H
#define TRAIN_PAGE_H

#include <jansson.h>

#include "data/cli_pairs.h"
#include "eval/eval_found.h"
#include "verbs/train_holdout.h"
#include "verbs/train_model.h"

typedef struct train_page {
    const char *path; /* of the page */
    const char *name; /* of the model's file */
    const train_model *model;
    const train_holdout *holdout;        /* without queries: none are */
    const eval_found *found;             /* of them */
    const cli_pairs *pairs, *validation; /* of which some are scored */
} train_page;

/* The page, as an output still to be committed; it adds scores and, of queries
 * held back, first_relevant to the figures. */
void train_page_write(const train_page *page, json_t *figures);

#endif
