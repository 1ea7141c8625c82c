/* vocab_build.h: makes the table of a vocabulary, by counting texts or from a
 * list of tokens; siamese_vocab_add, _finish and _set_tokens: see siamese.h. */
#ifndef SM_VOCAB_BUILD_H
#define SM_VOCAB_BUILD_H

#include "common/status.h"

/*
 * siamese_vocab_set_tokens for the tokens behind '' and [UNK] alone, which lie
 * one after the other in bytes; sizes[count] each. `code` is the status of
 * tokens that make no table.
 */
sm_status sm_vocab_set_learned(siamese_vocab *vocab, const int64_t *sizes,
                               size_t count, const char *bytes, sm_status code);

#endif
