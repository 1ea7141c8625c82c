/* where_filter.c: an expression over the columns of items in, a filter of the
 * rows that pass out. For hosts. */
#include "common/memory.h"
#include "common/size.h"
#include "index/id_filter.h"
#include "items/items.h"
#include "items/where.h"
#include "items/where_match.h"

/* Of rows[count] those that pass, in place; gives how many. */
static size_t keep(sm_where *where, const sm_item_table *table, size_t chunks,
                   const siamese_id_filter *within, int64_t *rows, size_t count)
{
    const sm_item_chunk *chunk = NULL;
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        if (within && !sm_id_filter_passes(within, rows[i])) continue;
        size_t const at = sm_item_table_find(table, chunks, rows[i], &chunk);
        if (sm_where_is_true(where, chunk, at)) rows[kept++] = rows[i];
    }
    return kept;
}

siamese_status siamese_items_create_where_filter(
    siamese_id_filter **out, const siamese_items *items, const char *expression,
    const siamese_id_filter *within, size_t *found)
{
    sm_status status = SIAMESE_OK;
    sm_item_table *table = NULL;
    sm_where *where = NULL;
    int64_t *rows = NULL, next_row;
    size_t count;
    SM_CHECK(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_CHECK(items != NULL, SIAMESE_E_ARGUMENT, "items: is NULL");
    SM_CHECK(expression != NULL, SIAMESE_E_ARGUMENT, "expression: is NULL");
    SM_TRY(sm_items_snapshot(items, &table, &next_row, &rows, &count));
    SM_TRY(sm_where_create(&where, table, expression));
    count = keep(where, table, sm_chunks((size_t)next_row, SM_CHUNK_ROWS),
                 within, rows, count);
    SM_TRY(siamese_id_filter_create(out, SIAMESE_FILTER_INCLUDE, rows, count));
    if (found) *found = count;
out:
    sm_where_free(where);
    sm_free(rows);
    sm_item_table_release(table);
    return status;
}
