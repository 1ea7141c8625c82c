/* items_handle.h: the items handle: what it is made of, and who guards what. */
#ifndef SM_ITEMS_HANDLE_H
#define SM_ITEMS_HANDLE_H

#include <pthread.h>
#include <string.h>

#include "common/options.h"
#include "common/platform.h"
#include "items/item_ids.h"
#include "items/item_table.h"

/* What the items know of the rows of a chunk, beside their values. */
typedef struct sm_item_block {
    uint64_t live[SM_CHUNK_ROWS / 64]; /* by place */
    size_t live_count;
    int64_t next[]; /* [1024] by place, with repeats alone: another row of the
                     * same id, -1 behind the last */
} sm_item_block;

struct siamese_items {
    sm_references references;
    siamese_items_options options;

    /* A change holds `writer` from its beginning to its end, and `lock` for the
     * moment in which it is made; readers hold `lock`. What stands below is
     * read under either and written under both; chunks and the table have
     * rules of their own (item_chunk.h, item_table.h). */
    pthread_mutex_t writer;
    sm_rwlock lock;
    sm_item_table *table;
    size_t block_capacity;
    sm_item_block **blocks; /* one for each chunk of the table; NULL: no row
                             * is left */
    sm_item_ids by_id;      /* the row with the lowest number of each id */
    int64_t next_row;
    size_t count;
};

const siamese_items *sm_items_lock_read(const siamese_items *items);
void sm_items_lock_write(siamese_items *items);
void sm_items_unlock(const siamese_items *items);

static inline int sm_items_is_live(const siamese_items *items, int64_t row)
{
    if (row < 0 || row >= items->next_row) return 0;
    const sm_item_block *const block = items->blocks[row / SM_CHUNK_ROWS];
    size_t const place = (size_t)row % SM_CHUNK_ROWS;
    return block != NULL && (block->live[place / 64] >> place % 64 & 1);
}

/* Of rows that all have ids of their own there is no `next`. */
static inline size_t sm_item_block_size(const siamese_items *items)
{
    return sizeof(sm_item_block) +
           (items->options.repeats ? SM_CHUNK_ROWS * sizeof(int64_t) : 0);
}

/* The largest number of a row that may come to be, with `count` rows: each
 * 1,024 numbers take 16 bytes for ever, which nobody shall make large. */
static inline int64_t sm_items_most_rows(size_t count)
{
    return (INT64_C(1) << 31) + (INT64_C(1) << 16) * (int64_t)count;
}

/* An id, as a host gives it or as it stands in a row. */
typedef struct sm_item_id {
    int64_t integer;
    siamese_text text;
} sm_item_id;

uint64_t sm_items_hash(const siamese_items *items, const sm_item_id *id);
sm_item_id sm_items_id_of(const siamese_items *items, int64_t row);
sm_item_slot *sm_items_find_id(const siamese_items *items, const sm_item_id *id,
                               uint64_t hash);

/* That exactly the array of the ids' kind is given, where count is not 0. */
sm_status sm_items_check_ids(const siamese_items *items, const int64_t *ids,
                             const siamese_text *text_ids, size_t count);

/* The first row from `row` on; -1: there is none. Under the lock. */
int64_t sm_items_next(const siamese_items *items, int64_t row);

/* Makes a row that stands in its chunk and block one of the items; there is
 * room for its id. */
void sm_items_insert(siamese_items *items, int64_t row, uint64_t hash);

static inline int sm_item_id_equal(const sm_item_id *a, const sm_item_id *b)
{
    return a->integer == b->integer && a->text.size == b->text.size &&
           (a->text.size == 0 ||
            memcmp(a->text.data, b->text.data, a->text.size) == 0);
}

static inline sm_item_id sm_item_id_at(const int64_t *ids,
                                       const siamese_text *text_ids, size_t i)
{
    sm_item_id id = {0};
    if (ids)
        id.integer = ids[i];
    else
        id.text = text_ids[i];
    return id;
}

#endif
