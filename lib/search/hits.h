/*
 * hits.h: what a search has found, as hosts read it. One block of memory, and
 * references to the tables of items that its rows are in.
 */
#ifndef SM_HITS_H
#define SM_HITS_H

#include "common/reference.h"
#include "items/item_table.h"

/* The tables that the items had before the search and behind it. A row is in
 * the first one if its number is less than `newer_from`, else in the other. */
typedef struct sm_hit_tables {
    sm_item_table *table,
        *newer; /* NULL: no items; newer NULL: none is there */
    int64_t newer_from, next_row;
} sm_hit_tables;

/* Of a query; size 0: it is as it was. */
typedef struct sm_corrected_text {
    size_t at, size; /* in bytes; a NUL stands behind it */
} sm_corrected_text;

/* The queries in the spelling of the catalogue. All zero: none differs. */
typedef struct sm_corrections {
    sm_corrected_text *queries; /* [query_count]; NULL: none differs */
    char *bytes;
    size_t used, capacity;
} sm_corrections;

void sm_corrections_free(sm_corrections *corrections);

struct siamese_hits {
    sm_hit_tables tables;
    size_t query_count, capacity; /* of queries, of hits */
    int parts;                    /* SM_HITS_* */
    size_t *offsets;              /* [query_count + 1] */
    int64_t *rows;                /* [offsets[query_count]] */
    float *scores;                /* the same */
    int64_t *ids;         /* the same; `rows` without items, NULL for texts */
    unsigned char *known; /* [query_count] */
    sm_corrections corrections;
    float *vector_scores; /* as scores; NULL: they are the scores */
    float *confidences;   /* as scores; NULL: nobody knows */
    float *shares;        /* [offsets[query_count]][SM_FEATURES] of the scores;
                           * NULL: nobody asked */
};

/* What there is of each hit beside its row and score. */
enum { SM_HITS_PLAIN, SM_HITS_RANKS, SM_HITS_SHARES };

/*
 * Room for so many hits in all, in place of *hits, or NULL; the offsets are 0
 * and every query is known. Those that there are stay the same block where it
 * has the room.
 *   parts  SM_HITS_RANKS: with the scores of vectors and confidences;
 *          SM_HITS_SHARES: with all that and the shares of features
 */
sm_status sm_search_hits_renew(siamese_hits **hits, size_t queries, size_t most,
                               int parts);

/* Hits first .. first + count - 1 of `from` become those from `at` on: rows,
 * scores, and the parts that both have. The same hits twice may overlap. */
void sm_hits_copy(siamese_hits *to, size_t at, const siamese_hits *from,
                  size_t first, size_t count);

/* The chunk of a row and its place; SIZE_MAX: it is gone, or never was. */
size_t sm_hit_tables_find(const sm_hit_tables *tables, int64_t row,
                          const sm_item_chunk **chunk);
void sm_hit_tables_release(sm_hit_tables *tables);

#endif
