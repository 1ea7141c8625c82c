/*
 * report_scores.h: how a model scores pairs of query and item: those that
 * belong together, those judged not to, and queries with items at random. The
 * reports of train and eval show the three beside each other.
 */
#ifndef REPORT_SCORES_H
#define REPORT_SCORES_H

#include <jansson.h>
#include <siamese/siamese.h>

#include "data/cli_pairs.h"
#include "eval/cli_judgements.h"
#include "eval/eval_found.h"
#include "model/cli_encode.h"

typedef struct report_scores {
    const char *of; /* what the pairs are, in words */
    double *relevant, *judged_low, *others;
    size_t relevant_count, judged_low_count, other_count;
} report_scores;

/* Judged pairs whose items are there, of many evenly some; the items' vectors
 * are those of an index by rows, or, if it is NULL, encoded. */
void report_scores_judged(report_scores *scores, const siamese_model *model,
                          const cli_judgements *judgements, double relevant,
                          const cli_items *items, const siamese_index *index);

/* Positives that a model learned from, of many evenly some. */
void report_scores_pairs(report_scores *scores, const siamese_model *model,
                         const cli_pairs *pairs, const char *of);

/* Of a run, which has no scores but those of its results. */
void report_scores_found(report_scores *scores, const eval_found *found);

/* Counts and means; with the share of pairs of one that is relevant and another
 * at random in which the first scores higher, ties half. */
json_t *report_scores_json(const report_scores *scores);

void report_scores_draw(FILE *stream, const report_scores *scores,
                        const json_t *figures);
void report_scores_free(report_scores *scores);

#endif
