/*
 * eval_options.h: the arguments of siamese eval, and what fits together: from
 * the command line to one struct. cmd_eval calls it.
 */
#ifndef EVAL_OPTIONS_H
#define EVAL_OPTIONS_H

#include "shell/cli_args.h"
#include "shell/cli_settings.h"
#include "data/cli_items_file.h"
#include "eval/cli_metrics.h"
#include "eval/eval_slices.h"
#include "eval/eval_trec.h"

/* Whether a slice is measured. */
enum { EVAL_NOT_WANTED, EVAL_IF_IT_CAN_BE, EVAL_NAMED };

typedef struct eval_options {
    struct {
        const char *model, *run; /* one of both */
        const char *compare;     /* with this model or run; or NULL */
    } measured;
    struct {
        const char *queries, *queries_encoding, *qrels;
        const char *judged, *judged_encoding; /* in their place */
        const char *train, *train_encoding;
        const char *query_column, *relevance_column;
    } files;
    struct {
        const char *names;
        int wanted[EVAL_SLICE_COUNT], any;
    } slices;
    struct {
        const char *name;
        eval_ties rule;
    } ties;
    struct {
        size_t resamples, seed;
    } bootstrap;
    struct {
        const char *run, *qrels, *queries, *per_query; /* files, or NULL */
        const char *report;
        int prints_json;
    } output;
    cli_items_source source;
    cli_settings settings;
    cli_metrics metrics;
} eval_options;

void eval_options_parse(eval_options *options, const cli_verb *verb, int argc,
                        char **argv);
void eval_options_free(eval_options *options);

#endif
