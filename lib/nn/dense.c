/* dense.c: rows in, f(x W + b) out, and the gradients back. For numbers and for
 * the tower's head. */
#include "nn/dense.h"

#include <stdio.h>
#include <string.h>

#include "common/memory.h"
#include "nn/initialise.h"

sm_status sm_dense_create(sm_dense *layer, sm_parameters *list,
                          const char *name, size_t inputs, size_t outputs,
                          int32_t activation)
{
    char full[SM_PARAMETER_NAME_SIZE];
    size_t const kernel[2] = {inputs, outputs}, bias[1] = {outputs};
    *layer = (sm_dense){
        .inputs = inputs, .outputs = outputs, .activation = activation};
    snprintf(full, sizeof full, "%s_kernel", name);
    SM_RETURN_IF_ERROR(
        sm_parameters_add(list, full, 2, kernel, &layer->kernel));
    snprintf(full, sizeof full, "%s_bias", name);
    SM_RETURN_IF_ERROR(sm_parameters_add(list, full, 1, bias, &layer->bias));
    layer->transposed =
        sm_aligned_array(layer->kernel->count, sizeof *layer->transposed);
    return layer->transposed ? SIAMESE_OK : sm_fail_memory();
}

void sm_dense_free(sm_dense *layer)
{
    sm_aligned_free(layer->transposed);
    sm_matrix_free(&layer->matrix);
    layer->transposed = NULL;
}

void sm_dense_initialise(sm_dense *layer, uint64_t seed, uint64_t stream)
{
    sm_rng rng;
    sm_rng_init(&rng, seed, stream);
    sm_initialise_glorot_uniform(layer->kernel, &rng);
    memset(layer->bias->value, 0, layer->outputs * sizeof(float));
}

void sm_dense_update(sm_dense *layer, const sm_kernels *kernels)
{
    const float *const w = layer->kernel->value;
    layer->kernels = kernels;
    sm_matrix_update(&layer->matrix, kernels, layer->inputs, layer->outputs, w,
                     layer->outputs);
    for (size_t i = 0; i < layer->inputs; i++)
        for (size_t j = 0; j < layer->outputs; j++)
            layer->transposed[j * layer->inputs + i] =
                w[i * layer->outputs + j];
}

/* ---- the layer ---- */

void sm_dense_forward(const sm_dense *layer, size_t rows, const float *x,
                      float *z, float *y)
{
    sm_matrix_multiply(&layer->matrix, &(sm_start){layer->bias->value, 0, NULL},
                       rows, x, layer->inputs, z, layer->outputs);
    layer->kernels->activate(layer->activation, rows * layer->outputs, z, y);
}

void sm_dense_backward(const sm_dense *layer, size_t rows, const float *x,
                       const float *z, float *dy, float *partial, float *dx)
{
    const sm_kernels *const kernels = layer->kernels;
    size_t const in = layer->inputs, out = layer->outputs;
    float *const db = partial + in * out;
    kernels->activate_gradient(layer->activation, rows * out, z, dy);
    /* dW = x^T dz, db = sum dz, dx = dz W^T */
    kernels->gemm(in, out, rows, x, 1, in, dy, out, partial, out);
    memset(db, 0, out * sizeof *db);
    for (size_t r = 0; r < rows; r++) kernels->add(out, dy + r * out, db);
    if (dx)
        kernels->gemm(rows, in, out, dy, out, 1, layer->transposed, in, dx, in);
}
