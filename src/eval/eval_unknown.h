/*
 * eval_unknown.h: the words of queries that a vocabulary does not know. The
 * report of siamese eval lists them.
 */
#ifndef EVAL_UNKNOWN_H
#define EVAL_UNKNOWN_H

#include <jansson.h>
#include <siamese/siamese.h>

#include "eval/cli_judgements.h"

/*
 * {"word": queries that have it, ...}, the most frequent first, else as they
 * come; at most `most`. A word (eval_words.h) is unknown if no token of it has
 * an id of its own; of hashed features, if the word itself was not learned,
 * whatever its parts are.
 */
json_t *eval_unknown_words(const siamese_vocab *vocab, const cli_judgements *j,
                           size_t most);

#endif
