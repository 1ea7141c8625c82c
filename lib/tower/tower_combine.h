/*
 * tower_combine.h: the vectors of a row's fields become one,
 *   sum     v = sum_f w_f v_f
 *   concat  v = [w_1 v_1, w_2 v_2, ...]
 * over the fields that the row has. Rows whose fields are all alike are one.
 */
#ifndef SM_TOWER_COMBINE_H
#define SM_TOWER_COMBINE_H

#include "math/kernels.h"
#include "nn/distinct_rows.h"
#include "tower/tower_field.h"

typedef struct sm_combine {
    const sm_kernels *kernels;
    int32_t combine; /* SIAMESE_COMBINE_* */
    const sm_field *fields;
    size_t field_count;
    size_t dim; /* of the combined vector */
} sm_combine;

/* Numbers of the combined vector of fields[count]; SIAMESE_E_OPTION if they do
 * not fit. */
sm_status sm_combine_dim(int32_t combine, const sm_field *fields, size_t count,
                         size_t *dim);

/* Adds field f's vector, weighted, to a combined one. */
void sm_combine_add(const sm_combine *c, size_t f, const float *vector,
                    float *combined);

/* ---- training ---- */

/* Reused from batch to batch; all zero to begin with. */
typedef struct sm_combine_pass {
    sm_distinct_rows distinct; /* of the rows' tuples */
    int32_t *tuples;   /* [rows][field_count]: 1 + distinct row, 0: absent */
    size_t *offsets;   /* [rows + 1] */
    float *vectors;    /* [distinct.count][dim] */
    float **gradients; /* of each owner's distinct rows */
    size_t rows_capacity, vectors_capacity, gradient_count;
    size_t *gradient_capacity;
} sm_combine_pass;

/* texts[count][field_count] say which fields are absent; passes[f] is that of
 * field f's encoder. Fills distinct and vectors. */
sm_status sm_combine_forward(const sm_combine *c, sm_combine_pass *pass,
                             sm_encoder_pass *const *passes,
                             const siamese_text *texts, size_t count);

/* From the gradients of vectors to gradients[owner] of each encoder's. */
sm_status sm_combine_backward(const sm_combine *c, sm_combine_pass *pass,
                              sm_encoder_pass *const *passes,
                              const float *gradients);
void sm_combine_pass_free(sm_combine_pass *pass);

#endif
