/* items_read.c: ids in, rows out; rows in, their values out. For hosts, and for
 * the other files of the items. */
#include <string.h>

#include "common/hash.h"
#include "common/memory.h"
#include "common/room.h"
#include "items/items.h"
#include "items/items_handle.h"

/* ---- ids ---- */

uint64_t sm_items_hash(const siamese_items *items, const sm_item_id *id)
{
    if (items->options.ids == SIAMESE_IDS_INTEGER)
        return sm_secret_number((uint64_t)id->integer);
    return sm_secret_bytes(id->text.data, id->text.size);
}

sm_item_id sm_items_id_of(const siamese_items *items, int64_t row)
{
    const sm_item_chunk *chunk = NULL;
    size_t const at = sm_item_table_find(
        items->table, items->table->chunk_count, row, &chunk);
    /* NOLINTNEXTLINE(clang-analyzer-core.*): each row has a chunk */
    return sm_item_id_at(chunk->ids, chunk->text_ids, at);
}

typedef struct wanted {
    const siamese_items *items;
    const sm_item_id *id;
} wanted;

static bool row_matches(const void *context, int64_t row)
{
    const wanted *const w = context;
    sm_item_id const id = sm_items_id_of(w->items, row);
    return sm_item_id_equal(&id, w->id);
}

sm_item_slot *sm_items_find_id(const siamese_items *items, const sm_item_id *id,
                               uint64_t hash)
{
    wanted const w = {items, id};
    return sm_item_ids_find(&items->by_id, hash, row_matches, &w);
}

sm_status sm_items_check_ids(const siamese_items *items, const int64_t *ids,
                             const siamese_text *text_ids, size_t count)
{
    int const is_text = items->options.ids == SIAMESE_IDS_TEXT;
    SM_REQUIRE((is_text ? (const void *)ids : (const void *)text_ids) == NULL,
               SIAMESE_E_STATE, "%s: the ids of these items are %s",
               is_text ? "ids" : "text_ids", is_text ? "texts" : "integers");
    SM_REQUIRE(ids || text_ids || count == 0, SIAMESE_E_ARGUMENT,
               "ids: ids and text_ids are NULL");
    for (size_t i = 0; text_ids && i < count; i++)
        SM_REQUIRE(text_ids[i].data != NULL || text_ids[i].size == 0,
                   SIAMESE_E_ARGUMENT,
                   "text_ids: %zu is NULL, with a size of %zu", i,
                   text_ids[i].size);
    return SIAMESE_OK;
}

/* ---- rows ---- */

siamese_status siamese_items_find(const siamese_items *items,
                                  const int64_t *ids,
                                  const siamese_text *text_ids, size_t count,
                                  int64_t *numbers, size_t capacity)
{
    SM_REQUIRE(items != NULL, SIAMESE_E_ARGUMENT, "items: is NULL");
    SM_RETURN_IF_ERROR(sm_items_check_ids(items, ids, text_ids, count));
    SM_RETURN_IF_ERROR(sm_room("numbers", numbers, capacity, count, NULL));
    sm_items_lock_read(items);
    for (size_t i = 0; i < count; i++) {
        sm_item_id const id = sm_item_id_at(ids, text_ids, i);
        const sm_item_slot *const slot =
            sm_items_find_id(items, &id, sm_items_hash(items, &id));
        numbers[i] = slot ? slot->row : -1;
    }
    sm_items_unlock(items);
    return SIAMESE_OK;
}

static int64_t next_of_id(const siamese_items *items, int64_t row)
{
    return items->options.repeats
               ? items->blocks[row / SM_CHUNK_ROWS]->next[row % SM_CHUNK_ROWS]
               : -1;
}

