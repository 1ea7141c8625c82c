/* text_ids.h: from the words of a text to its ids: n-grams looked up in the
 * table, or features hashed, and looked up if they are learned. */
#ifndef SM_TEXT_IDS_H
#define SM_TEXT_IDS_H

#include "text/vocab_handle.h"

/* How many tokens or features a text has; for vocabularies that are not
 * plain. */
size_t sm_text_ids_count(const siamese_vocab *vocab,
                         const sm_analysis *analysis);

/* The ids of the first `limit` of them: as many, or, of learned features,
 * fewer, since others have none. */
size_t sm_text_ids(const siamese_vocab *vocab, const sm_analysis *analysis,
                   size_t limit, int32_t *ids);

/* All of them, hashed ones as marked ids (common/marked_id.h): in another
 * order, in which those of a word alone are a run. */
size_t sm_text_marked_ids(const siamese_vocab *vocab,
                          const sm_analysis *analysis, int32_t *ids);

/* 1 + the bucket of each of the first `limit` hashed features, learned or
 * not. */
size_t sm_text_features(const siamese_vocab *vocab, const sm_analysis *analysis,
                        size_t limit, int32_t *ids);

/* Of ids[count] of buckets, marked or not, those of learned features; returns
 * how many. */
size_t sm_text_learned(const siamese_vocab *vocab, int32_t *ids, size_t count);

#endif
