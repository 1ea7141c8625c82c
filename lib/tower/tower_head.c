/* tower_head.c: combined vectors in, the tower's vectors out, and the gradients
 * back. For tower_encode and tower_pass. */
#include "tower/tower_head.h"

#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "common/renew.h"
#include "common/size.h"
#include "nn/normalise.h"

/* Rows of a task, and numbers of one that sums up; they do not depend on the
 * number of threads. */
enum { HEAD_ROWS = 256, SUM_NUMBERS = 4096 };

/* Streams of the seed, apart from the encoders'. */
enum { STREAM_HEAD = 1000 };

/* ---- the head ---- */

static sm_status add_layer(sm_head *head, sm_parameters *list, const char *name,
                           size_t outputs, int32_t activation)
{
    if (outputs == 0) return SIAMESE_OK;
    sm_dense *const layer = &head->layers[head->layer_count++];
    size_t const inputs = head->dim;
    head->dim = outputs;
    return sm_dense_create(layer, list, name, inputs, outputs, activation);
}

sm_status sm_head_create(sm_head *head, sm_parameters *list, size_t inputs,
                         const siamese_tower_options *o)
{
    *head =
        (sm_head){.inputs = inputs, .dim = inputs, .normalize = o->normalize};
    sm_status status =
        add_layer(head, list, "hidden", o->hidden, o->hidden_activation);
    if (status == SIAMESE_OK)
        status =
            add_layer(head, list, "dense", o->project, o->project_activation);
    if (status != SIAMESE_OK) sm_head_free(head);
    return status;
}

void sm_head_free(sm_head *head)
{
    for (size_t l = 0; l < head->layer_count; l++)
        sm_dense_free(&head->layers[l]);
    head->layer_count = 0;
}

void sm_head_initialise(sm_head *head, uint64_t seed)
{
    for (size_t l = 0; l < head->layer_count; l++)
        sm_dense_initialise(&head->layers[l], seed, STREAM_HEAD + l);
}

void sm_head_update(sm_head *head, const sm_kernels *kernels)
{
    head->kernels = kernels;
    for (size_t l = 0; l < head->layer_count; l++)
        sm_dense_update(&head->layers[l], kernels);
}

/* ---- encoding ---- */

void sm_head_scratch_free(sm_head_scratch *scratch)
{
    for (size_t l = 0; l < SM_HEAD_LAYERS; l++)
        sm_aligned_free(scratch->rows[l]);
    *scratch = (sm_head_scratch){.capacity = 0};
}

sm_status sm_head_begin(const sm_head *head, sm_head_scratch *scratch,
                        size_t rows, float *out, float **in)
{
    size_t widest = 0;
    for (size_t l = 0; l < head->layer_count; l++)
        widest = sm_max(widest, head->layers[l].inputs);
    if (rows * widest > scratch->capacity) {
        scratch->capacity = 0;
        for (size_t l = 0; l < head->layer_count; l++)
            SM_RETURN_IF_ERROR(
                sm_renew_floats(&scratch->rows[l], rows, widest));
        scratch->capacity = rows * widest;
    }
    *in = head->layer_count ? scratch->rows[0] : out;
    return SIAMESE_OK;
}

/* A square that is finite is that of finite numbers: one product a row
 * tells. */
static size_t sound_rows(const sm_head *head, size_t rows, const float *x)
{
    for (size_t r = 0; r < rows; r++) {
        const float *const row = x + r * head->dim;
        if (isfinite(head->kernels->dot(row, row, head->dim))) continue;
        for (size_t j = 0; j < head->dim; j++)
            if (!isfinite(row[j])) return r;
    }
    return rows;
}

size_t sm_head_encode(const sm_head *head, sm_head_scratch *scratch,
                      size_t rows, float *out)
{
    for (size_t l = 0; l < head->layer_count; l++) {
        float *const to =
            l + 1 < head->layer_count ? scratch->rows[l + 1] : out;
        sm_dense_forward(&head->layers[l], rows, scratch->rows[l], to, to);
    }
    return head->normalize ? sm_normalise_rows(head->kernels, rows, head->dim,
                                               out, out, NULL)
                           : sound_rows(head, rows, out);
}

/* ---- training: forward ---- */

void sm_head_pass_free(sm_head_pass *pass)
{
    for (size_t l = 0; l < SM_HEAD_LAYERS; l++) {
        sm_aligned_free(pass->z[l]);
        sm_aligned_free(pass->y[l]);
        sm_aligned_free(pass->partials[l]);
        sm_aligned_free(pass->gradients[l]);
    }
    sm_aligned_free(pass->gradients[SM_HEAD_LAYERS]);
    sm_aligned_free(pass->normalized);
    sm_aligned_free(pass->squares);
    *pass = (sm_head_pass){.rows = 0};
}

static size_t partial_size(const sm_dense *layer)
{
    return (layer->inputs + 1) * layer->outputs;
}

