/* vocab_features.h: vocabularies of learned hashed features: those buckets have
 * ids that occurred often enough. */
#ifndef SM_VOCAB_FEATURES_H
#define SM_VOCAB_FEATURES_H

#include <stdbool.h>

#include "text/vocab_handle.h"

static inline bool sm_vocab_learns_features(const siamese_vocab *vocab)
{
    return vocab->options.hash_min_count > 0;
}

/* Finishes it by what was counted. */
sm_status sm_vocab_finish_features(siamese_vocab *vocab);

/*
 * Finishes it with a list: buckets[i] has id i + 1. `code` is the status of one
 * that makes no table.
 */
sm_status sm_vocab_set_features(siamese_vocab *vocab, const uint32_t *buckets,
                                size_t count, sm_status code);

/* Whether the ids of `old` are in `grown` what they were. */
bool sm_vocab_keeps_features(const siamese_vocab *grown,
                             const siamese_vocab *old);

/* siamese_vocab_grow for these. */
sm_status sm_vocab_grow_features(siamese_vocab **out, const siamese_vocab *old,
                                 const siamese_vocab *fresh, size_t max_tokens);

#endif
