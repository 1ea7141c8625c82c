/* vocab_lookup.h: the finished vocabulary at work, texts to ids and back;
 * siamese_vocab_tokenize, _token and _lookup are in siamese.h. */
#ifndef SM_VOCAB_LOOKUP_H
#define SM_VOCAB_LOOKUP_H

#include <siamese/siamese.h>

/*
 * The ids of the first `limit` tokens of a text into ids, and how many there
 * are. The vocabulary must be finished. Takes no memory; any thread.
 */
size_t sm_vocab_tokenize_one(const siamese_vocab *vocab, const char *data,
                             size_t size, size_t limit, int32_t *ids);

#endif
