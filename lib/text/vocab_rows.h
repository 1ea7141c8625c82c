/* vocab_rows.h: the rows that an embedding table has for a vocabulary's ids;
 * asked by towers when a field is added, read or grown. */
#ifndef SM_VOCAB_ROWS_H
#define SM_VOCAB_ROWS_H

#include <stdbool.h>
#include <stddef.h>

#include <siamese/siamese.h>

/*
 * Rows of an embedding table for the vocabulary's ids, all of which are below.
 * As the notebook has it, that is one more than max_tokens, or than the tokens
 * if that has no limit; one more than hash_buckets, or than the learned ones,
 * if there are any.
 */
size_t sm_vocab_rows(const siamese_vocab *vocab);

/* Whether one table can serve both: it has as many rows for each, and a learned
 * feature of one is that of the other. */
bool sm_vocab_same_rows(const siamese_vocab *a, const siamese_vocab *b);

#endif
