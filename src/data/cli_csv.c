/* cli_csv.c: a file in, rows of fields out, bad ones told and counted. For
 * pairs, items and judgements. */
#include "data/cli_csv.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "data/cli_csv_dialect.h"
#include "data/cli_csv_line.h"
#include "data/cli_entities.h"
#include "data/cli_held_lines.h"

enum {
    MAX_ROW_BYTES = 1 << 28,
    SAMPLE_LINES = 21, /* that choose the delimiter: the header and 20 rows */
    TOLD_ROWS = 5      /* skipped rows that are named; the rest is counted */
};

struct cli_csv {
    cli_reader *reader;
    cli_held_lines lines;
    cli_csv_line now, alone; /* the row; a line of it by itself */
    cli_csv_columns columns;
    cli_row header;
    unsigned char *decoded; /* [header.count] columns with entities */
    int decodes;
    size_t line, last_line; /* on which the row begins and ends */
    cli_quoting quoting;
    int skips;
    int is_tab_text; /* quotes are text because of the tabs */
    int is_header;   /* is read */
    int tells_backslashes, tells_quotes, tells_doubt;
    size_t rows, good, skipped, unquoted;
};

/* ------------------------------------------------------------------------- */
/* Notes                                                                     */
/* ------------------------------------------------------------------------- */

static siamese_text first_line(const cli_csv *csv)
{
    return cli_held_first(&csv->lines);
}

static void tell_unquoted(cli_csv *csv, size_t over)
{
    csv->unquoted++;
    if (csv->unquoted > TOLD_ROWS) return;
    if (over)
        cli_note("%s:%zu: a quoted field would run over line %zu, which is a "
                 "row by itself: quotes are text here; --quoting csv reads "
                 "them as CSV's",
                 cli_csv_name(csv), csv->line, over);
    else
        cli_note("%s:%zu: a quote that opens here is not closed: quotes are "
                 "text here",
                 cli_csv_name(csv), csv->line);
}

/* The first field that begins with a quote; the count if none does. */
static size_t first_quoted(const cli_row *row)
{
    size_t i = 0;

    while (i < row->count &&
           (row->fields[i].size == 0 || *row->fields[i].data != '"'))
        i++;
    return i;
}

/* What is read otherwise than someone may have meant it, once a file. */
static void tell_marks(cli_csv *csv)
{
    if (csv->tells_quotes && first_quoted(&csv->now.row) < csv->now.row.count) {
        cli_note("%s:%zu: quotes are text in a file of tabs; --quoting csv "
                 "reads them as CSV's",
                 cli_csv_name(csv), csv->line);
        csv->tells_quotes = 0;
    }
    if (csv->tells_backslashes && cli_held_has(&csv->lines, "\\\"")) {
        cli_note("%s:%zu: the backslash of \\\" is kept as it stands: CSV "
                 "doubles quotes",
                 cli_csv_name(csv), csv->line);
        csv->tells_backslashes = 0;
    }
}

static void tell_doubt(cli_csv *csv, size_t over)
{
    if (!csv->tells_doubt) return;
    cli_note("%s:%zu: a quoted field runs over line %zu, which alone has as "
             "many fields as the header; --quoting none would read it as a row",
             cli_csv_name(csv), csv->line, over);
    csv->tells_doubt = 0;
}

/* ------------------------------------------------------------------------- */
/* Lines to rows                                                             */
/* ------------------------------------------------------------------------- */

/* A row that cannot be read: whatever followed its first line is read again. */
static void drop_row(cli_csv *csv)
{
    cli_held_rewind(&csv->lines);
}

static const char *backslash_hint(const cli_csv *csv)
{
    return cli_held_has(&csv->lines, "\\\"")
               ? "; a backslash before it does not do"
               : "";
}

/* Takes the first line without its quotes if it has the header's fields. */
static int take_unquoted(cli_csv *csv, size_t over)
{
    if (csv->quoting != CLI_QUOTING_AUTO || csv->is_header) return 0;
    siamese_text const line = first_line(csv);
    cli_csv_line_split(&csv->now, line.data, line.size);
    if (csv->now.row.count != csv->header.count) return 0;
    drop_row(csv);
    csv->last_line = csv->line;
    tell_unquoted(csv, over);
    return 1;
}

/* A quote is open, and this line follows: whether it is a row by itself. */
static int is_row(cli_csv *csv, siamese_text line, size_t number)
{
    cli_row *const row = &csv->alone.row;
    siamese_text const first = first_line(csv);
    cli_csv_columns own = {0};
    int fits = 1;

    if (csv->quoting != CLI_QUOTING_AUTO) return 0;
    if (csv->header.count < 2) { /* any line could be a row of one column */
        cli_csv_line_alone(&csv->alone, line.data, line.size);
        if (row->count == 1 && row->fields[0].size > 0) tell_doubt(csv, number);
        return 0;
    }
    if (csv->good == 0) { /* its own first line tells what rows are like */
        cli_csv_columns_begin(&own, &csv->header);
        cli_csv_line_split(&csv->alone, first.data, first.size);
        cli_csv_columns_see(
            &own, row,
            row->count == csv->header.count ? row->count : first_quoted(row));
    }
    cli_csv_line_alone(&csv->alone, line.data, line.size);
    if (row->count == csv->header.count) {
        fits = cli_csv_columns_fit(own.seen ? &own : &csv->columns, row);
        if (!fits) tell_doubt(csv, number);
    }
    cli_csv_columns_free(&own);
    return row->count == csv->header.count && fits;
}

