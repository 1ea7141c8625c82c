/* rerank.h: the first hits of a query, ranked anew by the words of their
 * titles. */
#ifndef SM_RERANK_H
#define SM_RERANK_H

#include "search/ranker.h"

/* One query and what the scan found for it, best first; ranked anew in place.
 * Those behind the ranker's depth follow in their order, with scores that go
 * on below the last of the others as those of the scan do. */
typedef struct sm_rerank_query {
    siamese_text text;
    int64_t *rows;
    float *scores;              /* of the scan; then by which they are ranked */
    float *vector_scores;       /* receives those of the scan */
    float *confidences;         /* receives 0 .. 1 */
    const siamese_index *index; /* that was scanned */
    const float *before; /* [dim] the query before feedback; NULL: there was
                          * none */
    float *shares; /* [count][SM_FEATURES] receives what each feature adds to a
                    * score; NULL: nobody asks */
    bool is_fixed; /* cosine and maxsim alone rank, whatever was learned */
    size_t count;
} sm_rerank_query;

/* *found is false, and the query as it was, where the words of a row are gone:
 * it was removed meanwhile. The ranker has words. */
sm_status sm_rerank(const siamese_ranker *ranker, const siamese_tower *tower,
                    const sm_rerank_query *query, bool *found);

#endif
