#include "data/cli_pairs.h"

#include <stdlib.h>
#include <string.h>

#include "shell/cli_args.h"
#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "data/cli_reader.h"

/* ------------------------------------------------------------------------- */
/* Rows                                                                      */
/* ------------------------------------------------------------------------- */

typedef struct reading {
    const cli_pairs_source *source;
    cli_pairs *pairs;
    cli_csv *csv;
    int columns[CLI_ROLE_COUNT];
    int *field_columns;
    siamese_text *texts; /* of an item: id, title, further fields */
    cli_strings queries; /* of all rows */
    cli_pair *rows;      /* all of them */
    size_t count, capacity;
} reading;

static int takes_all(const cli_pairs *p)
{
    return p->threshold.kind == CLI_THRESHOLD_NONE;
}

static void settle_grades(cli_pairs *p, const cli_pairs_source *source)
{
    const char *const text = source->min_relevance;
    const char *const low = source->negatives;
    double number;

    p->min_relevance = cli_format("%s", text);
    if (low && !cli_relevance_parse((siamese_text){low, strlen(low)}, &number))
        cli_usage_error("--grade-negatives %s: a number is expected", low);
    if (source->threshold)
        p->threshold = *source->threshold;
    else if (!cli_threshold_parse(text, &p->threshold))
        cli_usage_error(
            "--min-relevance %s: a number, auto or none is expected", text);
}

static void find_columns(reading *r)
{
    cli_pairs *const p = r->pairs;
    int const is_auto = p->threshold.kind == CLI_THRESHOLD_AUTO;

    for (cli_role role = 0; role < CLI_ROLE_COUNT; role++) {
        r->columns[role] = -1;
        if (role == CLI_ROLE_RELEVANCE && takes_all(p)) continue;
        if (role == CLI_ROLE_ID && r->source->ignores_ids) continue;
        cli_column_wish const wish = {
            .named = r->source->columns[role],
            .trained = r->source->trained[role],
            .avoided = role == CLI_ROLE_ID ? r->source->row_numbers : NULL,
            .is_optional =
                role == CLI_ROLE_ID || (role == CLI_ROLE_RELEVANCE && is_auto)};
        int const found = cli_column_find(r->csv, role, wish);
        r->columns[role] = found;
        if (found >= 0)
            p->columns[role] =
                cli_format("%s", cli_csv_header(r->csv)[found].data);
    }
    if (r->columns[CLI_ROLE_RELEVANCE] < 0) {
        free(p->min_relevance);
        p->min_relevance = cli_format("none");
        p->threshold.kind = CLI_THRESHOLD_NONE;
    }
    r->field_columns = cli_fields_find(p->fields, r->csv);
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
    int const id_column = r->columns[CLI_ROLE_ID];
    siamese_text const query = row[r->columns[CLI_ROLE_QUERY]];
    siamese_text const id =
        id_column >= 0 ? row[id_column] : (siamese_text){"", 0};
    double relevance = 0;

    if (!takes_all(p) && !read_relevance(r, row, &relevance)) return;
    if (!cli_fields_accept(p->fields, r->field_columns, row, r->csv)) return;
    if (!takes_all(p)) cli_relevance_add(&p->relevance, relevance);
    r->texts[0] = id;
    r->texts[1] = row[r->columns[CLI_ROLE_ITEM]];
    for (size_t i = 0; i < p->fields->count; i++)
        r->texts[2 + i] = row[r->field_columns[i]];
    size_t const item = cli_items_add(&p->items, r->texts);
    size_t const number =
        id_column >= 0 ? cli_strings_add(&p->ids, id.data, id.size) : item;
    r->rows = cli_grow(r->rows, r->count, &r->capacity, sizeof *r->rows);
    r->rows[r->count++] = (cli_pair){
        (uint32_t)item,
        (uint32_t)cli_strings_add(&r->queries, query.data, query.size),
        (uint32_t)number, 0, relevance};
}

/* ------------------------------------------------------------------------- */
/* What the rows are                                                         */
/* ------------------------------------------------------------------------- */

/* A column named id whose values all differ, while titles come again, numbers the
 * rows: items are then told apart by their texts. */
