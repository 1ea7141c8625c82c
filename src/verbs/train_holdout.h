/*
 * train_holdout.h: queries that are held back from training: out of the pairs,
 * into judgements, which train_quality.c measures with. cmd_train.c settles,
 * takes and notes them, in this order.
 */
#ifndef TRAIN_HOLDOUT_H
#define TRAIN_HOLDOUT_H

#include <jansson.h>

#include "data/cli_items.h"
#include "data/cli_pairs.h"
#include "eval/cli_judgements.h"

/* What --holdout and --write-holdout say. */
typedef struct train_holdout_wish {
    double share;     /* of the queries, at most 1/2; 0: none is held back */
    int is_given;     /* also if it is "none" */
    const char *file; /* for the pairs that are held back, or NULL */
} train_holdout_wish;

typedef struct train_holdout {
    double share;
    uint64_t seed;         /* by which queries are drawn */
    int is_resumed;        /* the model had learned before */
    size_t queries, pairs; /* held back; 0: there are none */
    size_t all_queries;
    cli_items by_title; /* the items, where the data have no ids */
    const cli_items *items;
    cli_judgements judgements; /* of the pairs, by those items' ids */
} train_holdout;

/* Takes the value of --holdout, "2%", "0.02" or "none", into a wish. */
void train_holdout_take_share(void *wish, const char *value);

/*
 * Of a new model by the wish and the seed; of one that is resumed as its notes
 * say, which the wish may end, but not change.
 */
void train_holdout_settle(train_holdout *holdout,
                          const train_holdout_wish *wish, uint64_t seed,
                          const json_t *resumed_notes);

/*
 * Takes the positives and negatives of the drawn queries out of the pairs; the
 * items stay. Queries of the same words are drawn together, and by their words
 * alone, so that they are the same ones in other data.
 */
void train_holdout_take(train_holdout *holdout, const train_holdout_wish *wish,
                        cli_pairs *pairs);

/* Into the notes of the model, or out of them. */
void train_holdout_note(const train_holdout *holdout, json_t *notes);

void train_holdout_free(train_holdout *holdout);

#endif
