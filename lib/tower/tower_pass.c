#include "tower/tower_pass.h"

#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "text/vocab.h"
#include "tower/tower_handle.h"

/* Rows that one task tokenises. */
enum { TOKENIZE_ROWS = 128 };

struct sm_tower_pass {
    sm_pool *pool;
    size_t *offsets;   /* [rows + 1] */
    sm_id_list *parts; /* the ids of each task's rows */
    int32_t *ids;      /* of all rows */
    size_t rows_capacity, parts_count, ids_capacity;
    sm_encoder_pass *encoder; /* of the first tower it serves, */
    sm_head_pass head;        /* as this */
};

sm_status sm_tower_pass_create(sm_tower_pass **out, sm_pool *pool)
{
    sm_tower_pass *const pass = sm_calloc(1, sizeof *pass);
    if (pass == NULL) return sm_fail_memory();
    pass->pool = pool;
    *out = pass;
    return SIAMESE_OK;
}

static void free_parts(sm_tower_pass *pass)
{
    for (size_t i = 0; i < pass->parts_count; i++)
        sm_id_list_free(&pass->parts[i]);
    sm_free(pass->parts);
    pass->parts = NULL;
    pass->parts_count = 0;
}

void sm_tower_pass_free(sm_tower_pass *pass)
{
    if (pass == NULL) return;
    sm_head_pass_free(&pass->head);
    sm_encoder_pass_free(pass->encoder);
    free_parts(pass);
    sm_free(pass->ids);
    sm_free(pass->offsets);
    sm_free(pass);
}

/* ---- tokenising ---- */

static sm_status reserve_rows(sm_tower_pass *pass, size_t rows)
{
    size_t const parts = sm_chunks(rows, TOKENIZE_ROWS);
    if (rows > pass->rows_capacity || pass->offsets == NULL) {
        pass->rows_capacity = 0;
        sm_free(pass->offsets);
        pass->offsets = sm_alloc_array(rows + 1, sizeof *pass->offsets);
        if (pass->offsets == NULL) return sm_fail_memory();
        pass->rows_capacity = rows;
    }
    if (parts > pass->parts_count) {
        free_parts(pass);
        pass->parts = sm_calloc(parts, sizeof *pass->parts);
        if (pass->parts == NULL) return sm_fail_memory();
        pass->parts_count = parts;
    }
    return SIAMESE_OK;
}

typedef struct tokenize_context {
    const sm_field *field;
    sm_tower_pass *pass;
    const siamese_text *rows;
    size_t count;
} tokenize_context;

/* Row r's ids into its part, and how many they are at offsets[r + 1]. */
static sm_status tokenize_task(void *context, size_t task, size_t worker)
{
    const tokenize_context *const x = context;
    sm_id_list *const list = &x->pass->parts[task];
    size_t const last = sm_min((task + 1) * TOKENIZE_ROWS, x->count);
    (void)worker;
    list->count = 0;
    for (size_t r = task * TOKENIZE_ROWS; r < last; r++) {
        size_t const before = list->count;
        SM_RETURN_IF_ERROR(sm_vocab_tokenize_append(
            x->field->vocab, x->rows[r].data, x->rows[r].size,
            sm_field_limit(x->field), list));
        x->pass->offsets[r + 1] = list->count - before;
    }
    return SIAMESE_OK;
}

/* The parts one behind the other. */
static sm_status close_up(sm_tower_pass *pass, size_t rows)
{
    pass->offsets[0] = 0;
    for (size_t r = 0; r < rows; r++)
        pass->offsets[r + 1] += pass->offsets[r];
    size_t const ids = pass->offsets[rows];
    if (ids > pass->ids_capacity || pass->ids == NULL) {
        size_t const capacity = ids + ids / 4 + 16;
        pass->ids_capacity = 0;
        sm_free(pass->ids);
        pass->ids = sm_alloc_array(capacity, sizeof *pass->ids);
        if (pass->ids == NULL) return sm_fail_memory();
        pass->ids_capacity = capacity;
    }
    for (size_t i = 0; i < sm_chunks(rows, TOKENIZE_ROWS); i++) {
        const sm_id_list *const part = &pass->parts[i];
        if (part->count)
            memcpy(pass->ids + pass->offsets[i * TOKENIZE_ROWS], part->ids,
                   part->count * sizeof *pass->ids);
    }
    return SIAMESE_OK;
}

/* ---- the pass ---- */

sm_status sm_tower_forward(const siamese_tower *tower, sm_tower_pass *pass,
                           const siamese_text *rows, size_t count)
{
    const sm_field *const field = &tower->field;
    tokenize_context context = {field, pass, rows, count};
    SM_REQUIRE(tower->field_count > 0, SIAMESE_E_STATE,
               "tower: has no field yet");
    const sm_encoder_type *const type = field->encoder->type;
    SM_RETURN_IF_ERROR(reserve_rows(pass, count));
    SM_RETURN_IF_ERROR(sm_pool_run(pass->pool, sm_chunks(count, TOKENIZE_ROWS),
                                   tokenize_task, &context));
    SM_RETURN_IF_ERROR(close_up(pass, count));
    if (pass->encoder == NULL)
        SM_RETURN_IF_ERROR(type->pass_create(&pass->encoder));
    SM_RETURN_IF_ERROR(type->forward(field->encoder, pass->pool, pass->encoder,
                                     pass->ids, pass->offsets, count));
    return sm_head_forward(&tower->head, pass->pool, &pass->head,
                           pass->encoder->vectors, pass->encoder->distinct);
}

size_t sm_tower_pass_distinct(const sm_tower_pass *pass)
{
    return pass->encoder->distinct;
}

const float *sm_tower_pass_vectors(const sm_tower_pass *pass)
{
    return pass->head.vectors;
}

const uint32_t *sm_tower_pass_row_map(const sm_tower_pass *pass)
{
    return pass->encoder->row_map;
}

sm_status sm_tower_backward(siamese_tower *tower, sm_tower_pass *pass,
                            const float *gradients)
{
    sm_encoder *const encoder = tower->field.encoder;
    SM_RETURN_IF_ERROR(
        sm_head_backward(&tower->head, pass->pool, &pass->head, gradients));
    return encoder->type->backward(encoder, pass->pool, pass->encoder,
                                   pass->head.input_gradients);
}
