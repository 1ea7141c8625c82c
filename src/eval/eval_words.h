/*
 * eval_words.h: the words by which a query and a title are said to share one.
 *
 * The text in lower case by Unicode, ASCII punctuation deleted, split at white
 * space: in Python, text.lower().translate(without punctuation).split().
 */
#ifndef EVAL_WORDS_H
#define EVAL_WORDS_H

#include <siamese/siamese.h>

typedef struct eval_words {
    int32_t *points; /* [point_capacity] of the text */
    size_t point_capacity;
    char *bytes;        /* the words, a NUL behind each */
    siamese_text *list; /* [count] */
    size_t count, list_capacity;
} eval_words;

/* The words of a text, until the next call. A zeroed struct has none. */
void eval_words_read(eval_words *words, siamese_text text);
void eval_words_free(eval_words *words);

#endif
