/*
 * cli_pairs_model.h: pairs and items given to a model, to learn from and to
 * validate with. siamese train and siamese bench call it.
 */
#ifndef CLI_PAIRS_MODEL_H
#define CLI_PAIRS_MODEL_H

#include <siamese/siamese.h>

#include "data/cli_pairs.h"

/* Gives the positives, and the catalogue, to a model, and makes its trainer if
 * there is none: it can be trained then. */
void cli_pairs_prepare(const cli_pairs *pairs, siamese_model *model);

/* Gives them to a model to validate with, over the items of `training`, whose
 * ids they share; both have an id column, or neither. */
void cli_pairs_validate(const cli_pairs *pairs, const cli_pairs *training,
                        siamese_model *model);

#endif
