/*
 * cli_fresh_model.h: a vocabulary and a model that fit training pairs. siamese
 * train and bench begin so.
 */
#ifndef CLI_FRESH_MODEL_H
#define CLI_FRESH_MODEL_H

#include "shell/cli_settings.h"
#include "data/cli_pairs.h"
#include "model/cli_pairs_stream.h"

/*
 * Of all texts of the positives, finished. sentencepiece: NULL, the path of a
 * model to tokenise with, or "train" for one of these texts.
 */
siamese_vocab *cli_vocab_of(const cli_pairs *pairs, const char *sentencepiece,
                            const siamese_vocab_options *options);

/* The same of a stream's, without a sentencepiece model. */
siamese_vocab *cli_vocab_of_stream(cli_pairs_stream *stream,
                                   const siamese_vocab_options *options);

/* The values of field i beside the title as they stand, after '' and [UNK]. */
siamese_vocab *cli_category_vocab(const cli_pairs *pairs, size_t i);

/*
 * A model by a preset, NULL for the default, and options: with this vocabulary,
 * and the pairs' further fields of items beside the title. It has no pairs yet.
 * To be freed.
 */
siamese_model *cli_fresh_model(const cli_pairs *pairs,
                               const siamese_vocab *vocab, const char *preset,
                               const cli_library_options *options);

#endif
