/* item_texts.c: rows of items in, the texts of an item tower's fields out. For
 * the searcher. */
#include "search/item_texts.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/memory.h"
#include "common/number.h"
#include "common/size.h"

enum { NUMBER_SIZE = 32 };

sm_status sm_item_texts_create(sm_item_texts *texts, const char *const *names,
                               size_t fields, size_t room)
{
    size_t cells;
    *texts = (sm_item_texts){.names = names, .fields = fields, .room = room};
    if (!sm_size_multiply(room, texts->fields, &cells)) return sm_fail_memory();
    texts->texts = sm_alloc_array(cells, sizeof *texts->texts);
    if (texts->fields > 1) texts->numbers = sm_alloc_array(cells, NUMBER_SIZE);
    if (texts->texts && (texts->numbers || texts->fields == 1))
        return SIAMESE_OK;
    sm_item_texts_free(texts);
    return sm_fail_memory();
}

void sm_item_texts_free(sm_item_texts *texts)
{
    sm_free(texts->texts);
    sm_free(texts->numbers);
}

/* Numbers as the texts that a tower reads. */
static siamese_text integer_text(const sm_item_texts *texts, size_t cell,
                                 int64_t value)
{
    char *const text = texts->numbers + cell * NUMBER_SIZE;
    int const size = snprintf(text, NUMBER_SIZE, "%" PRId64, value);
    return (siamese_text){text, (size_t)size};
}

static siamese_text number_text(const sm_item_texts *texts, size_t cell,
                                double value)
{
    char *const text = texts->numbers + cell * NUMBER_SIZE;
    sm_format_double(value, text, NUMBER_SIZE);
    return (siamese_text){text, strlen(text)};
}

static siamese_text const absent = {"", 0};

/* ---- of a host's rows ---- */

static const siamese_column_values *values_of(const sm_item_rows *rows,
                                              const char *name)
{
    for (size_t c = 0; c < rows->host.column_count; c++)
        if (strcmp(rows->values[c].name, name) == 0) return &rows->values[c];
    return NULL;
}

static siamese_text text_of_row(const sm_item_texts *texts, size_t cell,
                                const siamese_column_values *values, size_t r)
{
    if (values == NULL || (values->present && !values->present[r]))
        return absent;
    if (values->texts) return values->texts[r];
    return values->integers ? integer_text(texts, cell, values->integers[r])
                            : number_text(texts, cell, values->numbers[r]);
}

void sm_item_texts_of_rows(sm_item_texts *texts, const sm_item_rows *rows,
                           size_t first, size_t count)
{
    const siamese_text *const titles = rows->host.titles;
    for (size_t i = 0; i < count; i++)
        texts->texts[i * texts->fields] = titles ? titles[first + i] : absent;
    for (size_t f = 1; f < texts->fields; f++) {
        const siamese_column_values *const values =
            values_of(rows, texts->names[f]);
        for (size_t i = 0; i < count; i++) {
            size_t const cell = i * texts->fields + f;
            texts->texts[cell] = text_of_row(texts, cell, values, first + i);
        }
    }
}

/* ---- of a table's rows ---- */

static siamese_text text_of_item(const sm_item_texts *texts, size_t cell,
                                 const sm_item_chunk *chunk, size_t at,
                                 int64_t column, int32_t type)
{
    siamese_text text;
    int64_t integer;
    double number;
    if (type == SIAMESE_COLUMN_TEXT)
        return sm_item_text(chunk, at, column, &text) ? text : absent;
    if (type == SIAMESE_COLUMN_INTEGER)
        return sm_item_integer(chunk, at, column, &integer)
                   ? integer_text(texts, cell, integer)
                   : absent;
    return sm_item_number(chunk, at, column, &number)
               ? number_text(texts, cell, number)
               : absent;
}

static void fill_field(sm_item_texts *texts, size_t f,
                       const sm_item_table *table, const int64_t *rows,
                       size_t count)
{
    int64_t column = SM_COLUMN_TITLE;
    int32_t type = SIAMESE_COLUMN_TEXT;
    const sm_item_chunk *chunk = NULL;
    if (f > 0) {
        size_t const c = sm_item_table_column(table, texts->names[f]);
        column = c == SIZE_MAX ? INT64_MAX : (int64_t)c;
        if (c != SIZE_MAX) type = table->columns[c].type;
    }
    for (size_t i = 0; i < count; i++) {
        size_t const cell = i * texts->fields + f;
        size_t const at = sm_item_table_find(table, SIZE_MAX, rows[i], &chunk);
        texts->texts[cell] = text_of_item(texts, cell, chunk, at, column, type);
    }
}

void sm_item_texts_of_table(sm_item_texts *texts, const sm_item_table *table,
                            const int64_t *rows, size_t count)
{
    for (size_t f = 0; f < texts->fields; f++)
        fill_field(texts, f, table, rows, count);
}
