/* searcher.c: towers, an index and items in, one searcher of them out, and the
 * parts back. For hosts and the model. */
#include "search/searcher.h"

#include "common/memory.h"
#include "index/index_handle.h"
#include "items/items.h"
#include "search/searcher_handle.h"
#include "search/words_change.h"
#include "tower/tower.h"

static sm_status check_tower(const char *name, const siamese_tower *tower,
                             size_t dim)
{
    if (tower == NULL) return SIAMESE_OK;
    SM_REQUIRE(siamese_tower_field_count(tower) > 0, SIAMESE_E_STATE,
               "%s: the tower has no field", name);
    SM_REQUIRE(siamese_tower_dim(tower) == dim, SIAMESE_E_ARGUMENT,
               "%s: its vectors have %zu numbers, those of the index %zu", name,
               siamese_tower_dim(tower), dim);
    return SIAMESE_OK;
}

siamese_status siamese_searcher_create(siamese_searcher **out,
                                       siamese_tower *query,
                                       siamese_tower *item,
                                       siamese_index *index,
                                       siamese_items *items)
{
    siamese_index_info info = {.struct_size = sizeof info};
    SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_RETURN_IF_ERROR(siamese_index_get_info(index, &info));
    SM_RETURN_IF_ERROR(check_tower("query", query, info.dim));
    SM_RETURN_IF_ERROR(check_tower("item", item, info.dim));
    siamese_searcher *const searcher = sm_calloc(1, sizeof *searcher);
    if (searcher == NULL) return sm_fail_memory();
    sm_references_init(&searcher->references);
    searcher->query = query ? sm_tower_reference(query) : NULL;
    searcher->item = item ? sm_tower_reference(item) : NULL;
    searcher->index = sm_index_reference(index);
    searcher->items = items ? sm_items_reference(items) : NULL;
    searcher->dim = info.dim;
    sm_handle_created();
    *out = searcher;
    return SIAMESE_OK;
}

siamese_searcher *sm_searcher_reference(siamese_searcher *searcher)
{
    sm_references_add(&searcher->references);
    return searcher;
}

void siamese_searcher_free(siamese_searcher *searcher)
{
    if (searcher == NULL || !sm_references_drop(&searcher->references)) return;
    siamese_tower_free(searcher->query);
    siamese_tower_free(searcher->item);
    siamese_index_free(searcher->index);
    siamese_items_free(searcher->items);
    siamese_ranker_free(searcher->ranker);
    sm_free(searcher);
    sm_handle_freed();
}

/* ---- the parts ---- */

static sm_status check_get(const siamese_searcher *searcher, const void *out)
{
    SM_REQUIRE(searcher != NULL, SIAMESE_E_ARGUMENT, "searcher: is NULL");
    SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    return SIAMESE_OK;
}

siamese_status
siamese_searcher_get_query_tower(const siamese_searcher *searcher,
                                 siamese_tower **out)
{
    SM_RETURN_IF_ERROR(check_get(searcher, out));
    SM_REQUIRE(searcher->query != NULL, SIAMESE_E_NOT_FOUND,
               "the searcher has no query tower");
    *out = sm_tower_reference(searcher->query);
    return SIAMESE_OK;
}

siamese_status siamese_searcher_get_item_tower(const siamese_searcher *searcher,
                                               siamese_tower **out)
{
    SM_RETURN_IF_ERROR(check_get(searcher, out));
    SM_REQUIRE(searcher->item != NULL, SIAMESE_E_NOT_FOUND,
               "the searcher has no item tower");
    *out = sm_tower_reference(searcher->item);
    return SIAMESE_OK;
}

siamese_status siamese_searcher_get_index(const siamese_searcher *searcher,
                                          siamese_index **out)
{
    SM_RETURN_IF_ERROR(check_get(searcher, out));
    *out = sm_index_reference(searcher->index);
    return SIAMESE_OK;
}

siamese_status siamese_searcher_get_items(const siamese_searcher *searcher,
                                          siamese_items **out)
{
    SM_RETURN_IF_ERROR(check_get(searcher, out));
    SM_REQUIRE(searcher->items != NULL, SIAMESE_E_NOT_FOUND,
               "the searcher has no items");
    *out = sm_items_reference(searcher->items);
    return SIAMESE_OK;
}

/* ---- its ranker ---- */

/* Those that the ranker brings, where they are of these items, or new ones. */
static sm_status words_of(const siamese_searcher *searcher,
                          sm_catalogue_words *offered, sm_catalogue_words **out)
{
    sm_status status = SIAMESE_OK;
    sm_item_table *table = NULL;
    int64_t next_row, *rows = NULL;
    size_t count;
    bool fit = false;
    SM_TRY(
        sm_items_snapshot(searcher->items, &table, &next_row, &rows, &count));
    if (offered)
        SM_TRY(sm_words_bind(offered, searcher->item, rows, count, &fit));
    if (fit)
        *out = sm_words_reference(offered);
    else
        SM_TRY(sm_words_create(out, searcher->item, table, rows, count));
out:
    sm_item_table_release(table);
    sm_free(rows);
    return status;
}

siamese_status siamese_searcher_set_ranker(siamese_searcher *searcher,
                                           const siamese_ranker *ranker)
{
    sm_status status = SIAMESE_OK;
    siamese_ranker *own = NULL;
    sm_catalogue_words *words = NULL;
    SM_CHECK(searcher != NULL, SIAMESE_E_ARGUMENT, "searcher: is NULL");
    if (ranker) {
        if (searcher->items && sm_words_can_be_of(searcher->item) &&
            sm_ranker_needs_words(&ranker->options))
            SM_TRY(words_of(searcher, ranker->words, &words));
        SM_TRY(sm_ranker_with_words(&own, ranker, words));
    }
    siamese_ranker_free(searcher->ranker);
    searcher->ranker = own;
out:
    sm_words_release(words);
    return status;
}

siamese_status siamese_searcher_get_ranker(const siamese_searcher *searcher,
                                           siamese_ranker **out)
{
    SM_RETURN_IF_ERROR(check_get(searcher, out));
    SM_REQUIRE(searcher->ranker != NULL, SIAMESE_E_NOT_FOUND,
               "the searcher has no ranker");
    *out = sm_ranker_reference(searcher->ranker);
    return SIAMESE_OK;
}
