/* parameter.h: a named tensor that is learned, with its gradient and the
 * optimiser's state beside it; layers borrow it, the optimiser and the checkpoint
 * walk the list. */
#ifndef SM_PARAMETER_H
#define SM_PARAMETER_H

#include "common/status.h"

enum { SM_PARAMETER_NAME_SIZE = 64, SM_PARAMETER_RANK = 4 };

typedef struct sm_parameter {
    char name[SM_PARAMETER_NAME_SIZE];
    size_t rank;
    size_t shape[SM_PARAMETER_RANK]; /* row-major; 1 past rank */
    size_t count;                    /* numbers in all */
    float *value;
    /* NULL until sm_parameters_train: */
    float *gradient; /* of the last backward pass */
    float *moment1;  /* optimiser state */
    float *moment2;
} sm_parameter;

/* A list of zeros is empty and valid. */
typedef struct sm_parameters {
    sm_parameter **items;
    size_t count;
    size_t capacity;
} sm_parameters;

/* Appends a tensor of zeros; *out stays where it is as long as the list lives. */
sm_status sm_parameters_add(sm_parameters *list, const char *name, size_t rank,
                            const size_t *shape, sm_parameter **out);

/* Allocates gradients and optimiser state, all zero. */
sm_status sm_parameters_train(sm_parameters *list);

/* Copies the values of a list of the same names and shapes. */
void sm_parameters_copy_values(sm_parameters *list, const sm_parameters *from);

/* NULL if there is none of that name. */
sm_parameter *sm_parameters_find(const sm_parameters *list, const char *name);

/* SIAMESE_E_NOT_FOUND that lists the names there are. */
sm_status sm_parameters_require(const sm_parameters *list, const char *name,
                                sm_parameter **out);

void sm_parameters_free(sm_parameters *list);

#endif
