/*
 * eval_rank.h: what is measured: a model that ranks the items, or a run that
 * has been ranked, to blocks of results. cmd_eval calls it for each search.
 */
#ifndef EVAL_RANK_H
#define EVAL_RANK_H

#include "shell/cli_settings.h"
#include "data/cli_items.h"
#include "data/cli_items_file.h"
#include "eval/cli_judgements.h"
#include "eval/cli_metrics.h"
#include "eval/eval_trec.h"

typedef struct eval_model {
    const char *path;
    siamese_bundle *bundle; /* of the file */
    siamese_model *model;   /* of the bundle */
    json_t *notes;
    cli_items items;
    int has_own_items; /* of its index, and no file's */
    siamese_index *index;
    int is_exact;
} eval_model;

/* Whether the file begins as a model does. */
int eval_is_model(const char *path);

/*
 * The model and its items: those of the file that source names, else those of
 * its own index, which then is the one that is searched.
 */
void eval_model_load(eval_model *model, const char *path,
                     cli_items_source *source,
                     const siamese_load_options *options);
void eval_model_free(eval_model *model);

/* Takes the results of a block of queries, which come in order. */
typedef void (*eval_take_fn)(void *user, const eval_block *block);

/* What is wanted of each query, and who takes it. */
typedef struct eval_wanted {
    size_t depth;   /* ids */
    int whole_ties; /* and behind them those of the last one's score */
    eval_take_fn take;
    void *user;
} eval_wanted;

/* Ranks the items for every query; an id counts once, where it comes first. */
void eval_model_rank(eval_model *model, cli_judgements *judgements,
                     const cli_library_options *options,
                     const eval_wanted *wanted);

/* The same of a run. */
void eval_trec_rank(const eval_trec *run, const cli_judgements *judgements,
                    const eval_wanted *wanted);

#endif
