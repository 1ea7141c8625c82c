/*
 * id_runs.h: rows of marked ids, taken apart into ids that are alone and runs
 * of two or more, such as the n-grams of a word; equal runs have one number. A
 * sum over a row is then one over its lone ids and its runs, and that of a run
 * is made once for all rows that have it.
 */
#ifndef SM_ID_RUNS_H
#define SM_ID_RUNS_H

#include <stdbool.h>
#include <stdint.h>

#include "common/status.h"

typedef struct sm_id_row {
    size_t count;       /* ids of the row */
    size_t alone;       /* of which so many are alone: */
    size_t alone_begin; /* ids[alone_begin] .. */
    size_t begin;       /* the others, its runs', are ids[begin] .. */
    size_t first; /* of its runs: places[first] .. places[first + runs - 1] */
    size_t runs;
} sm_id_row;

/* Where a run stands in a row. */
typedef struct sm_id_run {
    size_t begin;
    uint32_t count;
    uint32_t hash;
} sm_id_run;

/* Reused from batch to batch; all zero to begin with. */
typedef struct sm_id_runs {
    int32_t *ids; /* as they are, without marks */
    sm_id_row *rows;
    sm_id_run *places;  /* of the runs of all rows */
    int32_t *numbers;   /* of the run at each of them */
    uint32_t *distinct; /* [count]: the first place of run n */
    size_t count;       /* different runs */
    uint32_t *buckets;
    size_t rows_capacity, ids_capacity;
} sm_id_runs;

/* Room for so many rows, of ids from 0 to `ids` in all. */
sm_status sm_id_runs_reserve(sm_id_runs *x, size_t rows, size_t ids);

/*
 * Takes row r apart, marked[begin] .. marked[begin + count - 1], with skip_zero
 * without the ids 0. Without marks its ids keep their order. Rows do not
 * overlap; any thread.
 */
void sm_id_runs_take(sm_id_runs *x, size_t r, const int32_t *marked,
                     size_t begin, size_t count, bool skip_zero);

/* Numbers the runs of all rows, in order of appearance. */
void sm_id_runs_number(sm_id_runs *x, size_t rows);

void sm_id_runs_free(sm_id_runs *x);

#endif
