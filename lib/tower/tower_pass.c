#include "tower/tower_pass.h"

#include "common/memory.h"
#include "common/size.h"
#include "text/vocab.h"
#include "tower/tower_handle.h"

/* Rows that one task tokenises. */
enum { TOKENIZE_ROWS = 128 };

struct sm_tower_pass {
    sm_pool *pool;
    int32_t *ids;
    size_t *offsets;
    size_t *lengths;
    size_t rows_capacity, ids_capacity;
    sm_encoder_pass *encoder; /* of the first tower it serves */
};

sm_status sm_tower_pass_create(sm_tower_pass **out, sm_pool *pool)
{
    sm_tower_pass *const pass = sm_calloc(1, sizeof *pass);
    if (pass == NULL) return sm_fail_memory();
    pass->pool = pool;
    *out = pass;
    return SIAMESE_OK;
}

void sm_tower_pass_free(sm_tower_pass *pass)
{
    if (pass == NULL) return;
    sm_encoder_pass_free(pass->encoder);
    sm_free(pass->ids);
    sm_free(pass->offsets);
    sm_free(pass->lengths);
    sm_free(pass);
}

static sm_status reserve(sm_tower_pass *pass, size_t rows, size_t length)
{
    size_t ids;
    if (!sm_size_multiply(rows, length, &ids)) return sm_fail_memory();
    if (rows > pass->rows_capacity) {
        pass->rows_capacity = 0;
        sm_free(pass->offsets);
        sm_free(pass->lengths);
        pass->lengths = NULL;
        pass->offsets = sm_alloc_array(rows + 1, sizeof *pass->offsets);
        if (pass->offsets == NULL) return sm_fail_memory();
        pass->lengths = sm_alloc_array(rows, sizeof *pass->lengths);
        if (pass->lengths == NULL) return sm_fail_memory();
        pass->rows_capacity = rows;
    }
    if (ids > pass->ids_capacity) {
        pass->ids_capacity = 0;
        sm_free(pass->ids);
        pass->ids = sm_alloc_array(ids, sizeof *pass->ids);
        if (pass->ids == NULL) return sm_fail_memory();
        pass->ids_capacity = ids;
    }
    return SIAMESE_OK;
}

typedef struct tokenize_context {
    const sm_field *field;
    sm_tower_pass *pass;
    const siamese_text *rows;
    size_t count;
} tokenize_context;

/* Row r's ids at r * length; closed up afterwards. */
static sm_status tokenize_task(void *context, size_t task, size_t worker)
{
    const tokenize_context *const x = context;
    size_t const length = x->field->length;
    size_t const last = sm_min((task + 1) * TOKENIZE_ROWS, x->count);
    (void)worker;
    for (size_t r = task * TOKENIZE_ROWS; r < last; r++)
        SM_RETURN_IF_ERROR(sm_vocab_tokenize_one(
            x->field->vocab, x->rows[r].data, x->rows[r].size, length,
            x->pass->ids + r * length, &x->pass->lengths[r]));
    return SIAMESE_OK;
}

static void close_up(sm_tower_pass *pass, size_t rows, size_t length)
{
    size_t used = 0;
    for (size_t r = 0; r < rows; r++) {
        const int32_t *const from = pass->ids + r * length;
        pass->offsets[r] = used;
        for (size_t i = 0; i < pass->lengths[r]; i++)
            pass->ids[used++] = from[i];
    }
    pass->offsets[rows] = used;
}

sm_status sm_tower_forward(const siamese_tower *tower, sm_tower_pass *pass,
                           const siamese_text *rows, size_t count)
{
    const sm_field *const field = &tower->field;
    tokenize_context context = {field, pass, rows, count};
    SM_REQUIRE(tower->field_count > 0, SIAMESE_E_STATE,
               "tower: has no field yet");
    SM_RETURN_IF_ERROR(reserve(pass, count, field->length));
    SM_RETURN_IF_ERROR(sm_pool_run(pass->pool, sm_chunks(count, TOKENIZE_ROWS),
                                   tokenize_task, &context));
    close_up(pass, count, field->length);
    if (pass->encoder == NULL)
        SM_RETURN_IF_ERROR(field->encoder->type->pass_create(&pass->encoder));
    return field->encoder->type->forward(field->encoder, pass->pool,
                                         pass->encoder, pass->ids,
                                         pass->offsets, count);
}

size_t sm_tower_pass_distinct(const sm_tower_pass *pass)
{
    return pass->encoder->distinct;
}

const float *sm_tower_pass_vectors(const sm_tower_pass *pass)
{
    return pass->encoder->vectors;
}

const uint32_t *sm_tower_pass_row_map(const sm_tower_pass *pass)
{
    return pass->encoder->row_map;
}

sm_status sm_tower_backward(siamese_tower *tower, sm_tower_pass *pass,
                            const float *gradients)
{
    sm_encoder *const encoder = tower->field.encoder;
    return encoder->type->backward(encoder, pass->pool, pass->encoder,
                                   gradients);
}
