/*
 * cli_pairs_stream.h: the positives of the files again and again, for a trainer
 * that keeps none of them. What cli_pairs_survey found stays in memory: items,
 * ids, what makes a positive. siamese train --stream calls it.
 */
#ifndef CLI_PAIRS_STREAM_H
#define CLI_PAIRS_STREAM_H

#include "data/cli_pairs_rows.h"

typedef struct cli_pairs_stream {
    cli_pairs_source source; /* as it was given, but for its entities: */
    char *entities;          /* notes that are written anew drop their texts */
    cli_pairs *pairs;
    cli_pairs_rows rows;
    int is_open;      /* the rows */
    double low, high; /* relevances of positives */
    /* a batch */
    siamese_text *queries, *items;
    size_t *rows_of; /* of the items */
    int64_t *ids;
    float *weights;
    char *bytes; /* of the queries */
    size_t byte_count, byte_capacity;
} cli_pairs_stream;

/* Of pairs that were surveyed; they and the source's files outlive it. */
void cli_pairs_stream_begin(cli_pairs_stream *stream,
                            const cli_pairs_source *source, cli_pairs *pairs);
void cli_pairs_stream_end(cli_pairs_stream *stream);

/* Counts the tokens of the positives, and of what else is in the catalogue, in
 * one pass. */
void cli_pairs_stream_count_tokens(cli_pairs_stream *stream,
                                   siamese_vocab *vocab);

/* The trainer learns from the stream, which outlives its training. */
void cli_pairs_stream_give(cli_pairs_stream *stream, siamese_trainer *trainer);

/* Standard input among the files is copied to a temporary file, which is gone
 * when the command ends. */
void cli_pairs_spool(cli_pairs_source *source);

#endif
