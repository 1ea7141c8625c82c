/* tower_encode.c: rows of texts or ids in, vectors out, without training. For
 * hosts, metrics and mining. */
#include "tower/tower_encode.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "common/room.h"
#include "common/size.h"
#include "tower/tower_handle.h"

/* Rows of the smallest task, by which those of all are a multiple. */
enum { LEAST_ROWS = 32 };

/* What the tasks of one call share; rows, ids or read, the others are NULL. */
typedef struct encode_context {
    const siamese_tower *tower;
    const siamese_text *rows; /* [count][fields] */
    size_t fields;            /* the tower's others are absent */
    const int64_t *ids;
    const int32_t *read; /* as the encoder takes them */
    const size_t *offsets;
    size_t count;
    size_t task_rows;
    float *out;
    bool finite; /* a vector that is not is SIAMESE_E_NOT_FINITE */
} encode_context;

static sm_status append_ids(const encode_context *x, size_t row,
                            sm_id_list *list)
{
    const int64_t *const from = x->ids + x->offsets[row];
    size_t const length = x->tower->fields[0].length;
    size_t count = x->offsets[row + 1] - x->offsets[row];
    if (length) {
        count = sm_min(count, length);
        /* pads at the end are what the encoder adds itself */
        while (count > 0 && from[count - 1] == SIAMESE_ID_PAD) count--;
    }
    SM_RETURN_IF_ERROR(sm_id_list_reserve(list, count));
    for (size_t i = 0; i < count; i++)
        list->ids[list->count++] = (int32_t)from[i];
    return SIAMESE_OK;
}

/* The ids of field f of rows first .. first + rows - 1 into the scratch. */
static sm_status read_rows(const encode_context *x, size_t f, size_t first,
                           size_t rows, sm_tower_scratch *scratch)
{
    sm_id_list *const list = &scratch->ids;
    list->count = 0;
    for (size_t r = 0; r < rows; r++) {
        scratch->offsets[r] = list->count;
        sm_status const status =
            x->ids ? append_ids(x, first + r, list)
                   : sm_field_read(&x->tower->fields[f],
                                   &x->rows[(first + r) * x->fields + f], list);
        SM_REQUIRE(status != SIAMESE_E_ARGUMENT, status, "rows: row %zu: %s",
                   first + r, siamese_last_error());
        SM_RETURN_IF_ERROR(status);
    }
    scratch->offsets[rows] = list->count;
    /* so that the encoder is given an address even where no row has ids */
    return sm_id_list_reserve(list, 1);
}

/* Vectors of one field. */
static sm_status encode_field(const encode_context *x, size_t f, size_t first,
                              size_t rows, sm_tower_scratch *scratch,
                              float *vectors)
{
    const sm_encoder *const encoder = x->tower->fields[f].encoder;
    sm_encoder_scratch *room;
    SM_RETURN_IF_ERROR(sm_tower_scratch_encoder(
        scratch, x->tower->fields[f].owner, encoder, &room));
    if (x->read)
        return encoder->type->encode(encoder, room, x->read, x->offsets + first,
                                     rows, vectors);
    SM_RETURN_IF_ERROR(read_rows(x, f, first, rows, scratch));
    return encoder->type->encode(encoder, room, scratch->ids.ids,
                                 scratch->offsets, rows, vectors);
}

/* Those of all fields that are there, combined. */
static sm_status encode_fields(const encode_context *x, size_t first,
                               size_t rows, sm_tower_scratch *scratch,
                               float *vectors)
{
    const siamese_tower *const tower = x->tower;
    sm_combine const combine = sm_tower_combine(tower);
    memset(vectors, 0, rows * combine.dim * sizeof *vectors);
    for (size_t f = 0; f < sm_min(x->fields, tower->field_count); f++) {
        size_t const dim = tower->fields[f].encoder->dim;
        SM_RETURN_IF_ERROR(sm_tower_scratch_vectors(scratch, dim));
        SM_RETURN_IF_ERROR(
            encode_field(x, f, first, rows, scratch, scratch->vectors));
        for (size_t r = 0; r < rows; r++)
            if (x->ids ||
                !sm_field_absent(&tower->fields[f],
                                 &x->rows[(first + r) * x->fields + f]))
                sm_combine_add(&combine, f, scratch->vectors + r * dim,
                               vectors + r * combine.dim);
    }
    return SIAMESE_OK;
}

/* Texts to what the head reads, and that through the head. */
static sm_status encode_block(const encode_context *x, size_t first,
                              size_t rows, sm_tower_scratch *scratch)
{
    const siamese_tower *const tower = x->tower;
    float *const out = x->out + first * siamese_tower_dim(tower);
    float *vectors;
    SM_RETURN_IF_ERROR(
        sm_head_begin(&tower->head, &scratch->head, rows, out, &vectors));
    SM_RETURN_IF_ERROR(sm_tower_combines(tower)
                           ? encode_fields(x, first, rows, scratch, vectors)
                           : encode_field(x, 0, first, rows, scratch, vectors));
    size_t const sound =
        sm_head_encode(&tower->head, &scratch->head, rows, out);
    SM_REQUIRE(sound == rows || !x->finite, SIAMESE_E_NOT_FINITE,
               "row %zu: its vector has a number that is not finite: weights "
               "or numbers are too large",
               first + sound);
    return SIAMESE_OK;
}

