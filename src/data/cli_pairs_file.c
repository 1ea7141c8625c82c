/* cli_pairs_file.c: rows of the data, then those of the catalogue. */
#include "data/cli_pairs_file.h"

#include <stdlib.h>

#include "shell/cli_args.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_strings.h"
#include "data/cli_item_rows.h"
#include "data/cli_items.h"
#include "data/cli_pairs_rows.h"
#include "data/cli_reader.h"
#include "data/cli_relevance.h"

typedef struct reading {
    const cli_pairs_source *source;
    cli_pairs *pairs;
    cli_pairs_rows from; /* of the data */
    cli_rated_rows rows; /* all of them */
    int is_streamed;     /* they are counted, and not kept */
    cli_csv *csv;        /* of the catalogue */
    cli_item_rows items;
} reading;

/* ------------------------------------------------------------------------- */
/* The data                                                                  */
/* ------------------------------------------------------------------------- */

static void take_row(reading *r)
{
    cli_pairs *const p = r->pairs;
    cli_rated_rows *const rows = &r->rows;
    const cli_pairs_rows *const from = &r->from;
    siamese_text const query = cli_pairs_rows_cell(from, CLI_ROLE_QUERY);

    if (!cli_pairs_take_all(p))
        cli_relevance_add(&p->relevance, from->relevance);
    size_t const item = cli_item_rows_add(&from->items, from->row, &p->items);
    size_t number = item;
    if (from->columns[CLI_ROLE_ID] >= 0) {
        siamese_text const id = cli_pairs_rows_cell(from, CLI_ROLE_ID);
        number = cli_strings_add(&p->ids, id.data, id.size);
    }
    if (r->is_streamed) {
        rows->count++;
        return;
    }
    size_t const number_of_query =
        cli_strings_add(&rows->queries, query.data, query.size);
    rows->list =
        cli_grow(rows->list, rows->count, &rows->capacity, sizeof *rows->list);
    rows->list[rows->count++] = (cli_pair){.item = (uint32_t)item,
                                           .query = (uint32_t)number_of_query,
                                           .id = (uint32_t)number,
                                           .relevance = from->relevance};
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
    for (size_t i = 0; !r->is_streamed && i < r->rows.count; i++) {
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

    cli_pairs_rows_begin(&r->from, source, p);
    while (cli_pairs_rows_next(&r->from)) take_row(r);
    p->rows = r->from.count;
    p->skipped = r->from.skipped;
    const char *const name = cli_reader_name_of(source->data);
    if (p->rows == p->skipped)
        cli_fail("%s: there is no %srow below the header", name,
                 p->rows ? "good " : "");
    drop_row_numbers(r);
    p->is_streamed = r->is_streamed;
    if (r->is_streamed)
        cli_positives_count(p, &source->grades, name);
    else
        cli_positives_take(p, &r->rows, &source->grades, name);
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

static void read_all(cli_pairs *pairs, const cli_pairs_source *source,
                     int is_streamed)
{
    reading r = {.source = source, .pairs = pairs, .is_streamed = is_streamed};

    cli_positives_settle(pairs, &source->grades);
    pairs->fields = &source->fields;
    pairs->items.further = source->fields.count;
    if (source->data) read_data(&r);
    if (source->catalogue) read_catalogue(&r);
}

void cli_pairs_read(cli_pairs *pairs, const cli_pairs_source *source)
{
    read_all(pairs, source, 0);
}

void cli_pairs_survey(cli_pairs *pairs, const cli_pairs_source *source)
{
    read_all(pairs, source, 1);
}
