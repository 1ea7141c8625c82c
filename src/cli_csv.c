#include "cli_csv.h"

#include <csv.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_memory.h"
#include "cli_message.h"
#include "cli_reader.h"

enum {
    PARSER_OPTIONS = CSV_STRICT | CSV_STRICT_FINI,
    PARSER_BLOCK = 4096,
    MAX_ROW_BYTES = 1 << 26,
    TOLD_ROWS = 5 /* skipped rows that are named; the rest is counted */
};

/* Fields of a row: their bytes one behind the other, and where each ends. */
typedef struct row {
    char *bytes;
    size_t size, bytes_capacity;
    size_t *ends;
    size_t count, ends_capacity;
    siamese_text *fields;
    size_t fields_capacity;
    int is_whole;
} row;

struct cli_csv {
    cli_reader *reader;
    struct csv_parser parser;
    row header, row;
    size_t line; /* on which the row begins */
    unsigned char delimiter; /* 0: not known yet */
    int is_open; /* the row has begun */
    int is_ended;
    int skips;
    size_t rows, skipped;
};

/* ------------------------------------------------------------------------- */
/* Between libcsv and a row                                                  */
/* ------------------------------------------------------------------------- */

static void on_field(void *bytes, size_t size, void *user)
{
    row *const r = user;

    if (r->size + size + 1 > r->bytes_capacity) {
        r->bytes_capacity = 2 * (r->size + size) + 256;
        r->bytes = cli_resize(r->bytes, r->bytes_capacity, 1);
    }
    if (size > 0) memcpy(r->bytes + r->size, bytes, size);
    r->size += size;
    r->bytes[r->size++] = '\0'; /* so that a field is a C string as well */
    r->ends = cli_grow(r->ends, r->count, &r->ends_capacity, sizeof *r->ends);
    r->ends[r->count++] = r->size;
}

static void on_row(int terminator, void *user)
{
    row *const r = user;

    (void)terminator;
    r->is_whole = 1;
}

static int never_space(unsigned char c)
{
    (void)c;
    return 0;
}

static void start_parser(cli_csv *csv)
{
    if (csv_init(&csv->parser, PARSER_OPTIONS) != 0)
        cli_fail("out of memory for the CSV parser");
    if (csv->delimiter) csv_set_delim(&csv->parser, csv->delimiter);
    csv_set_blk_size(&csv->parser, PARSER_BLOCK);
    csv_set_space_func(&csv->parser, never_space);
    csv->is_open = 0;
    csv->row.size = csv->row.count = 0;
    csv->row.is_whole = 0;
}

/* Points the fields at the bytes, which move no more. */
static void place_fields(row *r)
{
    size_t begin = 0;

    for (size_t i = 0; i < r->count; i++) {
        r->fields =
            cli_grow(r->fields, i, &r->fields_capacity, sizeof *r->fields);
        r->fields[i] = (siamese_text){r->bytes + begin, r->ends[i] - begin - 1};
        begin = r->ends[i];
    }
}

/* ------------------------------------------------------------------------- */
/* Lines to rows                                                             */
/* ------------------------------------------------------------------------- */

/*
 * Feeds one line; 0 if its quotes are wrong. A quote inside a field that is not
 * quoted ('12" pipe') is no danger and is taken as it stands.
 */
static int feed(cli_csv *csv, const char *line, size_t size)
{
    size_t done = 0;

    while (done < size) {
        done += csv_parse(&csv->parser, line + done, size - done, on_field,
                          on_row, &csv->row);
        if (done == size) break;
        if (csv_error(&csv->parser) != CSV_EPARSE)
            cli_fail("%s:%zu: %s", cli_csv_name(csv),
                     cli_reader_line(csv->reader),
                     csv_strerror(csv_error(&csv->parser)));
        if (csv->parser.quoted) return 0;
        csv_set_opts(&csv->parser, 0);
        done += csv_parse(&csv->parser, line + done, 1, on_field, on_row,
                          &csv->row);
        csv_set_opts(&csv->parser, PARSER_OPTIONS);
    }
    return 1;
}

static void finish_file(cli_csv *csv)
{
    csv->is_ended = 1;
    if (csv->is_open &&
        csv_fini(&csv->parser, on_field, on_row, &csv->row) != 0)
        cli_fail("%s:%zu: a quote that opens in this row is not closed before "
                 "the end of the file",
                 cli_csv_name(csv), csv->line);
}

/* A stray quote: drops the row so far and begins anew with the next line. */
static void reject_quote(cli_csv *csv)
{
    csv->rows++;
    csv_free(&csv->parser);
    start_parser(csv);
    cli_csv_reject(csv,
                   "a quote inside a quoted field must be doubled, or a "
                   "closing quote is missing (seen on line %zu)",
                   cli_reader_line(csv->reader));
}

