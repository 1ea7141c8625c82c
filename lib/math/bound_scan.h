/* bound_scan.h: the scores of vectors against queries that may be above a
 * number, by bounds: of the others the floats are not read. For whoever counts
 * or keeps the best of all scores. */
#ifndef SM_BOUND_SCAN_H
#define SM_BOUND_SCAN_H

#include "math/bound_codes.h"

enum {
    SM_BOUND_SCAN_QUERIES = 64, /* at once */
    SM_BOUND_SCAN_BLOCKS = 256, /* of vectors whose bounds are held at once */
};

/* Whether vectors are so long that this takes less time than products do. */
bool sm_bound_scan_pays(const sm_kernels *kernels, size_t dim);

/* A vector's score with a query; gives the number that a score of this query
 * must be above from now on. */
typedef float (*sm_bound_take_fn)(void *context, size_t query, size_t row,
                                  float score);

/* Codes of queries, each as sm_bound_query_make has them. */
typedef struct sm_bound_queries {
    int8_t *codes;           /* [count][sm_bound_code_count] */
    sm_bound_query *queries; /* [count] */
} sm_bound_queries;

sm_status sm_bound_queries_create(sm_bound_queries *queries, size_t count,
                                  size_t dim);
void sm_bound_queries_free(sm_bound_queries *queries);

/* Codes of number q, which is this vector. */
void sm_bound_queries_set(sm_bound_queries *queries, size_t q,
                          const float *vector, size_t dim);

/* What one thread works in. */
typedef struct sm_bound_room sm_bound_room;

sm_status sm_bound_room_create(sm_bound_room **out, size_t dim);
void sm_bound_room_free(sm_bound_room *room);

typedef struct sm_bound_scan {
    const sm_kernels *kernels;
    size_t dim;
    const sm_codes *codes;
    const float *vectors; /* [codes->count][dim] */
    size_t count;         /* queries */
    const sm_bound_query *queries[SM_BOUND_SCAN_QUERIES];
    const float *query_vectors[SM_BOUND_SCAN_QUERIES];
    float
        above[SM_BOUND_SCAN_QUERIES]; /* only what scores more; NaN: nothing */
    sm_bound_take_fn take;
    void *context;
} sm_bound_scan;

/*
 * Calls take for each pair of a query and a vector whose score, one chain of
 * multiply-adds as kernels->gemm has it, is above the query's number, and for
 * some others; vectors ascend.
 */
void sm_bound_scan_run(sm_bound_scan *scan, sm_bound_room *room);

#endif
