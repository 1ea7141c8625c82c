/*
 * tower_head.h: what a tower does with the combined vectors of its fields:
 * a hidden dense layer, a projection, and division by the length, each if
 * asked.
 */
#ifndef SM_TOWER_HEAD_H
#define SM_TOWER_HEAD_H

#include <stdbool.h>

#include "common/pool.h"
#include "nn/dense.h"

enum { SM_HEAD_LAYERS = 2 };

/* All zero is none. */
typedef struct sm_head {
    size_t inputs, dim; /* numbers of a row before and after */
    sm_dense layers[SM_HEAD_LAYERS];
    size_t layer_count;
    bool normalize;
    const sm_kernels *kernels;
} sm_head;

/* Adds its parameters, all zero, to the list. */
sm_status sm_head_create(sm_head *head, sm_parameters *list, size_t inputs,
                         const siamese_tower_options *options);
void sm_head_free(sm_head *head);

void sm_head_initialise(sm_head *head, uint64_t seed);

/* After the parameters' values, or the kernels, changed. */
void sm_head_update(sm_head *head, const sm_kernels *kernels);

/* ---- encoding ---- */

/* Memory of one thread, kept from call to call; all zero to begin with. */
typedef struct sm_head_scratch {
    float *rows[SM_HEAD_LAYERS]; /* what each layer reads */
    size_t capacity;             /* numbers of each */
} sm_head_scratch;

void sm_head_scratch_free(sm_head_scratch *scratch);

/* *in[rows][inputs] is where the rows are to stand for sm_head_encode, which
 * makes out[rows][dim] of them; it is `out` where no layer lies between. */
sm_status sm_head_begin(const sm_head *head, sm_head_scratch *scratch,
                        size_t rows, float *out, float **in);

/* Returns the first row that is not finite, rows if all are. */
size_t sm_head_encode(const sm_head *head, sm_head_scratch *scratch,
                      size_t rows, float *out);

/* ---- training ---- */

/* What forward keeps for backward; all zero to begin with. */
typedef struct sm_head_pass {
    const float *vectors;         /* [rows][dim], of forward */
    const float *input_gradients; /* [rows][inputs], of backward */

    const float *in; /* what forward was given */
    size_t rows, capacity;
    float *z[SM_HEAD_LAYERS], *y[SM_HEAD_LAYERS]; /* [rows][outputs] */
    float *normalized, *squares;                  /* [rows][dim], [rows] */
    /* the gradients of what layer l reads, and, last, of what is normalised */
    float *gradients[SM_HEAD_LAYERS + 1];
    float *partials[SM_HEAD_LAYERS]; /* dW and db of each chunk of rows */
} sm_head_pass;

void sm_head_pass_free(sm_head_pass *pass);

/* in[rows][inputs] is borrowed until backward is done. */
sm_status sm_head_forward(const sm_head *head, sm_pool *pool,
                          sm_head_pass *pass, const float *in, size_t rows);

/* From the gradients of pass->vectors to pass->input_gradients and those of the
 * parameters, which are overwritten. */
sm_status sm_head_backward(const sm_head *head, sm_pool *pool,
                           sm_head_pass *pass, const float *gradients);

#endif
