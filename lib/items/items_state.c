/* items_state.c: items in, their section out, and back. For checkpoints. */
#include "items/items_state.h"

#include <stdlib.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "items/items.h"
#include "items/items_handle.h"

enum { AT_ONCE = 1024, MOST_COLUMNS = 1000 };

/* ---- writing: a column at once, a thousand rows at once ---- */

typedef struct output {
    const siamese_items *items; /* of our own: nobody changes them */
    sm_writer *writer;
    int64_t column;
} output;

/* One number of a row, as it is stored. */
typedef int64_t (*number_fn)(const output *o, const sm_item_chunk *chunk,
                             size_t at, int64_t row);

static int64_t row_number(const output *o, const sm_item_chunk *chunk,
                          size_t at, int64_t row)
{
    (void)o, (void)chunk, (void)at;
    return row;
}

static int64_t integer_of(const output *o, const sm_item_chunk *chunk,
                          size_t at, int64_t row)
{
    int64_t value;
    (void)row;
    (void)sm_item_integer(chunk, at, o->column, &value);
    return value;
}

static int64_t number_of(const output *o, const sm_item_chunk *chunk, size_t at,
                         int64_t row)
{
    double value;
    int64_t bits;
    (void)row;
    if (!sm_item_number(chunk, at, o->column, &value)) value = 0;
    memcpy(&bits, &value, sizeof bits);
    return bits;
}

static int64_t size_of(const output *o, const sm_item_chunk *chunk, size_t at,
                       int64_t row)
{
    siamese_text value;
    (void)row;
    (void)sm_item_text(chunk, at, o->column, &value);
    return (int64_t)value.size;
}

static const sm_item_chunk *find(const output *o, int64_t row, size_t *at)
{
    const sm_item_chunk *chunk = NULL;
    const sm_item_table *const table = o->items->table;
    *at = sm_item_table_find(table, table->chunk_count, row, &chunk);
    return chunk;
}

static sm_status write_numbers(const output *o, number_fn number)
{
    int64_t block[AT_ONCE];
    size_t used = 0;
    for (int64_t row = sm_items_next(o->items, 0); row >= 0;
         row = sm_items_next(o->items, row + 1)) {
        size_t at;
        const sm_item_chunk *const chunk = find(o, row, &at);
        block[used++] = number(o, chunk, at, row);
        if (used < AT_ONCE) continue;
        SM_RETURN_IF_ERROR(sm_write_i64s(o->writer, block, used));
        used = 0;
    }
    return sm_write_i64s(o->writer, block, used);
}

static sm_status write_texts(const output *o)
{
    SM_RETURN_IF_ERROR(write_numbers(o, size_of));
    for (int64_t row = sm_items_next(o->items, 0); row >= 0;
         row = sm_items_next(o->items, row + 1)) {
        size_t at;
        siamese_text text;
        const sm_item_chunk *const chunk = find(o, row, &at);
        (void)sm_item_text(chunk, at, o->column, &text);
        if (text.size)
            SM_RETURN_IF_ERROR(
                o->writer->write(o->writer->context, text.data, text.size));
    }
    return SIAMESE_OK;
}

static sm_status write_present(const output *o)
{
    int8_t block[AT_ONCE];
    size_t used = 0;
    for (int64_t row = sm_items_next(o->items, 0); row >= 0;
         row = sm_items_next(o->items, row + 1)) {
        size_t at;
        const sm_item_chunk *const chunk = find(o, row, &at);
        block[used++] = (size_t)o->column < chunk->column_count &&
                        chunk->columns[o->column].present[at];
        if (used < AT_ONCE) continue;
        SM_RETURN_IF_ERROR(sm_write_i8s(o->writer, block, used));
        used = 0;
    }
    return sm_write_i8s(o->writer, block, used);
}

static sm_status write_column(const output *o)
{
    int32_t const type = o->items->table->columns[o->column].type;
    SM_RETURN_IF_ERROR(write_present(o));
    if (type == SIAMESE_COLUMN_TEXT) return write_texts(o);
    return write_numbers(o, type == SIAMESE_COLUMN_INTEGER ? integer_of
                                                           : number_of);
}

