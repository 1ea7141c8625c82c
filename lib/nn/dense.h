/* dense.h: a dense layer over rows, y = f(x W + b), as Keras's Dense. */
#ifndef SM_DENSE_H
#define SM_DENSE_H

#include "nn/matrix.h"
#include "nn/parameter_list.h"

typedef struct sm_dense {
    size_t inputs, outputs;
    int32_t activation;   /* SIAMESE_ACTIVATION_* */
    sm_parameter *kernel; /* W [inputs][outputs] */
    sm_parameter *bias;   /* b [outputs] */
    float *transposed;    /* W^T, derived by sm_dense_update, */
    sm_matrix matrix;     /* as is W itself for products */
    const sm_kernels *kernels;
} sm_dense;

/* Adds NAME_kernel and NAME_bias, all zero, to the list. Start from zeros. */
sm_status sm_dense_create(sm_dense *layer, sm_parameters *list,
                          const char *name, size_t inputs, size_t outputs,
                          int32_t activation);
void sm_dense_free(sm_dense *layer);

/* W Glorot uniform, b zero, from a stream of the seed. */
void sm_dense_initialise(sm_dense *layer, uint64_t seed, uint64_t stream);

/* After the parameters' values, or the kernels, changed. */
void sm_dense_update(sm_dense *layer, const sm_kernels *kernels);

/*
 * z = x W + b and y = f(z) of x[rows][inputs]; z may be y. A row has the same
 * bits among any others.
 */
void sm_dense_forward(const sm_dense *layer, size_t rows, const float *x,
                      float *z, float *y);

/*
 * From dy[rows][outputs], which becomes dz = dy f'(z), to dx[rows][inputs]
 * (NULL: not wanted) and the rows' share of dW and db, partial[inputs +
 * 1][outputs].
 */
void sm_dense_backward(const sm_dense *layer, size_t rows, const float *x,
                       const float *z, float *dy, float *partial, float *dx);

#endif
