/*
 * train_arguments.h: what siamese train was asked for: from the command line to
 * one struct of four parts, each filled by a table of its own. cmd_train.c
 * calls it; train_model and train_report read it.
 */
#ifndef TRAIN_ARGUMENTS_H
#define TRAIN_ARGUMENTS_H

#include "shell/cli_args.h"
#include "shell/cli_settings.h"
#include "data/cli_pairs_file.h"
#include "verbs/train_holdout.h"

typedef struct train_arguments {
    struct { /* what is learned from */
        cli_pairs_source source;
        const char *validation; /* a file, or NULL */
        int streams;            /* pairs are read anew in each epoch */
        train_holdout_wish holdout;
    } data;
    struct { /* what learns: a new model, or one that is resumed */
        const char *preset, *sentencepiece, *resume;
        int grows;
    } model;
    cli_settings settings; /* how: options of the library, by name */
    struct {               /* what is written, and when */
        const char *model, *log, *report;
        size_t checkpoint_every; /* steps; 0: never */
        int resumable, prints_json;
    } output;
} train_arguments;

/* What does not fit together ends the command with status 2. */
void train_arguments_parse(train_arguments *arguments, const cli_verb *verb,
                           int argc, char **argv);
void train_arguments_free(train_arguments *arguments);

#endif
