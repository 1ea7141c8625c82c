#include "text/features.h"

#include "common/hash.h"
#include "text/utf8.h"

uint64_t sm_feature_hash(unsigned char tag, const char *bytes, size_t size)
{
    uint64_t const state = sm_hash_bytes(SM_HASH_START, &tag, 1);
    return sm_hash_mix(sm_hash_bytes(state, bytes, size));
}

int32_t sm_feature_id(uint64_t hash, size_t buckets)
{
    return (int32_t)(1 + hash % buckets);
}

/* Where the code point at `at` ends; `size` at the end. */
static size_t step(const char *word, size_t size, size_t at)
{
    size_t length;
    if (at == size) return at;
    sm_utf8_next((const unsigned char *)word + at, size - at, &length);
    return at + length;
}

/* Code points of <word>, its brackets included. */
static size_t bracketed_length(const char *word, size_t size)
{
    size_t count = 2;
    for (size_t at = 0; at < size; at = step(word, size, at)) count++;
    return count;
}

size_t sm_character_gram_count(const char *word, size_t size,
                               const int32_t *widths)
{
    size_t const length = bracketed_length(word, size);
    size_t count = 0;
    for (size_t i = 0; i < SIAMESE_LIST_SIZE && widths[i]; i++)
        if ((size_t)widths[i] <= length)
            count += length - (size_t)widths[i] + 1;
    return count;
}

/* word[left .. right), with its brackets at its ends. */
static uint64_t hash_gram(const char *word, size_t left, size_t right,
                          int opens, int closes)
{
    static const unsigned char tag = SM_TAG_CHARACTERS;
    uint64_t state = sm_hash_bytes(SM_HASH_START, &tag, 1);
    if (opens) state = sm_hash_bytes(state, "<", 1);
    state = sm_hash_bytes(state, word + left, right - left);
    if (closes) state = sm_hash_bytes(state, ">", 1);
    return sm_hash_mix(state);
}

size_t sm_character_gram_ids(const char *word, size_t size,
                             const int32_t *widths, size_t buckets,
                             size_t limit, int32_t *ids)
{
    size_t const length = bracketed_length(word, size);
    size_t count = 0;
    for (size_t i = 0; i < SIAMESE_LIST_SIZE && widths[i]; i++) {
        size_t const width = (size_t)widths[i];
        if (width > length) continue;
        size_t left = 0, right = 0; /* bytes of the word in the window */
        for (size_t k = 1; k < width; k++) right = step(word, size, right);
        for (size_t first = 0; first + width <= length; first++) {
            if (count == limit) return count;
            ids[count++] =
                sm_feature_id(hash_gram(word, left, right, first == 0,
                                        first + width == length),
                              buckets);
            if (first > 0) left = step(word, size, left);
            right = step(word, size, right);
        }
    }
    return count;
}