static sm_status encode_task(void *context, size_t task, size_t worker)
{
    const encode_context *const x = context;
    size_t const first = task * x->task_rows;
    size_t const rows = sm_min(x->task_rows, x->count - first);
    sm_tower_scratch *scratch;
    (void)worker;
    SM_RETURN_IF_ERROR(sm_tower_scratch_borrow(x->tower->scratch, &scratch));
    sm_status const status = encode_block(x, first, rows, scratch);
    sm_tower_scratch_return(x->tower->scratch, scratch);
    return status;
}

/* A vector does not depend on the task, so the rows are cut for speed: into as
 * many tasks for each thread, none too small to share the work on its
 * tokens. */
static sm_status run(encode_context *x, sm_pool *pool)
{
    size_t const threads = sm_pool_threads(pool);
    size_t const rounds = sm_chunks(x->count, threads * SM_ENCODE_ROWS);
    size_t const even = sm_chunks(x->count, sm_max(rounds * threads, 1));
    x->task_rows = sm_chunks(sm_max(even, 1), LEAST_ROWS) * LEAST_ROWS;
    return sm_pool_run(pool, sm_chunks(x->count, x->task_rows), encode_task, x);
}

sm_status sm_tower_encode_rows(const siamese_tower *tower, sm_pool *pool,
                               const siamese_text *rows, size_t count,
                               float *out)
{
    encode_context context = {.tower = tower,
                              .rows = rows,
                              .fields = tower->field_count,
                              .count = count,
                              .out = out};
    return run(&context, pool);
}

bool sm_tower_reads_ids(const siamese_tower *tower)
{
    return tower->field_count == 1 && !sm_tower_combines(tower);
}

sm_status sm_tower_read_ids(const siamese_tower *tower, sm_pool *pool,
                            const siamese_text *rows, size_t count,
                            sm_tower_ids *ids)
{
    return sm_tower_ids_read(ids, pool, tower->fields, 1, 0, rows, count);
}

sm_status sm_tower_encode_read(const siamese_tower *tower, sm_pool *pool,
                               const int32_t *ids, const size_t *offsets,
                               size_t count, float *out)
{
    encode_context context = {.tower = tower,
                              .fields = 1,
                              .read = ids,
                              .offsets = offsets,
                              .count = count,
                              .out = out};
    return run(&context, pool);
}

static sm_status check_out(const siamese_tower *tower, size_t count,
                           const float *out, size_t out_capacity)
{
    size_t needed;
    SM_REQUIRE(tower->field_count > 0, SIAMESE_E_STATE,
               "tower: has no field yet");
    SM_REQUIRE(sm_size_multiply(count, siamese_tower_dim(tower), &needed),
               SIAMESE_E_ARGUMENT, "count: %zu is too large", count);
    return sm_room("out", out, out_capacity, needed, NULL);
}

siamese_status siamese_tower_encode(const siamese_tower *tower,
                                    const siamese_text *rows, size_t count,
                                    size_t fields, float *out,
                                    size_t out_capacity)
{
    SM_REQUIRE(tower != NULL, SIAMESE_E_ARGUMENT, "tower: is NULL");
    SM_RETURN_IF_ERROR(check_out(tower, count, out, out_capacity));
    SM_REQUIRE(fields >= 1 && fields <= tower->field_count, SIAMESE_E_ARGUMENT,
               "fields: is %zu, but the tower has %zu", fields,
               tower->field_count);
    SM_REQUIRE(rows != NULL || count == 0, SIAMESE_E_ARGUMENT, "rows: is NULL");
    for (size_t i = 0; i < count * fields; i++)
        SM_REQUIRE(rows[i].data != NULL || rows[i].size == 0,
                   SIAMESE_E_ARGUMENT, "rows: the data of row %zu is NULL",
                   i / fields);
    encode_context context = {.tower = tower,
                              .rows = rows,
                              .fields = fields,
                              .count = count,
                              .out = out,
                              .finite = 1};
    return run(&context, tower->pool);
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
    SM_REQUIRE(tower->field_count == 1 &&
                   tower->fields[0].options.kind != SIAMESE_FIELD_NUMBERS,
               SIAMESE_E_STATE,
               "tower: only one of one field of texts or ids reads ids");
    int64_t const table = (int64_t)tower->fields[0].table;
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
                              .fields = 1,
                              .ids = ids ? ids : &none,
                              .offsets = offsets,
                              .count = count,
                              .out = out,
                              .finite = 1};
    return run(&context, tower->pool);
}
