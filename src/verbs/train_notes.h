/*
 * train_notes.h: what siamese train notes in a model of the data that it
 * learned from, so that --resume reads other data the same way. train_model.c
 * calls it.
 */
#ifndef TRAIN_NOTES_H
#define TRAIN_NOTES_H

#include <jansson.h>

#include "data/cli_pairs.h"
#include "data/cli_pairs_file.h"

/* What was noted stands in for what is not said now; source points into
 * notes. */
void train_notes_read(const json_t *notes, cli_pairs_source *source);

/* The columns, grades and fields of the pairs that were read from source. */
void train_notes_write(json_t *notes, const cli_pairs_source *source,
                       const cli_pairs *pairs);

#endif
