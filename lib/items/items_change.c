/* items_change.c: rows and ids in; items with the new rows and without those
 * that go out, all at once. For hosts and for the searcher. */
#include "items/items_change.h"

#include <stdlib.h>
#include <string.h>

#include "common/hash.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/room.h"
#include "common/size.h"
#include "items/items_handle.h"

/* Of one change. */
#define MOST_AT_ONCE ((size_t)1 << 31)

/* ---- rows that go ---- */

typedef struct row_list {
    int64_t *rows;
    size_t count, capacity;
} row_list;

static sm_status list_row(row_list *list, int64_t row)
{
    int64_t *const rows =
        sm_grow(list->rows, &list->capacity, list->count + 1, sizeof *rows);
    if (rows == NULL) return sm_fail_memory();
    list->rows = rows;
    rows[list->count++] = row;
    return SIAMESE_OK;
}

/* All rows of an id, from its slot on. */
static sm_status list_rows(row_list *list, const siamese_items *items,
                           const sm_item_slot *slot)
{
    for (int64_t row = slot ? slot->row : -1; row >= 0;) {
        SM_RETURN_IF_ERROR(list_row(list, row));
        row =
            items->options.repeats
                ? items->blocks[row / SM_CHUNK_ROWS]->next[row % SM_CHUNK_ROWS]
                : -1;
    }
    return SIAMESE_OK;
}

