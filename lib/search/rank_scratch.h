/* rank_scratch.h: the memory in which one thread ranks a query, lent from a
 * list and kept from query to query, so that a query like one before takes
 * none. */
#ifndef SM_RANK_SCRATCH_H
#define SM_RANK_SCRATCH_H

#include "common/lending.h"
#include "search/rank_features.h"

typedef struct sm_query_text {
    size_t text, size, stem, stem_size; /* places in bytes */
    bool is_quantity;
} sm_query_text;

typedef struct sm_rank_scratch {
    sm_lent lent;

    /* the words of the query: of its text alone */
    sm_query_text texts[SM_QUERY_TERMS];
    size_t text_count, plain_texts;
    char *bytes;
    size_t bytes_used, bytes_capacity;
    float *vectors; /* [terms][dim]; or of results */
    size_t vector_capacity;
    double *sums; /* [dim] of results */
    size_t sum_capacity;
    int8_t *codes; /* [padded_dim] of one */
    size_t code_capacity;
    int16_t *wide; /* [terms][padded_dim]: the same, of all */
    size_t wide_capacity;
    float scales[SM_QUERY_TERMS];
    sm_query_word words[SM_QUERY_TERMS];

    /* the candidates */
    float *before; /* [candidates] cosines before feedback */
    size_t before_capacity;
    sm_candidate *candidates;
    size_t candidate_capacity;
    uint32_t *distinct; /* terms of all titles, each once */
    size_t distinct_capacity;
    uint64_t *seen; /* [terms] by term: the query that met it, and where it
                     * stands among the distinct ones */
    size_t seen_capacity;
    uint32_t queries; /* that this scratch met */
    uint32_t *places; /* of each term of each title among the distinct ones */
    size_t place_capacity;
    int32_t *dots; /* [terms][distinct] */
    size_t dot_capacity;
    float *cosines; /* the same */
    size_t cosine_capacity;
    float *term_scales; /* [distinct] */
    size_t term_scale_capacity;
    float *best; /* [terms][candidates] */
    size_t best_capacity;
    sm_title_term *title_terms; /* [distinct] */
    size_t title_term_capacity;
    float *features; /* [candidates][SM_FEATURES] */
    size_t feature_capacity;
    uint32_t *order; /* candidates, the first first; and as many to sort in */
    size_t order_capacity;
} sm_rank_scratch;

/* For sm_lending_free. */
void sm_rank_scratch_discard(sm_lent *lent);

/* Lends one, from any thread; it is to be given back. */
sm_status sm_rank_scratch_borrow(sm_lending *list, sm_rank_scratch **out);
void sm_rank_scratch_return(sm_lending *list, sm_rank_scratch *scratch);

/* Room for `wanted` elements in an array of the scratch; what it had is lost
 * where it grows, and new memory is 0. */
sm_status sm_rank_room(void *array, size_t *capacity, size_t wanted,
                       size_t size);

#endif
