/* recurrent_encode.c: rows of ids in, their last states out, on one thread.
 * What the tower encodes with. */
#include "nn/recurrent_encode.h"

#include <string.h>

#include "common/memory.h"
#include "common/renew.h"
#include "common/size.h"
#include "nn/recurrent.h"

typedef struct recurrent_scratch {
    sm_encoder_scratch base;
    sm_sequences sequences;
    float *inputs, *projected[2]; /* of the batch's tokens */
    float *vectors;               /* [distinct][dim] */
    /* Of one chunk: gates and c of the running step, one direction after the
     * other; h of a layer and of the one below, of every time if there are
     * several. */
    float *gates, *c, *h[2][2];
    size_t tokens_capacity, vectors_capacity;
} recurrent_scratch;

sm_status sm_recurrent_scratch_create(sm_encoder_scratch **out)
{
    recurrent_scratch *const k = sm_calloc(1, sizeof *k);
    if (k == NULL) return sm_fail_memory();
    *out = &k->base;
    return SIAMESE_OK;
}

void sm_recurrent_scratch_free(sm_encoder_scratch *scratch)
{
    recurrent_scratch *const k = (recurrent_scratch *)scratch;
    sm_sequences_free(&k->sequences);
    sm_aligned_free(k->inputs);
    sm_aligned_free(k->vectors);
    sm_aligned_free(k->gates);
    sm_aligned_free(k->c);
    for (size_t way = 0; way < 2; way++) {
        sm_aligned_free(k->projected[way]);
        for (size_t i = 0; i < 2; i++) sm_aligned_free(k->h[i][way]);
    }
    sm_free(k);
}

/* Rows of h that a chunk has: one time or all. */
static size_t h_rows(const sm_recurrent *model)
{
    return SM_CHUNK_ROWS * (model->layers > 1 ? model->length : 1);
}

static sm_status reserve_states(const sm_recurrent *model, recurrent_scratch *k)
{
    size_t const padded = sm_recurrent_weights_of(model, 0, 0)->padded;
    SM_RETURN_IF_ERROR(sm_renew_floats(&k->gates, SM_CHUNK_ROWS, 4 * padded));
    SM_RETURN_IF_ERROR(sm_renew_floats(&k->c, SM_CHUNK_ROWS, padded));
    for (size_t i = 0; i < (model->layers > 1 ? 2 : 1); i++)
        for (size_t way = 0; way < model->ways; way++)
            SM_RETURN_IF_ERROR(
                sm_renew_floats(&k->h[i][way], h_rows(model), padded));
    return SIAMESE_OK;
}

static sm_status reserve(const sm_recurrent *model, recurrent_scratch *k)
{
    size_t const tokens = k->sequences.token_count;
    size_t const rows = k->sequences.distinct;
    size_t const padded = sm_recurrent_weights_of(model, 0, 0)->padded;
    if (tokens > k->tokens_capacity) {
        size_t const capacity = sm_roomy(tokens);
        k->tokens_capacity = 0;
        SM_RETURN_IF_ERROR(
            sm_renew_floats(&k->inputs, capacity, model->inputs));
        for (size_t way = 0; way < model->ways; way++)
            SM_RETURN_IF_ERROR(
                sm_renew_floats(&k->projected[way], capacity, 4 * padded));
        k->tokens_capacity = capacity;
    }
    if (rows > k->vectors_capacity) {
        size_t const capacity = sm_roomy(rows);
        k->vectors_capacity = 0;
        SM_RETURN_IF_ERROR(
            sm_renew_floats(&k->vectors, capacity, model->base.dim));
        SM_RETURN_IF_ERROR(reserve_states(model, k));
        k->vectors_capacity = capacity;
    }
    return SIAMESE_OK;
}

/* One layer of one chunk; the last into the chunk's vectors. */
static void run_layer(const sm_recurrent *model, const recurrent_scratch *k,
                      size_t chunk, size_t layer)
{
    size_t const padded = sm_recurrent_weights_of(model, 0, 0)->padded;
    size_t const h_step = model->layers > 1 ? SM_CHUNK_ROWS * padded : 0;
    size_t const dim = model->base.dim;
    float *const out = layer + 1 < model->layers
                           ? NULL
                           : k->vectors + chunk * SM_CHUNK_ROWS * dim;
    float *const *const h = k->h[layer % 2];
    float *const *const before = k->h[(layer + 1) % 2];
    sm_recurrent_states const below[2] = {{.h = before[0], .h_step = h_step},
                                          {.h = before[1], .h_step = h_step}};
    for (size_t way = 0; way < model->ways; way++) {
        sm_recurrent_run const run = {
            .kernels = model->kernels,
            .weights = sm_recurrent_weights_of(model, layer, way),
            .sequences = &k->sequences,
            .chunk = chunk,
            .backwards = way == 1,
            .masked = model->masked,
            .projected = layer ? NULL : k->projected[way],
            .below = layer ? below : NULL,
            .states = {.gates = k->gates,
                       .c = model->cell == SM_CELL_LSTM ? k->c : NULL,
                       .h = h[way],
                       .h_step = h_step},
        };
        sm_recurrent_forward(&run, out ? out + way * model->units : NULL, dim);
    }
}

sm_status sm_recurrent_encode(const sm_encoder *encoder,
                              sm_encoder_scratch *scratch, const int32_t *ids,
                              const size_t *offsets, size_t rows, float *out)
{
    const sm_recurrent *const model = (const sm_recurrent *)encoder;
    recurrent_scratch *const k = (recurrent_scratch *)scratch;
    sm_sequences *const s = &k->sequences;
    size_t const dim = model->base.dim;
    if (rows == 0) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_recurrent_prepare(model, s, ids, offsets, rows));
    SM_RETURN_IF_ERROR(reserve(model, k));
    sm_recurrent_project(model, s, 0, s->token_count, k->inputs, k->projected);
    for (size_t chunk = 0; chunk < s->chunks; chunk++)
        for (size_t layer = 0; layer < model->layers; layer++)
            run_layer(model, k, chunk, layer);
    for (size_t r = 0; r < rows; r++)
        memcpy(out + r * dim, k->vectors + s->row_map[r] * dim,
               dim * sizeof *out);
    return SIAMESE_OK;
}