static void drop_row_numbers(reading *r)
{
    cli_pairs *const p = r->pairs;
    char *const name = p->columns[CLI_ROLE_ID];

    if (r->source->row_numbers && !p->row_numbers && !name)
        p->row_numbers = cli_format("%s", r->source->row_numbers);
    if (!name || r->source->columns[CLI_ROLE_ID] ||
        r->source->trained[CLI_ROLE_ID] ||
        !cli_items_number_rows(&p->items, name, r->count))
        return;
    size_t *const rows = cli_items_drop_ids(&p->items, 1);
    for (size_t i = 0; i < r->count; i++)
        r->rows[i].item = r->rows[i].id = (uint32_t)rows[r->rows[i].item];
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

static void take_positives(reading *r)
{
    cli_pairs *const p = r->pairs;
    char text[CLI_NUMBER_BYTES];

    if (p->threshold.kind == CLI_THRESHOLD_AUTO) {
        p->threshold.kind = CLI_THRESHOLD_LEAST;
        p->threshold.least = cli_relevance_threshold(&p->relevance);
        free(p->min_relevance);
        p->min_relevance =
            cli_format("%s", cli_number_text(p->threshold.least, text));
    }
    p->list = cli_alloc(r->count, sizeof *p->list);
    for (size_t i = 0; i < r->count; i++) {
        cli_pair pair = r->rows[i];
        if (!takes_all(p) && pair.relevance < p->threshold.least) continue;
        siamese_text const query = r->queries.texts[pair.query];
        pair.query =
            (uint32_t)cli_strings_add(&p->queries, query.data, query.size);
        p->list[p->count++] = pair;
    }
}

static int by_positive(const void *a, const void *b)
{
    const cli_pair *const x = a, *const y = b;

    if (x->positive != y->positive) return x->positive < y->positive ? -1 : 1;
    return (x->item > y->item) - (x->item < y->item);
}

/* Whether the item of a row is among the positives of its query. */
static int is_positive(const cli_pairs *p, const size_t *first,
                       const size_t *next, const cli_pair *row)
{
    for (size_t i = first[row->query]; i != SIZE_MAX; i = next[i])
        if (p->list[i].id == row->id) return 1;
    return 0;
}

/* Rows below source->negatives: each is a negative of one of its query's
 * positives, of all of them in turn. */
static void take_negatives(reading *r)
{
    cli_pairs *const p = r->pairs;
    const char *const text = r->source->negatives;
    size_t const queries = p->queries.count;
    double below = 0;

    cli_relevance_parse((siamese_text){text, strlen(text)}, &below);
    size_t *const first = cli_alloc(queries, sizeof *first);
    size_t *const turn = cli_alloc(queries, sizeof *turn);
    size_t *const next = cli_alloc(p->count, sizeof *next);
    for (size_t q = 0; q < queries; q++) first[q] = SIZE_MAX;
    for (size_t i = p->count; i-- > 0;) {
        next[i] = first[p->list[i].query];
        first[p->list[i].query] = i;
    }
    memcpy(turn, first, queries * sizeof *turn);
    p->low = cli_alloc(r->count, sizeof *p->low);
    for (size_t i = 0; i < r->count; i++) {
        cli_pair row = r->rows[i];
        siamese_text const query = r->queries.texts[row.query];
        size_t const q = cli_strings_find(&p->queries, query.data, query.size);
        if (row.relevance >= below || q == SIZE_MAX) continue;
        row.query = (uint32_t)q;
        if (is_positive(p, first, next, &row)) continue;
        row.positive = (uint32_t)turn[q];
        turn[q] = next[turn[q]] == SIZE_MAX ? first[q] : next[turn[q]];
        p->low[p->low_count++] = row;
    }
    qsort(p->low, p->low_count, sizeof *p->low, by_positive);
    free(first);
    free(turn);
    free(next);
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
    take_positives(r);
    if (p->count == 0)
        cli_fail("%s: none of %zu rows has a relevance of %s or more",
                 source->data, p->rows, p->min_relevance);
    if (takes_all(p) && (source->weighs || source->negatives))
        cli_fail("%s: --grade-weights and --grade-negatives need a relevance",
                 source->data);
    p->weighs = source->weighs;
    if (source->negatives) take_negatives(r);
    cli_csv_close(r->csv);
    free(r->field_columns);
    free(r->rows);
    cli_strings_free(&r->queries);
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
    const siamese_text *row;

    r->csv = cli_csv_open(s->catalogue,
                          (cli_encoding){s->catalogue_encoding
                                             ? s->catalogue_encoding
                                             : s->encoding,
                                         "catalogue-encoding"},
                          &s->csv);
    int const id = catalogue_column(r, CLI_ROLE_ID);
    int const title = catalogue_column(r, CLI_ROLE_ITEM);
    r->field_columns = cli_fields_find(p->fields, r->csv);
    while ((row = cli_csv_next(r->csv))) {
        if (!cli_fields_accept(p->fields, r->field_columns, row, r->csv))
            continue;
        r->texts[0] = id >= 0 ? row[id] : (siamese_text){"", 0};
        r->texts[1] = row[title];
        for (size_t i = 0; i < p->fields->count; i++)
            r->texts[2 + i] = row[r->field_columns[i]];
        cli_items_add(&p->items, r->texts);
        if (id >= 0) cli_strings_add(&p->ids, row[id].data, row[id].size);
        p->catalogue_rows++;
    }
    if (p->catalogue_rows == 0)
        cli_fail("%s: there is no row below the header", s->catalogue);
    p->has_catalogue = 1;
    cli_csv_close(r->csv);
    free(r->field_columns);
}

/* ------------------------------------------------------------------------- */
/* The whole                                                                 */
/* ------------------------------------------------------------------------- */

void cli_pairs_read(cli_pairs *pairs, const cli_pairs_source *source)
{
    reading r = {.source = source, .pairs = pairs};

    settle_grades(pairs, source);
    pairs->fields = &source->fields;
    pairs->items.further = source->fields.count;
    r.texts = cli_alloc(2 + source->fields.count, sizeof *r.texts);
    if (source->data) read_data(&r);
    if (source->catalogue) read_catalogue(&r);
    free(r.texts);
}

void cli_pairs_free(cli_pairs *p)
{
    cli_items_free(&p->items);
    cli_strings_free(&p->ids);
    cli_strings_free(&p->queries);
    cli_relevance_free(&p->relevance);
    free(p->list);
    free(p->low);
    free(p->min_relevance);
    free(p->row_numbers);
    for (size_t i = 0; i < CLI_ROLE_COUNT; i++) free(p->columns[i]);
    memset(p, 0, sizeof *p);
}

int cli_pairs_have_ids(const cli_pairs *p)
{
    return p->columns[CLI_ROLE_ID] != NULL;
}

static void tell_columns(const cli_pairs *p)
{
    static const char *const names[CLI_ROLE_COUNT] = {"id", "item", "query",
                                                      "relevance"};
    char *text = cli_format("%s", "");

    for (size_t i = 0; i < CLI_ROLE_COUNT; i++) {
        if (!p->columns[i]) continue;
        char *const more = cli_format("%s%s%s '%s'", text, *text ? ", " : "",
                                      names[i], p->columns[i]);
        free(text);
        text = more;
    }
    cli_note("columns: %s", text);
    if (!p->columns[CLI_ROLE_ID] && !p->row_numbers)
        cli_note("no column of item ids: items are told apart by their %s%s",
                 p->items.further > 0 ? "fields" : "titles",
                 cli_has_option("id-column") ? "; --id-column NAME names one"
                                             : "");
    free(text);
}

void cli_pairs_tell(const cli_pairs *p)
{
    tell_columns(p);
    if (p->rows > 0 && takes_all(p))
        cli_note("%zu rows, all positive", p->rows - p->skipped);
    else if (p->rows > 0) {
        cli_note("rows by %s:", p->columns[CLI_ROLE_RELEVANCE]);
        cli_relevance_tell(&p->relevance);
        cli_note("%zu rows, %zu positive (relevance >= %s)",
                 p->rows - p->skipped, p->count, p->min_relevance);
    }
    if (p->low_count > 0)
        cli_note("%zu rows are explicit negatives", p->low_count);
    if (p->catalogue_rows > 0)
        cli_note("%zu rows in the catalogue", p->catalogue_rows);
    cli_note("%zu items", cli_items_count(&p->items));
}
