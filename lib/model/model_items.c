/* model_items.c: items of a host in, put where searches find them; queries in,
 * hits and vectors out. */
#include <string.h>

#include "common/memory.h"
#include "index/index_handle.h"
#include "items/item_rows.h"
#include "items/items.h"
#include "model/model_handle.h"

/* ---- items and index, where they are missing ---- */

static sm_status make_items(const siamese_model *model, siamese_items **out,
                            const siamese_item_rows *rows)
{
    siamese_items_options options;
    SM_RETURN_IF_ERROR(siamese_items_options_init(&options, sizeof options));
    options.ids = rows->text_ids ? SIAMESE_IDS_TEXT : SIAMESE_IDS_INTEGER;
    options.repeats = model->settings.options.repeats;
    return siamese_items_create(out, &options);
}

/* Columns of items that are thrown away because their ids are of another
 * kind. */
static sm_status copy_columns(siamese_items *to, const siamese_items *from)
{
    siamese_column_info info = {.struct_size = sizeof info};
    siamese_items_info all = {.struct_size = sizeof all};
    if (from == NULL) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(siamese_items_get_info(from, &all));
    for (size_t c = 0; c < all.columns; c++) {
        SM_RETURN_IF_ERROR(siamese_items_get_column(from, c, &info));
        SM_RETURN_IF_ERROR(siamese_items_add_column(to, info.name, info.type));
    }
    return SIAMESE_OK;
}

/* Items of the kind of ids that the rows have; and an index, once there are
 * towers. */
static sm_status make_parts(siamese_model *model, const sm_generation *now,
                            const siamese_item_rows *rows, int keeps_items)
{
    sm_status status = SIAMESE_OK;
    siamese_items *items = keeps_items ? sm_items_reference(now->items) : NULL;
    siamese_index *index = now->index ? sm_index_reference(now->index) : NULL;
    sm_generation *next;
    if (items == NULL) {
        SM_TRY(make_items(model, &items, rows));
        SM_TRY(copy_columns(items, now->items));
    }
    if (now->item && index == NULL)
        SM_TRY(siamese_index_create(&index, siamese_tower_dim(now->item),
                                    &model->settings.index));
    SM_TRY(sm_generation_create(&next, now->query, now->item, index, items,
                                now->ranker, now->step));
    sm_model_put(model, next);
out:
    siamese_items_free(items);
    siamese_index_free(index);
    return status;
}

/* The first rows decide what ids are; columns may have come before. */
static sm_status prepare(siamese_model *model, const siamese_item_rows *rows)
{
    const sm_generation *const now = model->now;
    siamese_items_info info = {.struct_size = sizeof info};
    if (now->items == NULL) {
        SM_REQUIRE(siamese_index_count(now->index) == 0, SIAMESE_E_STATE,
                   "model: its index has vectors without items");
        return make_parts(model, now, rows, 0);
    }
    SM_RETURN_IF_ERROR(siamese_items_get_info(now->items, &info));
    int const is_text = rows->text_ids != NULL;
    if (info.next_row == 0 && rows->count > 0 &&
        is_text != (info.ids == SIAMESE_IDS_TEXT))
        return make_parts(model, now, rows, 0);
    return now->item && now->index == NULL && info.count == 0
               ? make_parts(model, now, rows, 1)
               : SIAMESE_OK;
}

static sm_status add_columns(siamese_items *items, const sm_item_rows *rows)
{
    for (size_t c = 0; c < rows->host.column_count; c++)
        SM_RETURN_IF_ERROR(
            siamese_items_add_column(items, rows->values[c].name,
                                     sm_item_values_type(&rows->values[c])));
    return SIAMESE_OK;
}

static sm_status change_parts(const sm_generation *now,
                              const sm_item_rows *rows, int replaces)
{
    const siamese_item_rows *const host = &rows->host;
    SM_RETURN_IF_ERROR(add_columns(now->items, rows));
    if (now->searcher)
        return replaces ? siamese_searcher_update(now->searcher, host, NULL)
                        : siamese_searcher_add(now->searcher, host, NULL);
    return replaces ? siamese_items_update(now->items, host, NULL, 0)
                    : siamese_items_add(now->items, host, NULL, 0);
}

/* With the writer's lock, so that `now` stays. Rows that do not come leave no
 * columns behind either. */
