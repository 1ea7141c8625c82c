/*
 * cli_growth.h: the vocabularies of a trained model take in new texts. siamese
 * train calls it, with --grow to do it, else to tell what it would do.
 */
#ifndef CLI_GROWTH_H
#define CLI_GROWTH_H

#include "data/cli_pairs.h"

/*
 * Behind the tokens that the trainer's towers know come those that the
 * positives have more, the most frequent first, until there are max_tokens (0:
 * all); categories of items likewise, all of them. What was learnt stays.
 */
void cli_grow_trainer(siamese_trainer *trainer, const cli_pairs *pairs,
                      size_t max_tokens);

/*
 * Tells how many tokens, and values of categories, of other data than those the
 * vocabularies were made of would join them by --grow; `counts` is what the
 * first was counted on.
 */
void cli_growth_tell(const siamese_bundle *bundle, const cli_pairs *pairs,
                     const json_t *counts);

#endif
