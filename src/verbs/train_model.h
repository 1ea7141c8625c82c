/*
 * train_model.h: the model that siamese train trains: a new one of the pairs,
 * or one that is resumed, with its trainer and its notes. cmd_train.c calls
 * each function in turn; train_report.c reads what came of it.
 */
#ifndef TRAIN_MODEL_H
#define TRAIN_MODEL_H

#include <jansson.h>
#include <siamese/siamese.h>

#include "shell/cli_settings.h"
#include "data/cli_pairs.h"
#include "model/cli_pairs_stream.h"
#include "verbs/train_arguments.h"

typedef struct train_model {
    siamese_model *model;
    int is_new;               /* not resumed */
    siamese_bundle *bundle;   /* what was read or collected last; or NULL */
    siamese_trainer *trainer; /* the model's */
    json_t *notes;            /* to be stored in the bundle */
    json_t *vocabulary; /* what it knows of the texts; NULL: not counted */
    double vocabulary_seconds;
    cli_pairs_stream *stream; /* that it learns from; NULL: from pairs */
} train_model;

/*
 * The model that is resumed, and what it says of data that the user does not:
 * see train_notes_read.
 */
void train_model_resume(train_model *model, train_arguments *arguments,
                        const siamese_load_options *options);

/* A new model, with a vocabulary of the pairs and their fields. */
void train_model_create(train_model *model, const train_arguments *arguments,
                        const cli_pairs *pairs,
                        const cli_library_options *options);

/* The tokens of the pairs join the vocabulary; max_tokens 0: all of them. */
void train_model_grow(train_model *model, const cli_pairs *pairs,
                      size_t max_tokens);

/*
 * Gives the model the pairs of --validation, NULL if there are none. A model
 * that was trained with validation pairs needs them again.
 */
void train_model_validate(train_model *model, const train_arguments *arguments,
                          const cli_pairs *validation, const cli_pairs *pairs);

/* Gives the model the pairs, so that it can be trained. A new one that is large
 * is saved as finished, unless the user says otherwise. */
void train_model_give(train_model *model, const train_arguments *arguments,
                      const cli_pairs *pairs, siamese_save_options *save);

/* Writes down what is learned from, for the files to come. */
void train_model_note(train_model *model, const train_arguments *arguments,
                      const cli_pairs *pairs);

/* What is saved of the model as it stands, between two steps of its training as
 * well: its settings, trainer and notes, and what was learned of ranking. It
 * lasts until the next call. */
const siamese_bundle *train_model_collect(train_model *model);

void train_model_free(train_model *model);

#endif
