/* tower_ids.c: texts of a batch in, ragged rows of ids out, read in parallel.
 * For tower_pass and for candidates that are read once. */
#include "tower/tower_ids.h"

#include <string.h>

#include "common/memory.h"
#include "common/renew.h"
#include "common/size.h"
#include "common/team.h"
#include "text/vocab_lookup.h"

/* Rows that one task reads; texts of fewer bytes are read by every rank: to
 * gather their ids would take longer. */
enum { TASK_ROWS = 128, SHARED_BYTES = 1 << 16 };

static void free_parts(sm_tower_ids *ids)
{
    for (size_t i = 0; i < ids->parts_count; i++)
        sm_id_list_free(&ids->parts[i]);
    sm_free(ids->parts);
    ids->parts = NULL;
    ids->parts_count = 0;
}

void sm_tower_ids_free(sm_tower_ids *ids)
{
    free_parts(ids);
    for (size_t i = 0; i < ids->known_count; i++)
        sm_known_texts_free(&ids->known[i]);
    sm_free(ids->known);
    sm_free(ids->is_new);
    sm_free(ids->keys);
    sm_free(ids->ids);
    sm_free(ids->offsets);
    *ids = (sm_tower_ids){.rows = 0};
}

static sm_status reserve_rows(sm_tower_ids *ids, size_t rows, size_t fields)
{
    size_t const parts = sm_chunks(rows, TASK_ROWS);
    if (ids->known == NULL && ids->knows_texts) {
        ids->known = sm_calloc(fields, sizeof *ids->known);
        if (ids->known == NULL) return sm_fail_memory();
        ids->known_count = fields;
    }
    if (rows > ids->rows_capacity || ids->offsets == NULL) {
        ids->rows_capacity = 0;
        SM_RENEW(ids->offsets, rows + 1);
        SM_RENEW(ids->is_new, rows);
        SM_RENEW(ids->keys, rows);
        ids->rows_capacity = rows;
    }
    if (parts > ids->parts_count) {
        free_parts(ids);
        ids->parts = sm_calloc(parts, sizeof *ids->parts);
        if (ids->parts == NULL) return sm_fail_memory();
        ids->parts_count = parts;
    }
    return SIAMESE_OK;
}

typedef struct read_context {
    sm_tower_ids *ids;
    const sm_field *fields;
    size_t field_count, owner;
    const siamese_text *texts;
    size_t count;
} read_context;

/* The field that row r of the encoder's is of: the (r / count)-th of its
 * own. */
static size_t field_of(const read_context *x, size_t row)
{
    size_t place = row / x->count, f = 0;
    for (;; f++)
        if (x->fields[f].owner == x->owner && place-- == 0) return f;
}

static const siamese_text *text_of(const read_context *x, size_t row)
{
    return &x->texts[row % x->count * x->field_count + field_of(x, row)];
}

/* The texts of the field that were read before; NULL: no text of its own is
 * worth finding. */
static sm_known_texts *known_of(const read_context *x, size_t row)
{
    const sm_field *const field = &x->fields[field_of(x, row)];
    bool const is_worth = x->ids->knows_texts &&
                          field->options.kind == SIAMESE_FIELD_TEXT &&
                          !sm_vocab_is_plain(field->vocab);
    return is_worth ? &x->ids->known[row / x->count] : NULL;
}

static sm_status read_row(const read_context *x, size_t row, sm_id_list *list)
{
    const sm_field *const field = &x->fields[field_of(x, row)];
    const siamese_text *const text = text_of(x, row);
    const sm_known_texts *const known = known_of(x, row);
    bool found = false;
    if (known)
        SM_RETURN_IF_ERROR(sm_known_texts_read(known, text, list, &found));
    if (found) return SIAMESE_OK;
    x->ids->is_new[row] = known;
    if (known) x->ids->keys[row] = sm_known_texts_key(text);
    return sm_field_read(field, text, list);
}

/* Row r's ids into its part, and how many they are at offsets[r + 1]. */
static sm_status read_task(void *context, size_t task, size_t worker)
{
    const read_context *const x = context;
    sm_id_list *const list = &x->ids->parts[task];
    size_t const last = sm_min((task + 1) * TASK_ROWS, x->ids->rows);
    (void)worker;
    list->count = 0;
    list->marks_runs = x->ids->marks_runs;
    for (size_t r = task * TASK_ROWS; r < last; r++) {
        size_t const before = list->count;
        SM_RETURN_IF_ERROR(read_row(x, r, list));
        x->ids->offsets[r + 1] = list->count - before;
    }
    return SIAMESE_OK;
}

