/* tower_pass.c: a batch of rows in, vectors out; their gradients in, those of
 * all parameters out. For train_step. */
#include "tower/tower_pass.h"

#include <stdbool.h>

#include "common/assert.h"
#include "common/memory.h"
#include "tower/tower_combine.h"
#include "tower/tower_handle.h"
#include "tower/tower_ids.h"

struct sm_tower_pass {
    sm_pool *pool;
    /* of the first tower it serves, [field_count]; those of a field that uses
     * another's encoder are that one's */
    sm_tower_ids *ids;
    sm_encoder_pass **encoders;
    size_t field_count;
    sm_combine_pass combine;
    sm_head_pass head;
    bool combines; /* several fields: their vectors are combined */
    bool word_sums;
    uint64_t seed;
};

sm_status sm_tower_pass_create(sm_tower_pass **out, sm_pool *pool,
                               bool word_sums)
{
    sm_tower_pass *const pass = sm_calloc(1, sizeof *pass);
    if (pass == NULL) return sm_fail_memory();
    pass->pool = pool;
    pass->word_sums = word_sums;
    *out = pass;
    return SIAMESE_OK;
}

void sm_tower_pass_set_seed(sm_tower_pass *pass, uint64_t seed)
{
    pass->seed = seed;
}

static bool shared_before(const sm_tower_pass *pass, size_t f)
{
    for (size_t i = 0; i < f; i++)
        if (pass->encoders[i] == pass->encoders[f]) return true;
    return false;
}

void sm_tower_pass_free(sm_tower_pass *pass)
{
    if (pass == NULL) return;
    sm_head_pass_free(&pass->head);
    sm_combine_pass_free(&pass->combine);
    for (size_t f = 0; f < pass->field_count; f++) {
        if (pass->ids) sm_tower_ids_free(&pass->ids[f]);
        if (pass->encoders && !shared_before(pass, f))
            sm_encoder_pass_free(pass->encoders[f]);
    }
    sm_free(pass->ids);
    sm_free(pass->encoders);
    sm_free(pass);
}

/* ---- forward ---- */

static sm_status reserve_fields(const siamese_tower *tower, sm_tower_pass *pass)
{
    if (pass->ids == NULL)
        pass->ids = sm_calloc(tower->field_count, sizeof *pass->ids);
    if (pass->encoders == NULL)
        pass->encoders = sm_calloc(tower->field_count, sizeof *pass->encoders);
    if (pass->ids == NULL || pass->encoders == NULL) return sm_fail_memory();
    pass->field_count = tower->field_count;
    for (size_t f = 0; f < tower->field_count; f++) {
        const sm_field *const field = &tower->fields[f];
        if (pass->encoders[f]) continue;
        if (field->owner != f)
            pass->encoders[f] = pass->encoders[field->owner];
        else
            SM_RETURN_IF_ERROR(
                field->encoder->type->pass_create(&pass->encoders[f]));
    }
    return SIAMESE_OK;
}

static sm_status encode_fields(const siamese_tower *tower, sm_tower_pass *pass,
                               const siamese_text *rows, size_t count)
{
    for (size_t f = 0; f < tower->field_count; f++) {
        const sm_field *const field = &tower->fields[f];
        sm_tower_ids *const ids = &pass->ids[f];
        if (field->owner != f) continue;
        ids->marks_runs = pass->word_sums && field->encoder->type->takes_runs;
        ids->knows_texts = true;
        SM_RETURN_IF_ERROR(sm_tower_ids_read(ids, pass->pool, tower->fields,
                                             tower->field_count, f, rows,
                                             count));
        pass->encoders[f]->seed = pass->seed + f;
        SM_RETURN_IF_ERROR(field->encoder->type->forward(
            field->encoder, pass->pool, pass->encoders[f], ids->ids,
            ids->offsets, ids->rows));
    }
    return SIAMESE_OK;
}

sm_status sm_tower_forward(const siamese_tower *tower, sm_tower_pass *pass,
                           const siamese_text *rows, size_t count)
{
    sm_assert(count > 0);
    SM_REQUIRE(tower->field_count > 0, SIAMESE_E_STATE,
               "tower: has no field yet");
    pass->combines = sm_tower_combines(tower);
    SM_RETURN_IF_ERROR(reserve_fields(tower, pass));
    SM_RETURN_IF_ERROR(encode_fields(tower, pass, rows, count));
    if (pass->combines) {
        sm_combine const combine = sm_tower_combine(tower);
        SM_RETURN_IF_ERROR(sm_combine_forward(&combine, &pass->combine,
                                              pass->encoders, rows, count));
    }
    return sm_head_forward(&tower->head, pass->pool, &pass->head,
                           pass->combines ? pass->combine.vectors
                                          : pass->encoders[0]->vectors,
                           sm_tower_pass_distinct(pass));
}

size_t sm_tower_pass_distinct(const sm_tower_pass *pass)
{
    return pass->combines ? pass->combine.distinct.count
                          : pass->encoders[0]->distinct;
}

const float *sm_tower_pass_vectors(const sm_tower_pass *pass)
{
    return pass->head.vectors;
}

const uint32_t *sm_tower_pass_row_map(const sm_tower_pass *pass)
{
    return pass->combines ? pass->combine.distinct.number
                          : pass->encoders[0]->row_map;
}

/* ---- backward ---- */

sm_status sm_tower_backward(siamese_tower *tower, sm_tower_pass *pass,
                            const float *gradients)
{
    SM_RETURN_IF_ERROR(
        sm_head_backward(&tower->head, pass->pool, &pass->head, gradients));
    const float *const combined = pass->head.input_gradients;
    if (pass->combines) {
        sm_combine const combine = sm_tower_combine(tower);
        SM_RETURN_IF_ERROR(sm_combine_backward(&combine, &pass->combine,
                                               pass->encoders, combined));
    }
    for (size_t f = 0; f < tower->field_count; f++) {
        sm_encoder *const encoder = tower->fields[f].encoder;
        if (tower->fields[f].owner != f) continue;
        SM_RETURN_IF_ERROR(encoder->type->backward(
            encoder, pass->pool, pass->encoders[f],
            pass->combines ? pass->combine.gradients[f] : combined));
    }
    return SIAMESE_OK;
}
