/* features.h: ids of words and parts of words by hashing, without a table.
 * docs/text.md has the hash for other programs to compute. */
#ifndef SM_FEATURES_H
#define SM_FEATURES_H

#include "text/words.h"

/* First byte under the hash, so that a word is no character n-gram or
 * quantity. */
enum { SM_TAG_WORD = 'w', SM_TAG_CHARACTERS = 'c', SM_TAG_QUANTITY = 'q' };

/* FNV-1a over the tag and the bytes, then the final mix. */
uint64_t sm_feature_hash(unsigned char tag, const char *bytes, size_t size);

/* 1 + hash % buckets: id 0 stays the pad. A division costs as much as all
 * else. */
static inline int32_t sm_feature_id(uint64_t hash, size_t buckets)
{
    bool const power_of_two = (buckets & (buckets - 1)) == 0;
    return (int32_t)(1 +
                     (power_of_two ? hash & (buckets - 1) : hash % buckets));
}

/* n-grams of the code points of <word> for widths as in sm_gram_reader. */
size_t sm_character_gram_count(const char *word, size_t size,
                               const int32_t *widths);

/* The first `limit` of their ids, width by width; returns how many. */
size_t sm_character_gram_ids(const char *word, size_t size,
                             const int32_t *widths, size_t buckets,
                             size_t limit, int32_t *ids);

#endif