static int ascending(const void *a, const void *b)
{
    int64_t const x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

/* An id may have been named twice. */
static void sort_distinct(row_list *list)
{
    size_t kept = 0;
    if (list->count == 0) return;
    qsort(list->rows, list->count, sizeof *list->rows, ascending);
    for (size_t i = 0; i < list->count; i++)
        if (i == 0 || list->rows[i] != list->rows[i - 1])
            list->rows[kept++] = list->rows[i];
    list->count = kept;
}

/* ---- the table that the change makes ---- */

static const sm_item_table *table_of(const sm_items_change *change)
{
    return change->table ? change->table : change->items->table;
}

/* A table of the change's own, with room for all chunks. */
static sm_status own_table(sm_items_change *change)
{
    const sm_item_table *const from = change->items->table;
    size_t const wanted = change->chunks_wanted;
    if (change->table) return SIAMESE_OK;
    return sm_item_table_create(
        &change->table, from, from->ids, from->columns, from->column_count,
        wanted > from->chunk_capacity ? sm_roomy(wanted)
                                      : from->chunk_capacity);
}

static sm_status replace_chunk(sm_items_change *change, size_t c,
                               sm_item_chunk *chunk)
{
    sm_status const status = own_table(change);
    if (status != SIAMESE_OK) {
        sm_item_chunk_release(chunk);
        return status;
    }
    sm_item_chunk_release(change->table->chunks[c]);
    change->table->chunks[c] = chunk;
    return SIAMESE_OK;
}

/* A chunk of which half is gone is copied without it. The last one is left
 * alone while rows may still come to it. */
static sm_status thin_out(sm_items_change *change, size_t c,
                          const int64_t *removed, size_t count)
{
    const siamese_items *const items = change->items;
    const sm_item_chunk *const chunk = items->table->chunks[c];
    size_t const left = items->blocks[c]->live_count - count;
    uint64_t keeps[SM_CHUNK_ROWS / 64];
    sm_item_chunk *copy = NULL;
    if (c == (size_t)(items->next_row / SM_CHUNK_ROWS) ||
        left > chunk->count / 2)
        return SIAMESE_OK;
    memcpy(keeps, items->blocks[c]->live, sizeof keeps);
    for (size_t i = 0; i < count; i++) {
        size_t const place = (size_t)removed[i] % SM_CHUNK_ROWS;
        keeps[place / 64] &= ~(UINT64_C(1) << place % 64);
    }
    if (left > 0)
        SM_RETURN_IF_ERROR(sm_item_chunk_copy(&copy, chunk, left, keeps,
                                              items->table->columns,
                                              items->table->column_count));
    return replace_chunk(change, c, copy);
}

static sm_status thin_chunks(sm_items_change *change)
{
    for (size_t i = 0, end; i < change->removed_count; i = end) {
        size_t const c = (size_t)(change->removed[i] / SM_CHUNK_ROWS);
        for (end = i + 1; end < change->removed_count; end++)
            if ((size_t)(change->removed[end] / SM_CHUNK_ROWS) != c) break;
        SM_RETURN_IF_ERROR(thin_out(change, c, change->removed + i, end - i));
    }
    return SIAMESE_OK;
}

/* 16, 64, 256 or 1,024 rows. */
static size_t chunk_capacity(size_t rows)
{
    size_t capacity = 16;
    while (capacity < rows && capacity < SM_CHUNK_ROWS) capacity *= 4;
    return capacity;
}

/* The chunk that the next row goes to, if there is one, with room for more. */
static sm_status open_tail(sm_items_change *change, size_t c, size_t rows)
{
    const sm_item_table *const table = table_of(change);
    sm_item_chunk *const tail = table->chunks[c];
    sm_item_chunk *copy;
    size_t const wanted = sm_min(tail->count + rows, SM_CHUNK_ROWS);
    if (tail->capacity < wanted || tail->column_count < table->column_count) {
        SM_RETURN_IF_ERROR(
            sm_item_chunk_copy(&copy, tail, chunk_capacity(wanted), NULL,
                               table->columns, table->column_count));
        SM_RETURN_IF_ERROR(replace_chunk(change, c, copy));
    }
    change->tail = table_of(change)->chunks[c];
    change->last = change->tail->bytes;
    return SIAMESE_OK;
}

static sm_status new_chunk(sm_items_change *change, size_t c, size_t rows,
                           sm_item_chunk **out)
{
    const sm_item_table *const table = table_of(change);
    SM_RETURN_IF_ERROR(sm_item_chunk_create(out, chunk_capacity(rows), 0,
                                            table->ids, table->columns,
                                            table->column_count));
    table->chunks[c] = *out;
    change->chunk_count = c + 1;
    return SIAMESE_OK;
}

static sm_status write_rows(sm_items_change *change, const sm_item_rows *rows)
{
    sm_item_source const source = {.ids = rows->host.ids,
                                   .text_ids = rows->host.text_ids,
                                   .titles = rows->host.titles,
                                   .columns = rows->by_column,
                                   .column_count =
                                       change->items->table->column_count};
    if (change->chunks_wanted > change->items->table->chunk_capacity)
        SM_RETURN_IF_ERROR(own_table(change));
    for (size_t done = 0; done < change->count;) {
        int64_t const row = change->first + (int64_t)done;
        size_t const c = (size_t)(row / SM_CHUNK_ROWS);
        size_t const place = (size_t)row % SM_CHUNK_ROWS;
        size_t const part = sm_min(SM_CHUNK_ROWS - place, change->count - done);
        sm_item_chunk *chunk;
        if (c < change->chunk_count) {
            SM_RETURN_IF_ERROR(open_tail(change, c, part));
            chunk = change->tail;
        } else {
            SM_RETURN_IF_ERROR(new_chunk(change, c, part, &chunk));
        }
        SM_RETURN_IF_ERROR(
            sm_item_chunk_write(chunk, &source, done, part, row));
        /* of a chunk that nobody sees yet the rows count at once */
        if (chunk != change->tail) chunk->count = part;
        done += part;
    }
    return SIAMESE_OK;
}

/* ---- stage ---- */

/* Rows of a batch by their ids, to find those that are there twice. */
typedef struct batch {
    const siamese_item_rows *rows;
    const sm_item_id *id;
} batch;

static bool batch_matches(const void *context, int64_t row)
{
    const batch *const b = context;
    sm_item_id const id =
        sm_item_id_at(b->rows->ids, b->rows->text_ids, (size_t)row);
    return sm_item_id_equal(&id, b->id);
}

static sm_status check_distinct(const sm_items_change *change,
                                const siamese_item_rows *rows)
{
    sm_status status = SIAMESE_OK;
    sm_item_ids seen = {0};
    if (rows->count < 2 || change->items->options.repeats) return SIAMESE_OK;
    SM_TRY(sm_item_ids_reserve(&seen, rows->count));
    for (size_t i = 0; i < rows->count; i++) {
        sm_item_id const id = sm_item_id_at(rows->ids, rows->text_ids, i);
        batch const b = {rows, &id};
        const sm_item_slot *const first =
            sm_item_ids_find(&seen, change->hashes[i], batch_matches, &b);
        SM_CHECK(first == NULL, SIAMESE_E_ARGUMENT,
                 "rows: row %zu has the id of row %lld", i,
                 (long long)first->row);
        sm_item_ids_insert(&seen, change->hashes[i], (int64_t)i);
    }
out:
    sm_item_ids_free(&seen);
    return status;
}

/* Hashes ids; those that are there make their rows go, or are an error. */
static sm_status look_up(sm_items_change *change, const siamese_item_rows *rows,
                         int replaces, row_list *going)
{
    const siamese_items *const items = change->items;
    int const is_numbered = rows->ids == NULL && rows->text_ids == NULL;
    change->hashes = sm_alloc_array(rows->count, sizeof *change->hashes);
    if (change->hashes == NULL) return sm_fail_memory();
    for (size_t i = 0; i < rows->count; i++) {
        sm_item_id id = {.integer = change->first + (int64_t)i};
        if (!is_numbered) id = sm_item_id_at(rows->ids, rows->text_ids, i);
        change->hashes[i] = sm_items_hash(items, &id);
        const sm_item_slot *const slot =
            sm_items_find_id(items, &id, change->hashes[i]);
        SM_REQUIRE(slot == NULL || replaces || items->options.repeats,
                   SIAMESE_E_ARGUMENT,
                   "rows: the id of row %zu is there already", i);
        if (replaces) SM_RETURN_IF_ERROR(list_rows(going, items, slot));
    }
    return is_numbered ? SIAMESE_OK : check_distinct(change, rows);
}

static sm_status make_blocks(sm_items_change *change)
{
    siamese_items *const items = change->items;
    size_t const size = sm_item_block_size(items);
    for (size_t b = items->table->chunk_count; b < change->chunks_wanted; b++) {
        sm_item_block *const block = sm_alloc(size);
        if (block == NULL) return sm_fail_memory();
        memset(block, 0xff, size);
        memset(block, 0, sizeof *block);
        items->blocks[b] = block;
        change->blocks++;
    }
    return SIAMESE_OK;
}

/* Room in what readers see, which is a moment's work but for the table of ids,
 * which doubles now and then. */
static sm_status reserve(sm_items_change *change)
{
    sm_status status = SIAMESE_OK;
    siamese_items *const items = change->items;
    sm_items_lock_write(items);
    SM_TRY(sm_item_ids_reserve(&items->by_id, change->count));
    sm_item_block **const blocks =
        sm_grow(items->blocks, &items->block_capacity, change->chunks_wanted,
                sizeof *blocks);
    SM_CHECK_MEMORY(blocks);
    items->blocks = blocks;
    SM_TRY(make_blocks(change));
out:
    sm_items_unlock(items);
    return status;
}

static sm_status stage(sm_items_change *change, sm_item_rows *rows,
                       int replaces)
{
    siamese_items *const items = change->items;
    const siamese_item_rows *const host = &rows->host;
    row_list going = {NULL, 0, 0};
    if (items->options.ids == SIAMESE_IDS_TEXT || host->ids || host->text_ids)
        SM_RETURN_IF_ERROR(
            sm_items_check_ids(items, host->ids, host->text_ids, host->count));
    SM_RETURN_IF_ERROR(sm_item_rows_match(rows, items->table));
    SM_REQUIRE(host->count <= MOST_AT_ONCE &&
                   items->next_row + (int64_t)host->count <=
                       sm_items_most_rows(items->count + host->count),
               SIAMESE_E_LIMIT,
               "rows: after %lld rows, %zu more are too many for these items",
               (long long)items->next_row, host->count);
    change->first = items->next_row;
    change->count = host->count;
    change->chunks_wanted =
        sm_max(change->chunk_count,
               sm_chunks((size_t)change->first + change->count, SM_CHUNK_ROWS));
    sm_status status = look_up(change, host, replaces, &going);
    sort_distinct(&going);
    change->removed = going.rows;
    change->removed_count = going.count;
    if (status == SIAMESE_OK) status = thin_chunks(change);
    if (status == SIAMESE_OK) status = write_rows(change, rows);
    if (status == SIAMESE_OK) status = reserve(change);
    return status;
}

static void begin(sm_items_change *change, siamese_items *items)
{
    pthread_mutex_lock(&items->writer);
    sm_log_hold();
    size_t const chunks = items->table->chunk_count;
    *change = (sm_items_change){
        .items = items, .chunk_count = chunks, .chunks_wanted = chunks};
}

static void end(sm_items_change *change)
{
    sm_free(change->removed);
    sm_free(change->hashes);
    pthread_mutex_unlock(&change->items->writer);
    sm_log_release();
}

sm_status sm_items_stage(sm_items_change *change, siamese_items *items,
                         sm_item_rows *rows, int replaces)
{
    begin(change, items);
    sm_status const status = stage(change, rows, replaces);
    if (status != SIAMESE_OK) sm_items_abandon(change);
    return status;
}

sm_status sm_items_stage_removal(sm_items_change *change, siamese_items *items,
                                 const int64_t *ids,
                                 const siamese_text *text_ids, size_t count)
{
    row_list going = {NULL, 0, 0};
    SM_RETURN_IF_ERROR(sm_items_check_ids(items, ids, text_ids, count));
    begin(change, items);
    change->first = items->next_row;
    sm_status status = SIAMESE_OK;
    for (size_t i = 0; i < count && status == SIAMESE_OK; i++) {
        sm_item_id const id = sm_item_id_at(ids, text_ids, i);
        status =
            list_rows(&going, items,
                      sm_items_find_id(items, &id, sm_items_hash(items, &id)));
    }
    sort_distinct(&going);
    change->removed = going.rows;
    change->removed_count = going.count;
    if (status == SIAMESE_OK) status = thin_chunks(change);
    if (status != SIAMESE_OK) sm_items_abandon(change);
    return status;
}

/* ---- commit, or not ---- */

/* A row of the change that goes; the first of an id takes the id with it, and
 * all others of it go too. */
static void remove_row(siamese_items *items, int64_t row)
{
    sm_item_block *const block = items->blocks[row / SM_CHUNK_ROWS];
    size_t const place = (size_t)row % SM_CHUNK_ROWS;
    sm_item_id const id = sm_items_id_of(items, row);
    sm_item_slot *const slot =
        sm_items_find_id(items, &id, sm_items_hash(items, &id));
    if (slot) sm_item_ids_remove(&items->by_id, slot);
    block->live[place / 64] &= ~(UINT64_C(1) << place % 64);
    block->live_count--;
    items->count--;
}

void sm_items_insert(siamese_items *items, int64_t row, uint64_t hash)
{
    sm_item_block *const block = items->blocks[row / SM_CHUNK_ROWS];
    size_t const place = (size_t)row % SM_CHUNK_ROWS;
    const sm_item_slot *slot = NULL;
    if (items->options.repeats) {
        sm_item_id const id = sm_items_id_of(items, row);
        slot = sm_items_find_id(items, &id, hash);
    }
    if (slot) {
        int64_t *const first = &items->blocks[slot->row / SM_CHUNK_ROWS]
                                    ->next[slot->row % SM_CHUNK_ROWS];
        block->next[place] = *first;
        *first = row;
    } else {
        sm_item_ids_insert(&items->by_id, hash, row);
    }
    block->live[place / 64] |= UINT64_C(1) << place % 64;
    block->live_count++;
    items->count++;
}

/* What no row needs any more. */
static void drop_blocks(const sm_items_change *change)
{
    siamese_items *const items = change->items;
    for (size_t i = 0; i < change->removed_count; i++) {
        size_t const b = (size_t)(change->removed[i] / SM_CHUNK_ROWS);
        if (items->table->chunks[b] || items->blocks[b] == NULL) continue;
        sm_free(items->blocks[b]);
        items->blocks[b] = NULL;
    }
}

void sm_items_commit(sm_items_change *change)
{
    siamese_items *const items = change->items;
    sm_item_table *old = NULL;
    sm_items_lock_write(items);
    for (size_t i = 0; i < change->removed_count; i++)
        remove_row(items, change->removed[i]);
    if (change->table) {
        old = items->table;
        items->table = change->table;
    }
    items->table->chunk_count = change->chunk_count;
    drop_blocks(change);
    if (change->tail)
        change->tail->count +=
            sm_min(change->count,
                   SM_CHUNK_ROWS - (size_t)change->first % SM_CHUNK_ROWS);
    items->next_row = change->first + (int64_t)change->count;
    for (size_t i = 0; i < change->count; i++)
        sm_items_insert(items, change->first + (int64_t)i, change->hashes[i]);
    sm_items_unlock(items);
    sm_item_table_release(old);
    end(change);
}

void sm_items_abandon(sm_items_change *change)
{
    siamese_items *const items = change->items;
    size_t const had = items->table->chunk_count;
    for (size_t b = had; b < had + change->blocks; b++)
        sm_free(items->blocks[b]);
    if (change->tail) sm_item_chunk_take_back(change->tail, change->last);
    /* in a table of the change's own its release frees the chunks */
    if (change->table)
        change->table->chunk_count = change->chunk_count;
    else
        for (size_t c = had; c < change->chunk_count; c++)
            sm_item_chunk_release(items->table->chunks[c]);
    sm_item_table_release(change->table);
    end(change);
}
