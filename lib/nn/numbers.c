/* numbers.c: rows of n numbers in, a dense layer of them out, and the gradients
 * back. The encoder of a field of numbers. */
#include "nn/numbers.h"

#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "nn/dense.h"
#include "nn/distinct_rows.h"

/* Rows of a task; it does not depend on the number of threads. */
enum { ROW_BLOCK = 64, STREAM_NUMBERS = 64 };

typedef struct numbers {
    sm_encoder base;
    sm_dense layer;
} numbers;

typedef struct numbers_scratch {
    sm_encoder_scratch base;
} numbers_scratch;

typedef struct numbers_pass {
    sm_encoder_pass base;
    sm_distinct_rows distinct;
    float *rows;      /* [distinct][n] */
    float *vectors;   /* [distinct][dim] */
    float *gradients; /* a copy of what backward is given */
    float *partial;   /* dW and db of a block */
    size_t capacity;
} numbers_pass;

/* ---- the encoder ---- */

static void destroy(sm_encoder *encoder)
{
    sm_dense_free(&((numbers *)encoder)->layer);
    sm_free(encoder);
}

static sm_status create(sm_encoder **out, sm_parameters *list,
                        const sm_encoder_config *config)
{
    numbers *const x = sm_calloc(1, sizeof *x);
    if (x == NULL) return sm_fail_memory();
    x->base = (sm_encoder){&sm_numbers_type, config->embedding_dim};
    sm_status const status =
        sm_dense_create(&x->layer, list, "numbers", config->length,
                        config->embedding_dim, SIAMESE_ACTIVATION_NONE);
    if (status != SIAMESE_OK) {
        destroy(&x->base);
        return status;
    }
    *out = &x->base;
    return SIAMESE_OK;
}

static sm_status initialise(sm_encoder *encoder, uint64_t seed)
{
    sm_dense_initialise(&((numbers *)encoder)->layer, seed, STREAM_NUMBERS);
    return SIAMESE_OK;
}

static void update(sm_encoder *encoder, const sm_kernels *kernels)
{
    sm_dense_update(&((numbers *)encoder)->layer, kernels);
}

/* ---- encoding ---- */

static sm_status scratch_create(sm_encoder_scratch **out)
{
    numbers_scratch *const x = sm_calloc(1, sizeof *x);
    if (x == NULL) return sm_fail_memory();
    x->base.type = &sm_numbers_type;
    *out = &x->base;
    return SIAMESE_OK;
}

static void scratch_free(sm_encoder_scratch *scratch)
{
    sm_free(scratch);
}

static sm_status encode(const sm_encoder *encoder, sm_encoder_scratch *scratch,
                        const int32_t *ids, const size_t *offsets, size_t rows,
                        float *out)
{
    const sm_dense *const layer = &((const numbers *)encoder)->layer;
    float row[SM_NUMBERS_MAX];
    (void)scratch;
    for (size_t r = 0; r < rows; r++) {
        memcpy(row, ids + offsets[r], layer->inputs * sizeof *row);
        sm_dense_forward(layer, 1, row, out + r * layer->outputs,
                         out + r * layer->outputs);
    }
    return SIAMESE_OK;
}

/* ---- training ---- */

static sm_status pass_create(sm_encoder_pass **out)
{
    numbers_pass *const x = sm_calloc(1, sizeof *x);
    if (x == NULL) return sm_fail_memory();
    x->base.type = &sm_numbers_type;
    *out = &x->base;
    return SIAMESE_OK;
}

static void free_buffers(numbers_pass *x)
{
    float **const buffers[] = {&x->rows, &x->vectors, &x->gradients,
                               &x->partial};
    for (size_t i = 0; i < 4; i++) {
        sm_aligned_free(*buffers[i]);
        *buffers[i] = NULL;
    }
    x->capacity = 0;
}

static void pass_free(sm_encoder_pass *pass)
{
    numbers_pass *const x = (numbers_pass *)pass;
    free_buffers(x);
    sm_distinct_rows_free(&x->distinct);
    sm_free(x);
}

static sm_status reserve(numbers_pass *x, const sm_dense *layer)
{
    size_t const rows = x->distinct.count;
    if (rows <= x->capacity && x->rows) return SIAMESE_OK;
    size_t const capacity = sm_roomy(rows);
    free_buffers(x);
    x->rows = sm_aligned_array(capacity, layer->inputs * sizeof(float));
    x->vectors = sm_aligned_array(capacity, layer->outputs * sizeof(float));
    x->gradients = sm_aligned_array(capacity, layer->outputs * sizeof(float));
    x->partial =
        sm_aligned_array(layer->inputs + 1, layer->outputs * sizeof(float));
    if (!x->rows || !x->vectors || !x->gradients || !x->partial)
        return sm_fail_memory();
    x->capacity = capacity;
    return SIAMESE_OK;
}

static sm_status forward(const sm_encoder *encoder, sm_pool *pool,
                         sm_encoder_pass *pass, const int32_t *ids,
                         const size_t *offsets, size_t rows)
{
    const sm_dense *const layer = &((const numbers *)encoder)->layer;
    numbers_pass *const x = (numbers_pass *)pass;
    (void)pool; /* n is small: the look-up of a few numbers */
    SM_RETURN_IF_ERROR(sm_distinct_rows_find(&x->distinct, NULL, ids, offsets,
                                             rows, layer->inputs));
    SM_RETURN_IF_ERROR(reserve(x, layer));
    for (size_t d = 0; d < x->distinct.count; d++)
        memcpy(x->rows + d * layer->inputs, ids + offsets[x->distinct.first[d]],
               layer->inputs * sizeof(float));
    sm_dense_forward(layer, x->distinct.count, x->rows, x->vectors, x->vectors);
    x->base.distinct = x->distinct.count;
    x->base.vectors = x->vectors;
    x->base.row_map = x->distinct.number;
    return SIAMESE_OK;
}

static sm_status backward(const sm_encoder *encoder, sm_pool *pool,
                          sm_encoder_pass *pass, const float *gradients)
{
    const sm_dense *const layer = &((const numbers *)encoder)->layer;
    numbers_pass *const x = (numbers_pass *)pass;
    size_t const weights = layer->inputs * layer->outputs;
    (void)pool;
    memset(layer->kernel->gradient, 0, weights * sizeof(float));
    memset(layer->bias->gradient, 0, layer->outputs * sizeof(float));
    memcpy(x->gradients, gradients,
           x->distinct.count * layer->outputs * sizeof(float));
    for (size_t first = 0; first < x->distinct.count; first += ROW_BLOCK) {
        size_t const rows = sm_min(ROW_BLOCK, x->distinct.count - first);
        float *const dy = x->gradients + first * layer->outputs;
        sm_dense_backward(layer, rows, x->rows + first * layer->inputs,
                          x->vectors + first * layer->outputs, dy, x->partial,
                          NULL);
        layer->kernels->add(weights, x->partial, layer->kernel->gradient);
        layer->kernels->add(layer->outputs, x->partial + weights,
                            layer->bias->gradient);
    }
    return SIAMESE_OK;
}

const sm_encoder_type sm_numbers_type = {
    .create = create,
    .destroy = destroy,
    .initialise = initialise,
    .update = update,
    .scratch_create = scratch_create,
    .scratch_free = scratch_free,
    .encode = encode,
    .pass_create = pass_create,
    .pass_free = pass_free,
    .forward = forward,
    .backward = backward,
};
