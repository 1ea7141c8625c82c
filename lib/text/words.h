/* words.h: the words of one text, one behind the other with a space between, so
 * that neighbours are an n-gram as they lie. */
#ifndef SM_WORDS_H
#define SM_WORDS_H

#include <stdbool.h>

#include "common/status.h"

typedef struct sm_word {
    size_t offset, size; /* into bytes */
} sm_word;

/* All zero is empty. Memory stays from text to text. */
typedef struct sm_words {
    char *bytes;
    size_t used, bytes_capacity;
    sm_word *words; /* [count] */
    size_t count, words_capacity;
} sm_words;

void sm_words_free(sm_words *words);
void sm_words_clear(sm_words *words);

/* Room for bytes of the word that is written next, from sm_words_end on. */
sm_status sm_words_reserve(sm_words *words, size_t size);

/* Where the next word begins, once there is room for it. */
static inline char *sm_words_end(sm_words *words)
{
    return words->bytes + words->used + (words->count > 0);
}

/* The size bytes there are a word now; it may be empty. */
sm_status sm_words_add(sm_words *words, size_t size);

/* Copies a word to the end. */
sm_status sm_words_push(sm_words *words, const char *bytes, size_t size);

/*
 * n-grams of widths[] (up to the first 0 of SIAMESE_LIST_SIZE): all of the
 * first width from left to right, then all of the next, as Keras orders them.
 */
typedef struct sm_gram_reader {
    const sm_words *words;
    const int32_t *widths;
    size_t at_width, at_word;
} sm_gram_reader;

typedef struct sm_gram {
    const char *bytes;
    size_t size;
} sm_gram;

/* 0 at the end. */
bool sm_gram_next(sm_gram_reader *reader, sm_gram *gram);

/* How many there are. */
size_t sm_gram_count(const sm_words *words, const int32_t *widths);

#endif
