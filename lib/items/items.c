/* items.c: the items handle: made, cloned, counted, described and freed. */
#include "items/items.h"

#include <string.h>

#include "common/log.h"
#include "common/memory.h"
#include "common/room.h"
#include "items/items_handle.h"

enum { MOST_COLUMNS = 1000 };

/* ---- options ---- */

static const sm_option item_options[] = {
    {"ids", SM_OPTION_CHOICE, offsetof(siamese_items_options, ids), "integer",
     0, 1, "integer | text", "what an item's id is"},
    {"repeats", SM_OPTION_FLAG, offsetof(siamese_items_options, repeats), "0",
     0, 1, "0 | 1", "whether several rows may have one id"},
};

static const sm_option_table items_option_table = {
    "items", item_options, sizeof item_options / sizeof *item_options,
    sizeof(siamese_items_options)};

SM_OPTIONS_API(items, &items_option_table)

/* ---- locks ---- */

const siamese_items *sm_items_lock_read(const siamese_items *items)
{
    sm_rwlock_read(&((siamese_items *)items)->lock);
    sm_log_hold();
    return items;
}

void sm_items_lock_write(siamese_items *items)
{
    sm_rwlock_write(&items->lock);
    sm_log_hold();
}

void sm_items_unlock(const siamese_items *items)
{
    sm_rwlock_unlock(&((siamese_items *)items)->lock);
    sm_log_release();
}

/* ---- life ---- */

static void free_parts(siamese_items *items)
{
    size_t const chunks = items->table ? items->table->chunk_count : 0;
    for (size_t b = 0; items->blocks && b < chunks; b++)
        sm_free(items->blocks[b]);
    sm_free(items->blocks);
    sm_item_ids_free(&items->by_id);
    sm_item_table_release(items->table);
    sm_free(items);
}

static sm_status make(siamese_items **out, const siamese_items_options *options)
{
    sm_status status = SIAMESE_OK;
    siamese_items *items = sm_calloc(1, sizeof *items);
    SM_CHECK_MEMORY(items);
    sm_references_init(&items->references);
    items->options = *options;
    SM_TRY(sm_item_table_create(&items->table, NULL, options->ids, NULL, 0, 0));
    SM_CHECK(sm_rwlock_init(&items->lock) == 0, SIAMESE_E_MEMORY,
             "the lock of the items could not be made");
    pthread_mutex_init(&items->writer, NULL);
    sm_handle_created();
    *out = items;
    items = NULL;
out:
    if (items) free_parts(items);
    return status;
}

siamese_status siamese_items_create(siamese_items **out,
                                    const siamese_items_options *options)
{
    siamese_items_options own;
    SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_RETURN_IF_ERROR(sm_options_read(&items_option_table, options, &own));
    return make(out, &own);
}

siamese_items *sm_items_reference(siamese_items *items)
{
    sm_references_add(&items->references);
    return items;
}

void siamese_items_free(siamese_items *items)
{
    if (items == NULL || !sm_references_drop(&items->references)) return;
    sm_rwlock_destroy(&items->lock);
    pthread_mutex_destroy(&items->writer);
    free_parts(items);
    sm_handle_freed();
}

/* ---- a copy ---- */

static sm_status copy_blocks(siamese_items *to, const siamese_items *from)
{
    size_t const count = from->table->chunk_count;
    size_t const size = sm_item_block_size(from);
    to->blocks = sm_calloc(count, sizeof *to->blocks);
    if (to->blocks == NULL) return sm_fail_memory();
    to->block_capacity = count;
    for (size_t b = 0; b < count; b++) {
        if (from->blocks[b] == NULL) continue;
        to->blocks[b] = sm_alloc(size);
        if (to->blocks[b] == NULL) return sm_fail_memory();
        memcpy(to->blocks[b], from->blocks[b], size);
    }
    return SIAMESE_OK;
}

/* The chunk that both would go on to fill becomes two. */
static sm_status copy_tail(sm_item_table *table, int64_t next_row)
{
    size_t const tail = (size_t)(next_row / SM_CHUNK_ROWS);
    sm_item_chunk *copy;
    if (tail >= table->chunk_count || table->chunks[tail] == NULL)
        return SIAMESE_OK;
    const sm_item_chunk *const chunk = table->chunks[tail];
    SM_RETURN_IF_ERROR(sm_item_chunk_copy(&copy, chunk, chunk->capacity, NULL,
                                          table->columns, table->column_count));
    sm_item_chunk_release(table->chunks[tail]);
    table->chunks[tail] = copy;
    return SIAMESE_OK;
}

static sm_status copy_items(siamese_items **out, const siamese_items *from)
{
    sm_status status = SIAMESE_OK;
    const sm_item_table *const t = from->table;
    sm_item_table *table;
    siamese_items *items = NULL;
    SM_TRY(make(&items, &from->options));
    SM_TRY(sm_item_ids_copy(&items->by_id, &from->by_id));
    SM_TRY(sm_item_table_create(&table, t, t->ids, t->columns, t->column_count,
                                t->chunk_capacity));
    sm_item_table_release(items->table);
    items->table = table;
    SM_TRY(copy_blocks(items, from));
    SM_TRY(copy_tail(items->table, from->next_row));
    items->next_row = from->next_row;
    items->count = from->count;
    *out = items;
    items = NULL;
out:
    siamese_items_free(items);
    return status;
}

sm_status sm_items_clone(siamese_items **out, const siamese_items *items)
{
    siamese_items *const own = (siamese_items *)items;
    pthread_mutex_lock(&own->writer);
    sm_log_hold();
    sm_status const status = copy_items(out, items);
    pthread_mutex_unlock(&own->writer);
    sm_log_release();
    return status;
}

/* ---- columns ---- */

