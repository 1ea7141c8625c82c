/*
 * fuzz_csv.c: the command's reader of CSV files: how it is to be read, then the
 * file in; rows, items or training pairs out.
 *
 * Where no row is bad, fail reads what skip reads, and where one is, it fails;
 * a file packed by gzip is the same file; rows written as RFC 4180 has them are
 * read again as the same fields.
 *
 * An input is four bytes that choose, and the bytes of the file.
 */
#include "fuzz/support/command.h"

#include <zlib.h>

#include "data/cli_csv.h"
#include "data/cli_items_file.h"
#include "data/cli_pairs_file.h"

enum { MOST_BYTES = 1 << 20, MOST_FILE = 1 << 16 };

/* Rows one behind the other: the number of fields, then of each its size and
 * its bytes. */
typedef struct table {
    uint8_t bytes[MOST_BYTES];
    size_t size, rows, skipped, fields;
    int is_cut; /* there were more */
} table;

typedef struct reading {
    const char *path;
    cli_encoding encoding;
    cli_csv_rules rules;
    unsigned texts; /* bit i: column i is one of texts */
    table *out;
} reading;

/* ---- rows ---- */

static void put(table *to, const void *bytes, size_t size)
{
    if (size > MOST_BYTES - to->size) {
        to->is_cut = 1;
        return;
    }
    if (size) memcpy(to->bytes + to->size, bytes, size);
    to->size += size;
}

static void put_row(table *to, const siamese_text *fields, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fuzz_require(fields[i].data[fields[i].size] == '\0');
        put(to, &fields[i].size, sizeof fields[i].size);
        put(to, fields[i].data, fields[i].size);
    }
}

static void read_rows(void *user)
{
    reading *const r = user;
    const siamese_text *row;
    cli_csv *const csv = cli_csv_open(r->path, r->encoding, &r->rules);
    size_t const columns = cli_csv_column_count(csv);
    table *const to = r->out;
    to->size = to->rows = 0;
    to->is_cut = 0;
    to->fields = columns;
    for (size_t i = 0; i < columns && i < 32; i++)
        if (r->texts >> i & 1) cli_csv_is_text(csv, (int)i);
    put_row(to, cli_csv_header(csv), columns);
    while ((row = cli_csv_next(csv)) != NULL) {
        to->rows++;
        put_row(to, row, columns);
    }
    to->skipped = cli_csv_skipped(csv);
    fuzz_require(cli_csv_row_count(csv) == to->rows + to->skipped);
    cli_csv_close(csv);
}

static int is_same(const table *a, const table *b)
{
    return a->rows == b->rows && a->fields == b->fields && a->size == b->size &&
           memcmp(a->bytes, b->bytes, a->size) == 0;
}

/* ---- the same rows in other files ---- */

static size_t pack(const uint8_t *data, size_t size, uint8_t *to, size_t room)
{
    z_stream zlib = {0};
    fuzz_require(deflateInit2(&zlib, 1, Z_DEFLATED, 15 + 16, 1,
                              Z_DEFAULT_STRATEGY) == Z_OK);
    zlib.next_in = (Bytef *)(uintptr_t)data;
    zlib.avail_in = (uInt)size;
    zlib.next_out = to;
    zlib.avail_out = (uInt)room;
    fuzz_require(deflate(&zlib, Z_FINISH) == Z_STREAM_END);
    deflateEnd(&zlib);
    return room - zlib.avail_out;
}

/* The file's size; 0 if there is no room for it. */
static size_t write_rows(const table *from, uint8_t *to, size_t room)
{
    size_t at = 0, field = 0, size = 0;
    while (at < from->size) {
        size_t bytes;
        memcpy(&bytes, from->bytes + at, sizeof bytes);
        at += sizeof bytes;
        if (size + 2 * bytes + 4 > room) return 0;
        to[size++] = '"';
        for (; bytes > 0; bytes--, at++) {
            if (from->bytes[at] == '"') to[size++] = '"';
            to[size++] = from->bytes[at];
        }
        to[size++] = '"';
        to[size++] = ++field % from->fields ? ',' : '\n';
    }
    return size;
}

