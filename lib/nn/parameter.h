/* parameter.h: a named tensor that is learned, with its gradient and the
 * optimiser's state beside it; layers borrow it, the optimiser and the checkpoint
 * walk the list. */
#ifndef SM_PARAMETER_H
#define SM_PARAMETER_H

#include "common/status.h"

enum {
    SM_PARAMETER_NAME_SIZE = 64,
    SM_PARAMETER_RANK = 4,
    SM_PARAMETER_SLOTS = 2
};

/*
 * The gradient, of the last backward pass, is [count]. A table is a matrix of
 * which a batch touches few rows: its gradient is [touched_count][width], of the
 * rows touched[] alone, and that of every other row is zero without being held.
 */
typedef struct sm_parameter {
    char name[SM_PARAMETER_NAME_SIZE];
    size_t rank;
    size_t shape[SM_PARAMETER_RANK]; /* row-major; 1 past rank */
    size_t count;                    /* numbers in all */
    float *value;                    /* NULL of a table that is packed: */

    /* a table's SIAMESE_PRECISION_*; nn/table_precision.h has the formats */
    int32_t precision;
    uint16_t *half;  /* FLOAT16: [count] */
    int8_t *int8;    /* INT8: [count] */
    float *scale;    /* its: [shape[0]] */

    float *gradient; /* NULL until sm_parameters_train, or a table's first touch */
    int table;
    int32_t *touched; /* rows, ascending */
    size_t touched_count, touched_capacity;
    uint64_t *touched_bits; /* scratch of sm_parameter_touch: zeros */

    /* the optimiser's: Adam's two moments, Adagrad's sum, a velocity; those it
     * does not use are NULL */
    float *slot[SM_PARAMETER_SLOTS];
} sm_parameter;

/* A list of zeros is empty and valid. */
typedef struct sm_parameters {
    sm_parameter **items;
    size_t count;
    size_t capacity;
    size_t bytes; /* of the values of all tensors */
    size_t most;  /* bytes that they may have; 0: no limit */
    int32_t precision; /* of the tables of vectors that are added */
    char prefix[SM_PARAMETER_NAME_SIZE]; /* of the names that are added */
} sm_parameters;

/* Appends a tensor of zeros; *out stays where it is as long as the list lives.
 * SIAMESE_E_LIMIT beyond the list's `most`. */
sm_status sm_parameters_add(sm_parameters *list, const char *name, size_t rank,
                            const size_t *shape, sm_parameter **out);

/*
 * The same for a table [rows][width]; rows are numbered by int32_t. It is of the
 * list's precision, unless it has a single number a row.
 */
sm_status sm_parameters_add_table(sm_parameters *list, const char *name,
                                  size_t rows, size_t width,
                                  sm_parameter **out);

/*
 * Lets go of all tensors behind the first `keep` and takes those of tail, which is
 * empty then. Either it happens or the lists are as before.
 */
sm_status sm_parameters_replace(sm_parameters *list, size_t keep,
                                sm_parameters *tail);

/* Allocates gradients and `slots` slots of optimiser state, all zero. */
sm_status sm_parameters_train(sm_parameters *list, size_t slots);

/* ---- gradients ---- */

/*
 * Begins a new gradient of a table: its rows are rows[count], distinct, in any
 * order. What they hold is undefined until the layer writes it.
 */
sm_status sm_parameter_touch(sm_parameter *p, const int32_t *rows,
                             size_t count);

/* Where the gradient of a touched row stands: [width]. */
float *sm_parameter_row_gradient(const sm_parameter *p, int32_t row);

/* Numbers that the gradient holds. */
size_t sm_parameter_gradient_count(const sm_parameter *p);

/* Elements first .. first + count - 1 of the dense gradient into out. */
void sm_parameter_dense_gradient(const sm_parameter *p, size_t first,
                                 size_t count, float *out);

/* ---- lists ---- */

/* Copies the values of a list of the same names and shapes, rounded to this
 * one's precision. */
void sm_parameters_copy_values(sm_parameters *list, const sm_parameters *from);

/* NULL if there is none of that name. */
sm_parameter *sm_parameters_find(const sm_parameters *list, const char *name);

/* SIAMESE_E_NOT_FOUND that lists the names there are. */
sm_status sm_parameters_require(const sm_parameters *list, const char *name,
                                sm_parameter **out);

void sm_parameters_free(sm_parameters *list);

#endif
