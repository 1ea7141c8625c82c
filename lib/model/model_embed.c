/*
 * model_embed.c: towers in; vectors of all items, their index and a generation
 * of all this out, while searches and changes of items go on with the one
 * before.
 *
 * The items are encoded as they were at the beginning. What came and went
 * meanwhile follows at the end, while changes wait.
 */
#include "model/model_embed.h"

#include "common/memory.h"
#include "common/size.h"
#include "index/index_options.h"
#include "items/items.h"
#include "search/ranker.h"
#include "search/searcher.h"
#include "search/words_change.h"
#include "tower/tower.h"

enum { ROWS_AT_ONCE = 4096 };

typedef struct embedding {
    sm_model_run *run;
    siamese_tower *query, *item;
    sm_item_table *table;
    int64_t *rows, next_row;
    size_t count;
    siamese_index *index;
    sm_catalogue_words *words; /* NULL: no stage asks for them */
    float *vectors; /* [count][dim] where the index must see them all */
} embedding;

sm_status sm_model_check_lists(const siamese_model *model)
{
    sm_generation *const now = sm_model_now(model);
    size_t const nlist = model->settings.index.nlist;
    size_t const items = siamese_items_count(now->items);
    sm_generation_release(now);
    SM_REQUIRE(items == 0 || nlist <= items, SIAMESE_E_ARGUMENT,
               "nlist: %zu lists are more than the %zu items of the model",
               nlist, items);
    return SIAMESE_OK;
}

/* The vectors of some rows into `out`, and into the index if it has its lists
 * already. */
static sm_status encode_part(embedding *e, size_t first, size_t count,
                             float *out, int adds)
{
    SM_RETURN_IF_ERROR(sm_searcher_encode_rows(e->item, e->table,
                                               e->rows + first, count, out));
    if (adds)
        SM_RETURN_IF_ERROR(
            siamese_index_add(e->index, e->rows + first, out, count));
    return sm_model_tell(e->run, SIAMESE_STAGE_EMBED,
                         (double)(first + count) / (double)e->count);
}

/* With one list, as an index that is not trained has it, no k-means asks for
 * all vectors at once. */
static sm_status encode_all(embedding *e, const siamese_index_options *options)
{
    size_t const dim = siamese_tower_dim(e->item);
    int const has_lists = sm_index_choose_nlist(options, e->count) > 1 &&
                          options->nlist <= e->count;
    size_t const room = has_lists ? e->count : sm_min(e->count, ROWS_AT_ONCE);
    size_t numbers;
    if (!sm_size_multiply(room, dim, &numbers)) return sm_fail_memory();
    e->vectors = sm_aligned_array(numbers, sizeof *e->vectors);
    if (e->vectors == NULL) return sm_fail_memory();
    for (size_t done = 0; done < e->count; done += ROWS_AT_ONCE)
        SM_RETURN_IF_ERROR(encode_part(
            e, done, sm_min(e->count - done, ROWS_AT_ONCE),
            has_lists ? e->vectors + done * dim : e->vectors, !has_lists));
    if (!has_lists) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(siamese_index_train(e->index, e->vectors, e->count));
    return siamese_index_add(e->index, e->rows, e->vectors, e->count);
}

/* ---- words ---- */

static sm_status make_words(embedding *e, const siamese_ranker_options *options)
{
    return sm_ranker_needs_words(options) && sm_words_can_be_of(e->item)
               ? sm_words_create(&e->words, e->item, e->table, e->rows,
                                 e->count)
               : SIAMESE_OK;
}

/* Rows that came and went meanwhile. */
static sm_status change_words(const embedding *e, const sm_item_table *table,
                              const int64_t *rows, size_t count,
                              const int64_t *gone, size_t gone_count)
{
    sm_words_change *change;
    if (e->words == NULL) return SIAMESE_OK;
    siamese_text *const titles = sm_alloc_array(count, sizeof *titles);
    if (titles == NULL) return sm_fail_memory();
    sm_item_table_titles(table, rows, count, titles);
    sm_status const status = sm_words_stage(&change, e->words, titles, rows,
                                            count, gone, gone_count);
    if (status == SIAMESE_OK) sm_words_commit(change);
    sm_free(titles);
    return status;
}

