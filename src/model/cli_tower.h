/*
 * cli_tower.h: a vocabulary and a tower that fit training pairs. siamese train
 * and bench make a model so.
 */
#ifndef CLI_TOWER_H
#define CLI_TOWER_H

#include "shell/cli_settings.h"
#include "data/cli_pairs.h"

/*
 * Of all texts of the positives, finished. sentencepiece: NULL, the path of a
 * model to tokenise with, or "train" for one of these texts.
 */
siamese_vocab *cli_vocab_of(const cli_pairs *pairs, const char *sentencepiece,
                            const siamese_vocab_options *options);

/* The values of field i beside the title as they stand, after '' and [UNK]. */
siamese_vocab *cli_category_vocab(const cli_pairs *pairs, size_t i);

/* Of titles and queries, then the further fields of items. */
siamese_tower *cli_tower_of(const cli_pairs *pairs, const siamese_vocab *vocab,
                            const cli_library_options *options);

/* Numbers of all its parameters. */
size_t cli_tower_weights(const siamese_tower *tower);

#endif
