/*
 * cli_encode.h: many texts to vectors by a model, block by block, with a
 * progress bar. The verbs that encode call it, and the workload that serves.
 */
#ifndef CLI_ENCODE_H
#define CLI_ENCODE_H

#include <siamese/siamese.h>

#include "data/cli_items.h"

/* The tower of a side, "item" or "query"; to be freed. */
siamese_tower *cli_encode_tower(const siamese_bundle *bundle, const char *side);

/* Who encodes: a side of a model, and the numbers of its vectors. */
typedef struct cli_encoder {
    const siamese_model *model;
    int32_t side;
    size_t dim;
} cli_encoder;

/* Of a side, "item" or "query"; a model without its tower fails. */
cli_encoder cli_encoder_of(const siamese_model *model, const char *side);

/* What is encoded: `count` rows of `fields` texts; `row` gives those of row
 * i. */
typedef struct cli_rows {
    size_t count, fields;
    void (*row)(const void *user, size_t i, siamese_text *texts);
    const void *user;
} cli_rows;

/* The fields of items; texts[count] of one field each. */
cli_rows cli_rows_of_items(const cli_items *items);
cli_rows cli_rows_of_texts(const siamese_text *texts, size_t count);

/* Takes the vectors [n][dim] of rows first .. first + n - 1. */
typedef void (*cli_vectors_fn)(void *user, size_t first, size_t n,
                               const float *vectors);

/* Encodes block by block. */
void cli_encode(cli_encoder encoder, cli_rows rows, cli_vectors_fn take,
                void *user);

/* The vectors [count][dim] of all of them, to be freed. */
float *cli_encode_all(cli_encoder encoder, cli_rows rows);

#endif