static sm_status change(siamese_model *model, const sm_item_rows *rows,
                        int replaces)
{
    int64_t next_row;
    SM_RETURN_IF_ERROR(prepare(model, &rows->host));
    siamese_items *const items = model->now->items;
    sm_item_table *const before = sm_items_table(items, &next_row);
    sm_status const status = change_parts(model->now, rows, replaces);
    if (status == SIAMESE_OK)
        sm_item_table_release(before);
    else
        sm_items_set_back(items, before);
    return status;
}

static sm_status change_items(siamese_model *model,
                              const siamese_item_rows *host, int replaces)
{
    sm_status status = SIAMESE_OK;
    sm_item_rows rows = {.values = NULL};
    SM_CHECK(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    SM_TRY(sm_item_rows_read(&rows, host));
    rows.host.columns = rows.values;
    sm_model_lock_writer(model);
    status = change(model, &rows, replaces);
    sm_model_unlock_writer(model);
out:
    sm_item_rows_free(&rows);
    return status;
}

siamese_status siamese_model_add_items(siamese_model *model,
                                       const siamese_item_rows *rows)
{
    return change_items(model, rows, 0);
}

siamese_status siamese_model_update_items(siamese_model *model,
                                          const siamese_item_rows *rows)
{
    return change_items(model, rows, 1);
}

siamese_status siamese_model_remove_items(siamese_model *model,
                                          const int64_t *ids,
                                          const siamese_text *text_ids,
                                          size_t count, size_t *removed)
{
    sm_status status = SIAMESE_OK;
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    sm_model_lock_writer(model);
    const sm_generation *const now = model->now;
    SM_CHECK(now->items != NULL, SIAMESE_E_STATE, "model: it has no items");
    SM_TRY(now->searcher ? siamese_searcher_remove(now->searcher, ids, text_ids,
                                                   count, removed)
                         : siamese_items_remove(now->items, ids, text_ids,
                                                count, removed));
out:
    sm_model_unlock_writer(model);
    return status;
}

siamese_status siamese_model_add_column(siamese_model *model, const char *name,
                                        int32_t type)
{
    static const siamese_item_rows no_rows = {.struct_size = sizeof no_rows};
    sm_status status = SIAMESE_OK;
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    sm_model_lock_writer(model);
    SM_TRY(prepare(model, &no_rows));
    SM_TRY(siamese_items_add_column(model->now->items, name, type));
out:
    sm_model_unlock_writer(model);
    return status;
}

/* ---- queries ---- */

siamese_status siamese_model_search(const siamese_model *model,
                                    const siamese_search_request *request,
                                    siamese_hits **out)
{
    sm_status status = SIAMESE_OK;
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    sm_generation *const now = sm_model_now(model);
    SM_CHECK(now->searcher != NULL, SIAMESE_E_STATE,
             "model: it has no index yet: add items and train it");
    SM_TRY(siamese_searcher_search(now->searcher, request, out));
out:
    sm_generation_release(now);
    return status;
}

siamese_status siamese_model_search_text(const siamese_model *model,
                                         const char *text, size_t k,
                                         siamese_hits **out)
{
    siamese_text query = {text, 0};
    siamese_search_request request = {.struct_size = sizeof request,
                                      .texts = &query,
                                      .fields = 1,
                                      .count = 1,
                                      .k = k,
                                      .min_score = -1e20};
    SM_REQUIRE(text != NULL, SIAMESE_E_ARGUMENT, "text: is NULL");
    SM_REQUIRE(k > 0, SIAMESE_E_ARGUMENT, "k: is 0");
    query.size = strlen(text);
    return siamese_model_search(model, &request, out);
}

siamese_status siamese_model_encode(const siamese_model *model, int32_t side,
                                    const siamese_text *rows, size_t count,
                                    size_t fields, float *out,
                                    size_t out_capacity)
{
    sm_status status = SIAMESE_OK;
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    SM_REQUIRE(side == SIAMESE_SIDE_QUERY || side == SIAMESE_SIDE_ITEM,
               SIAMESE_E_ARGUMENT, "side: %d is neither query nor item",
               (int)side);
    sm_generation *const now = sm_model_now(model);
    const siamese_tower *const tower =
        side == SIAMESE_SIDE_QUERY ? now->query : now->item;
    SM_CHECK(tower != NULL, SIAMESE_E_STATE, "model: it has no towers yet");
    SM_TRY(siamese_tower_encode(tower, rows, count, fields, out, out_capacity));
out:
    sm_generation_release(now);
    return status;
}
