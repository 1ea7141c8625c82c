/*
 * cli_sentencepiece.h: sentencepiece models, read from .model files or trained
 * on the texts of pairs. siamese train, vocab and export call it.
 */
#ifndef CLI_SENTENCEPIECE_H
#define CLI_SENTENCEPIECE_H

#include "data/cli_pairs.h"

/* A vocabulary of the model in a file; "-" is standard input. */
siamese_vocab *cli_sentencepiece_read(const char *path,
                                      const siamese_vocab_options *options);

/* What the vocabulary makes of the texts of the pairs. */
siamese_vocab_stats cli_sentencepiece_measure(const siamese_vocab *vocab,
                                              const cli_pairs *pairs);

/* A vocabulary of a model trained on the texts of the pairs. */
siamese_vocab *cli_sentencepiece_train(const cli_pairs *pairs,
                                       const siamese_vocab_options *options);

/* The vocabulary's model, into an output still to be committed. */
void cli_sentencepiece_write(const char *path, const siamese_vocab *vocab);

#endif
