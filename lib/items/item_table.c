/* item_table.c: the chunks of items under the numbers of their rows, and the
 * values of one row. For items and for hits. */
#include "items/item_table.h"

#include <math.h>
#include <string.h>

#include "common/arena.h"
#include "common/memory.h"

static void lay_out(sm_item_table *table, sm_arena *arena)
{
    table->columns =
        sm_arena_array(arena, table->column_count, sizeof *table->columns);
    table->chunks =
        sm_arena_array(arena, table->chunk_capacity, sizeof *table->chunks);
}

sm_status sm_item_table_create(sm_item_table **out, const sm_item_table *from,
                               int32_t ids, const sm_item_column *columns,
                               size_t column_count, size_t chunk_capacity)
{
    sm_item_table plan = {.ids = ids,
                          .column_count = column_count,
                          .chunk_capacity = chunk_capacity,
                          .chunk_count = from ? from->chunk_count : 0};
    sm_arena arena = {NULL, 0};
    (void)sm_arena_array(&arena, 1, sizeof plan);
    lay_out(&plan, &arena);
    char *const memory = sm_aligned_calloc(arena.used, 1);
    if (memory == NULL) return sm_fail_memory();
    arena = (sm_arena){memory, 0};
    sm_item_table *const table = sm_arena_array(&arena, 1, sizeof *table);
    *table = plan;
    sm_references_init(&table->references);
    lay_out(table, &arena);
    if (column_count)
        memcpy(table->columns, columns, column_count * sizeof *columns);
    for (size_t c = 0; c < table->chunk_count; c++) {
        /* NOLINTNEXTLINE(clang-analyzer-core.*): without it no chunks */
        table->chunks[c] = from->chunks[c];
        if (table->chunks[c]) sm_references_add(&table->chunks[c]->references);
    }
    *out = table;
    return SIAMESE_OK;
}

void sm_item_table_release(sm_item_table *table)
{
    if (table == NULL || !sm_references_drop(&table->references)) return;
    for (size_t c = 0; c < table->chunk_count; c++)
        sm_item_chunk_release(table->chunks[c]);
    sm_aligned_free(table);
}

/* ---- columns ---- */

size_t sm_item_table_column(const sm_item_table *table, const char *name)
{
    for (size_t c = 0; c < table->column_count; c++)
        if (strcmp(table->columns[c].name, name) == 0) return c;
    return SIZE_MAX;
}

const char *sm_item_type_name(int32_t type)
{
    return type == SIAMESE_COLUMN_TEXT      ? "texts"
           : type == SIAMESE_COLUMN_INTEGER ? "integers"
                                            : "numbers";
}

sm_status sm_item_table_resolve(const sm_item_table *table, const char *column,
                                int32_t type, int64_t *out)
{
    int32_t own = SIAMESE_COLUMN_TEXT;
    SM_REQUIRE(column != NULL, SIAMESE_E_ARGUMENT, "column: is NULL");
    if (strcmp(column, "title") == 0) {
        *out = SM_COLUMN_TITLE;
    } else if (strcmp(column, "id") == 0) {
        *out = SM_COLUMN_ID;
        if (table->ids == SIAMESE_IDS_INTEGER) own = SIAMESE_COLUMN_INTEGER;
    } else {
        size_t const c = sm_item_table_column(table, column);
        SM_REQUIRE(c != SIZE_MAX, SIAMESE_E_NOT_FOUND,
                   "column: the items have none of the name '%.80s'", column);
        *out = (int64_t)c;
        own = table->columns[c].type;
    }
    SM_REQUIRE(own == type, SIAMESE_E_STATE,
               "column: '%s' is one of %s, not %s", column,
               sm_item_type_name(own), sm_item_type_name(type));
    return SIAMESE_OK;
}

/* ---- values ---- */

/* NULL: the chunk is older than the column, or the value is missing. */
static const sm_item_values *values_of(const sm_item_chunk *chunk, size_t at,
                                       int64_t column)
{
    if ((uint64_t)column >= chunk->column_count) return NULL;
    const sm_item_values *const values = &chunk->columns[column];
    return values->present[at] ? values : NULL;
}

int sm_item_text(const sm_item_chunk *chunk, size_t at, int64_t column,
                 siamese_text *value)
{
    const sm_item_values *values;
    *value = (siamese_text){"", 0};
    if (column == SM_COLUMN_TITLE) return *value = chunk->titles[at], 1;
    if (column == SM_COLUMN_ID) return *value = chunk->text_ids[at], 1;
    values = values_of(chunk, at, column);
    if (values) *value = values->texts[at];
    return values != NULL;
}

int sm_item_integer(const sm_item_chunk *chunk, size_t at, int64_t column,
                    int64_t *value)
{
    if (column == SM_COLUMN_ID) return *value = chunk->ids[at], 1;
    const sm_item_values *const values = values_of(chunk, at, column);
    *value = values ? values->integers[at] : 0;
    return values != NULL;
}

int sm_item_number(const sm_item_chunk *chunk, size_t at, int64_t column,
                   double *value)
{
    const sm_item_values *const values = values_of(chunk, at, column);
    *value = values ? values->numbers[at] : NAN;
    return values != NULL;
}

void sm_item_table_titles(const sm_item_table *table, const int64_t *rows,
                          size_t count, siamese_text *titles)
{
    const sm_item_chunk *chunk = NULL;
    for (size_t i = 0; i < count; i++) {
        size_t const at = sm_item_table_find(table, SIZE_MAX, rows[i], &chunk);
        /* NOLINTNEXTLINE(clang-analyzer-core.*): each row has a chunk */
        titles[i] = chunk->titles[at];
    }
}
