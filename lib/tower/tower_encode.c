#include "tower/tower_encode.h"

#include <inttypes.h>

#include "common/size.h"
#include "text/vocab.h"
#include "tower/tower_handle.h"

/* What the tasks of one call share; rows or ids, the other is NULL. */
typedef struct encode_context {
    const siamese_tower *tower;
    const siamese_text *rows;
    const int64_t *ids;
    const size_t *offsets;
    size_t count;
    float *out;
} encode_context;

static sm_status append_ids(const encode_context *x, size_t row,
                            sm_id_list *list)
{
    const int64_t *const from = x->ids + x->offsets[row];
    size_t const length = sm_field_limit(&x->tower->field);
    size_t count = sm_min(x->offsets[row + 1] - x->offsets[row], length);
    /* pads at the end are what the encoder adds itself */
    while (count > 0 && from[count - 1] == SIAMESE_ID_PAD) count--;
    SM_RETURN_IF_ERROR(sm_id_list_reserve(list, count));
    for (size_t i = 0; i < count; i++)
        list->ids[list->count++] = (int32_t)from[i];
    return SIAMESE_OK;
}

/* The ids of rows first .. first + rows - 1 into the scratch. */
static sm_status read_rows(const encode_context *x, size_t first, size_t rows,
                           sm_tower_scratch *scratch)
{
    const sm_field *const field = &x->tower->field;
    sm_id_list *const list = &scratch->ids;
    list->count = 0;
    for (size_t r = 0; r < rows; r++) {
        scratch->offsets[r] = list->count;
        if (x->ids)
            SM_RETURN_IF_ERROR(append_ids(x, first + r, list));
        else
            SM_RETURN_IF_ERROR(sm_vocab_tokenize_append(
                field->vocab, x->rows[first + r].data,
                x->rows[first + r].size, sm_field_limit(field), list));
    }
    scratch->offsets[rows] = list->count;
    /* so that the encoder is given an address even where no row has ids */
    return sm_id_list_reserve(list, 1);
}

/* Ids to the vectors of the field, and those through the head. */
static sm_status encode_rows(const siamese_tower *tower,
                             sm_tower_scratch *scratch, size_t rows, float *out)
{
    const sm_encoder *const encoder = tower->field.encoder;
    float *vectors;
    SM_RETURN_IF_ERROR(
        sm_head_begin(&tower->head, &scratch->head, rows, out, &vectors));
    SM_RETURN_IF_ERROR(encoder->type->encode(encoder, scratch->encoder,
                                             scratch->ids.ids,
                                             scratch->offsets, rows, vectors));
    sm_head_encode(&tower->head, &scratch->head, rows, out);
    return SIAMESE_OK;
}

static sm_status encode_task(void *context, size_t task, size_t worker)
{
    const encode_context *const x = context;
    size_t const first = task * SM_ENCODE_ROWS;
    size_t const rows = sm_min(SM_ENCODE_ROWS, x->count - first);
    size_t const dim = siamese_tower_dim(x->tower);
    sm_tower_scratch *scratch;
    (void)worker;
    SM_RETURN_IF_ERROR(sm_tower_scratch_borrow(
        x->tower->scratch, x->tower->field.encoder, &scratch));
    sm_status status = read_rows(x, first, rows, scratch);
    if (status == SIAMESE_OK)
        status = encode_rows(x->tower, scratch, rows, x->out + first * dim);
    sm_tower_scratch_return(x->tower->scratch, scratch);
    return status;
}

sm_status sm_tower_encode_rows(const siamese_tower *tower, sm_pool *pool,
                               const siamese_text *rows, size_t count,
                               float *out)
{
    encode_context context = {
        .tower = tower, .rows = rows, .count = count, .out = out};
    return sm_pool_run(pool, sm_chunks(count, SM_ENCODE_ROWS), encode_task,
                       &context);
}

static sm_status check_out(const siamese_tower *tower, size_t count,
                           const float *out, size_t out_capacity)
{
    size_t needed;
    SM_REQUIRE(tower->field_count > 0, SIAMESE_E_STATE,
               "tower: has no field yet");
    SM_REQUIRE(sm_size_multiply(count, siamese_tower_dim(tower), &needed),
               SIAMESE_E_ARGUMENT, "count: %zu is too large", count);
    SM_REQUIRE(count == 0 || (out_capacity >= needed && out != NULL),
               SIAMESE_E_RANGE,
               "out: %zu numbers have room, %zu are needed", out_capacity,
               needed);
    return SIAMESE_OK;
}

siamese_status siamese_tower_encode(const siamese_tower *tower,
                                    const siamese_text *rows, size_t count,
                                    size_t fields, float *out,
                                    size_t out_capacity)
{
    SM_REQUIRE(tower != NULL, SIAMESE_E_ARGUMENT, "tower: is NULL");
    SM_RETURN_IF_ERROR(check_out(tower, count, out, out_capacity));
    SM_REQUIRE(fields == tower->field_count, SIAMESE_E_ARGUMENT,
               "fields: is %zu, but the tower has %zu", fields,
               tower->field_count);
    SM_REQUIRE(rows != NULL || count == 0, SIAMESE_E_ARGUMENT,
               "rows: is NULL");
    for (size_t r = 0; r < count; r++)
        SM_REQUIRE(rows[r].data != NULL || rows[r].size == 0,
                   SIAMESE_E_ARGUMENT, "rows: the data of row %zu is NULL", r);
    return sm_tower_encode_rows(tower, tower->pool, rows, count, out);
}

siamese_status siamese_tower_encode_ids(const siamese_tower *tower,
                                        const int64_t *ids,
                                        const size_t *offsets, size_t count,
                                        float *out, size_t out_capacity)
{
    static const int64_t none;
    SM_REQUIRE(tower != NULL, SIAMESE_E_ARGUMENT, "tower: is NULL");
    SM_RETURN_IF_ERROR(check_out(tower, count, out, out_capacity));
    SM_REQUIRE(offsets != NULL, SIAMESE_E_ARGUMENT, "offsets: is NULL");
    int64_t const table = (int64_t)tower->field.table;
    for (size_t r = 0; r < count; r++) {
        SM_REQUIRE(offsets[r] <= offsets[r + 1], SIAMESE_E_ARGUMENT,
                   "offsets: row %zu ends before it begins", r);
        SM_REQUIRE(ids != NULL || offsets[r] == offsets[r + 1],
                   SIAMESE_E_ARGUMENT, "ids: is NULL");
        for (size_t i = offsets[r]; i < offsets[r + 1]; i++)
            SM_REQUIRE(ids[i] >= 0 && ids[i] < table, SIAMESE_E_ARGUMENT,
                       "ids: %" PRId64 " in row %zu is not in 0 .. %" PRId64,
                       ids[i], r, table - 1);
    }
    encode_context context = {.tower = tower,
                              .ids = ids ? ids : &none,
                              .offsets = offsets,
                              .count = count,
                              .out = out};
    return sm_pool_run(tower->pool, sm_chunks(count, SM_ENCODE_ROWS),
                       encode_task, &context);
}
