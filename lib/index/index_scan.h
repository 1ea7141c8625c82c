/* index_scan.h: scoring the vectors of a list against queries, a block at
 * once. */
#ifndef SM_INDEX_SCAN_H
#define SM_INDEX_SCAN_H

#include "common/arena.h"
#include "index/id_filter.h"
#include "index/index_hits.h"
#include "index/index_lists.h"

enum {
    SM_SCAN_QUERIES = 64, /* queries that a list is read for at once */
    SM_SCAN_ROWS = 64,    /* vectors whose scores are held at once */
};

typedef struct sm_scan {
    const sm_lists *lists;
    const sm_kernels *kernels;
    float *scores; /* [SM_SCAN_QUERIES * SM_SCAN_ROWS], or of fewer queries */

    const siamese_id_filter *filter; /* NULL: every vector */
    float *passed;                   /* [SM_SCAN_ROWS][dim], with a filter */
    float *room; /* [SM_SCAN_ROWS][dim], for vectors of a file */
} sm_scan;

/* Memory for up to `most` queries at once. */
void sm_scan_lay_out(sm_scan *scan, sm_arena *arena, size_t most);

/*
 * Offers the vectors of a list to hits[m] of queries[m][dim], m at most
 * SM_SCAN_QUERIES. `next` is the list that will be scanned afterwards, or
 * itself.
 */
sm_status sm_scan_list(const sm_scan *scan, size_t list, size_t next, size_t m,
                       const float *queries, sm_hits *const *hits);

/* All lists. */
sm_status sm_scan_everything(const sm_scan *scan, size_t m,
                             const float *queries, sm_hits *const *hits);

#endif
