/*
 * cli_pairs_texts.h: the texts of pairs and items, in the order in which a
 * vocabulary learns them. Makers of vocabularies (cli_fresh_model,
 * cli_sentencepiece, cli_growth) call it.
 */
#ifndef CLI_PAIRS_TEXTS_H
#define CLI_PAIRS_TEXTS_H

#include <siamese/siamese.h>

#include "shell/cli_strings.h"
#include "data/cli_pairs.h"

/* An empty vocabulary learns the positives' titles, their fields of text, then
 * their queries, then titles and fields of the catalogue's other items. */
void cli_pairs_count_tokens(const cli_pairs *pairs, siamese_vocab *vocab);

/* The same texts in that order, a text as often as it stands there; to be
 * freed, while the bytes stay the pairs'. */
siamese_text *cli_pairs_texts(const cli_pairs *pairs, size_t *count);

/* The values of field f of these items, 0 being the title, in the order they
 * come. */
void cli_pairs_values(const cli_pairs *pairs, size_t f, cli_strings *values);

#endif
