/* model_texts.c: pairs and items of a model in, their texts and rows out, some
 * thousands at once. For model_build.c. */
#include "model/model_texts.h"

#include <string.h>

#include "common/hash.h"
#include "common/memory.h"
#include "common/size.h"
#include "items/item_ids.h"
#include "items/items.h"
#include "search/item_texts.h"
#include "tower/tower.h"

enum { ROWS_AT_ONCE = 8192 };

/* ---- the items, in blocks ---- */

typedef struct item_walk {
    sm_item_table *table;
    int64_t next_row, *rows;
    size_t row_count, first;
    const char **names;
    sm_item_texts texts;
    siamese_items *items;
} item_walk;

static void end_items(item_walk *walk)
{
    sm_item_texts_free(&walk->texts);
    sm_item_table_release(walk->table);
    sm_free(walk->rows);
    sm_free(walk->names);
    siamese_items_free(walk->items);
}

static sm_status begin_items(item_walk *walk, siamese_model *model,
                             int64_t from)
{
    sm_status status = SIAMESE_OK;
    size_t const fields = 1 + model->settings.field_count;
    sm_generation *const now = sm_model_now(model);
    *walk = (item_walk){.table = NULL};
    if (now->items == NULL) goto out;
    walk->items = sm_items_reference(now->items);
    SM_TRY(sm_items_snapshot(now->items, &walk->table, &walk->next_row,
                             &walk->rows, &walk->row_count));
    while (walk->first < walk->row_count && walk->rows[walk->first] < from)
        walk->first++;
    walk->names = sm_alloc_array(fields, sizeof *walk->names);
    SM_CHECK_MEMORY(walk->names);
    for (size_t f = 0; f < fields; f++)
        walk->names[f] = f ? model->settings.fields[f - 1].name : "title";
    SM_TRY(sm_item_texts_create(
        &walk->texts, walk->names, fields,
        sm_min(walk->row_count - walk->first, ROWS_AT_ONCE)));
out:
    sm_generation_release(now);
    if (status != SIAMESE_OK) end_items(walk);
    return status;
}

/* The next rows: how many, and where they stand among the rows. */
static size_t next_items(item_walk *walk, size_t *first)
{
    size_t const count = sm_min(walk->row_count - walk->first, ROWS_AT_ONCE);
    *first = walk->first;
    if (count)
        sm_item_texts_of_table(&walk->texts, walk->table,
                               walk->rows + walk->first, count);
    walk->first += count;
    return count;
}

/* ---- items that a pair has ---- */

/* Rows of texts, by what they say. */
typedef struct row_set {
    const siamese_text **rows;
    size_t *fields;
    size_t count, capacity, fields_capacity;
    sm_item_ids numbers;
} row_set;

typedef struct wanted_row {
    const row_set *set;
    const siamese_text *row;
    size_t fields;
} wanted_row;

static siamese_text field_of(const siamese_text *row, size_t fields, size_t f)
{
    return f < fields ? row[f] : (siamese_text){"", 0};
}

static bool row_matches(const void *context, int64_t number)
{
    const wanted_row *const w = context;
    size_t const own = w->set->fields[number];
    for (size_t f = 0; f < sm_max(own, w->fields); f++) {
        siamese_text const a = field_of(w->set->rows[number], own, f);
        siamese_text const b = field_of(w->row, w->fields, f);
        if (a.size != b.size || (a.size && memcmp(a.data, b.data, a.size) != 0))
            return false;
    }
    return true;
}

/* An absent field at the end is as if it were not given. */
static uint64_t hash_row(const siamese_text *row, size_t fields)
{
    const sm_hash_secret *const secret = sm_secret();
    uint64_t h = secret->start;
    while (fields > 1 && row[fields - 1].size == 0) fields--;
    for (size_t f = 0; f < fields; f++)
        h = sm_secret_more(secret, h, row[f].data, row[f].size);
    return h;
}

static bool has_row(const row_set *set, const siamese_text *row, size_t fields)
{
    wanted_row const w = {set, row, fields};
    return sm_item_ids_find(&set->numbers, hash_row(row, fields), row_matches,
                            &w) != NULL;
}

static sm_status add_row(row_set *set, const siamese_text *row, size_t fields)
{
    if (has_row(set, row, fields)) return SIAMESE_OK;
    const siamese_text **const rows =
        sm_grow(set->rows, &set->capacity, set->count + 1, sizeof *rows);
    if (rows == NULL) return sm_fail_memory();
    set->rows = rows;
    size_t *const sizes = sm_grow(set->fields, &set->fields_capacity,
                                  set->count + 1, sizeof *sizes);
    if (sizes == NULL) return sm_fail_memory();
    set->fields = sizes;
    SM_RETURN_IF_ERROR(sm_item_ids_reserve(&set->numbers, 1));
    rows[set->count] = row;
    sizes[set->count] = fields;
    sm_item_ids_insert(&set->numbers, hash_row(row, fields),
                       (int64_t)set->count++);
    return SIAMESE_OK;
}

static void free_rows(row_set *set)
{
    sm_free(set->rows);
    sm_free(set->fields);
    sm_item_ids_free(&set->numbers);
}