sm_status sm_items_rows_of(const siamese_items *items, const int64_t *ids,
                           const siamese_text *text_ids, size_t count,
                           int64_t **rows, size_t *row_count, size_t *missing)
{
    sm_status status = SIAMESE_OK;
    size_t capacity = 0;
    SM_REQUIRE(items != NULL, SIAMESE_E_ARGUMENT, "items: is NULL");
    SM_RETURN_IF_ERROR(sm_items_check_ids(items, ids, text_ids, count));
    *row_count = *missing = 0;
    sm_items_lock_read(items);
    for (size_t i = 0; i < count; i++) {
        sm_item_id const id = sm_item_id_at(ids, text_ids, i);
        const sm_item_slot *const slot =
            sm_items_find_id(items, &id, sm_items_hash(items, &id));
        *missing += slot == NULL;
        for (int64_t row = slot ? slot->row : -1; row >= 0;
             row = next_of_id(items, row)) {
            int64_t *const larger =
                sm_grow(*rows, &capacity, *row_count + 1, sizeof *larger);
            SM_CHECK_MEMORY(larger);
            *rows = larger;
            larger[(*row_count)++] = row;
        }
    }
out:
    sm_items_unlock(items);
    return status;
}

int64_t sm_items_next(const siamese_items *items, int64_t row)
{
    while (row < items->next_row) {
        if (items->blocks[row / SM_CHUNK_ROWS] == NULL)
            row = (row / SM_CHUNK_ROWS + 1) * SM_CHUNK_ROWS;
        else if (sm_items_is_live(items, row))
            return row;
        else
            row++;
    }
    return -1;
}

siamese_status siamese_items_get_rows(const siamese_items *items,
                                      int64_t *numbers, size_t capacity,
                                      size_t *needed)
{
    SM_REQUIRE(items != NULL, SIAMESE_E_ARGUMENT, "items: is NULL");
    sm_items_lock_read(items);
    sm_status const status =
        sm_room("numbers", numbers, capacity, items->count, needed);
    int64_t row = status == SIAMESE_OK ? sm_items_next(items, 0) : -1;
    for (size_t i = 0; row >= 0; row = sm_items_next(items, row + 1))
        numbers[i++] = row;
    sm_items_unlock(items);
    return status;
}

sm_status sm_items_snapshot(const siamese_items *items, sm_item_table **table,
                            int64_t *next_row, int64_t **rows, size_t *count)
{
    sm_status status = SIAMESE_OK;
    size_t used = 0;
    sm_items_lock_read(items);
    int64_t *const all = sm_alloc_array(items->count, sizeof *all);
    SM_CHECK_MEMORY(all);
    for (int64_t row = sm_items_next(items, 0); row >= 0;
         row = sm_items_next(items, row + 1))
        all[used++] = row;
    *table = sm_item_table_reference(items->table);
    *next_row = items->next_row;
    *rows = all;
    *count = used;
out:
    sm_items_unlock(items);
    return status;
}

/* ---- values ---- */

/* A walk over the rows that a host asks for, under the lock. */
typedef struct walk {
    const siamese_items *items;
    const int64_t *numbers; /* NULL: all */
    size_t count, i;
    int64_t row, column;
    const sm_item_chunk *chunk;
    size_t at;
} walk;

static sm_status begin(walk *w, const char *column, int32_t type)
{
    SM_RETURN_IF_ERROR(
        sm_item_table_resolve(w->items->table, column, type, &w->column));
    SM_REQUIRE(w->numbers || w->count == w->items->count, SIAMESE_E_ARGUMENT,
               "count: %zu is not that of all rows, %zu", w->count,
               w->items->count);
    for (size_t i = 0; w->numbers && i < w->count; i++)
        SM_REQUIRE(sm_items_is_live(w->items, w->numbers[i]),
                   SIAMESE_E_NOT_FOUND, "numbers: there is no row %lld",
                   (long long)w->numbers[i]);
    w->row = -1;
    w->i = 0;
    return SIAMESE_OK;
}

