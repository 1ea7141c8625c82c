/*
 * rank_features.h: what a learned ranking looks at. Numbers of one query and
 * one title each, which anybody could work out who has the two texts, the
 * catalogue and the scan's result: nothing here depends on what was searched or
 * bought before.
 *
 * Terms of BM25: Robertson and Zaragoza, The Probabilistic Relevance
 * Framework, 2009.
 */
#ifndef SM_RANK_FEATURES_H
#define SM_RANK_FEATURES_H

#include <stdbool.h>

#include "search/rank_view.h"

/* Weights are kept by name: the order may change, a name keeps its meaning. */
#define SM_FEATURE_LIST(X)                                                     \
    X(SCORE, "score", "cosine of the vectors, after feedback")                 \
    X(COSINE, "cosine", "cosine of the vectors, before feedback")              \
    X(COSINE_LONG, "cosine_long", "cosine ln(1 + words of the query)")         \
    X(MAXSIM, "maxsim", "similarity of the query's words, by sqrt(idf)")       \
    X(WORST_WORD, "worst_word", "of the query's words, the least similar")     \
    X(FIRST_WORD, "first_word", "similarity of the query's first word")        \
    X(LAST_WORD, "last_word", "similarity of the query's last word")           \
    X(LAST_WORD_LONG, "last_word_long",                                        \
      "last_word ln(1 + words of the query)")                                  \
    X(RAREST_WORD, "rarest_word", "similarity of the word in fewest titles")   \
    X(REVERSE, "reverse", "similarity of the title's words, by sqrt(idf)")     \
    X(REVERSE_MEAN, "reverse_mean", "the same, all words alike")               \
    X(TITLE_START, "title_start", "similarity of the title's first word")      \
    X(TITLE_END, "title_end", "similarity of the title's last word")           \
    X(BM25, "bm25", "BM25 of the stems, k1 1.2, b 0.75")                       \
    X(BM25_LONG, "bm25_long",                                                  \
      "bm25 ln(1 + words of the query) / their idf")                           \
    X(COVERED, "covered", "part of the query's words in the title, by stem")   \
    X(COVERED_IDF, "covered_idf", "the same, by idf")                          \
    X(WRITTEN, "written", "part of them in the title as they are written")     \
    X(ALL_COVERED, "all_covered", "1 if all of them are")                      \
    X(TITLE_COVERED, "title_covered",                                          \
      "part of the title's words in the query, by sqrt(idf)")                  \
    X(QUANTITIES_MET, "quantities_met", "quantities of the query met")         \
    X(QUANTITIES_MISSED, "quantities_missed",                                  \
      "those of which the title has another value in the unit")                \
    X(NUMBERS_MET, "numbers_met", "numbers of the query in the title")         \
    X(NUMBERS_ELSE, "numbers_else", "ln(1 + other numbers in the title)")      \
    X(PHRASE, "phrase", "part of the query's neighbours that are neighbours")  \
    X(ORDER, "order", "part of them in the same order")                        \
    X(SPAN, "span", "words met, by the words from the first to the last")      \
    X(LENGTH, "length", "ln(1 + words of the title)")                          \
    X(RANK, "rank", "1 / rank in the scan")                                    \
    X(RANK_LOG, "rank_log", "ln(rank in the scan)")                            \
    X(RANK_MAXSIM, "rank_maxsim", "ln(rank by maxsim)")                        \
    X(RANK_BM25, "rank_bm25", "ln(rank by bm25)")

enum sm_feature {
#define SM_FEATURE_ENUM(upper, name, help) SM_FEATURE_##upper,
    SM_FEATURE_LIST(SM_FEATURE_ENUM)
#undef SM_FEATURE_ENUM
        SM_FEATURES
};

const char *sm_feature_name(size_t feature);
const char *sm_feature_help(size_t feature);

/* A term of the titles and the query, whichever of the titles has it. */
typedef struct sm_title_term {
    uint64_t same;    /* words of the query of its stem, word w as 1 << w */
    uint64_t written; /* of these, those that are written as it is */
    float weight;     /* sqrt(idf) */
    float similar;    /* best cosine with a word of the query of its kind;
                       * 0 where none is like it */
    bool is_number;   /* it begins with a digit */
} sm_title_term;

/*
 * Of all candidates of a view, with the lock of its catalogue.
 *   terms  [view->term_count], room to work in
 *   order  [2 * view->candidate_count], the same
 *   out    [view->candidate_count][SM_FEATURES]
 */
void sm_rank_features(const sm_rank_view *view, sm_title_term *terms,
                      uint32_t *order, float *out);

#endif
