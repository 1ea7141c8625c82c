/* cli_pairs_rows.c: files in, rows with their relevance out. */
#include "data/cli_pairs_rows.h"

#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "data/cli_relevance.h"

static const char *path_of(const cli_pairs_rows *r, size_t file)
{
    return r->source->files.count ? r->source->files.list[file]
                                  : r->source->data;
}

/* ------------------------------------------------------------------------- */
/* Columns                                                                   */
/* ------------------------------------------------------------------------- */

/* Of the first file, when nothing is known yet. */
static int find_column(cli_pairs_rows *r, cli_role role)
{
    cli_pairs *const p = r->pairs;
    int const is_auto = p->threshold.kind == CLI_THRESHOLD_AUTO;

    if (role == CLI_ROLE_RELEVANCE && cli_pairs_take_all(p)) return -1;
    if (role == CLI_ROLE_ID && r->source->ignores_ids) return -1;
    cli_column_wish const wish = {
        .named = r->source->columns[role],
        .trained = r->source->trained[role],
        .avoided = role == CLI_ROLE_ID ? r->source->row_numbers : NULL,
        .is_optional =
            role == CLI_ROLE_ID || (role == CLI_ROLE_RELEVANCE && is_auto)};
    int const found = cli_column_find(r->csv, role, wish);
    if (found >= 0)
        p->columns[role] = cli_format("%s", cli_csv_header(r->csv)[found].data);
    return found;
}

/* The column that the first file has by this name; -1 where it has none. */
static int same_column(const cli_pairs_rows *r, cli_role role)
{
    const char *const name = r->pairs->columns[role];

    if (!name) return -1;
    for (size_t c = 0; c < cli_csv_column_count(r->csv); c++)
        if (strcmp(cli_csv_header(r->csv)[c].data, name) == 0) return (int)c;
    cli_fail("%s: it has no column '%s', which %s has", cli_csv_name(r->csv),
             name, path_of(r, 0));
}

static void open_file(cli_pairs_rows *r, int is_first)
{
    r->csv = cli_csv_open(path_of(r, r->file),
                          (cli_encoding){r->source->encoding, "encoding"},
                          &r->source->csv);
    for (cli_role role = 0; role < CLI_ROLE_COUNT; role++)
        r->columns[role] =
            is_first ? find_column(r, role) : same_column(r, role);
    if (r->columns[CLI_ROLE_RELEVANCE] < 0) cli_positives_all(r->pairs);
    r->items =
        cli_item_rows_of(r->pairs->fields, r->csv, r->columns[CLI_ROLE_ID],
                         r->columns[CLI_ROLE_ITEM]);
    cli_csv_is_text(r->csv, r->columns[CLI_ROLE_QUERY]);
}

static void close_file(cli_pairs_rows *r)
{
    r->count += cli_csv_row_count(r->csv);
    r->skipped += cli_csv_skipped(r->csv);
    cli_pairs_rows_end(r);
}

void cli_pairs_rows_begin(cli_pairs_rows *rows, const cli_pairs_source *source,
                          cli_pairs *pairs)
{
    *rows = (cli_pairs_rows){.source = source, .pairs = pairs};
    open_file(rows, pairs->columns[CLI_ROLE_ITEM] == NULL);
}

void cli_pairs_rows_end(cli_pairs_rows *rows)
{
    if (!rows->csv) return;
    cli_csv_close(rows->csv);
    cli_item_rows_free(&rows->items);
    rows->csv = NULL;
}

/* ------------------------------------------------------------------------- */
/* Rows                                                                      */
/* ------------------------------------------------------------------------- */

siamese_text cli_pairs_rows_cell(const cli_pairs_rows *rows, cli_role role)
{
    return rows->row[rows->columns[role]];
}

/* Whether the row's relevance can be read; if not, it is rejected. */
static int read_relevance(cli_pairs_rows *r)
{
    r->relevance = 0;
    if (cli_pairs_take_all(r->pairs)) return 1;
    siamese_text const field = cli_pairs_rows_cell(r, CLI_ROLE_RELEVANCE);
    if (cli_relevance_read(field, &r->relevance)) return 1;
    cli_csv_reject(r->csv, "column '%s' is \"%.*s\", not a number",
                   r->pairs->columns[CLI_ROLE_RELEVANCE],
                   field.size > 40 ? 40 : (int)field.size, field.data);
    return 0;
}

int cli_pairs_rows_next(cli_pairs_rows *r)
{
    for (;;) {
        while ((r->row = cli_csv_next(r->csv)))
            if (read_relevance(r) && cli_item_rows_accept(&r->items, r->row))
                return 1;
        close_file(r);
        if (++r->file >= r->source->files.count) return 0;
        open_file(r, 0);
    }
}