static int next(walk *w)
{
    if (w->i == w->count) return 0;
    w->row =
        w->numbers ? w->numbers[w->i] : sm_items_next(w->items, w->row + 1);
    w->i++;
    w->at = sm_item_table_find(w->items->table, w->items->table->chunk_count,
                               w->row, &w->chunk);
    return 1;
}

static sm_status read_texts(walk *w, const char *column, size_t *offsets,
                            char *bytes, size_t capacity, size_t *needed,
                            unsigned char *present)
{
    siamese_text text;
    size_t total = 0;
    SM_RETURN_IF_ERROR(begin(w, column, SIAMESE_COLUMN_TEXT));
    while (next(w)) {
        offsets[w->i - 1] = total;
        (void)sm_item_text(w->chunk, w->at, w->column, &text);
        total += text.size;
    }
    offsets[w->count] = total;
    SM_RETURN_IF_ERROR(sm_room("bytes", bytes, capacity, total, needed));
    SM_RETURN_IF_ERROR(begin(w, column, SIAMESE_COLUMN_TEXT));
    while (next(w)) {
        int const is_there = sm_item_text(w->chunk, w->at, w->column, &text);
        if (present) present[w->i - 1] = (unsigned char)is_there;
        if (text.size) memcpy(bytes + offsets[w->i - 1], text.data, text.size);
    }
    return SIAMESE_OK;
}

siamese_status siamese_items_get_texts(const siamese_items *items,
                                       const char *column,
                                       const int64_t *numbers, size_t count,
                                       size_t *offsets, char *bytes,
                                       size_t capacity, size_t *needed,
                                       unsigned char *present)
{
    walk w = {.items = items, .numbers = numbers, .count = count};
    SM_REQUIRE(items != NULL, SIAMESE_E_ARGUMENT, "items: is NULL");
    SM_REQUIRE(offsets != NULL, SIAMESE_E_ARGUMENT, "offsets: is NULL");
    SM_RETURN_IF_ERROR(sm_room("bytes", bytes, capacity, 0, NULL));
    sm_items_lock_read(items);
    sm_status const status =
        read_texts(&w, column, offsets, bytes, capacity, needed, present);
    sm_items_unlock(items);
    return status;
}

siamese_status siamese_items_get_integers(const siamese_items *items,
                                          const char *column,
                                          const int64_t *numbers, size_t count,
                                          int64_t *values, size_t capacity,
                                          unsigned char *present)
{
    walk w = {.items = items, .numbers = numbers, .count = count};
    SM_REQUIRE(items != NULL, SIAMESE_E_ARGUMENT, "items: is NULL");
    SM_RETURN_IF_ERROR(sm_room("values", values, capacity, count, NULL));
    sm_items_lock_read(items);
    sm_status const status = begin(&w, column, SIAMESE_COLUMN_INTEGER);
    while (status == SIAMESE_OK && next(&w)) {
        int const is_there =
            sm_item_integer(w.chunk, w.at, w.column, &values[w.i - 1]);
        if (present) present[w.i - 1] = (unsigned char)is_there;
    }
    sm_items_unlock(items);
    return status;
}

siamese_status siamese_items_get_numbers(const siamese_items *items,
                                         const char *column,
                                         const int64_t *numbers, size_t count,
                                         double *values, size_t capacity,
                                         unsigned char *present)
{
    walk w = {.items = items, .numbers = numbers, .count = count};
    SM_REQUIRE(items != NULL, SIAMESE_E_ARGUMENT, "items: is NULL");
    SM_RETURN_IF_ERROR(sm_room("values", values, capacity, count, NULL));
    sm_items_lock_read(items);
    sm_status const status = begin(&w, column, SIAMESE_COLUMN_NUMBER);
    while (status == SIAMESE_OK && next(&w)) {
        int const is_there =
            sm_item_number(w.chunk, w.at, w.column, &values[w.i - 1]);
        if (present) present[w.i - 1] = (unsigned char)is_there;
    }
    sm_items_unlock(items);
    return status;
}
