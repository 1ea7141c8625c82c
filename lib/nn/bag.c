/* bag.c: token ids in, the sum or mean of their embeddings out, and the
 * gradients back. An encoder of the tower. */
#include "nn/bag.h"

#include "common/memory.h"
#include "common/size.h"
#include "nn/bag_model.h"
#include "nn/bag_gradient.h"
#include "nn/bag_train.h"
#include "nn/initialise.h"
#include "nn/table_precision.h"

typedef struct bag_scratch {
    sm_encoder_scratch base;
    int32_t *ids;   /* of one text, those that count */
    float *weights; /* theirs */
    size_t capacity;
} bag_scratch;

/* ---- the encoder ---- */

static void free_encoder(sm_encoder *encoder)
{
    sm_aligned_free(((sm_bag *)encoder)->pad);
    sm_free(encoder);
}

static sm_status create(sm_encoder **out, sm_parameters *list,
                        const sm_encoder_config *config)
{
    sm_status status = SIAMESE_OK;
    SM_REQUIRE(config->pooling <= SIAMESE_POOLING_WEIGHTED, SIAMESE_E_OPTION,
               "tower option pooling: a bag's is mean, sum or weighted");
    sm_bag *const x = sm_calloc(1, sizeof *x);
    SM_CHECK_MEMORY(x);
    x->base = (sm_encoder){&sm_bag_type, config->embedding_dim};
    x->table = config->table;
    x->length = config->length;
    x->pooling = config->pooling;
    x->mask_zero = config->mask_zero;
    x->stddev = config->embedding_stddev;
    x->pad = sm_aligned_array(x->base.dim, sizeof *x->pad);
    SM_CHECK_MEMORY(x->pad);
    SM_TRY(sm_parameters_add_table(list, "embedding", config->table,
                                   config->embedding_dim, &x->embedding));
    if (x->pooling == SIAMESE_POOLING_WEIGHTED)
        SM_TRY(sm_parameters_add_table(list, "token_weight", config->table, 1,
                                       &x->weight));
    *out = &x->base;
    return SIAMESE_OK;
out:
    if (x) free_encoder(&x->base);
    return status;
}

static sm_status initialise(sm_encoder *encoder, uint64_t seed)
{
    sm_bag *const x = (sm_bag *)encoder;
    sm_initialise_embedding(x->embedding, seed, x->stddev);
    for (size_t i = 0; x->weight && i < x->weight->count; i++)
        x->weight->value[i] = 1;
    return SIAMESE_OK;
}

static void update(sm_encoder *encoder, const sm_kernels *kernels)
{
    sm_bag *const x = (sm_bag *)encoder;
    x->kernels = kernels;
    sm_values_read(x->embedding, SIAMESE_ID_PAD * x->base.dim, x->base.dim,
                   x->pad);
}

/* ---- one text ---- */

/* Copies the ids that count, and their weights; tells how many. */
static size_t take_ids(const sm_bag *x, const int32_t *from, size_t count,
                       int32_t *ids, float *weights)
{
    size_t taken = 0;
    for (size_t i = 0; i < count; i++)
        if (!x->mask_zero || from[i] != SIAMESE_ID_PAD) ids[taken++] = from[i];
    sm_bag_weights(x, ids, taken, weights);
    return taken;
}

static void pool_ids(const sm_bag *x, const int32_t *ids, const float *weights,
                     size_t count, size_t pads, float *out)
{
    size_t const dim = x->base.dim;
    sm_values_sum(x->kernels, x->embedding, count, ids,
                  x->weight ? weights : NULL, out);
    sm_bag_add_pads(x, pads, out);
    x->kernels->scale(dim, sm_bag_share(x, count + pads), out);
}

/* ---- encoding ---- */

static sm_status scratch_create(sm_encoder_scratch **out)
{
    bag_scratch *const x = sm_calloc(1, sizeof *x);
    if (x == NULL) return sm_fail_memory();
    x->base.type = &sm_bag_type;
    *out = &x->base;
    return SIAMESE_OK;
}

static void free_scratch_text(bag_scratch *x)
{
    sm_free(x->ids);
    sm_free(x->weights);
    x->ids = NULL;
    x->weights = NULL;
    x->capacity = 0;
}

static void scratch_free(sm_encoder_scratch *scratch)
{
    free_scratch_text((bag_scratch *)scratch);
    sm_free(scratch);
}

static sm_status scratch_reserve(bag_scratch *x, size_t count)
{
    if (count <= x->capacity && x->ids) return SIAMESE_OK;
    size_t const capacity = 2 * count + 64;
    free_scratch_text(x);
    x->ids = sm_alloc_array(capacity, sizeof *x->ids);
    x->weights = sm_alloc_array(capacity, sizeof *x->weights);
    if (x->ids == NULL || x->weights == NULL) {
        free_scratch_text(x);
        return sm_fail_memory();
    }
    x->capacity = capacity;
    return SIAMESE_OK;
}

static sm_status encode(const sm_encoder *encoder, sm_encoder_scratch *scratch,
                        const int32_t *ids, const size_t *offsets, size_t rows,
                        float *out)
{
    const sm_bag *const x = (const sm_bag *)encoder;
    bag_scratch *const room = (bag_scratch *)scratch;
    for (size_t r = 0; r < rows; r++) {
        size_t pads;
        size_t const count = sm_bag_cut(x, offsets[r + 1] - offsets[r], &pads);
        SM_RETURN_IF_ERROR(scratch_reserve(room, count));
        size_t const taken =
            take_ids(x, ids + offsets[r], count, room->ids, room->weights);
        pool_ids(x, room->ids, room->weights, taken, pads,
                 out + r * x->base.dim);
    }
    return SIAMESE_OK;
}

/* ---- training ---- */

static sm_status pass_create(sm_encoder_pass **out)
{
    SM_RETURN_IF_ERROR(sm_bag_pass_create(out));
    (*out)->type = &sm_bag_type;
    return SIAMESE_OK;
}

const sm_encoder_type sm_bag_type = {
    .any_length = true,
    .takes_runs = true,
    .create = create,
    .destroy = free_encoder,
    .initialise = initialise,
    .update = update,
    .scratch_create = scratch_create,
    .scratch_free = scratch_free,
    .encode = encode,
    .pass_create = pass_create,
    .pass_free = sm_bag_pass_free,
    .forward = sm_bag_pass_forward,
    .backward = sm_bag_pass_backward,
};
