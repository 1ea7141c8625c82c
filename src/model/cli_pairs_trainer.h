/*
 * cli_pairs_trainer.h: pairs and items given to a trainer, to learn from and to
 * validate with. siamese train and siamese bench train call it.
 */
#ifndef CLI_PAIRS_TRAINER_H
#define CLI_PAIRS_TRAINER_H

#include <siamese/siamese.h>

#include "data/cli_pairs.h"

/* Gives the positives, and the catalogue, to a trainer. */
void cli_pairs_add_to(const cli_pairs *pairs, siamese_trainer *trainer);

/* Gives them to a trainer to validate with, over the items of `training`, whose
 * ids they share; both have an id column, or neither. */
void cli_pairs_validate(const cli_pairs *pairs, const cli_pairs *training,
                        siamese_trainer *trainer);

#endif