sm_status sm_items_write(const siamese_items *items, sm_writer *writer)
{
    const sm_item_table *const table = items->table;
    output o = {items, writer, SM_COLUMN_ID};
    int const is_dense = items->next_row == (int64_t)items->count;
    SM_RETURN_IF_ERROR(sm_write_u32(writer, (uint32_t)items->options.ids));
    SM_RETURN_IF_ERROR(sm_write_u32(writer, (uint32_t)items->options.repeats));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, table->column_count));
    for (size_t c = 0; c < table->column_count; c++) {
        const sm_item_column *const column = &table->columns[c];
        SM_RETURN_IF_ERROR(
            sm_write_bytes(writer, column->name, strlen(column->name)));
        SM_RETURN_IF_ERROR(sm_write_u32(writer, (uint32_t)column->type));
    }
    SM_RETURN_IF_ERROR(sm_write_u64(writer, (uint64_t)items->next_row));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, items->count));
    SM_RETURN_IF_ERROR(sm_write_u32(writer, (uint32_t)is_dense));
    if (!is_dense) SM_RETURN_IF_ERROR(write_numbers(&o, row_number));
    SM_RETURN_IF_ERROR(items->options.ids == SIAMESE_IDS_TEXT
                           ? write_texts(&o)
                           : write_numbers(&o, integer_of));
    o.column = SM_COLUMN_TITLE;
    SM_RETURN_IF_ERROR(write_texts(&o));
    for (o.column = 0; (size_t)o.column < table->column_count; o.column++)
        SM_RETURN_IF_ERROR(write_column(&o));
    return SIAMESE_OK;
}

/* ---- reading: the section as arrays of rows ---- */

typedef struct input {
    sm_reader *reader;
    siamese_items_options options;
    sm_item_column *columns;
    size_t column_count, count;
    int64_t next_row;
    int64_t *numbers; /* NULL: 0 .. count - 1 */
    int64_t *ids;
    siamese_text *text_ids, *titles;
    siamese_column_values *values; /* [column_count] */
    const siamese_column_values **by_column;
    char **bytes; /* [2 + column_count] */
    size_t bytes_count;
} input;

static sm_status read_numbers(const input *in, const char *what, int64_t **out)
{
    SM_RETURN_IF_ERROR(
        sm_read_expect(in->reader, what, in->count, sizeof **out));
    *out = sm_alloc_array(in->count, sizeof **out);
    if (*out == NULL) return sm_fail_memory();
    return sm_read_i64s(in->reader, *out, in->count);
}

static sm_status read_texts(input *in, const char *what, siamese_text **out)
{
    sm_status status = SIAMESE_OK;
    int64_t *sizes = NULL;
    uint64_t total = 0;
    SM_TRY(read_numbers(in, what, &sizes));
    for (size_t r = 0; r < in->count; r++) {
        SM_CHECK(sizes[r] >= 0 &&
                     (uint64_t)sizes[r] <= in->reader->left - total,
                 SIAMESE_E_FORMAT, "section %s: %s %zu has %lld bytes",
                 in->reader->section, what, r, (long long)sizes[r]);
        total += (uint64_t)sizes[r];
    }
    char *const bytes = sm_alloc(total);
    SM_CHECK_MEMORY(bytes);
    in->bytes[in->bytes_count++] = bytes;
    SM_TRY(sm_read_i8s(in->reader, (int8_t *)bytes, total));
    *out = sm_alloc_array(in->count, sizeof **out);
    SM_CHECK_MEMORY(*out);
    total = 0;
    for (size_t r = 0; r < in->count; r++) {
        (*out)[r] = (siamese_text){bytes + total, (size_t)sizes[r]};
        total += (uint64_t)sizes[r];
    }
out:
    sm_free(sizes);
    return status;
}

static sm_status read_present(input *in, const char *what,
                              const unsigned char **out)
{
    unsigned char *present;
    SM_RETURN_IF_ERROR(sm_read_expect(in->reader, what, in->count, 1));
    present = sm_alloc(in->count);
    if (present == NULL) return sm_fail_memory();
    *out = present;
    SM_RETURN_IF_ERROR(sm_read_i8s(in->reader, (int8_t *)present, in->count));
    for (size_t r = 0; r < in->count; r++)
        SM_REQUIRE(present[r] <= 1, SIAMESE_E_FORMAT,
                   "section %s: %s %zu is neither there nor missing",
                   in->reader->section, what, r);
    return SIAMESE_OK;
}

static sm_status read_column(input *in, size_t c)
{
    siamese_column_values *const values = &in->values[c];
    const char *const name = in->columns[c].name;
    siamese_text *texts = NULL;
    int64_t *numbers = NULL;
    values->name = name;
    in->by_column[c] = values;
    SM_RETURN_IF_ERROR(read_present(in, name, &values->present));
    if (in->columns[c].type == SIAMESE_COLUMN_TEXT) {
        sm_status const status = read_texts(in, name, &texts);
        values->texts = texts;
        return status;
    }
    sm_status const status = read_numbers(in, name, &numbers);
    if (in->columns[c].type == SIAMESE_COLUMN_INTEGER)
        values->integers = numbers;
    else
        /* the same bytes: f64 in the file */
        values->numbers = (const double *)(const void *)numbers;
    return status;
}

