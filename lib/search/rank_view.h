/*
 * rank_view.h: one query and its candidates, as stages that rank them anew see
 * them. Made by the searcher while it holds the lock of the catalogue's words;
 * read by maxsim and by what computes features.
 */
#ifndef SM_RANK_VIEW_H
#define SM_RANK_VIEW_H

#include "search/catalogue_words.h"

/* Words of a query that are compared; what a longer one has behind them is
 * not. */
enum { SM_QUERY_WORDS = 48, SM_QUERY_QUANTITIES = 16, SM_QUERY_TERMS = 64 };

/* A word of the query, or one of its quantities, which stand behind. */
typedef struct sm_query_word {
    int32_t term;  /* SM_NO_TERM: no title has it as it is written */
    int32_t stem;  /* group; SM_NO_TERM: no title has it */
    uint32_t rows; /* titles that have the stem */
    float idf;     /* ln(1 + (N - n + .5) / (n + .5)) */
    float weight;  /* sqrt(idf) by the sum of all: they add up to 1 */
    bool is_quantity;
    const char *text; /* [size] as it is written; of a quantity canonical */
    size_t size;
} sm_query_word;

/* A row that the scan found. */
typedef struct sm_candidate {
    int64_t row;
    float score;        /* by which the scan ranks it: of the last scan */
    float cosine;       /* of the query before feedback; the same without */
    sm_row_terms terms; /* of its title */
    size_t first_term;  /* of places: where this row's terms begin */
    float maxsim;       /* sum of weight * best over the query's words */
    float rank;         /* the score by which it is ranked anew */
} sm_candidate;

typedef struct sm_rank_view {
    const sm_catalogue_words *catalogue;
    double mean_length;         /* of titles, in words */
    const sm_query_word *words; /* [word_count], quantities last */
    size_t word_count;
    size_t plain_words;             /* of these are words, no quantities */
    const sm_candidate *candidates; /* [candidate_count] in the scan's order */
    size_t candidate_count;

    /* [word_count][candidate_count]: the best cosine of a query's word with a
     * term of the title, of words and of quantities each with their kind; 0
     * where none is like it */
    const float *best;

    const uint32_t *terms; /* [term_count] of all titles, each once */
    size_t term_count;
    const uint32_t *places; /* of each term of each candidate, candidate by
                             * candidate: where it stands among these */
    const float *cosines;   /* [word_count][term_count] of the query's words
                             * with these, whatever their kinds */
} sm_rank_view;

#endif
