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
    size_t least; /* items of which there are fewer are looked for in lists that
                   * nprobe leaves out */
    int parts;    /* of hits: SM_HITS_* */
    size_t room;  /* results a query that a later scan of the run may want */
    sm_corrections corrections; /* of the texts */
    sm_hit_tables tables;
    siamese_hits *hits;
} sm_search_run;

/* The hits of the request's vectors in place of those that there are: rows and
 * scores, k a query at the most, all of them if k is 0. */
sm_status sm_search_scan(sm_search_run *run);

/* ---- queries that found too little, each searched further by itself, so that
 * it finds the same alone or in any batch ---- */

/* Query q of a run, as a run that has found nothing: its hits and its tables
 * are its own. */
sm_search_run sm_search_of_query(const sm_search_run *run, size_t q);

/*
 * Puts the hits that were found further in place of the run's.
 *   further  [query_count] of one query each; NULL: the run's own stay
 *   found    receives false where a row is gone meanwhile: the search is to be
 *            done again
 */
sm_status sm_search_replace(sm_search_run *run, siamese_hits *const *further,
                            bool *found);

#endif