/* ---- the texts of rows ---- */

typedef struct text_walk {
    siamese_model *model;
    int which;
    size_t field;
    sm_take_texts take;
    void *context;
    siamese_text block[ROWS_AT_ONCE];
    size_t used;
    row_set seen;
} text_walk;

static sm_status flush(text_walk *w)
{
    size_t const count = w->used;
    w->used = 0;
    return count ? w->take(w->context, w->block, count) : SIAMESE_OK;
}

static sm_status take_text(text_walk *w, siamese_text text)
{
    w->block[w->used++] = text;
    return w->used == ROWS_AT_ONCE ? flush(w) : SIAMESE_OK;
}

static bool is_wanted(const text_walk *w, size_t f)
{
    const sm_model_settings *const s = &w->model->settings;
    if (w->which == SM_EACH_VALUE) return f == w->field;
    return f == 0 || (f <= s->field_count &&
                      s->fields[f - 1].options.kind == SIAMESE_FIELD_TEXT);
}

static sm_status take_row(text_walk *w, const siamese_text *row, size_t fields)
{
    for (size_t f = 0; f < fields; f++)
        if (is_wanted(w, f)) SM_RETURN_IF_ERROR(take_text(w, row[f]));
    return SIAMESE_OK;
}

/* Items of pairs as often as they occur, and the queries. */
static sm_status take_pairs(text_walk *w, const siamese_pairs *p)
{
    for (size_t i = 0; i < p->count; i++) {
        const siamese_text *const row = p->items + i * p->item_fields;
        SM_RETURN_IF_ERROR(take_row(w, row, p->item_fields));
        SM_RETURN_IF_ERROR(add_row(&w->seen, row, p->item_fields));
    }
    for (size_t i = 0; w->which == SM_EACH_TEXT && i < p->count; i++)
        SM_RETURN_IF_ERROR(take_text(w, p->queries[i * p->query_fields]));
    return flush(w);
}

static sm_status take_others(text_walk *w, const siamese_text *rows,
                             size_t count, size_t fields)
{
    for (size_t i = 0; i < count; i++)
        if (!has_row(&w->seen, rows + i * fields, fields))
            SM_RETURN_IF_ERROR(take_row(w, rows + i * fields, fields));
    return flush(w);
}

static sm_status walk_texts(text_walk *w)
{
    sm_status status = SIAMESE_OK;
    const sm_pairs_list *const list = &w->model->pairs;
    item_walk items;
    size_t first, count;
    for (size_t i = 0; i < list->count; i++)
        if (list->list[i].pairs.queries)
            SM_RETURN_IF_ERROR(take_pairs(w, &list->list[i].pairs));
    for (size_t i = 0; i < list->count; i++) {
        const siamese_pairs *const p = &list->list[i].pairs;
        if (p->queries == NULL)
            SM_RETURN_IF_ERROR(
                take_others(w, p->items, p->count, p->item_fields));
    }
    SM_RETURN_IF_ERROR(begin_items(&items, w->model, 0));
    while ((count = next_items(&items, &first)) > 0)
        SM_TRY(take_others(w, items.texts.texts, count, items.texts.fields));
out:
    end_items(&items);
    return status;
}

sm_status sm_model_each_text(siamese_model *model, int which, size_t field,
                             sm_take_texts take, void *context)
{
    text_walk *const w = sm_calloc(1, sizeof *w);
    if (w == NULL) return sm_fail_memory();
    w->model = model;
    w->which = which;
    w->field = field;
    w->take = take;
    w->context = context;
    sm_status const status = walk_texts(w);
    free_rows(&w->seen);
    sm_free(w);
    return status;
}

bool sm_model_pairs_have_ids(const siamese_model *model)
{
    for (size_t i = 0; i < model->pairs.count; i++)
        if (model->pairs.list[i].pairs.item_ids) return true;
    return false;
}

/* ---- rows for the trainer ---- */

sm_status sm_model_each_item(siamese_model *model, int64_t *from,
                             sm_take_items take, void *context)
{
    sm_status status = SIAMESE_OK;
    item_walk items;
    int64_t ids[ROWS_AT_ONCE];
    size_t first, count;
    SM_RETURN_IF_ERROR(begin_items(&items, model, *from));
    bool const has_ids = model->has_ids && items.table &&
                         items.table->ids == SIAMESE_IDS_INTEGER;
    while ((count = next_items(&items, &first)) > 0) {
        siamese_pairs const rows = {.struct_size = sizeof rows,
                                    .items = items.texts.texts,
                                    .item_fields = items.texts.fields,
                                    .item_ids = has_ids ? ids : NULL,
                                    .count = count};
        for (size_t i = 0; has_ids && i < count; i++) {
            const sm_item_chunk *chunk = NULL;
            size_t const at = sm_item_table_find(items.table, SIZE_MAX,
                                                 items.rows[first + i], &chunk);
            /* NOLINTNEXTLINE(clang-analyzer-core.*): each row has a chunk */
            ids[i] = chunk->ids[at];
        }
        SM_TRY(take(context, &rows));
        *from = items.rows[first + count - 1] + 1;
    }
    if (items.table) *from = items.next_row;
out:
    end_items(&items);
    return status;
}
