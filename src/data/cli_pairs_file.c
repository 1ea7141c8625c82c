/* cli_pairs_file.c: rows of the data, then those of the catalogue. */
#include "data/cli_pairs_file.h"

#include <stdlib.h>

#include "shell/cli_args.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_strings.h"
#include "data/cli_item_rows.h"
#include "data/cli_items.h"
#include "data/cli_reader.h"
#include "data/cli_relevance.h"

typedef struct reading {
    const cli_pairs_source *source;
    cli_pairs *pairs;
    cli_csv *csv;
    int columns[CLI_ROLE_COUNT];
    cli_item_rows items;
    cli_rated_rows rows; /* all of them */
} reading;

/* ------------------------------------------------------------------------- */
/* The data                                                                  */
/* ------------------------------------------------------------------------- */

static int find_column(reading *r, cli_role role)
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

static void find_columns(reading *r)
{
    for (cli_role role = 0; role < CLI_ROLE_COUNT; role++)
        r->columns[role] = find_column(r, role);
    if (r->columns[CLI_ROLE_RELEVANCE] < 0) cli_positives_all(r->pairs);
    r->items =
        cli_item_rows_of(r->pairs->fields, r->csv, r->columns[CLI_ROLE_ID],
                         r->columns[CLI_ROLE_ITEM]);
    cli_csv_is_text(r->csv, r->columns[CLI_ROLE_QUERY]);
}

/* Whether the row's relevance can be read; if not, it is rejected. */
static int read_relevance(reading *r, const siamese_text *row, double *value)
{
    siamese_text const field = row[r->columns[CLI_ROLE_RELEVANCE]];

    if (cli_relevance_read(field, value)) return 1;
    cli_csv_reject(r->csv, "column '%s' is \"%.*s\", not a number",
                   r->pairs->columns[CLI_ROLE_RELEVANCE],
                   field.size > 40 ? 40 : (int)field.size, field.data);
    return 0;
}

static void take_row(reading *r, const siamese_text *row)
{
    cli_pairs *const p = r->pairs;
    cli_rated_rows *const rows = &r->rows;
    int const has_relevance = !cli_pairs_take_all(p);
    int const id = r->columns[CLI_ROLE_ID];
    siamese_text const query = row[r->columns[CLI_ROLE_QUERY]];
    double relevance = 0;

    if (has_relevance && !read_relevance(r, row, &relevance)) return;
    if (!cli_item_rows_accept(&r->items, row)) return;
    if (has_relevance) cli_relevance_add(&p->relevance, relevance);
    size_t const item = cli_item_rows_add(&r->items, row, &p->items);
    size_t const number =
        id >= 0 ? cli_strings_add(&p->ids, row[id].data, row[id].size) : item;
    size_t const number_of_query =
        cli_strings_add(&rows->queries, query.data, query.size);
    rows->list =
        cli_grow(rows->list, rows->count, &rows->capacity, sizeof *rows->list);
    rows->list[rows->count++] = (cli_pair){.item = (uint32_t)item,
                                           .query = (uint32_t)number_of_query,
                                           .id = (uint32_t)number,
                                           .relevance = relevance};
}

/*
 * A column named id whose values all differ, while titles come again, numbers
 * the rows: items are then told apart by their texts.
 */
static void drop_row_numbers(reading *r)
{
    cli_pairs *const p = r->pairs;
    char *const name = p->columns[CLI_ROLE_ID];

    if (r->source->row_numbers && !p->row_numbers && !name)
        p->row_numbers = cli_format("%s", r->source->row_numbers);
    if (!name || r->source->columns[CLI_ROLE_ID] ||
        r->source->trained[CLI_ROLE_ID] ||
        !cli_items_number_rows(&p->items, name, r->rows.count))
        return;
    size_t *const rows = cli_items_drop_ids(&p->items, 1);
    for (size_t i = 0; i < r->rows.count; i++) {
        cli_pair *const row = &r->rows.list[i];
        row->item = row->id = (uint32_t)rows[row->item];
    }
    free(rows);
    cli_strings_free(&p->ids);
    cli_note("column '%s' numbers the rows: %zu items are told apart by their "
             "%s%s%s%s",
             name, cli_items_count(&p->items),
             p->items.further > 0 ? "fields" : "titles",
             cli_has_option("id-column") ? "; --id-column " : "",
             cli_has_option("id-column") ? name : "",
             cli_has_option("id-column") ? " takes it" : "");
    p->row_numbers = name;
    p->columns[CLI_ROLE_ID] = NULL;
}

