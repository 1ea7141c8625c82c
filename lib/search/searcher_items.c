/* searcher_items.c: rows of a host in, encoded and put into items and index at
 * one moment; ids in, taken out of both. For hosts and the model. */
#include "common/memory.h"
#include "common/size.h"
#include "index/index_update.h"
#include "items/items_change.h"
#include "items/items.h"
#include "search/item_texts.h"
#include "search/searcher.h"
#include "search/searcher_handle.h"
#include "search/words_change.h"
#include "tower/tower.h"

enum { ROWS_AT_ONCE = 4096 };

/* ---- vectors of items ---- */

/* Rows of a host or of a table, for a tower to encode. */
typedef struct item_rows {
    const sm_item_rows *host; /* or */
    const sm_item_table *table;
    const int64_t *rows; /* [count] of the table */
    size_t count;
} item_rows;

static sm_status encode_part(const siamese_tower *tower, sm_item_texts *texts,
                             const item_rows *from, size_t first, size_t count,
                             float *out)
{
    size_t const dim = siamese_tower_dim(tower);
    if (from->host)
        sm_item_texts_of_rows(texts, from->host, first, count);
    else
        sm_item_texts_of_table(texts, from->table, from->rows + first, count);
    return siamese_tower_encode(tower, texts->texts, count, texts->fields,
                                out + first * dim, count * dim);
}

static sm_status encode(const siamese_tower *tower, const item_rows *from,
                        float *out)
{
    sm_status status = SIAMESE_OK;
    sm_item_texts texts = {.texts = NULL};
    size_t const fields = siamese_tower_field_count(tower);
    const char **const names = sm_alloc_array(fields, sizeof *names);
    SM_CHECK_MEMORY(names);
    for (size_t f = 0; f < fields; f++)
        names[f] = sm_tower_field_name(tower, f);
    SM_TRY(sm_item_texts_create(&texts, names, fields,
                                sm_min(from->count, ROWS_AT_ONCE)));
    for (size_t done = 0; done < from->count; done += ROWS_AT_ONCE)
        SM_TRY(encode_part(tower, &texts, from, done,
                           sm_min(from->count - done, ROWS_AT_ONCE), out));
out:
    sm_item_texts_free(&texts);
    sm_free(names);
    return status;
}

sm_status sm_searcher_encode_rows(const siamese_tower *tower,
                                  const sm_item_table *table,
                                  const int64_t *rows, size_t count, float *out)
{
    item_rows const from = {NULL, table, rows, count};
    return encode(tower, &from, out);
}

/* The host's vectors, or new ones in *own. */
static sm_status vectors_of(const siamese_searcher *searcher,
                            const sm_item_rows *rows, const float **vectors,
                            float **own)
{
    size_t numbers;
    if (*vectors || rows->host.count == 0) return SIAMESE_OK;
    SM_REQUIRE(searcher->item != NULL, SIAMESE_E_STATE,
               "vectors: is NULL, and the searcher has no item tower");
    SM_REQUIRE(sm_size_multiply(rows->host.count, searcher->dim, &numbers),
               SIAMESE_E_ARGUMENT, "rows: %zu rows are too many",
               rows->host.count);
    *own = sm_aligned_array(numbers, sizeof **own);
    if (*own == NULL) return sm_fail_memory();
    *vectors = *own;
    item_rows const from = {rows, NULL, NULL, rows->host.count};
    return encode(searcher->item, &from, *own);
}

/* ---- items, their words and the index at one moment ---- */

typedef struct joint_change {
    sm_items_change *items;
    sm_words_change *words; /* NULL: there are none */
} joint_change;

static void commit(void *context)
{
    joint_change *const c = context;
    /* they read the rows that go of the items' change */
    if (c->words) sm_words_commit(c->words);
    sm_items_commit(c->items);
}

static void abandon(joint_change *c)
{
    if (c->words) sm_words_abandon(c->words);
    sm_items_abandon(c->items);
}

static sm_status stage_words(const siamese_searcher *searcher, joint_change *c,
                             const siamese_text *titles, const int64_t *rows)
{
    const sm_items_change *const items = c->items;
    sm_catalogue_words *const words =
        searcher->ranker ? searcher->ranker->words : NULL;
    c->words = NULL;
    return words ? sm_words_stage(&c->words, words, titles, rows, items->count,
                                  items->removed, items->removed_count)
                 : SIAMESE_OK;
}

