/* parameter_list.h: the parameters of a tower in their order: layers add and
 * borrow them, the optimiser and the checkpoint walk the list. */
#ifndef SM_PARAMETER_LIST_H
#define SM_PARAMETER_LIST_H

#include "nn/parameter.h"

/* A list of zeros is empty and valid. */
typedef struct sm_parameters {
    sm_parameter **items;
    size_t count;
    size_t capacity;
    size_t bytes;      /* of the values of all tensors */
    size_t most;       /* bytes that they may have; 0: no limit */
    int32_t precision; /* of the tables of vectors that are added */
    char prefix[SM_PARAMETER_NAME_SIZE]; /* of the names that are added */
} sm_parameters;

/* Appends a tensor of zeros; *out stays where it is as long as the list lives.
 * SIAMESE_E_LIMIT beyond the list's `most`. */
sm_status sm_parameters_add(sm_parameters *list, const char *name, size_t rank,
                            const size_t *shape, sm_parameter **out);

/*
 * The same for a table [rows][width]; rows are numbered by int32_t. It is of
 * the list's precision, unless it has a single number a row.
 */
sm_status sm_parameters_add_table(sm_parameters *list, const char *name,
                                  size_t rows, size_t width,
                                  sm_parameter **out);

/*
 * Lets go of all tensors behind the first `keep` and takes those of tail, which
 * is empty then. Either it happens or the lists are as before.
 */
sm_status sm_parameters_replace(sm_parameters *list, size_t keep,
                                sm_parameters *tail);

/* Allocates gradients and `slots` slots of optimiser state, all zero. */
sm_status sm_parameters_train(sm_parameters *list, size_t slots);

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