static sm_status pass_reserve(const sm_head *head, sm_head_pass *pass,
                              size_t rows)
{
    if (rows <= pass->capacity) return SIAMESE_OK;
    size_t const capacity = sm_roomy(rows);
    size_t const chunks = sm_chunks(capacity, HEAD_ROWS);
    pass->capacity = 0;
    for (size_t l = 0; l < head->layer_count; l++) {
        const sm_dense *const layer = &head->layers[l];
        SM_RETURN_IF_ERROR(
            sm_renew_floats(&pass->z[l], capacity, layer->outputs));
        SM_RETURN_IF_ERROR(
            sm_renew_floats(&pass->y[l], capacity, layer->outputs));
        SM_RETURN_IF_ERROR(
            sm_renew_floats(&pass->gradients[l], capacity, layer->inputs));
        SM_RETURN_IF_ERROR(
            sm_renew_floats(&pass->partials[l], chunks, partial_size(layer)));
    }
    SM_RETURN_IF_ERROR(sm_renew_floats(&pass->gradients[head->layer_count],
                                       capacity, head->dim));
    if (head->normalize) {
        SM_RETURN_IF_ERROR(
            sm_renew_floats(&pass->normalized, capacity, head->dim));
        SM_RETURN_IF_ERROR(sm_renew_floats(&pass->squares, capacity, 1));
    }
    pass->capacity = capacity;
    return SIAMESE_OK;
}

/* What the tasks of a pass share. */
typedef struct head_context {
    const sm_head *head;
    sm_head_pass *pass;
    const float *gradients;
    size_t layer;
} head_context;

static const float *layer_input(const head_context *x, size_t l)
{
    return l ? x->pass->y[l - 1] : x->pass->in;
}

static sm_status forward_task(void *context, size_t task, size_t worker)
{
    const head_context *const x = context;
    const sm_head *const head = x->head;
    sm_head_pass *const pass = x->pass;
    size_t const first = task * HEAD_ROWS;
    size_t const rows = sm_min(HEAD_ROWS, pass->rows - first);
    (void)worker;
    for (size_t l = 0; l < head->layer_count; l++) {
        const sm_dense *const layer = &head->layers[l];
        size_t const at = first * layer->outputs;
        sm_dense_forward(layer, rows, layer_input(x, l) + first * layer->inputs,
                         pass->z[l] + at, pass->y[l] + at);
    }
    if (head->normalize)
        sm_normalise_rows(head->kernels, rows, head->dim,
                          layer_input(x, head->layer_count) + first * head->dim,
                          pass->normalized + first * head->dim,
                          pass->squares + first);
    return SIAMESE_OK;
}

static bool is_identity(const sm_head *head)
{
    return head->layer_count == 0 && !head->normalize;
}

sm_status sm_head_forward(const sm_head *head, sm_pool *pool,
                          sm_head_pass *pass, const float *in, size_t rows)
{
    head_context context = {head, pass, NULL, 0};
    pass->in = pass->vectors = in;
    pass->rows = rows;
    if (is_identity(head)) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(pass_reserve(head, pass, rows));
    pass->vectors = head->normalize ? pass->normalized
                                    : layer_input(&context, head->layer_count);
    return sm_pool_run(pool, sm_chunks(rows, HEAD_ROWS), forward_task,
                       &context);
}

/* ---- training: backward ---- */

static sm_status backward_task(void *context, size_t task, size_t worker)
{
    const head_context *const x = context;
    const sm_head *const head = x->head;
    sm_head_pass *const pass = x->pass;
    size_t const first = task * HEAD_ROWS, at = first * head->dim;
    size_t const rows = sm_min(HEAD_ROWS, pass->rows - first);
    float *const last = pass->gradients[head->layer_count] + at;
    (void)worker;
    if (head->normalize)
        sm_normalise_gradient(head->kernels, rows, head->dim,
                              pass->normalized + at, pass->squares + first,
                              x->gradients + at, last);
    else
        memcpy(last, x->gradients + at, rows * head->dim * sizeof *last);
    for (size_t l = head->layer_count; l-- > 0;) {
        const sm_dense *const layer = &head->layers[l];
        size_t const in = first * layer->inputs, out = first * layer->outputs;
        sm_dense_backward(layer, rows, layer_input(x, l) + in, pass->z[l] + out,
                          pass->gradients[l + 1] + out,
                          pass->partials[l] + task * partial_size(layer),
                          pass->gradients[l] + in);
    }
    return SIAMESE_OK;
}

/* A stretch of one layer's dW and db: the chunks' partial sums in their
 * order. */
static sm_status sum_task(void *context, size_t task, size_t worker)
{
    const head_context *const x = context;
    const sm_dense *const layer = &x->head->layers[x->layer];
    size_t const size = partial_size(layer), first = task * SUM_NUMBERS;
    size_t const count = sm_min(SUM_NUMBERS, size - first);
    float *const sum = x->pass->partials[x->layer] + first;
    (void)worker;
    for (size_t c = 1; c < sm_chunks(x->pass->rows, HEAD_ROWS); c++)
        x->head->kernels->add(count, sum + c * size, sum);
    return SIAMESE_OK;
}

sm_status sm_head_backward(const sm_head *head, sm_pool *pool,
                           sm_head_pass *pass, const float *gradients)
{
    head_context context = {head, pass, gradients, 0};
    pass->input_gradients = gradients;
    if (is_identity(head)) return SIAMESE_OK;
    pass->input_gradients = pass->gradients[0];
    SM_RETURN_IF_ERROR(sm_pool_run(pool, sm_chunks(pass->rows, HEAD_ROWS),
                                   backward_task, &context));
    for (size_t l = 0; l < head->layer_count; l++) {
        const sm_dense *const layer = &head->layers[l];
        const float *const sum = pass->partials[l];
        context.layer = l;
        SM_RETURN_IF_ERROR(
            sm_pool_run(pool, sm_chunks(partial_size(layer), SUM_NUMBERS),
                        sum_task, &context));
        memcpy(layer->kernel->gradient, sum,
               layer->kernel->count * sizeof *sum);
        memcpy(layer->bias->gradient, sum + layer->kernel->count,
               layer->bias->count * sizeof *sum);
    }
    return SIAMESE_OK;
}
