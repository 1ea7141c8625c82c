/*
 * where_words.h: the words of an expression over columns: names, texts,
 * numbers, comparisons. where.c takes one after the other.
 */
#ifndef SM_WHERE_WORDS_H
#define SM_WHERE_WORDS_H

#include <stdbool.h>

#include "common/status.h"

typedef enum sm_where_kind {
    SM_WHERE_END,
    SM_WHERE_NAME,
    SM_WHERE_TEXT,
    SM_WHERE_NUMBER,
    SM_WHERE_COMPARISON,
    SM_WHERE_OPEN,
    SM_WHERE_CLOSE,
    SM_WHERE_COMMA,
    SM_WHERE_AND,
    SM_WHERE_OR,
    SM_WHERE_NOT,
    SM_WHERE_IN,
    SM_WHERE_IS,
    SM_WHERE_MISSING
} sm_where_kind;

/* The orders that a comparison allows: < is LESS, <= is LESS | EQUAL. */
enum { SM_WHERE_LESS = 1, SM_WHERE_EQUAL = 2, SM_WHERE_GREATER = 4 };

/* An integer, or any other number; both as they were written. */
typedef struct sm_where_number {
    bool is_integer;
    int64_t integer;
    double number;
} sm_where_number;

typedef struct sm_where_word {
    sm_where_kind kind;
    size_t at, size;        /* bytes of the expression */
    siamese_text text;      /* of a name or text, with a NUL behind it */
    sm_where_number number; /* of a number */
    unsigned orders;        /* of a comparison */
} sm_where_word;

typedef struct sm_where_words {
    const char *expression; /* with a NUL */
    size_t at;
    char *bytes; /* of the names and texts so far; as many as the expression has
                  * and 2 are enough */
    size_t used;
} sm_where_words;

/* The next word; behind the last comes SM_WHERE_END. */
sm_status sm_where_next(sm_where_words *words, sm_where_word *word);

/* A number as it stands in an expression or a text; false for any other. */
bool sm_where_read_number(const char *text, size_t size, sm_where_number *out);

#endif