/* Rows before a block of the reading. */
static size_t first_row(const void *context, size_t block)
{
    const read_context *const x = context;
    return sm_min(block * TASK_ROWS, x->ids->rows);
}

/* Ids before a block, once they are counted. */
static size_t first_id(const void *context, size_t block)
{
    const read_context *const x = context;
    return x->ids->offsets[first_row(x, block)];
}

/* Bytes of a block's texts. */
static size_t block_work(const void *context, size_t block)
{
    const read_context *const x = context;
    size_t bytes = 0;
    for (size_t r = first_row(x, block); r < first_row(x, block + 1); r++)
        bytes += text_of(x, r)->size;
    return bytes;
}

static sm_status know(const read_context *x)
{
    const sm_tower_ids *const ids = x->ids;
    for (size_t r = 0; ids->knows_texts && r < ids->rows; r++)
        if (ids->is_new[r])
            SM_RETURN_IF_ERROR(
                sm_known_texts_add(known_of(x, r), text_of(x, r), ids->keys[r],
                                   ids->ids + ids->offsets[r],
                                   ids->offsets[r + 1] - ids->offsets[r]));
    return SIAMESE_OK;
}

/* The parts that were read here, one behind the other. */
static sm_status close_up(const read_context *x)
{
    sm_tower_ids *const ids = x->ids;
    ids->offsets[0] = 0;
    for (size_t r = 0; r < ids->rows; r++)
        ids->offsets[r + 1] += ids->offsets[r];
    size_t const count = ids->offsets[ids->rows];
    if (count > ids->ids_capacity || ids->ids == NULL) {
        size_t const capacity = sm_roomy(count);
        ids->ids_capacity = 0;
        SM_RENEW(ids->ids, capacity);
        ids->ids_capacity = capacity;
    }
    for (size_t i = 0; i < sm_chunks(ids->rows, TASK_ROWS); i++) {
        const sm_id_list *const part = &ids->parts[i];
        if (part->count)
            memcpy(ids->ids + ids->offsets[i * TASK_ROWS], part->ids,
                   part->count * sizeof *ids->ids);
    }
    return know(x);
}

sm_status sm_tower_ids_read(sm_tower_ids *ids, sm_pool *pool,
                            const sm_field *fields, size_t field_count,
                            size_t owner, const siamese_text *texts,
                            size_t count)
{
    read_context context = {ids, fields, field_count, owner, texts, count};
    size_t sharing = 0, rows;
    for (size_t f = 0; f < field_count; f++)
        sharing += fields[f].owner == owner;
    if (!sm_size_multiply(count, sharing, &rows)) return sm_fail_memory();
    SM_RETURN_IF_ERROR(reserve_rows(ids, rows, sharing));
    ids->rows = rows;
    memset(ids->is_new, 0, rows * sizeof *ids->is_new);
    sm_output const counts = {ids->offsets + 1, sizeof *ids->offsets,
                              first_row};
    sm_team_loop loop = {.blocks = sm_chunks(rows, TASK_ROWS),
                         .tasks = 1,
                         .task = read_task,
                         .context = &context,
                         .work = block_work};
    size_t bytes = 0;
    if (sm_team_size(pool) > 1)
        for (size_t b = 0; b < loop.blocks; b++)
            bytes += block_work(&context, b);
    if (bytes < SHARED_BYTES) {
        SM_RETURN_IF_ERROR(sm_pool_run(pool, loop.blocks, read_task, &context));
        return close_up(&context);
    }
    /* parts that another rank reads are empty here, and come in their place */
    for (size_t i = 0; i < ids->parts_count; i++) ids->parts[i].count = 0;
    loop.outputs = &counts;
    loop.output_count = 1;
    SM_RETURN_IF_ERROR(sm_team_run(pool, &loop));
    SM_RETURN_IF_ERROR(close_up(&context));
    return sm_team_gather(pool, &loop,
                          &(sm_output){ids->ids, sizeof *ids->ids, first_id});
}
