/* search_scan.h: one search of a searcher, and its scan of the index: what all
 * stages of a search work on. */
#ifndef SM_SEARCH_SCAN_H
#define SM_SEARCH_SCAN_H

#include "search/hits.h"
#include "search/searcher_handle.h"

/* A search whose rows are gone again is done again, so often. */
enum { SM_SEARCH_TRIES = 100 };

/* One call. */
typedef struct sm_search_run {
    const siamese_searcher *searcher;
    siamese_search_request request; /* of vectors, whatever the host's is of */
    const siamese_text *texts;      /* of the host's; NULL: vectors */
    bool is_distinct;               /* an item once, of several rows */
    int parts;                      /* of hits: SM_HITS_* */
    size_t room; /* results a query that a later scan of the run may want */
    sm_corrections corrections; /* of the texts */
    sm_hit_tables tables;
    siamese_hits *hits;
} sm_search_run;

/* The hits of the request's vectors in place of those that there are: rows and
 * scores, k a query at the most, all of them if k is 0. */
sm_status sm_search_scan(sm_search_run *run);

/* Whether the tables of a run that was scanned for have these rows, which a
 * later scan found; they take in what came in between. SIAMESE_E_STATE for a
 * row that never was. */
sm_status sm_search_find_later(sm_search_run *run, const int64_t *rows,
                               size_t count, bool *found);

#endif