static sm_status check_column(const char *name, int32_t type)
{
    SM_REQUIRE(name != NULL, SIAMESE_E_ARGUMENT, "name: is NULL");
    size_t const size = strlen(name);
    SM_REQUIRE(size >= 1 && size < sizeof((sm_item_column *)0)->name,
               SIAMESE_E_ARGUMENT, "name: '%.80s' is not of 1 to 63 bytes",
               name);
    SM_REQUIRE(strcmp(name, "id") != 0 && strcmp(name, "title") != 0,
               SIAMESE_E_ARGUMENT, "name: every item has its '%s'", name);
    SM_REQUIRE(type >= SIAMESE_COLUMN_TEXT && type <= SIAMESE_COLUMN_NUMBER,
               SIAMESE_E_ARGUMENT, "type: %d is not a type of columns",
               (int)type);
    return SIAMESE_OK;
}

/* Under the writer's lock. */
static sm_status add_column(siamese_items *items, const char *name,
                            int32_t type)
{
    sm_item_table *const old = items->table;
    sm_item_table *table;
    size_t const at = sm_item_table_column(old, name);
    if (at != SIZE_MAX) {
        SM_REQUIRE(old->columns[at].type == type, SIAMESE_E_STATE,
                   "name: there is a column '%s' of another type", name);
        return SIAMESE_OK;
    }
    SM_REQUIRE(old->column_count < MOST_COLUMNS, SIAMESE_E_LIMIT,
               "name: items have %d columns at most", MOST_COLUMNS);
    sm_item_column *const columns =
        sm_calloc(old->column_count + 1, sizeof *columns);
    if (columns == NULL) return sm_fail_memory();
    if (old->column_count)
        memcpy(columns, old->columns, old->column_count * sizeof *columns);
    strcpy(columns[old->column_count].name, name);
    columns[old->column_count].type = type;
    sm_status const status =
        sm_item_table_create(&table, old, old->ids, columns,
                             old->column_count + 1, old->chunk_capacity);
    sm_free(columns);
    if (status != SIAMESE_OK) return status;
    sm_items_lock_write(items);
    items->table = table;
    sm_items_unlock(items);
    sm_item_table_release(old);
    return SIAMESE_OK;
}

siamese_status siamese_items_add_column(siamese_items *items, const char *name,
                                        int32_t type)
{
    SM_REQUIRE(items != NULL, SIAMESE_E_ARGUMENT, "items: is NULL");
    SM_RETURN_IF_ERROR(check_column(name, type));
    pthread_mutex_lock(&items->writer);
    sm_status const status = add_column(items, name, type);
    pthread_mutex_unlock(&items->writer);
    return status;
}

void sm_items_set_back(siamese_items *items, sm_item_table *table)
{
    pthread_mutex_lock(&items->writer);
    sm_item_table *const old = items->table;
    sm_items_lock_write(items);
    items->table = table;
    sm_items_unlock(items);
    sm_item_table_release(old);
    pthread_mutex_unlock(&items->writer);
}

siamese_status siamese_items_get_column(const siamese_items *items, size_t i,
                                        siamese_column_info *info)
{
    siamese_column_info own = {.struct_size = sizeof own};
    SM_REQUIRE(items != NULL, SIAMESE_E_ARGUMENT, "items: is NULL");
    const sm_item_table *const table = sm_items_lock_read(items)->table;
    size_t const count = table->column_count;
    if (i < count) {
        memcpy(own.name, table->columns[i].name, sizeof own.name);
        own.type = table->columns[i].type;
    }
    sm_items_unlock(items);
    SM_REQUIRE(i < count, SIAMESE_E_NOT_FOUND,
               "the items have %zu columns, there is no column %zu", count, i);
    return sm_struct_write(&own, sizeof own, info, "info");
}

/* ---- what they are ---- */

const siamese_items_options *sm_items_options(const siamese_items *items)
{
    return &items->options;
}

sm_item_table *sm_items_table(const siamese_items *items, int64_t *next_row)
{
    sm_item_table *const table =
        sm_item_table_reference(sm_items_lock_read(items)->table);
    *next_row = items->next_row;
    sm_items_unlock(items);
    return table;
}

size_t siamese_items_count(const siamese_items *items)
{
    if (items == NULL) return 0;
    size_t const count = sm_items_lock_read(items)->count;
    sm_items_unlock(items);
    return count;
}

static uint64_t bytes_of(const siamese_items *items)
{
    const sm_item_table *const table = items->table;
    uint64_t bytes = sizeof *items + sizeof *table +
                     table->chunk_capacity * sizeof *table->chunks +
                     table->column_count * sizeof *table->columns +
                     items->block_capacity * sizeof *items->blocks;
    if (items->by_id.slots)
        bytes += (items->by_id.mask + 1) * sizeof *items->by_id.slots;
    for (size_t c = 0; c < table->chunk_count; c++) {
        if (table->chunks[c]) bytes += table->chunks[c]->size;
        if (items->blocks[c]) bytes += sm_item_block_size(items);
    }
    return bytes;
}

siamese_status siamese_items_get_info(const siamese_items *items,
                                      siamese_items_info *info)
{
    siamese_items_info own = {.struct_size = sizeof own};
    SM_REQUIRE(items != NULL, SIAMESE_E_ARGUMENT, "items: is NULL");
    siamese_items *const locked = (siamese_items *)items;
    pthread_mutex_lock(&locked->writer);
    own.count = items->count;
    own.next_row = items->next_row;
    own.columns = items->table->column_count;
    own.ids = items->options.ids;
    own.repeats = items->options.repeats;
    own.bytes = bytes_of(items);
    pthread_mutex_unlock(&locked->writer);
    return sm_struct_write(&own, sizeof own, info, "info");
}
