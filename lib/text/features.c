/* features.c: a word in, the hashes of it and of its character n-grams out. For
 * text_ids and compounds. */
#include "text/features.h"

#include <string.h>

#include "common/hash.h"
#include "text/utf8.h"

uint64_t sm_feature_hash(unsigned char tag, const char *bytes, size_t size)
{
    uint64_t const state = sm_hash_bytes(SM_HASH_START, &tag, 1);
    return sm_hash_mix(sm_hash_bytes(state, bytes, size));
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

/* ---- a word's n-grams: those that begin in one place share a hash ---- */

enum { SHORT_WORD = 64 };

/* <word> in bytes, and where each code point begins; 0 for a long word. */
static size_t mark_word(const char *word, size_t size, char *marked,
                        unsigned char *starts)
{
    size_t length = 0;
    if (size > SHORT_WORD) return 0;
    marked[0] = '<';
    memcpy(marked + 1, word, size);
    marked[size + 1] = '>';
    starts[length++] = 0;
    for (size_t at = 0; at < size; at = step(word, size, at))
        starts[length++] = (unsigned char)(at + 1);
    starts[length++] = (unsigned char)(size + 1);
    starts[length] = (unsigned char)(size + 2);
    return length;
}

/* How many of ascending widths a word is long enough for; 0 of others. */
static size_t fitting_widths(const int32_t *widths, size_t length)
{
    size_t count = 0;
    for (size_t i = 0; i < SIAMESE_LIST_SIZE && widths[i]; i++) {
        if (i && widths[i] <= widths[i - 1]) return 0;
        count += (size_t)widths[i] <= length;
    }
    return count;
}

/* All of a short word's n-grams in the same order; 0 if this is not the way. */
static size_t short_word_ids(const char *word, size_t size,
                             const int32_t *widths, size_t buckets,
                             size_t limit, int32_t *ids)
{
    static const unsigned char tag = SM_TAG_CHARACTERS;
    char marked[SHORT_WORD + 2];
    unsigned char starts[SHORT_WORD + 3];
    size_t begin[SIAMESE_LIST_SIZE]; /* of each width's ids */
    size_t const length = mark_word(word, size, marked, starts);
    size_t used = fitting_widths(widths, length), count = 0;
    for (size_t i = 0; i < used; i++) {
        begin[i] = count;
        count += length - (size_t)widths[i] + 1;
    }
    if (count > limit) return 0;
    uint64_t const start = sm_hash_bytes(SM_HASH_START, &tag, 1);
    for (size_t first = 0; first < length && used; first++) {
        uint64_t state = start;
        size_t at = starts[first];
        while (used && first + (size_t)widths[used - 1] > length) used--;
        for (size_t i = 0; i < used; i++) {
            size_t const end = starts[first + (size_t)widths[i]];
            state = sm_hash_bytes(state, marked + at, end - at);
            at = end;
            ids[begin[i]++] = sm_feature_id(sm_hash_mix(state), buckets);
        }
    }
    return count;
}

size_t sm_character_gram_ids(const char *word, size_t size,
                             const int32_t *widths, size_t buckets,
                             size_t limit, int32_t *ids)
{
    size_t count = short_word_ids(word, size, widths, buckets, limit, ids);
    if (count) return count;
    size_t const length = bracketed_length(word, size);
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