/* By the header: commas, or, if it has none, tabs or semicolons. */
static void choose_delimiter(cli_csv *csv, const char *line, size_t size)
{
    csv->delimiter = memchr(line, ',', size)    ? ','
                     : memchr(line, '\t', size) ? '\t'
                     : memchr(line, ';', size)  ? ';'
                                                : ',';
    csv_set_delim(&csv->parser, csv->delimiter);
}

/* Reads one row of any number of fields; 0 after the last. */
static int read_row(cli_csv *csv)
{
    row *const r = &csv->row;
    const char *line;
    size_t size;

    r->size = r->count = 0;
    r->is_whole = 0;
    while (!r->is_whole && !csv->is_ended) {
        if (!cli_reader_next(csv->reader, &line, &size)) {
            finish_file(csv);
            break;
        }
        if (!csv->is_open) {
            if (*line == '\n' || *line == '\r') continue; /* blank */
            csv->line = cli_reader_line(csv->reader);
            csv->is_open = 1;
            if (!csv->delimiter) choose_delimiter(csv, line, size);
        }
        if (!feed(csv, line, size)) reject_quote(csv);
        if (csv_get_buffer_size(&csv->parser) > MAX_ROW_BYTES)
            cli_fail("%s:%zu: the row is longer than %d bytes; is a quote not "
                     "closed?",
                     cli_csv_name(csv), csv->line, MAX_ROW_BYTES);
    }
    csv->is_open = 0;
    place_fields(r);
    return r->is_whole;
}

/* ------------------------------------------------------------------------- */
/* The interface                                                             */
/* ------------------------------------------------------------------------- */

cli_csv *cli_csv_open(const char *path, const char *encoding,
                      const char *on_bad_row)
{
    cli_csv *const csv = cli_alloc(1, sizeof *csv);

    if (on_bad_row && strcmp(on_bad_row, "skip") == 0)
        csv->skips = 1;
    else if (on_bad_row && strcmp(on_bad_row, "fail") != 0)
        cli_usage_error("--on-bad-row %s: fail or skip is expected",
                        on_bad_row);
    csv->reader = cli_reader_open(path, encoding);
    start_parser(csv);
    if (!read_row(csv))
        cli_fail("%s: the file is empty; its first line must name the columns",
                 cli_csv_name(csv));
    csv->header = csv->row;
    memset(&csv->row, 0, sizeof csv->row);
    return csv;
}

static void free_row(row *r)
{
    free(r->bytes);
    free(r->ends);
    free(r->fields);
}

void cli_csv_close(cli_csv *csv)
{
    if (csv->skipped > 0)
        cli_warn("%s: %zu of %zu rows skipped", cli_csv_name(csv), csv->skipped,
                 csv->rows);
    cli_reader_close(csv->reader);
    csv_free(&csv->parser);
    free_row(&csv->header);
    free_row(&csv->row);
    free(csv);
}

const char *cli_csv_name(const cli_csv *csv)
{
    return cli_reader_name(csv->reader);
}

size_t cli_csv_column_count(const cli_csv *csv)
{
    return csv->header.count;
}

const siamese_text *cli_csv_header(const cli_csv *csv)
{
    return csv->header.fields;
}

static int is_good(cli_csv *csv)
{
    const row *const r = &csv->row;

    if (r->count != csv->header.count) {
        cli_csv_reject(csv, "the row has %zu field%s, the header has %zu",
                       r->count, r->count == 1 ? "" : "s", csv->header.count);
        return 0;
    }
    for (size_t i = 0; i < r->count; i++)
        if (memchr(r->fields[i].data, '\0', r->fields[i].size)) {
            cli_csv_reject(csv, "column '%s' has a NUL byte",
                           csv->header.fields[i].data);
            return 0;
        }
    return 1;
}

const siamese_text *cli_csv_next(cli_csv *csv)
{
    while (read_row(csv)) {
        csv->rows++;
        if (is_good(csv)) return csv->row.fields;
    }
    return NULL;
}

size_t cli_csv_line(const cli_csv *csv)
{
    return csv->line;
}

void cli_csv_reject(cli_csv *csv, const char *format, ...)
{
    va_list arguments;
    char reason[512];

    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    if (!csv->skips)
        cli_fail("%s:%zu: %s", cli_csv_name(csv), csv->line, reason);
    if (csv->skipped++ < TOLD_ROWS)
        cli_warn("%s:%zu: %s; skipped", cli_csv_name(csv), csv->line, reason);
}

size_t cli_csv_row_count(const cli_csv *csv)
{
    return csv->rows;
}

size_t cli_csv_skipped(const cli_csv *csv)
{
    return csv->skipped;
}
