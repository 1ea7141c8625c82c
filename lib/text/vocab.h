/* vocab.h: the vocabulary as the other floors use it: texts to token ids. */
#ifndef SM_VOCAB_H
#define SM_VOCAB_H

#include <stdbool.h>

#include "common/status.h"
#include "text/vocab_lookup.h"

/* One more reference to it, to be given up by siamese_vocab_free. */
siamese_vocab *sm_vocab_reference(const siamese_vocab *vocab);

/* Valid as long as the vocabulary. */
const siamese_vocab_options *sm_vocab_options(const siamese_vocab *vocab);

/* Finished: the table stands, and never changes again. */
bool sm_vocab_finished(const siamese_vocab *vocab);

/*
 * Rows of an embedding table for the vocabulary's ids, all of which are below.
 * As the notebook has it, that is one more than max_tokens, or than the tokens
 * if that has no limit; one more than hash_buckets, or than the learned ones, if
 * there are any.
 */
size_t sm_vocab_rows(const siamese_vocab *vocab);

/* Whether one table can serve both: it has as many rows for each, and a learned
 * feature of one is that of the other. */
bool sm_vocab_same_rows(const siamese_vocab *a, const siamese_vocab *b);

#endif