static void read_data(reading *r)
{
    cli_pairs *const p = r->pairs;
    const cli_pairs_source *const source = r->source;
    const siamese_text *row;

    r->csv =
        cli_csv_open(source->data, (cli_encoding){source->encoding, "encoding"},
                     &source->csv);
    find_columns(r);
    while ((row = cli_csv_next(r->csv))) take_row(r, row);
    p->rows = cli_csv_row_count(r->csv);
    p->skipped = cli_csv_skipped(r->csv);
    if (p->rows == p->skipped)
        cli_fail("%s: there is no %srow below the header", source->data,
                 p->rows ? "good " : "");
    drop_row_numbers(r);
    cli_positives_take(p, &r->rows, &source->grades, source->data);
    cli_csv_close(r->csv);
    cli_item_rows_free(&r->items);
    free(r->rows.list);
    cli_strings_free(&r->rows.queries);
}

/* ------------------------------------------------------------------------- */
/* The catalogue                                                             */
/* ------------------------------------------------------------------------- */

/* Its own name, or that of the data. Without ids in the data there are none. */
static int catalogue_column(reading *r, cli_role role)
{
    cli_pairs *const p = r->pairs;
    const cli_pairs_source *const s = r->source;
    const char *const named = s->catalogue_columns[role];
    int const is_id = role == CLI_ROLE_ID;

    if (is_id && s->data && !p->columns[role]) return -1;
    cli_column_wish const wish = {
        .named = named || s->data ? named : s->columns[role],
        .trained = p->columns[role] ? p->columns[role] : s->trained[role],
        .avoided = is_id ? s->row_numbers : NULL,
        .prefix = named || s->data ? "catalogue-" : NULL,
        .is_optional = is_id && !s->data};
    int const found = cli_column_find(r->csv, role, wish);
    if (!p->columns[role] && found >= 0)
        p->columns[role] = cli_format("%s", cli_csv_header(r->csv)[found].data);
    return found;
}

static void read_catalogue(reading *r)
{
    cli_pairs *const p = r->pairs;
    const cli_pairs_source *const s = r->source;
    const char *const encoding =
        s->catalogue_encoding ? s->catalogue_encoding : s->encoding;
    const siamese_text *row;

    r->csv = cli_csv_open(
        s->catalogue, (cli_encoding){encoding, "catalogue-encoding"}, &s->csv);
    int const id = catalogue_column(r, CLI_ROLE_ID);
    int const title = catalogue_column(r, CLI_ROLE_ITEM);
    r->items = cli_item_rows_of(p->fields, r->csv, id, title);
    while ((row = cli_csv_next(r->csv))) {
        if (!cli_item_rows_accept(&r->items, row)) continue;
        cli_item_rows_add(&r->items, row, &p->items);
        if (id >= 0) cli_strings_add(&p->ids, row[id].data, row[id].size);
        p->catalogue_rows++;
    }
    if (p->catalogue_rows == 0)
        cli_fail("%s: there is no row below the header", s->catalogue);
    p->has_catalogue = 1;
    cli_csv_close(r->csv);
    cli_item_rows_free(&r->items);
}

/* ------------------------------------------------------------------------- */
/* Both                                                                      */
/* ------------------------------------------------------------------------- */

void cli_pairs_read(cli_pairs *pairs, const cli_pairs_source *source)
{
    reading r = {.source = source, .pairs = pairs};

    cli_positives_settle(pairs, &source->grades);
    pairs->fields = &source->fields;
    pairs->items.further = source->fields.count;
    if (source->data) read_data(&r);
    if (source->catalogue) read_catalogue(&r);
}