/*
 * The open field was the row's first, and this line closes it: what is left of
 * it is not as many fields by chance, but the rest of the row. But that the
 * first line is a row by itself as well.
 */
static int closes_first_field(cli_csv *csv, size_t fields_before)
{
    cli_row *const row = &csv->alone.row;
    siamese_text const first = first_line(csv);
    cli_csv_columns rest = {0};

    if (fields_before > 0 ||
        csv->now.row.count + !csv->now.row.is_whole != csv->header.count)
        return 0;
    if (csv->good == 0) {
        cli_csv_columns_begin(&rest, &csv->header);
        cli_csv_columns_see(&rest, row, row->count);
    }
    cli_csv_line_split(&csv->alone, first.data, first.size);
    int const fits =
        row->count == csv->header.count &&
        cli_csv_columns_fit(rest.seen ? &rest : &csv->columns, row);
    cli_csv_columns_free(&rest);
    return !fits;
}

/* The quotes of the row are wrong, as line `at` shows: the row is bad, unless
 * they are no quotes. */
static int give_up(cli_csv *csv, const char *reason, size_t at)
{
    if (at != csv->line && take_unquoted(csv, 0)) return 1;
    drop_row(csv);
    csv->rows++;
    csv->last_line = csv->line;
    cli_csv_reject(csv, "%s%s (seen on line %zu)", reason, backslash_hint(csv),
                   at);
    return 0;
}

static int give_up_open(cli_csv *csv)
{
    size_t const at = csv->last_line;

    if (take_unquoted(csv, 0)) return 1;
    drop_row(csv);
    csv->rows++;
    csv->last_line = csv->line;
    cli_csv_reject(csv,
                   "a quote that opens in this row is not closed before line "
                   "%zu, the end of the file",
                   at);
    return 0;
}

/* A quoted field goes on: 1 if the row is whole, 0 if it was bad. */
static int read_on(cli_csv *csv)
{
    siamese_text line;
    size_t bytes = 0;

    while (!csv->now.row.is_whole) {
        if (!cli_held_next(&csv->lines, csv->reader, &line))
            return cli_csv_line_end(&csv->now) || give_up_open(csv);
        size_t const number = cli_held_number(&csv->lines);
        size_t const before = csv->now.row.count;
        int const is_sound = cli_csv_line_add(&csv->now, line.data, line.size);
        if (!csv->is_header && is_row(csv, line, number) &&
            !(is_sound && closes_first_field(csv, before))) {
            if (take_unquoted(csv, number)) return 1;
            return give_up(csv,
                           "a quote that opens in this row is not closed "
                           "before a line that is a row; --quoting csv reads "
                           "on",
                           number);
        }
        csv->last_line = number;
        if (!is_sound)
            return give_up(csv,
                           "a quote inside a quoted field must be doubled, or "
                           "a closing quote is missing",
                           number);
        bytes += line.size;
        if (bytes > MAX_ROW_BYTES)
            return give_up(csv, "the row is too long; is a quote not closed?",
                           number);
    }
    return 1;
}

/* Reads one row of any number of fields; 0 after the last. */
static int read_row(cli_csv *csv)
{
    siamese_text line;

    for (;;) {
        cli_held_begin(&csv->lines);
        if (!cli_held_next(&csv->lines, csv->reader, &line)) return 0;
        if (*line.data == '\n' || *line.data == '\r') continue; /* blank */
        csv->line = csv->last_line = cli_held_number(&csv->lines);
        if (csv->quoting == CLI_QUOTING_NONE) {
            cli_csv_line_split(&csv->now, line.data, line.size);
            return 1;
        }
        cli_csv_line_begin(&csv->now);
        if (!cli_csv_line_add(&csv->now, line.data, line.size)) {
            if (give_up(csv,
                        "a quote inside a quoted field must be doubled, or a "
                        "closing quote is missing",
                        csv->line))
                return 1;
        } else if (read_on(csv))
            return 1;
    }
}

/* ------------------------------------------------------------------------- */
/* The interface                                                             */
/* ------------------------------------------------------------------------- */

static unsigned char find_delimiter(cli_csv *csv)
{
    siamese_text lines[SAMPLE_LINES];
    size_t const count =
        cli_held_peek(&csv->lines, csv->reader, lines, SAMPLE_LINES);

    return count ? cli_delimiter_find(lines, count) : ',';
}

