/*
 * cli_vocabulary.h: how much of its texts a vocabulary knows and keeps, as JSON
 * and in lines. siamese train and vocab tell it.
 */
#ifndef CLI_VOCABULARY_H
#define CLI_VOCABULARY_H

#include <jansson.h>
#include <siamese/siamese.h>

/* Its size, tokens that are unknown, texts that are cut; stats NULL: of the
 * texts that the vocabulary was made of. */
json_t *cli_vocabulary_json(const siamese_vocab *vocab,
                            const siamese_vocab_stats *stats);

/* The same in lines for people. */
void cli_vocabulary_tell(const json_t *counts);

/* Where a model's notes keep the counts if its vocabulary does not. */
#define CLI_VOCABULARY_NOTE "vocabulary"

#endif
