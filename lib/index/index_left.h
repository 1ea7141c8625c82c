/* index_left.h: vectors that bounds left, of which a query of several keeps the
 * numbers until all lists are through, and whose floats are asked for some
 * vectors before they are read, whatever query they are for. */
#ifndef SM_INDEX_LEFT_H
#define SM_INDEX_LEFT_H

#include "index/index_kept.h"
#include "index/index_lists.h"

enum { SM_LEFT = 16 /* vectors whose floats are on their way at once */ };

/* A query, as bounds and floats need it. */
typedef struct sm_bounded_query {
    const sm_bound_query *code;
    const float *vector; /* [dim] */
    sm_hits *hits;
    sm_kept *kept; /* NULL: what a bound leaves is scored at once */
} sm_bounded_query;

/* Vectors and what belongs to them. */
typedef struct sm_bounded_rows {
    const sm_codes *codes;
    const int64_t *ids;
    const float *vectors; /* NULL: in the file of the lists, */
    size_t list;          /* in this one */
} sm_bounded_rows;

typedef struct sm_left {
    const sm_lists *lists;
    const sm_kernels *kernels;
    const sm_bounded_rows *only; /* what is scanned; NULL: lists */

    size_t count; /* whose floats are on their way */
    const float *queries[SM_LEFT];
    sm_hits *hits[SM_LEFT];
    const float *vectors[SM_LEFT];
    const int64_t *ids[SM_LEFT];
    float *room; /* [SM_LEFT][dim], for vectors of a file */
} sm_left;

void sm_left_lay_out(sm_left *left, sm_arena *arena);

/* Takes row `at`, whose score is between the two, and whose upper bound is
 * above what the query has. */
sm_status sm_left_take(sm_left *left, const sm_bounded_query *query,
                       const sm_bounded_rows *rows, size_t at, float upper,
                       float lower);

/* Scores those whose floats are on their way. */
sm_status sm_left_score(sm_left *left);

/* Scores what the query keeps, which is then nothing; some floats may be on
 * their way afterwards. */
sm_status sm_left_score_kept(sm_left *left, const sm_bounded_query *query);

/* Where the vectors of a list stand, without their codes. */
sm_bounded_rows sm_left_rows(const sm_left *left, size_t list);

#endif
