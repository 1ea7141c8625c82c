/*
 * item_table.h: all chunks of some items, by the numbers of their rows.
 *
 * Hits hold a reference to the table that was there when they were found, and
 * read its rows without a lock. A table that others hold is never changed where
 * they read: chunks come behind its own; anything else makes another table.
 */
#ifndef SM_ITEM_TABLE_H
#define SM_ITEM_TABLE_H

#include "items/item_chunk.h"

typedef struct sm_item_table {
    sm_references references;
    int32_t ids; /* SIAMESE_IDS_* */
    size_t column_count;
    sm_item_column *columns;
    size_t chunk_capacity, chunk_count; /* chunk_count: of the writer's alone */
    sm_item_chunk **chunks; /* of 1,024 numbers each; NULL: no row is left */
} sm_item_table;

/*
 * A table of its own with the chunks of another (NULL: none), these columns,
 * and room for so many chunks.
 */
sm_status sm_item_table_create(sm_item_table **out, const sm_item_table *from,
                               int32_t ids, const sm_item_column *columns,
                               size_t column_count, size_t chunk_capacity);
void sm_item_table_release(sm_item_table *table);

static inline sm_item_table *sm_item_table_reference(sm_item_table *table)
{
    sm_references_add(&table->references);
    return table;
}

/*
 * The chunk of a row and its place in the arrays: SIZE_MAX if it is not there.
 * `chunks` are those that the reader knows of.
 */
static inline size_t sm_item_table_find(const sm_item_table *table,
                                        size_t chunks, int64_t row,
                                        const sm_item_chunk **chunk)
{
    uint64_t const number = (uint64_t)row / SM_CHUNK_ROWS;
    if (row < 0 || number >= chunks || table->chunks[number] == NULL)
        return SIZE_MAX;
    *chunk = table->chunks[number];
    return sm_item_chunk_find(*chunk, (size_t)row % SM_CHUNK_ROWS);
}

/* "texts", "integers" or "numbers". */
const char *sm_item_type_name(int32_t type);

/* The column of a name; SIZE_MAX: none. */
size_t sm_item_table_column(const sm_item_table *table, const char *name);

/*
 * Which column a host names, for a reader of values of `type`.
 * SIAMESE_E_NOT_FOUND or SIAMESE_E_STATE says what is wrong.
 */
enum { SM_COLUMN_TITLE = -1, SM_COLUMN_ID = -2 };
sm_status sm_item_table_resolve(const sm_item_table *table, const char *column,
                                int32_t type, int64_t *out);

/* One value of a row in its chunk, for a column that was resolved; false if it
 * is missing. */
int sm_item_text(const sm_item_chunk *chunk, size_t at, int64_t column,
                 siamese_text *value);
int sm_item_integer(const sm_item_chunk *chunk, size_t at, int64_t column,
                    int64_t *value);
int sm_item_number(const sm_item_chunk *chunk, size_t at, int64_t column,
                   double *value);

/* The titles of rows[count], which are all in the table and lend them. */
void sm_item_table_titles(const sm_item_table *table, const int64_t *rows,
                          size_t count, siamese_text *titles);

#endif
