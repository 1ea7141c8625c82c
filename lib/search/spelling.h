/*
 * spelling.h: the nearest of many words to one that is not among them. Words
 * are sequences of code points; how far one is from another is the number of
 * edits between them: a letter left out, put in or replaced by another, or two
 * neighbours in each other's place.
 *
 * The words are the caller's. He keeps the signature of each, a number that
 * tells at a glance of nearly all words that they are too far, so that what is
 * told always fits the words that there are at the moment.
 */
#ifndef SM_SPELLING_H
#define SM_SPELLING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Code points of words that are corrected, of those with two edits and of those
 * that others are corrected to. With fewer, one edit makes too many words. */
enum {
    SM_SPELLING_LEAST = 4,
    SM_SPELLING_TWO_EDITS = 7,
    SM_SPELLING_MOST = 31,
    SM_SPELLING_LEAST_TARGET = 3,
};

/* Of a word that nothing is corrected to. */
#define SM_SPELLING_NONE UINT64_MAX

/*
 * Of a word of SM_SPELLING_LEAST_TARGET to SM_SPELLING_MOST letters, without
 * digits and of a script that sets words apart: a bit for each kind of letter
 * that it has, and one for each that it has twice. An edit changes two of them
 * at the most. SM_SPELLING_NONE for any other.
 */
uint64_t sm_spelling_signature(const char *word, size_t size);

/* How many edits a word is corrected by: 2, 1, or 0: it stays. */
int sm_spelling_edits(const char *word, size_t size);

/* One of the words; `rows` is how often it is there, 0: not at all. */
typedef struct sm_spelling_word {
    const char *text; /* [size] */
    size_t size;
    uint32_t rows;
} sm_spelling_word;

typedef struct sm_spelling_words {
    const uint64_t *signatures; /* [count] */
    size_t count;
    sm_spelling_word (*word)(const void *context, size_t number);
    const void *context;
} sm_spelling_words;

/*
 * The number of the word with the fewest edits; of several the one that is
 * there most often, then the first by its bytes. SIZE_MAX: none is within
 * sm_spelling_edits.
 */
size_t sm_spelling_nearest(const sm_spelling_words *words, const char *word,
                           size_t size);

#endif
