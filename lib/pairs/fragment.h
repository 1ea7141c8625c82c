/* fragment.h: a few words of a text, drawn at random: what stands for a query
 * of an item in self-supervision. */
#ifndef SM_FRAGMENT_H
#define SM_FRAGMENT_H

#include "common/rng.h"
#include "common/status.h"

typedef struct sm_fragment_rules {
    size_t least, most; /* words, 1 <= least <= most */
    double contiguous;  /* how likely the words are neighbours */
} sm_fragment_rules;

/*
 * The words of a text: what stands between white space (Unicode's White_Space,
 * in UTF-8); in scripts that are written without spaces, two characters each.
 * Bytes that are no UTF-8 belong to their word.
 */
size_t sm_fragment_words(const siamese_text *text);

/*
 * Draws a fragment of a text of words > 0 words into out, which has room for
 * text->size bytes, and returns its size. With k uniform from min(least, words)
 * to min(most, words), it is k words in a row with all that stands between
 * them, or k words in their order with one space where others, or white space,
 * stood between.
 */
size_t sm_fragment_draw(const siamese_text *text, size_t words,
                        const sm_fragment_rules *rules, sm_rng *rng, char *out);

#endif
