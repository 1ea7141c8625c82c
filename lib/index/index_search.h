/* index_search.h: the memory that searches keep; the searches themselves are in
 * the public header. */
#ifndef SM_INDEX_SEARCH_H
#define SM_INDEX_SEARCH_H

#include "index/index_handle.h"

/* What one search needs; kept from search to search. */
typedef struct sm_scratch {
    struct sm_scratch *next;
    uint64_t generation; /* of the lists that the scanner reads */
    sm_faiss_scanner *scanner;
    float *query;       /* [dim], of length 1 */
    float *list_scores; /* [list_capacity] */
    int64_t *lists;
    size_t list_capacity;
    float *scores; /* [result_capacity] */
    int64_t *ids;
    size_t result_capacity;
} sm_scratch;

/* One for searches of the present lists; under a read lock. */
sm_status sm_scratch_take(siamese_index *index, sm_scratch **out);
void sm_scratch_give(siamese_index *index, sm_scratch *scratch);
void sm_scratch_free(sm_scratch *scratch);

/* Room for results: at least `results` of scores and ids. */
sm_status sm_scratch_reserve(sm_scratch *scratch, size_t results);

#endif