/* The ranker of the model's settings, with what the one before has learned. */
static sm_status make_ranker(const embedding *e, siamese_ranker **out)
{
    const siamese_model *const model = e->run->model;
    siamese_ranker *plain = NULL;
    *out = NULL;
    if (!sm_ranker_does_anything(&model->settings.ranker)) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(
        sm_ranker_create(&plain, &model->settings.ranker, &model->learned));
    sm_status const status = sm_ranker_with_words(out, plain, e->words);
    siamese_ranker_free(plain);
    return status;
}

/* ---- the end ---- */

/* Rows that are there now and were not, and that were and are not: both lists
 * are ascending. */
static sm_status catch_up(embedding *e, const siamese_items *items)
{
    sm_status status = SIAMESE_OK;
    sm_item_table *table = NULL;
    int64_t *rows = NULL, *gone = NULL, next_row;
    size_t count, gone_count = 0, old = 0;
    float *vectors = NULL;
    SM_TRY(sm_items_snapshot(items, &table, &next_row, &rows, &count));
    gone = sm_alloc_array(e->count, sizeof *gone);
    SM_CHECK_MEMORY(gone);
    size_t i = 0;
    for (; i < count && rows[i] < e->next_row; i++, old++)
        while (e->rows[old] != rows[i]) gone[gone_count++] = e->rows[old++];
    while (old < e->count) gone[gone_count++] = e->rows[old++];
    if (gone_count)
        SM_TRY(siamese_index_remove(e->index, gone, gone_count, NULL));
    if (i < count) {
        size_t const dim = siamese_tower_dim(e->item);
        vectors = sm_aligned_array((count - i) * dim, sizeof *vectors);
        SM_CHECK_MEMORY(vectors);
        SM_TRY(sm_searcher_encode_rows(e->item, table, rows + i, count - i,
                                       vectors));
        SM_TRY(siamese_index_add(e->index, rows + i, vectors, count - i));
    }
    SM_TRY(change_words(e, table, rows + i, count - i, gone, gone_count));
out:
    sm_item_table_release(table);
    sm_free(rows);
    sm_free(gone);
    sm_aligned_free(vectors);
    return status;
}

/* With the writer's lock. Searches of the generation before go on with its
 * items, which nobody changes any more. */
static sm_status put(embedding *e, uint64_t step)
{
    sm_status status = SIAMESE_OK;
    siamese_model *const model = e->run->model;
    siamese_items *items = NULL;
    siamese_ranker *ranker = NULL;
    sm_generation *next;
    if (model->now->items) {
        SM_TRY(sm_items_clone(&items, model->now->items));
        /* the first items may have come during the run */
        if (e->index == NULL)
            SM_TRY(siamese_index_create(&e->index, siamese_tower_dim(e->item),
                                        &model->settings.index));
        SM_TRY(catch_up(e, items));
    }
    SM_TRY(make_ranker(e, &ranker));
    SM_TRY(sm_generation_create(&next, e->query, e->item, e->index, items,
                                ranker, step));
    sm_model_put(model, next);
out:
    siamese_ranker_free(ranker);
    siamese_items_free(items);
    return status;
}

sm_status sm_model_embed(sm_model_run *run, siamese_tower *query,
                         siamese_tower *item, uint64_t step)
{
    sm_status status = SIAMESE_OK;
    siamese_model *const model = run->model;
    embedding e = {.run = run, .query = query, .item = item};
    sm_generation *const now = sm_model_now(model);
    siamese_index_options const options = model->settings.index;
    if (now->items) {
        SM_TRY(sm_items_snapshot(now->items, &e.table, &e.next_row, &e.rows,
                                 &e.count));
        SM_TRY(
            siamese_index_create(&e.index, siamese_tower_dim(item), &options));
        SM_TRY(encode_all(&e, &options));
        SM_TRY(make_words(&e, &model->settings.ranker));
    }
    sm_aligned_free(e.vectors);
    e.vectors = NULL;
    sm_model_lock_writer(model);
    status = put(&e, step);
    sm_model_unlock_writer(model);
out:
    sm_generation_release(now);
    sm_item_table_release(e.table);
    siamese_index_free(e.index);
    sm_words_release(e.words);
    sm_aligned_free(e.vectors);
    sm_free(e.rows);
    return status;
}