static sm_status replace(siamese_searcher *searcher, joint_change *c,
                         const siamese_text *titles, const float *vectors,
                         int64_t *rows)
{
    const sm_items_change *const items = c->items;
    for (size_t i = 0; i < items->count; i++)
        rows[i] = items->first + (int64_t)i;
    SM_RETURN_IF_ERROR(stage_words(searcher, c, titles, rows));
    sm_index_replacement const r = {.ids = rows,
                                    .vectors = vectors,
                                    .count = items->count,
                                    .removed = items->removed,
                                    .removed_count = items->removed_count,
                                    .commit = commit,
                                    .context = c};
    return sm_index_replace(searcher->index, &r);
}

/* Takes the change: it is made, or given up. */
static sm_status make_change(siamese_searcher *searcher, sm_items_change *items,
                             const siamese_text *titles, const float *vectors)
{
    joint_change c = {items, NULL};
    int64_t *const rows = sm_alloc_array(items->count, sizeof *rows);
    sm_status const status =
        rows ? replace(searcher, &c, titles, vectors, rows) : sm_fail_memory();
    if (status != SIAMESE_OK) abandon(&c);
    sm_free(rows);
    return status;
}

static sm_status change_items(siamese_searcher *searcher,
                              const siamese_item_rows *host,
                              const float *vectors, int replaces)
{
    sm_status status = SIAMESE_OK;
    sm_item_rows rows = {.values = NULL};
    sm_items_change change;
    float *own = NULL;
    SM_CHECK(searcher != NULL, SIAMESE_E_ARGUMENT, "searcher: is NULL");
    SM_CHECK(searcher->items != NULL, SIAMESE_E_STATE,
             "searcher: it has no items");
    SM_TRY(sm_item_rows_read(&rows, host));
    SM_TRY(vectors_of(searcher, &rows, &vectors, &own));
    SM_TRY(sm_items_stage(&change, searcher->items, &rows, replaces));
    SM_TRY(make_change(searcher, &change, rows.host.titles, vectors));
out:
    sm_item_rows_free(&rows);
    sm_aligned_free(own);
    return status;
}

siamese_status siamese_searcher_add(siamese_searcher *searcher,
                                    const siamese_item_rows *rows,
                                    const float *vectors)
{
    return change_items(searcher, rows, vectors, 0);
}

siamese_status siamese_searcher_update(siamese_searcher *searcher,
                                       const siamese_item_rows *rows,
                                       const float *vectors)
{
    return change_items(searcher, rows, vectors, 1);
}

siamese_status siamese_searcher_remove(siamese_searcher *searcher,
                                       const int64_t *ids,
                                       const siamese_text *text_ids,
                                       size_t count, size_t *removed)
{
    sm_items_change change;
    SM_REQUIRE(searcher != NULL, SIAMESE_E_ARGUMENT, "searcher: is NULL");
    SM_REQUIRE(searcher->items != NULL, SIAMESE_E_STATE,
               "searcher: it has no items");
    SM_RETURN_IF_ERROR(
        sm_items_stage_removal(&change, searcher->items, ids, text_ids, count));
    size_t const gone = change.removed_count;
    SM_RETURN_IF_ERROR(make_change(searcher, &change, NULL, NULL));
    if (removed) *removed = gone;
    return SIAMESE_OK;
}

/* ---- a filter of items ---- */

siamese_status siamese_items_create_filter(siamese_id_filter **out,
                                           const siamese_items *items,
                                           int32_t mode, const int64_t *ids,
                                           const siamese_text *text_ids,
                                           size_t count, size_t *missing)
{
    sm_status status = SIAMESE_OK;
    int64_t *rows = NULL;
    size_t used = 0, without = 0;
    SM_CHECK(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_TRY(
        sm_items_rows_of(items, ids, text_ids, count, &rows, &used, &without));
    SM_TRY(siamese_id_filter_create(out, mode, rows, used));
    if (missing) *missing = without;
out:
    sm_free(rows);
    return status;
}
