/*
 * cli_training.h: a model's training as the command shows it: progress bar,
 * log, checkpoints on the way, and an end by SIGINT between two steps. siamese
 * train calls it, and train_report reads what came of it.
 */
#ifndef CLI_TRAINING_H
#define CLI_TRAINING_H

#include <jansson.h>
#include <stdio.h>
#include <siamese/siamese.h>

#include "model/cli_history.h"

typedef struct cli_training {
    siamese_model *model;
    siamese_trainer *trainer; /* the model's */
    const char *log;          /* a file of one JSON object a step, or NULL */
    int appends;              /* to the log */
    size_t checkpoint_every;  /* steps; 0: never */
    void (*checkpoint)(void *user);
    void *user;
    cli_history *history; /* to fill, or NULL */

    /* What came of it. */
    double train_seconds, evaluate_seconds, mine_seconds; /* by stage */
    double rank_seconds;
    siamese_progress last;

    /* Between two calls. */
    FILE *log_stream;
    double called_at;
    uint64_t step, validation_step;
    size_t epoch, pairs, ties_told;
    double history_seconds; /* of training, that the history has */
} cli_training;

/* Trains to the end; a cancelled or failed run ends the command. */
void cli_training_run(cli_training *training);

/* {"1": 0.0002, "5": ...}, NULL if it was not measured. */
json_t *cli_training_topk(const siamese_progress *progress);

/* The last validation and the best one, NULL if there was none. */
json_t *cli_training_validation(const cli_training *training);

#endif
