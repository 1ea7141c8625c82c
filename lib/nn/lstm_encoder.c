#include "nn/lstm_encoder.h"

#include "common/memory.h"
#include "nn/bilstm.h"

typedef struct lstm_encoder {
    sm_encoder base;
    sm_bilstm model;
} lstm_encoder;

typedef struct lstm_scratch {
    sm_encoder_scratch base;
    sm_bilstm_scratch scratch;
} lstm_scratch;

typedef struct lstm_pass {
    sm_encoder_pass base;
    sm_bilstm_pass pass;
} lstm_pass;

/* ---- the encoder ---- */

static void free_encoder(sm_encoder *encoder)
{
    lstm_encoder *const x = (lstm_encoder *)encoder;
    sm_bilstm_free(&x->model);
    sm_free(x);
}

static sm_status create(sm_encoder **out, sm_parameters *list,
                        const sm_encoder_config *config)
{
    SM_REQUIRE(!config->mask_zero, SIAMESE_E_OPTION,
               "tower option mask_zero: an LSTM reads pads as tokens");
    lstm_encoder *const x = sm_calloc(1, sizeof *x);
    if (x == NULL) return sm_fail_memory();
    x->base = (sm_encoder){&sm_lstm_encoder_type, 2 * config->units};
    sm_status const status =
        sm_bilstm_create(&x->model, list, config->table, config->embedding_dim,
                         config->units, config->length);
    if (status != SIAMESE_OK) {
        sm_free(x);
        return status;
    }
    *out = &x->base;
    return SIAMESE_OK;
}

static sm_status initialise(sm_encoder *encoder, uint64_t seed)
{
    return sm_bilstm_initialise(&((lstm_encoder *)encoder)->model, seed);
}

static void update(sm_encoder *encoder, const sm_kernels *kernels)
{
    sm_bilstm_update(&((lstm_encoder *)encoder)->model, kernels);
}

/* ---- encoding ---- */

static sm_status scratch_create(sm_encoder_scratch **out)
{
    lstm_scratch *const x = sm_calloc(1, sizeof *x);
    if (x == NULL) return sm_fail_memory();
    x->base.type = &sm_lstm_encoder_type;
    *out = &x->base;
    return SIAMESE_OK;
}

static void scratch_free(sm_encoder_scratch *scratch)
{
    sm_bilstm_scratch_free(&((lstm_scratch *)scratch)->scratch);
    sm_free(scratch);
}

static sm_status encode(const sm_encoder *encoder, sm_encoder_scratch *scratch,
                        const int32_t *ids, const size_t *offsets, size_t rows,
                        float *out)
{
    return sm_bilstm_encode(&((const lstm_encoder *)encoder)->model,
                            &((lstm_scratch *)scratch)->scratch, ids, offsets,
                            rows, out);
}

/* ---- training ---- */

static sm_status pass_create(sm_encoder_pass **out)
{
    lstm_pass *const x = sm_calloc(1, sizeof *x);
    if (x == NULL) return sm_fail_memory();
    x->base.type = &sm_lstm_encoder_type;
    *out = &x->base;
    return SIAMESE_OK;
}

static void pass_free(sm_encoder_pass *pass)
{
    sm_bilstm_pass_free(&((lstm_pass *)pass)->pass);
    sm_free(pass);
}

static sm_status forward(const sm_encoder *encoder, sm_pool *pool,
                         sm_encoder_pass *pass, const int32_t *ids,
                         const size_t *offsets, size_t rows)
{
    lstm_pass *const x = (lstm_pass *)pass;
    SM_RETURN_IF_ERROR(
        sm_bilstm_forward(&((const lstm_encoder *)encoder)->model, pool,
                          &x->pass, ids, offsets, rows));
    x->base.distinct = x->pass.sequences.distinct;
    x->base.vectors = x->pass.vectors;
    x->base.row_map = x->pass.sequences.row_map;
    return SIAMESE_OK;
}

static sm_status backward(const sm_encoder *encoder, sm_pool *pool,
                          sm_encoder_pass *pass, const float *gradients)
{
    return sm_bilstm_backward(&((const lstm_encoder *)encoder)->model, pool,
                              &((lstm_pass *)pass)->pass, gradients);
}

const sm_encoder_type sm_lstm_encoder_type = {
    .create = create,
    .destroy = free_encoder,
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
