/* bag_gradient.c: gradients of a pass's vectors in, those of the table's rows
 * out, or what they are made from when they are read. For bag.c. */
#include "nn/bag_gradient.h"

#include <stdatomic.h>
#include <string.h>

#include "nn/bag_pass.h"

/* What the tasks of a pass share. */
typedef struct pass_context {
    const sm_bag *model;
    const sm_bag_pass *pass;
    const float *gradients;
    atomic_bool is_large; /* a row's gradient is not below ROW_BOUND */
    atomic_bool is_odd;   /* the square of a token's is not finite */
} pass_context;

/* ---- rows and runs ---- */

/*
 * A token's gradient is a sum of as many rows' as the batch has ids, at the
 * most. Of up to 2^23 addends below 2^40 it is below 2^63 (1 + 2^-24)^(2^23),
 * with its roundings, which is less than 2^64: its square is finite, and it
 * need not be looked at.
 */
#define IDS_BOUND ((size_t)1 << 23)
#define OF_ROW_BOUND 0x1p24f /* times 2^40: 2^64 */

/* Every row's gradient times its share: what each of its tokens gets of it. */
static sm_status share_task(void *context, size_t task, size_t worker)
{
    pass_context *const c = context;
    const sm_bag_pass *const x = c->pass;
    const sm_kernels *const kernels = c->model->kernels;
    size_t const dim = c->model->base.dim;
    (void)worker;
    for (size_t d = task * SM_BAG_ROWS; d < sm_bag_rows_end(x, task); d++) {
        float *const row = x->gradients + d * dim;
        memcpy(row, c->gradients + d * dim, dim * sizeof *row);
        kernels->scale(dim, x->share[d], row);
        if (!kernels->finite_squares(dim, OF_ROW_BOUND, row))
            atomic_store(&c->is_large, true);
    }
    return SIAMESE_OK;
}

/* What each token of a run gets: of all rows that have it. */
static sm_status run_gradient_task(void *context, size_t task, size_t worker)
{
    const pass_context *const c = context;
    const sm_bag_pass *const x = c->pass;
    size_t const dim = c->model->base.dim;
    size_t const last = sm_min((task + 1) * SM_BAG_RUNS, x->runs.count);
    (void)worker;
    for (size_t n = task * SM_BAG_RUNS; n < last; n++)
        c->model->kernels->sum_rows(dim, x->run_begin[n + 1] - x->run_begin[n],
                                    x->run_rows + x->run_begin[n], NULL,
                                    x->gradients, sm_bag_run(x, n));
    return SIAMESE_OK;
}

/* ---- tokens ---- */

/* The sum over the places of the k-th touched token of g / n. The share of pads
 * comes last. */
static void sum_places(const void *from, size_t k, float *sum)
{
    const sm_bag_pass *const x = from;
    const sm_bag *const model = x->model;
    size_t const dim = model->base.dim;
    bool const is_pad = model->embedding->touched[k] == SIAMESE_ID_PAD;
    model->kernels->sum_rows(dim, x->token_begin[k + 1] - x->token_begin[k],
                             x->addends + x->token_begin[k], NULL, x->gradients,
                             sum);
    for (size_t d = 0; is_pad && d < x->distinct.count; d++)
        for (size_t j = 0; x->pads[d] && j < dim; j++)
            sum[j] += (float)x->pads[d] * x->gradients[d * dim + j];
}

/* Of that sum S: de = w S, dw = e . S. */
static void token_gradient(pass_context *c, size_t k)
{
    const sm_bag *const model = c->model;
    size_t const dim = model->base.dim;
    int32_t const token = model->embedding->touched[k];
    float *const sum = model->embedding->gradient + k * dim;
    sum_places(c->pass, k, sum);
    if (model->weight) {
        model->weight->gradient[k] = model->kernels->dot(
            sum, model->embedding->value + (size_t)token * dim, dim);
        model->kernels->scale(dim, model->weight->value[token], sum);
    }
    if (!model->kernels->finite_squares(dim, 1, sum))
        atomic_store(&c->is_odd, true);
}

static sm_status token_task(void *context, size_t task, size_t worker)
{
    pass_context *const c = context;
    size_t const last =
        sm_min((task + 1) * SM_BAG_TOKENS, c->model->embedding->touched_count);
    (void)worker;
    for (size_t k = task * SM_BAG_TOKENS; k < last; k++) token_gradient(c, k);
    return SIAMESE_OK;
}

/* Whether tokens' gradients may be made when they are read: nothing else is
 * made with them, and all are known to be finite. */
static bool may_be_made(const pass_context *c)
{
    const sm_bag *const model = c->model;
    return model->embedding->is_read_once && model->weight == NULL &&
           model->base.dim <= SM_MADE_ROW && c->pass->ids <= IDS_BOUND &&
           !atomic_load(&c->is_large);
}

sm_status sm_bag_pass_backward(const sm_encoder *encoder, sm_pool *pool,
                               sm_encoder_pass *pass, const float *gradients)
{
    const sm_bag *const model = (const sm_bag *)encoder;
    const sm_bag_pass *const x = (const sm_bag_pass *)pass;
    sm_parameter *const embedding = model->embedding;
    pass_context context = {.model = model, .pass = x, .gradients = gradients};
    SM_RETURN_IF_ERROR(sm_pool_run(
        pool, sm_chunks(x->distinct.count, SM_BAG_ROWS), share_task, &context));
    SM_RETURN_IF_ERROR(sm_pool_run(pool, sm_chunks(x->runs.count, SM_BAG_RUNS),
                                   run_gradient_task, &context));
    if (may_be_made(&context)) {
        embedding->make_row = sum_places;
        embedding->made_from = x;
        embedding->is_sound = true;
        return SIAMESE_OK;
    }
    SM_RETURN_IF_ERROR(
        sm_pool_run(pool, sm_chunks(embedding->touched_count, SM_BAG_TOKENS),
                    token_task, &context));
    embedding->is_sound = !atomic_load(&context.is_odd);
    return SIAMESE_OK;
}