static sm_status read_schema(input *in)
{
    uint32_t ids, repeats;
    sm_reader *const r = in->reader;
    SM_RETURN_IF_ERROR(sm_read_u32(r, &ids));
    SM_RETURN_IF_ERROR(sm_read_u32(r, &repeats));
    SM_REQUIRE(ids <= SIAMESE_IDS_TEXT && repeats <= 1, SIAMESE_E_VERSION,
               "section %s: ids of a newer library", r->section);
    in->options.ids = (int32_t)ids;
    in->options.repeats = (int32_t)repeats;
    SM_RETURN_IF_ERROR(
        sm_read_count(r, "columns", 0, MOST_COLUMNS, &in->column_count));
    in->columns = sm_calloc(in->column_count, sizeof *in->columns);
    in->values = sm_calloc(in->column_count, sizeof *in->values);
    in->by_column = sm_calloc(in->column_count, sizeof *in->by_column);
    in->bytes = sm_calloc(2 + in->column_count, sizeof *in->bytes);
    if (!in->columns || !in->values || !in->by_column || !in->bytes)
        return sm_fail_memory();
    for (size_t c = 0; c < in->column_count; c++) {
        uint32_t type;
        char *name;
        size_t size;
        SM_RETURN_IF_ERROR(sm_read_bytes(
            r, "name of a column", sizeof in->columns->name - 1, &name, &size));
        strcpy(in->columns[c].name, name);
        sm_free(name);
        SM_RETURN_IF_ERROR(sm_read_u32(r, &type));
        SM_REQUIRE(type <= SIAMESE_COLUMN_NUMBER, SIAMESE_E_VERSION,
                   "section %s: a column of a newer library's type",
                   r->section);
        in->columns[c].type = (int32_t)type;
        SM_REQUIRE(size > 0 && strlen(in->columns[c].name) == size &&
                       strcmp(in->columns[c].name, "id") != 0 &&
                       strcmp(in->columns[c].name, "title") != 0,
                   SIAMESE_E_FORMAT, "section %s: the name of column %zu",
                   r->section, c);
        for (size_t d = 0; d < c; d++)
            SM_REQUIRE(strcmp(in->columns[d].name, in->columns[c].name) != 0,
                       SIAMESE_E_FORMAT, "section %s: column '%s' is twice",
                       r->section, in->columns[c].name);
    }
    return SIAMESE_OK;
}

static sm_status check_numbers(const input *in)
{
    int64_t before = -1;
    for (size_t r = 0; r < in->count; r++) {
        int64_t const row = in->numbers ? in->numbers[r] : (int64_t)r;
        SM_REQUIRE(row > before && row < in->next_row, SIAMESE_E_FORMAT,
                   "section %s: row %lld behind row %lld, of %lld",
                   in->reader->section, (long long)row, (long long)before,
                   (long long)in->next_row);
        before = row;
    }
    return SIAMESE_OK;
}

static sm_status read_rows(input *in)
{
    sm_reader *const r = in->reader;
    uint32_t is_dense;
    size_t next_row;
    SM_RETURN_IF_ERROR(
        sm_read_count(r, "next row", 0, UINT64_C(1) << 50, &next_row));
    /* a row has an id of 8 bytes or more */
    SM_RETURN_IF_ERROR(sm_read_count(r, "rows", 0, r->left / 8, &in->count));
    in->next_row = (int64_t)next_row;
    SM_REQUIRE(in->next_row <= sm_items_most_rows(in->count), SIAMESE_E_LIMIT,
               "section %s: %lld numbers for %zu rows", r->section,
               (long long)in->next_row, in->count);
    SM_RETURN_IF_ERROR(sm_read_u32(r, &is_dense));
    if (!is_dense) SM_RETURN_IF_ERROR(read_numbers(in, "row", &in->numbers));
    SM_RETURN_IF_ERROR(check_numbers(in));
    SM_RETURN_IF_ERROR(in->options.ids == SIAMESE_IDS_TEXT
                           ? read_texts(in, "id", &in->text_ids)
                           : read_numbers(in, "id", &in->ids));
    SM_RETURN_IF_ERROR(read_texts(in, "title", &in->titles));
    for (size_t c = 0; c < in->column_count; c++)
        SM_RETURN_IF_ERROR(read_column(in, c));
    return sm_read_end(r);
}

static void free_input(input *in)
{
    for (size_t c = 0; in->values && c < in->column_count; c++) {
        sm_free((void *)in->values[c].present);
        sm_free((void *)in->values[c].texts);
        sm_free((void *)in->values[c].integers);
        sm_free((void *)in->values[c].numbers);
    }
    for (size_t i = 0; i < in->bytes_count; i++) sm_free(in->bytes[i]);
    sm_free(in->bytes);
    sm_free(in->columns);
    sm_free(in->values);
    sm_free(in->by_column);
    sm_free(in->numbers);
    sm_free(in->ids);
    sm_free(in->text_ids);
    sm_free(in->titles);
}

