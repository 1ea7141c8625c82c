/* recurrent_encoder.c: the LSTM and GRU as an encoder of the tower: parameters,
 * their first values, and what the type hands to recurrent_encode.c and
 * recurrent_train.c. */
#include "nn/recurrent_encoder.h"

#include <stdbool.h>
#include <stdio.h>

#include "common/memory.h"
#include "common/size.h"
#include "nn/initialise.h"
#include "nn/recurrent.h"
#include "nn/recurrent_encode.h"
#include "nn/recurrent_train.h"
#include "nn/table_precision.h"

/* Streams of the seed: a direction each, behind the embedding's. */
enum { STREAM_DIRECTION = 1 };

/* "fw_kernel", and "layer2_fw_kernel" from the second layer on. */
static sm_status add_tensor(sm_parameters *list, size_t layer, size_t way,
                            const char *tensor, size_t rank,
                            const size_t *shape, sm_parameter **out)
{
    char name[SM_PARAMETER_NAME_SIZE];
    char prefix[32] = "";
    if (layer > 0) snprintf(prefix, sizeof prefix, "layer%zu_", layer + 1);
    snprintf(name, sizeof name, "%s%s_%s", prefix, way ? "bw" : "fw", tensor);
    return sm_parameters_add(list, name, rank, shape, out);
}

static sm_status add_direction(sm_recurrent *model, sm_parameters *list,
                               size_t layer, size_t way)
{
    sm_recurrent_direction *const d =
        &model->directions[layer * model->ways + way];
    sm_recurrent_parameters *const p = &d->parameters;
    size_t const u = model->units, gates = sm_cell_gates(model->cell);
    size_t const inputs = layer ? u : model->inputs;
    size_t const sources = layer ? model->ways : 1;
    size_t const kernel[2] = {sources * inputs, gates * u};
    size_t const recurrent[2] = {u, gates * u};
    size_t const lstm_bias[1] = {4 * u}, gru_bias[2] = {2, 3 * u};
    bool const gru = model->cell == SM_CELL_GRU;
    SM_RETURN_IF_ERROR(
        add_tensor(list, layer, way, "kernel", 2, kernel, &p->kernel));
    SM_RETURN_IF_ERROR(
        add_tensor(list, layer, way, "recurrent", 2, recurrent, &p->recurrent));
    SM_RETURN_IF_ERROR(add_tensor(list, layer, way, "bias", gru ? 2 : 1,
                                  gru ? gru_bias : lstm_bias, &p->bias));
    size_t const padded = sm_chunks(u, SM_UNIT_PADDING) * SM_UNIT_PADDING;
    bool const enters_on_pads =
        way == 1 && model->layers == 1 && !model->masked;
    sm_recurrent_shape const shape = {.cell = model->cell,
                                      .units = u,
                                      .sources = sources,
                                      .inputs = inputs,
                                      .inputs_padded = layer ? padded : inputs,
                                      .chain =
                                          enters_on_pads ? model->length : 0};
    return sm_recurrent_weights_create(&d->weights, &shape);
}

static void destroy(sm_encoder *encoder)
{
    sm_recurrent *const model = (sm_recurrent *)encoder;
    size_t const count = model->directions ? model->layers * model->ways : 0;
    for (size_t i = 0; i < count; i++)
        sm_recurrent_weights_free(&model->directions[i].weights);
    sm_free(model->directions);
    sm_aligned_free(model->pad);
    sm_free(model);
}

static sm_status create(sm_encoder **out, sm_parameters *list,
                        const sm_encoder_config *config)
{
    sm_status status = SIAMESE_OK;
    sm_recurrent *const model = sm_calloc(1, sizeof *model);
    if (model == NULL) return sm_fail_memory();
    model->table = config->table;
    model->inputs = config->embedding_dim;
    model->stddev = config->embedding_stddev;
    model->units = config->units;
    model->length = config->length;
    model->layers = config->layers;
    model->ways = config->bidirectional ? 2 : 1;
    model->cell =
        config->kind == SIAMESE_ENCODER_GRU ? SM_CELL_GRU : SM_CELL_LSTM;
    model->masked = config->mask_zero;
    model->base = (sm_encoder){&sm_recurrent_type, model->ways * model->units};
    model->directions =
        sm_calloc(model->layers * model->ways, sizeof *model->directions);
    SM_CHECK_MEMORY(model->directions);
    model->pad = sm_aligned_array(model->inputs, sizeof *model->pad);
    SM_CHECK_MEMORY(model->pad);
    SM_TRY(sm_parameters_add_table(list, "embedding", model->table,
                                   model->inputs, &model->embedding));
    for (size_t layer = 0; layer < model->layers; layer++)
        for (size_t way = 0; way < model->ways; way++)
            SM_TRY(add_direction(model, list, layer, way));
    *out = &model->base;
    return SIAMESE_OK;
out:
    destroy(&model->base);
    return status;
}

static sm_status initialise(sm_encoder *encoder, uint64_t seed)
{
    sm_recurrent *const model = (sm_recurrent *)encoder;
    sm_rng rng;
    sm_initialise_embedding(model->embedding, seed, model->stddev);
    for (size_t layer = 0; layer < model->layers; layer++)
        for (size_t way = 0; way < model->ways; way++) {
            const sm_recurrent_parameters *const p =
                &model->directions[layer * model->ways + way].parameters;
            sm_rng_init(&rng, seed, STREAM_DIRECTION + 2 * layer + way);
            sm_initialise_glorot_uniform(p->kernel, &rng);
            SM_RETURN_IF_ERROR(sm_initialise_orthogonal(p->recurrent, &rng));
            /* a GRU's bias stays 0 */
            if (model->cell == SM_CELL_LSTM) sm_initialise_forget_bias(p->bias);
        }
    return SIAMESE_OK;
}

static void update(sm_encoder *encoder, const sm_kernels *kernels)
{
    sm_recurrent *const model = (sm_recurrent *)encoder;
    model->kernels = kernels;
    sm_values_read(model->embedding, 0, model->inputs, model->pad);
    for (size_t i = 0; i < model->layers * model->ways; i++) {
        sm_recurrent_direction *const d = &model->directions[i];
        sm_recurrent_weights_pack(&d->weights, kernels, &d->parameters);
        sm_recurrent_pad_chain(kernels, &d->weights, model->pad);
    }
}

/* ---- the type ---- */

static sm_status scratch_create(sm_encoder_scratch **out)
{
    SM_RETURN_IF_ERROR(sm_recurrent_scratch_create(out));
    (*out)->type = &sm_recurrent_type;
    return SIAMESE_OK;
}

static sm_status pass_create(sm_encoder_pass **out)
{
    SM_RETURN_IF_ERROR(sm_recurrent_pass_create(out));
    (*out)->type = &sm_recurrent_type;
    return SIAMESE_OK;
}

const sm_encoder_type sm_recurrent_type = {
    .create = create,
    .destroy = destroy,
    .initialise = initialise,
    .update = update,
    .scratch_create = scratch_create,
    .scratch_free = sm_recurrent_scratch_free,
    .encode = sm_recurrent_encode,
    .pass_create = pass_create,
    .pass_free = sm_recurrent_pass_free,
    .forward = sm_recurrent_pass_forward,
    .backward = sm_recurrent_pass_backward,
};