static void check_rows(reading *r, const uint8_t *data, size_t size)
{
    static table first, second;
    static uint8_t file[2 * MOST_FILE];
    reading again = *r;
    r->out = &first;
    again.out = &second;
    again.rules.on_bad_row = "fail";
    int const how = command_run(read_rows, r);
    if (how == COMMAND_USAGE) return;
    fuzz_require(how == COMMAND_DONE || *command_message() != '\0');
    int const strict = command_run(read_rows, &again);
    if (how == COMMAND_DONE && first.skipped == 0)
        fuzz_require(strict == COMMAND_DONE && is_same(&first, &second));
    else
        fuzz_require(strict == COMMAND_FAILED);
    if (how != COMMAND_DONE || first.is_cut) return;
    if (r->texts & 1 && size > 2 && memcmp(data, "\x1f\x8b", 2) != 0) {
        size_t const packed = pack(data, size, file, sizeof file);
        again.path = memory_file(1, file, packed);
        again.rules = r->rules;
        fuzz_require(command_run(read_rows, &again) == COMMAND_DONE);
        fuzz_require(is_same(&first, &second));
    }
    size_t const written = write_rows(&first, file, sizeof file);
    if (written == 0) return;
    again.path = memory_file(1, file, written);
    again.encoding = CLI_UTF8;
    again.rules = (cli_csv_rules){.on_bad_row = "fail",
                                  .delimiter = ",",
                                  .quoting = "csv",
                                  .entities = "keep"};
    fuzz_require(command_run(read_rows, &again) == COMMAND_DONE);
    fuzz_require(is_same(&first, &second));
}

/* ---- items and pairs ---- */

static void read_items(void *user)
{
    const reading *const r = user;
    cli_items items = {0};
    cli_items_source source = {.data = r->path,
                               .encoding = r->encoding.name,
                               .csv = r->rules,
                               .by_title = r->texts & 1};
    if (r->texts & 2) cli_item_columns_take(&source.kept, "price");
    if (r->texts & 4) cli_item_columns_take(&source.kept, "brand=text");
    cli_items_read(&items, &source);
    size_t const count = cli_items_count(&items);
    fuzz_require(count > 0);
    for (size_t i = 0; i < count; i++) {
        siamese_text const title = cli_items_title(&items, i);
        siamese_text const id = cli_items_id(&items, i);
        fuzz_require(memchr(title.data, '\0', title.size) == NULL);
        fuzz_require(id.size == 0 || id.data != NULL);
    }
    cli_items_free(&items);
    cli_items_source_free(&source);
}

static void read_pairs(void *user)
{
    static const char *const grades[] = {"auto", "none", "3", "2"};
    const reading *const r = user;
    cli_pairs pairs = {0};
    cli_pairs_source const source = {
        .data = r->path,
        .encoding = r->encoding.name,
        .csv = r->rules,
        .grades = {.min_relevance = grades[r->texts & 3],
                   .weighs = r->texts >> 2 & 1,
                   .negatives = r->texts & 8 ? "1.5" : NULL},
        .ignores_ids = r->texts >> 4 & 1,
        .catalogue = r->texts & 32 ? r->path : NULL};
    cli_pairs_read(&pairs, &source);
    size_t const items = cli_items_count(&pairs.items);
    fuzz_require(pairs.count > 0);
    for (size_t i = 0; i < pairs.count; i++) {
        fuzz_require(pairs.list[i].item < items);
        fuzz_require(pairs.list[i].query < pairs.queries.count);
    }
    for (size_t i = 0; i < pairs.low_count; i++) {
        fuzz_require(pairs.low[i].item < items);
        fuzz_require(pairs.low[i].positive < pairs.count);
        fuzz_require(i == 0 ||
                     pairs.low[i - 1].positive <= pairs.low[i].positive);
    }
    cli_pairs_free(&pairs);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const bad_rows[] = {NULL, "fail", "skip", "skip"};
    static const char *const delimiters[] = {NULL, ",", "tab", ";", "|", NULL};
    static const char *const quotings[] = {NULL, "csv", "none", "auto"};
    static const char *const entities[] = {NULL, "keep", "decode"};
    static const char *const encodings[] = {
        NULL,     NULL,      NULL,      NULL,        NULL,
        NULL,     "UTF-16",  "latin-1", "shift_jis", "UTF-32LE",
        "cp1252", "gb18030", "UTF-7",   "utf-8-sig", "x"};
    fuzz_input in = {data, size};
    size_t const what = fuzz_below(&in, 4), how = fuzz_byte(&in);
    reading r = {.texts = fuzz_byte(&in)};
    r.encoding.name = encodings[fuzz_below(&in, 15)];
    r.rules.on_bad_row = bad_rows[how & 3];
    r.rules.delimiter = delimiters[(how >> 2) % 6];
    r.rules.quoting = quotings[how >> 4 & 3];
    r.rules.entities = entities[how / 64 % 3];
    if (in.size > MOST_FILE) return 0;
    r.path = memory_file(0, in.data, in.size);
    if (what < 2) {
        r.rules.on_bad_row = "skip";
        check_rows(&r, in.data, in.size);
    } else if (command_run(what == 2 ? read_items : read_pairs, &r))
        fuzz_require(*command_message() != '\0');
    return 0;
}
