/* item_rows.c: siamese_item_rows in, checked arrays by column out. For changes
 * of items and for the searcher, which encodes rows. */
#include "items/item_rows.h"

#include <string.h>

#include "common/memory.h"
#include "common/options.h"

int32_t sm_item_values_type(const siamese_column_values *values)
{
    return values->texts      ? SIAMESE_COLUMN_TEXT
           : values->integers ? SIAMESE_COLUMN_INTEGER
                              : SIAMESE_COLUMN_NUMBER;
}

static sm_status check_texts(const char *what, const siamese_text *texts,
                             const unsigned char *present, size_t count)
{
    for (size_t r = 0; texts && r < count; r++)
        SM_REQUIRE(texts[r].data != NULL || texts[r].size == 0 ||
                       (present && !present[r]),
                   SIAMESE_E_ARGUMENT,
                   "%s: row %zu is NULL, with a size of %zu", what, r,
                   texts[r].size);
    return SIAMESE_OK;
}

static sm_status check_values(const siamese_column_values *values, size_t i,
                              size_t count)
{
    int const arrays = (values->texts != NULL) + (values->integers != NULL) +
                       (values->numbers != NULL);
    SM_REQUIRE(values->name != NULL, SIAMESE_E_ARGUMENT,
               "columns: the name of column %zu is NULL", i);
    SM_REQUIRE(arrays == 1 || (arrays == 0 && count == 0), SIAMESE_E_ARGUMENT,
               "columns: '%.80s' has %d arrays of values, not one",
               values->name, arrays);
    return check_texts(values->name, values->texts, values->present, count);
}

static sm_status read_columns(sm_item_rows *rows)
{
    const siamese_item_rows *const host = &rows->host;
    size_t stride;
    if (host->column_count == 0) return SIAMESE_OK;
    SM_REQUIRE(host->columns != NULL, SIAMESE_E_ARGUMENT, "columns: is NULL");
    rows->values = sm_alloc_array(host->column_count, sizeof *rows->values);
    if (rows->values == NULL) return sm_fail_memory();
    SM_RETURN_IF_ERROR(sm_struct_check(host->columns, "columns"));
    memcpy(&stride, host->columns, sizeof stride);
    for (size_t i = 0; i < host->column_count; i++) {
        const char *const at = (const char *)host->columns + i * stride;
        SM_RETURN_IF_ERROR(sm_struct_read(&rows->values[i],
                                          sizeof *rows->values, at, "columns"));
        SM_RETURN_IF_ERROR(check_values(&rows->values[i], i, host->count));
    }
    return SIAMESE_OK;
}

sm_status sm_item_rows_read(sm_item_rows *rows, const siamese_item_rows *host)
{
    siamese_item_rows *const own = &rows->host;
    SM_RETURN_IF_ERROR(sm_struct_read(own, sizeof *own, host, "rows"));
    SM_RETURN_IF_ERROR(check_texts("titles", own->titles, NULL, own->count));
    SM_RETURN_IF_ERROR(
        check_texts("text_ids", own->text_ids, NULL, own->count));
    SM_REQUIRE(own->ids == NULL || own->text_ids == NULL, SIAMESE_E_ARGUMENT,
               "ids: there are text_ids too");
    return read_columns(rows);
}

sm_status sm_item_rows_match(sm_item_rows *rows, const sm_item_table *table)
{
    rows->by_column = sm_calloc(table->column_count, sizeof *rows->by_column);
    if (rows->by_column == NULL) return sm_fail_memory();
    for (size_t i = 0; i < rows->host.column_count; i++) {
        const siamese_column_values *const values = &rows->values[i];
        size_t const c = sm_item_table_column(table, values->name);
        SM_REQUIRE(c != SIZE_MAX, SIAMESE_E_NOT_FOUND,
                   "columns: the items have no column '%.80s'", values->name);
        SM_REQUIRE(rows->by_column[c] == NULL, SIAMESE_E_ARGUMENT,
                   "columns: '%s' is given twice", values->name);
        SM_REQUIRE(rows->host.count == 0 ||
                       sm_item_values_type(values) == table->columns[c].type,
                   SIAMESE_E_STATE, "columns: '%s' is one of %s, not of %s",
                   values->name, sm_item_type_name(table->columns[c].type),
                   sm_item_type_name(sm_item_values_type(values)));
        rows->by_column[c] = values;
    }
    return SIAMESE_OK;
}

void sm_item_rows_free(sm_item_rows *rows)
{
    sm_free(rows->values);
    sm_free(rows->by_column);
}
