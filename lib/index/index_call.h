/* index_call.h: one search call and the results of its rows, for those who
 * carry out a part of it: index_search.c a query, index_group.c a group of
 * queries; and the one way into it, for hosts and the searcher. */
#ifndef SM_INDEX_CALL_H
#define SM_INDEX_CALL_H

#include "index/index_handle.h"
#include "index/index_scan.h"

/* One call; the index is locked for reading while it runs. */
typedef struct sm_search {
    siamese_index *index;
    const float *queries; /* [count][dim] */
    size_t count, queries_of_a_task;
    size_t nprobe;
    float min_score;
    bool dedupe;
    bool is_strict;                  /* nprobe lists, whatever is found */
    bool is_bounded;                 /* scanned by bounds; else all floats */
    const siamese_id_filter *filter; /* NULL: none */

    size_t k; /* search: [count][k] of the host's */
    int64_t *ids;
    float *scores;
    size_t *found;

    sm_hits *all; /* range search: [count]; else NULL */
} sm_search;

/* Where the results go: [count][k] and [count] of the caller's, or, for a
 * request with k 0, `all`. */
typedef struct sm_search_results {
    int64_t *ids;
    float *scores;
    size_t *found; /* may be NULL */
    sm_hits *all;  /* [count], zeroed; the caller frees each */
    float least;   /* nothing below it, whatever the request says */
} sm_search_results;

/*
 * Every search of the library: a request with vectors, in the newest form and
 * with options in their ranges (sm_search_request_read). With k 0 everything
 * that scores min_score is found.
 */
sm_status sm_index_search(const siamese_index *index,
                          const siamese_search_request *request,
                          const sm_search_results *results);

/* The place where the hits of a row are gathered: of the range search's own, or
 * *own, over the host's arrays. */
sm_hits *sm_search_begin_row(const sm_search *search, size_t row, sm_hits *own);

/* Whether a query that came away with these from its lists must read them all:
 * a filter, or vectors of one id, left fewer than k. */
bool sm_search_falls_short(const sm_search *search, const sm_hits *hits);

/* Puts the hits of a row in order and fills in what the host is told. */
sm_status sm_search_end_row(const sm_search *search, size_t row, sm_hits *hits);

#endif