static void read_header(cli_csv *csv)
{
    int const skips = csv->skips;

    csv->skips = 0;
    csv->is_header = 1;
    if (!read_row(csv))
        cli_fail("%s: the file is empty; its first line must name the columns",
                 cli_csv_name(csv));
    csv->is_tab_text = csv->quoting == CLI_QUOTING_AUTO &&
                       csv->now.delimiter == '\t' &&
                       !cli_held_has(&csv->lines, "\"");
    csv->header = csv->now.row;
    memset(&csv->now.row, 0, sizeof csv->now.row);
    for (size_t i = 0; i < csv->header.count; i++)
        if (memchr(csv->header.fields[i].data, '\0',
                   csv->header.fields[i].size))
            cli_fail("%s:%zu: column %zu of the header has a NUL byte in its "
                     "name",
                     cli_csv_name(csv), csv->line, i + 1);
    cli_csv_columns_begin(&csv->columns, &csv->header);
    csv->skips = skips;
    csv->is_header = 0;
}

cli_csv *cli_csv_open(const char *path, cli_encoding encoding,
                      const cli_csv_rules *rules)
{
    cli_csv *const csv = cli_alloc(1, sizeof *csv);

    if (rules->on_bad_row && strcmp(rules->on_bad_row, "skip") == 0)
        csv->skips = 1;
    else if (rules->on_bad_row && strcmp(rules->on_bad_row, "fail") != 0)
        cli_usage_error("--on-bad-row %s: fail or skip is expected",
                        rules->on_bad_row);
    csv->quoting = cli_quoting_of(rules->quoting);
    csv->decodes = cli_entities_are_decoded(rules->entities);
    csv->now.delimiter = cli_delimiter_of(rules->delimiter);
    csv->reader = cli_reader_open(path, encoding);
    if (!csv->now.delimiter) csv->now.delimiter = find_delimiter(csv);
    csv->alone.delimiter = csv->now.delimiter;
    csv->tells_backslashes = csv->quoting != CLI_QUOTING_NONE;
    read_header(csv);
    csv->decoded = cli_alloc(csv->header.count, 1);
    if (csv->is_tab_text) csv->quoting = CLI_QUOTING_NONE;
    csv->tells_quotes = csv->is_tab_text;
    csv->tells_doubt = 1;
    return csv;
}

void cli_csv_close(cli_csv *csv)
{
    if (csv->skipped > 0)
        cli_warn("%s: %zu of %zu rows skipped", cli_csv_name(csv), csv->skipped,
                 csv->rows);
    if (csv->unquoted > TOLD_ROWS)
        cli_note("%s: quotes are text in %zu rows", cli_csv_name(csv),
                 csv->unquoted);
    cli_reader_close(csv->reader);
    cli_held_free(&csv->lines);
    cli_csv_line_free(&csv->now);
    cli_csv_line_free(&csv->alone);
    cli_csv_columns_free(&csv->columns);
    cli_row_free(&csv->header);
    free(csv->decoded);
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
    const cli_row *const r = &csv->now.row;

    if (r->count != csv->header.count) {
        int const has_quotes =
            csv->is_tab_text && cli_held_has(&csv->lines, "\"");
        if (csv->last_line > csv->line) drop_row(csv);
        cli_csv_reject(csv, "the row has %zu field%s, the header has %zu%s",
                       r->count, r->count == 1 ? "" : "s", csv->header.count,
                       has_quotes ? "; --quoting csv reads its quotes as CSV's"
                                  : "");
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

void cli_csv_is_text(cli_csv *csv, int column)
{
    csv->decoded[column] = (unsigned char)csv->decodes;
}

/* In place, where the row's bytes are its own. */
static void decode(cli_csv *csv)
{
    cli_row *const row = &csv->now.row;

    for (size_t i = 0; i < row->count; i++) {
        if (!csv->decoded[i]) continue;
        siamese_text *const field = &row->fields[i];
        char *const bytes = row->bytes + (field->data - row->bytes);
        field->size = cli_entities_decode(bytes, field->size);
        bytes[field->size] = '\0';
    }
}

const siamese_text *cli_csv_next(cli_csv *csv)
{
    while (read_row(csv)) {
        csv->rows++;
        tell_marks(csv);
        if (!is_good(csv)) continue;
        csv->good++;
        if (csv->quoting == CLI_QUOTING_AUTO)
            cli_csv_columns_see(&csv->columns, &csv->now.row,
                                csv->header.count);
        decode(csv);
        return csv->now.row.fields;
    }
    return NULL;
}

void cli_csv_reject(cli_csv *csv, const char *format, ...)
{
    va_list arguments;
    char reason[512], lines[64] = "";

    va_start(arguments, format);
    vsnprintf(reason, sizeof reason, format, arguments);
    va_end(arguments);
    if (csv->last_line > csv->line)
        snprintf(lines, sizeof lines, " (lines %zu to %zu)", csv->line,
                 csv->last_line);
    if (!csv->skips)
        cli_fail("%s:%zu: %s%s", cli_csv_name(csv), csv->line, reason, lines);
    if (csv->skipped++ < TOLD_ROWS)
        cli_warn("%s:%zu: %s%s; skipped", cli_csv_name(csv), csv->line, reason,
                 lines);
}

size_t cli_csv_row_count(const cli_csv *csv)
{
    return csv->rows;
}

size_t cli_csv_skipped(const cli_csv *csv)
{
    return csv->skipped;
}