/* ---- reading: the rows to chunks ---- */

static int64_t number_at(const input *in, size_t r)
{
    return in->numbers ? in->numbers[r] : (int64_t)r;
}

/* Rows first .. first + count - 1 of the section, which chunk c has. */
static sm_status fill_chunk(siamese_items *items, const input *in, size_t c,
                            size_t first, size_t count)
{
    sm_item_table *const table = items->table;
    int64_t const begin = (int64_t)c * SM_CHUNK_ROWS;
    int const is_sparse =
        number_at(in, first) != begin ||
        number_at(in, first + count - 1) != begin + (int64_t)count - 1;
    sm_item_source const source = {in->ids, in->text_ids, in->titles,
                                   in->by_column, in->column_count};
    size_t const size = sm_item_block_size(items);
    sm_item_chunk *chunk;
    SM_RETURN_IF_ERROR(sm_item_chunk_create(&chunk, count, is_sparse,
                                            table->ids, table->columns,
                                            table->column_count));
    table->chunks[c] = chunk;
    SM_RETURN_IF_ERROR(sm_item_chunk_write(chunk, &source, first, count, 0));
    for (size_t i = 0; is_sparse && i < count; i++)
        chunk->places[i] = (uint16_t)(number_at(in, first + i) - begin);
    chunk->count = count;
    sm_item_block *const block = sm_alloc(size);
    if (block == NULL) return sm_fail_memory();
    memset(block, 0xff, size);
    memset(block, 0, sizeof *block);
    items->blocks[c] = block;
    return SIAMESE_OK;
}

static sm_status insert_rows(siamese_items *items, const input *in)
{
    SM_RETURN_IF_ERROR(sm_item_ids_reserve(&items->by_id, in->count));
    for (size_t r = 0; r < in->count; r++) {
        sm_item_id const id = sm_item_id_at(in->ids, in->text_ids, r);
        uint64_t const hash = sm_items_hash(items, &id);
        SM_REQUIRE(in->options.repeats ||
                       sm_items_find_id(items, &id, hash) == NULL,
                   SIAMESE_E_FORMAT, "section %s: the id of row %lld is twice",
                   in->reader->section, (long long)number_at(in, r));
        sm_items_insert(items, number_at(in, r), hash);
    }
    return SIAMESE_OK;
}

/* Numbers that were given and are gone stay gone: if the last chunk has gaps,
 * the next row begins another. */
static void settle_next_row(siamese_items *items)
{
    size_t const place = (size_t)items->next_row % SM_CHUNK_ROWS;
    size_t const tail = (size_t)(items->next_row / SM_CHUNK_ROWS);
    if (place == 0) return;
    const sm_item_chunk *const chunk = items->table->chunks[tail];
    if (chunk == NULL || chunk->places != NULL || chunk->count != place)
        items->next_row = (int64_t)(tail + 1) * SM_CHUNK_ROWS;
}

static sm_status build(siamese_items *items, const input *in)
{
    sm_item_table *table;
    size_t const chunks = sm_chunks((size_t)in->next_row, SM_CHUNK_ROWS);
    SM_RETURN_IF_ERROR(sm_item_table_create(
        &table, NULL, in->options.ids, in->columns, in->column_count, chunks));
    sm_item_table_release(items->table);
    items->table = table;
    items->blocks = sm_calloc(chunks, sizeof *items->blocks);
    if (items->blocks == NULL) return sm_fail_memory();
    items->block_capacity = chunks;
    table->chunk_count = chunks;
    for (size_t r = 0, end; r < in->count; r = end) {
        int64_t const c = number_at(in, r) / SM_CHUNK_ROWS;
        for (end = r + 1; end < in->count; end++)
            if (number_at(in, end) / SM_CHUNK_ROWS != c) break;
        SM_RETURN_IF_ERROR(fill_chunk(items, in, (size_t)c, r, end - r));
    }
    items->next_row = in->next_row;
    settle_next_row(items);
    return insert_rows(items, in);
}

sm_status sm_items_read(siamese_items **out, sm_reader *reader)
{
    sm_status status = SIAMESE_OK;
    siamese_items *items = NULL;
    input in = {.reader = reader,
                .options = {.struct_size = sizeof in.options}};
    SM_TRY(read_schema(&in));
    SM_TRY(read_rows(&in));
    SM_TRY(siamese_items_create(&items, &in.options));
    SM_TRY(build(items, &in));
    *out = items;
    items = NULL;
out:
    siamese_items_free(items);
    free_input(&in);
    return status;
}
