/*
 * cli_history.h: the course of a training, as a page draws it: a bounded number
 * of points however many steps there are, validations and ends of epochs.
 * cli_training feeds it; a report reads it.
 */
#ifndef CLI_HISTORY_H
#define CLI_HISTORY_H

#include <jansson.h>
#include <siamese/siamese.h>

/* Some steps together. */
typedef struct cli_history_point {
    uint64_t step;        /* the last of them */
    size_t steps, pairs;  /* of them */
    double loss_sum;      /* over the pairs */
    double seconds;       /* of training */
    double learning_rate; /* of the last step */
} cli_history_point;

/* A validation, or the end of an epoch. */
typedef struct cli_history_figures {
    uint64_t step;
    double loss; /* a pair */
    int has_topk;
    double topk[SIAMESE_TOPK_COUNT];
} cli_history_figures;

typedef struct cli_history {
    cli_history_point *points;
    size_t count;
    size_t steps_per_point; /* but the last, which may have fewer */
    cli_history_figures *validations, *epochs;
    size_t validation_count, validation_capacity;
    size_t epoch_count, epoch_capacity;
} cli_history;

/* A zeroed struct has no steps. A step of `pairs` that took `seconds`; when
 * there are 512 points, each two become one. */
void cli_history_step(cli_history *history, const siamese_progress *progress,
                      size_t pairs, double seconds);
void cli_history_validation(cli_history *history,
                            const siamese_progress *progress, int has_topk);
void cli_history_epoch(cli_history *history, const siamese_progress *progress);
void cli_history_free(cli_history *history);

/* {"steps": [...], "loss": [...], ..., "validations": [{...}], "epochs":
 * [{...}]}. */
json_t *cli_history_json(const cli_history *history);

#endif
