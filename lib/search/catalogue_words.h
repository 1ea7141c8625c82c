/*
 * catalogue_words.h: the words of all titles, and which of them each row has.
 *
 * A term is a word as it is written, or a quantity ("50 ft"), once for the
 * whole catalogue; terms of one stem are a group, which knows how many rows
 * have one of its terms. A row is a list of terms: the words of its title in
 * their order, and behind them its quantities. Numbers of terms and groups are
 * of use only while the lock is held: a tidy gives others.
 *
 * Many readers, or one writer: readers hold the lock while they rank a query.
 * Writers are those who change the items, one at a time (words_change.h).
 */
#ifndef SM_CATALOGUE_WORDS_H
#define SM_CATALOGUE_WORDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/status.h"

typedef struct sm_catalogue_words sm_catalogue_words;

enum { SM_NO_TERM = -1 };

/* A term as readers see it. */
typedef struct sm_term {
    const char *text; /* [size], no NUL; of a quantity as it is canonical */
    size_t size;
    int32_t stem;  /* number of its group */
    uint32_t rows; /* that have this very term; 0: none any more */
    bool is_quantity;
} sm_term;

/* A row's terms. */
typedef struct sm_row_terms {
    const uint32_t *terms; /* [count], in the order of the title */
    size_t count;
    size_t words; /* of these are words; those behind are quantities */
} sm_row_terms;

/* Codes of vectors of length 1: number i of vector t is about
 * scales[t] codes[t][i]. */
typedef struct sm_word_codes {
    const int8_t *codes; /* [terms][padded_dim] */
    size_t dim, padded_dim;
} sm_word_codes;

sm_catalogue_words *sm_words_reference(sm_catalogue_words *words);
void sm_words_release(sm_catalogue_words *words);

/* A const object is locked too. */
void sm_words_lock_read(const sm_catalogue_words *words);
void sm_words_unlock(const sm_catalogue_words *words);

/* How many terms there are, with those that no row has any more. */
size_t sm_words_term_count(const sm_catalogue_words *words);
sm_term sm_words_term(const sm_catalogue_words *words, size_t term);

/* The term of a text; SM_NO_TERM if no row has it. */
int32_t sm_words_find(const sm_catalogue_words *words, const char *text,
                      size_t size, bool is_quantity);

/* The group of a stem; SM_NO_TERM if no row has it. */
int32_t sm_words_find_stem(const sm_catalogue_words *words, const char *stem,
                           size_t size, bool is_quantity);

/* Rows that have a term of the group. */
uint32_t sm_words_stem_rows(const sm_catalogue_words *words, int32_t stem);

/* ln(1 + (N - n + .5) / (n + .5)) of a group that n of N rows have. */
float sm_words_idf(const sm_catalogue_words *words, uint32_t rows);

/* Rows, and how many words they have on the average; 0 without rows. */
size_t sm_words_row_count(const sm_catalogue_words *words);
double sm_words_mean_length(const sm_catalogue_words *words);

/* False: the row is not there. */
bool sm_words_row(const sm_catalogue_words *words, int64_t row,
                  sm_row_terms *terms);

/* The numbers of a term's codes, which never change: without the lock too. */
size_t sm_words_padded_dim(const sm_catalogue_words *words);

/* The codes of all terms, and the scales of some. */
sm_word_codes sm_words_codes(const sm_catalogue_words *words);
void sm_words_scales(const sm_catalogue_words *words, const uint32_t *terms,
                     size_t count, float *scales);

/* The signatures of all terms (spelling.h): of a quantity, that it is no
 * word. */
const uint64_t *sm_words_signatures(const sm_catalogue_words *words);

#endif
