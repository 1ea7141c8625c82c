/*
 * train_report.h: what came of siamese train, as one JSON object for programs
 * or as notes for people. cmd_train.c calls one of the two at its end.
 */
#ifndef TRAIN_REPORT_H
#define TRAIN_REPORT_H

#include <jansson.h>

#include "data/cli_pairs.h"
#include "model/cli_training.h"
#include "verbs/train_model.h"
#include "verbs/train_quality.h"

typedef struct train_report {
    const char *path; /* of the model that was written */
    const cli_pairs *pairs;
    const train_model *model;
    const cli_training *training;
    const train_quality *quality; /* NULL: no query was held back */
    const cli_history *history;   /* NULL: no page is written */
    double read_seconds, save_seconds, seconds; /* in all */
} train_report;

json_t *train_report_json(const train_report *report);
void train_report_tell(const train_report *report);

#endif
