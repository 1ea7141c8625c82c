/*
 * train_quality.h: how well a model finds the items of queries that were held
 * back from its training, beside BM25 and beside the model before its first
 * step. cmd_train.c measures; train_report.c tells the figures at the end.
 */
#ifndef TRAIN_QUALITY_H
#define TRAIN_QUALITY_H

#include <jansson.h>
#include <siamese/siamese.h>

#include "shell/cli_settings.h"
#include "data/cli_fields.h"
#include "eval/cli_metrics.h"
#include "eval/eval_found.h"
#include "eval/eval_slices.h"
#include "verbs/train_holdout.h"

/* What is measured; BEFORE is untrained, or as it was resumed. */
typedef enum train_searched {
    TRAIN_SEARCHED_MODEL,
    TRAIN_SEARCHED_BM25,
    TRAIN_SEARCHED_BEFORE,
    TRAIN_SEARCHED_COUNT
} train_searched;

enum { TRAIN_QUALITY_FIGURES = 3 }; /* recall@10, recall@100, mrr@10 */

typedef struct train_quality {
    train_holdout *holdout;
    const cli_library_options *options; /* of index and search */
    cli_metrics metrics;
    eval_part part; /* all of the judgements */
    double figures[TRAIN_SEARCHED_COUNT][TRAIN_QUALITY_FIGURES];
    double low[TRAIN_SEARCHED_COUNT]
              [TRAIN_QUALITY_FIGURES]; /* 95 % intervals */
    double high[TRAIN_SEARCHED_COUNT][TRAIN_QUALITY_FIGURES];
    eval_found *found;        /* of the model, to be filled; or NULL */
    const char *without_bm25; /* why it was not measured, or NULL */
    double seconds;
} train_quality;

/* The holdout must have its pairs, and outlive this. */
void train_quality_begin(train_quality *quality, train_holdout *holdout,
                         const cli_library_options *options);

/* The model that the bundle would be saved as, as siamese eval measures it. */
void train_quality_measure(train_quality *quality, train_searched searched,
                           const siamese_bundle *bundle);
void train_quality_measure_bm25(train_quality *quality,
                                const cli_fields *fields);

json_t *train_quality_json(const train_quality *quality);
void train_quality_tell(const train_quality *quality);
void train_quality_free(train_quality *quality);

#endif
