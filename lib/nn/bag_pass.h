/* bag_pass.h: what a training pass of a bag keeps from its vectors to its
 * gradients: bag_train.c makes it, bag_gradient.c goes back through it. */
#ifndef SM_BAG_PASS_H
#define SM_BAG_PASS_H

#include "common/size.h"
#include "nn/bag_model.h"
#include "nn/distinct_rows.h"
#include "nn/id_runs.h"

/* Rows, runs and tokens of a task; they do not depend on the number of
 * threads. */
enum { SM_BAG_ROWS = 16, SM_BAG_RUNS = 32, SM_BAG_TOKENS = 64 };

/*
 * A run's sum stands where its gradient will: both are needed by those that
 * have it alone. Addends of a token's gradient are numbered through: distinct
 * row d is d, run n of the batch is distinct + n.
 */
typedef struct sm_bag_pass {
    sm_encoder_pass base;
    const sm_bag *model; /* of the last pass */
    size_t ids;          /* of its rows, pads that count included, at most */
    sm_distinct_rows distinct;
    sm_id_runs runs;  /* of the distinct rows */
    float *vectors;   /* [distinct][dim] */
    float *gradients; /* [distinct + runs][dim], times the row's share */
    float *share;     /* [distinct]: 1/n, or 1 of a sum */
    size_t *pads;     /* [distinct]: pads that count */
    float *weights;   /* of runs.ids */
    /* of each run, the distinct rows that have it, ascending: run_rows from
     * run_begin[n] to run_begin[n + 1] */
    size_t *run_begin;
    int32_t *run_rows;
    bool *is_summed; /* of each run: rows have it whose vectors are made here */
    /* for backward: addends of each touched token, ascending: from
     * token_begin[k] to token_begin[k + 1] */
    int32_t *tokens; /* distinct ids, in order of appearance */
    int32_t *addends;
    size_t *token_begin;
    uint32_t *token_number; /* [table]: 0 between batches */
    size_t rows_capacity, addends_capacity, ids_capacity, runs_capacity;
} sm_bag_pass;

/* Where a block of distinct rows ends. */
static inline size_t sm_bag_rows_end(const sm_bag_pass *x, size_t block)
{
    return sm_min((block + 1) * SM_BAG_ROWS, x->distinct.count);
}

/* Where run n has its sum, and later its gradient. */
static inline float *sm_bag_run(const sm_bag_pass *x, size_t n)
{
    return x->gradients + (x->distinct.count + n) * x->model->base.dim;
}

#endif
