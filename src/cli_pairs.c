#include "cli_pairs.h"

#include <stdlib.h>
#include <string.h>

#include "cli_memory.h"
#include "cli_message.h"

enum { TEXTS_AT_ONCE = 8192, QUERY = -1 };

/* ------------------------------------------------------------------------- */
/* Reading                                                                   */
/* ------------------------------------------------------------------------- */

typedef struct reading {
    const cli_pairs_source *source;
    cli_pairs *pairs;
    cli_csv *csv;
    int columns[CLI_ROLE_COUNT];
    int *field_columns;
    siamese_text *texts; /* of an item: id, title, further fields */
    double min_relevance;
    int takes_all;
} reading;

static void parse_threshold(reading *r)
{
    const char *const text = r->source->min_relevance;

    r->takes_all = strcmp(text, "none") == 0;
    if (!r->takes_all &&
        !cli_relevance_parse((siamese_text){text, strlen(text)},
                             &r->min_relevance))
        cli_usage_error("--min-relevance %s: a number or none is expected",
                        text);
}

static void find_columns(reading *r)
{
    for (cli_role role = 0; role < CLI_ROLE_COUNT; role++) {
        r->columns[role] = -1;
        if (role == CLI_ROLE_RELEVANCE && r->takes_all) continue;
        int const found =
            cli_column_find(r->csv, role, r->source->columns[role],
                            r->source->trained[role], role == CLI_ROLE_ID);
        r->columns[role] = found;
        if (found >= 0)
            r->pairs->columns[role] =
                cli_format("%s", cli_csv_header(r->csv)[found].data);
    }
    r->field_columns = cli_fields_find(r->pairs->fields, r->csv);
}

static void add_positive(cli_pairs *p, size_t item, size_t query, size_t id)
{
    if (p->count == p->capacity) {
        p->capacity = p->capacity ? 2 * p->capacity : 4096;
        p->item_rows = cli_resize(p->item_rows, p->capacity, sizeof(uint32_t));
        p->query_rows =
            cli_resize(p->query_rows, p->capacity, sizeof(uint32_t));
        p->id_rows = cli_resize(p->id_rows, p->capacity, sizeof(uint32_t));
    }
    p->item_rows[p->count] = (uint32_t)item;
    p->query_rows[p->count] = (uint32_t)query;
    p->id_rows[p->count++] = (uint32_t)id;
}

static void take_row(reading *r, const siamese_text *row)
{
    cli_pairs *const p = r->pairs;
    int const id_column = r->columns[CLI_ROLE_ID];
    siamese_text const query = row[r->columns[CLI_ROLE_QUERY]];
    siamese_text const id =
        id_column >= 0 ? row[id_column] : (siamese_text){"", 0};
    double relevance = 0;

    if (!r->takes_all) {
        siamese_text const field = row[r->columns[CLI_ROLE_RELEVANCE]];
        if (!cli_relevance_parse(field, &relevance)) {
            cli_csv_reject(r->csv, "column '%s' is \"%.*s\", not a number",
                           p->columns[CLI_ROLE_RELEVANCE],
                           field.size > 40 ? 40 : (int)field.size, field.data);
            return;
        }
    }
    if (!cli_fields_accept(p->fields, r->field_columns, row, r->csv)) return;
    if (!r->takes_all) cli_relevance_add(&p->relevance, relevance);
    r->texts[0] = id;
    r->texts[1] = row[r->columns[CLI_ROLE_ITEM]];
    for (size_t i = 0; i < p->fields->count; i++)
        r->texts[2 + i] = row[r->field_columns[i]];
    size_t const item = cli_items_add(&p->items, r->texts);
    size_t const number =
        id_column >= 0 ? cli_strings_add(&p->ids, id.data, id.size) : item;
    if (r->takes_all || relevance >= r->min_relevance)
        add_positive(p, item,
                     cli_strings_add(&p->queries, query.data, query.size),
                     number);
}

void cli_pairs_read(cli_pairs *pairs, const cli_pairs_source *source)
{
    reading r = {.source = source, .pairs = pairs};
    const siamese_text *row;

    pairs->fields = &source->fields;
    pairs->items.further = source->fields.count;
    r.texts = cli_alloc(2 + source->fields.count, sizeof *r.texts);
    parse_threshold(&r);
    r.csv = cli_csv_open(source->data, source->encoding, source->on_bad_row);
    find_columns(&r);
    while ((row = cli_csv_next(r.csv))) take_row(&r, row);
    pairs->rows = cli_csv_row_count(r.csv);
    pairs->skipped = cli_csv_skipped(r.csv);
    if (pairs->rows == pairs->skipped)
        cli_fail("%s: there is no %srow below the header", source->data,
                 pairs->rows ? "good " : "");
    if (pairs->count == 0)
        cli_fail("%s: none of %zu rows has a relevance of %s or more",
                 source->data, pairs->rows, source->min_relevance);
    cli_csv_close(r.csv);
    free(r.field_columns);
    free(r.texts);
}

void cli_pairs_free(cli_pairs *p)
{
    cli_items_free(&p->items);
    cli_strings_free(&p->ids);
    cli_strings_free(&p->queries);
    cli_relevance_free(&p->relevance);
    free(p->item_rows);
    free(p->query_rows);
    free(p->id_rows);
    for (size_t i = 0; i < CLI_ROLE_COUNT; i++) free(p->columns[i]);
    memset(p, 0, sizeof *p);
}

void cli_pairs_tell(const cli_pairs *p, const char *min_relevance)
{
    if (strcmp(min_relevance, "none") == 0) {
        cli_note("%zu rows, all positive, %zu items", p->rows - p->skipped,
                 cli_items_count(&p->items));
        return;
    }
    cli_note("rows by %s:", p->columns[CLI_ROLE_RELEVANCE]);
    cli_relevance_tell(&p->relevance);
    cli_note("%zu rows, %zu positive (relevance >= %s), %zu items",
             p->rows - p->skipped, p->count, min_relevance,
             cli_items_count(&p->items));
}

/* ------------------------------------------------------------------------- */
/* Into the library                                                          */
/* ------------------------------------------------------------------------- */

/* Text f of the pair: its query, or a field of its item. */
static siamese_text text_of(const cli_pairs *p, size_t pair, int f,
                            siamese_text *fields)
{
    if (f == QUERY) return p->queries.texts[p->query_rows[pair]];
    cli_items_fields(&p->items, p->item_rows[pair], fields);
    return fields[f];
}

static void count_texts(const cli_pairs *p, siamese_vocab *vocab, int f)
{
    siamese_text *const texts = cli_alloc(TEXTS_AT_ONCE, sizeof *texts);
    siamese_text *const fields =
        cli_alloc(1 + p->fields->count, sizeof *fields);

    for (size_t at = 0; at < p->count;) {
        size_t n = 0;
        while (n < TEXTS_AT_ONCE && at < p->count)
            texts[n++] = text_of(p, at++, f, fields);
        cli_try(siamese_vocab_add(vocab, texts, n));
    }
    free(texts);
    free(fields);
}

void cli_pairs_count_tokens(const cli_pairs *p, siamese_vocab *vocab)
{
    count_texts(p, vocab, 0);
    for (size_t i = 0; i < p->fields->count; i++)
        if (strcmp(p->fields->list[i].kind, "text") == 0)
            count_texts(p, vocab, 1 + (int)i);
    count_texts(p, vocab, QUERY);
}

siamese_text *cli_pairs_texts(const cli_pairs *p, size_t *count)
{
    size_t const most = 2 + p->fields->count;
    siamese_text *const texts = cli_alloc(p->count, most * sizeof *texts);
    siamese_text *const fields =
        cli_alloc(1 + p->fields->count, sizeof *fields);

    *count = 0;
    for (size_t f = 0; f < most; f++) {
        int const which = f + 1 < most ? (int)f : QUERY;
        if (which > 0 && strcmp(p->fields->list[which - 1].kind, "text") != 0)
            continue;
        for (size_t i = 0; i < p->count; i++)
            texts[(*count)++] = text_of(p, i, which, fields);
    }
    free(fields);
    return texts;
}

void cli_pairs_values(const cli_pairs *p, size_t f, cli_strings *values)
{
    siamese_text *const fields =
        cli_alloc(1 + p->fields->count, sizeof *fields);

    for (size_t i = 0; i < p->count; i++) {
        siamese_text const value = text_of(p, i, (int)f, fields);
        cli_strings_add(values, value.data, value.size);
    }
    free(fields);
}

/* The positives as the library takes them, to be freed by free_rows. */
static siamese_pairs rows_of(const cli_pairs *p)
{
    size_t const item_fields = 1 + p->fields->count;
    siamese_text *const items =
        cli_alloc(p->count, item_fields * sizeof *items);
    siamese_text *const queries = cli_alloc(p->count, sizeof *queries);
    int64_t *const ids = cli_alloc(p->count, sizeof *ids);

    for (size_t i = 0; i < p->count; i++) {
        cli_items_fields(&p->items, p->item_rows[i], items + i * item_fields);
        queries[i] = p->queries.texts[p->query_rows[i]];
        ids[i] = p->id_rows[i];
    }
    return (siamese_pairs){
        .struct_size = sizeof(siamese_pairs),
        .queries = queries,
        .items = items,
        .query_fields = 1,
        .item_fields = item_fields,
        .item_ids = ids,
        .count = p->count,
    };
}

static void free_rows(const siamese_pairs *rows)
{
    free((void *)rows->items);
    free((void *)rows->queries);
    free((void *)rows->item_ids);
}

void cli_pairs_add_to(const cli_pairs *p, siamese_trainer *trainer)
{
    siamese_pairs const rows = rows_of(p);

    cli_try(siamese_trainer_add_pairs(trainer, &rows));
    free_rows(&rows);
}

/* The number of a validation pair's item among those of training; items that
 * training lacks are numbered behind them. */
static int64_t number_in(const cli_pairs *training, const cli_pairs *p,
                         size_t pair)
{
    int const has_ids = training->columns[CLI_ROLE_ID] != NULL;
    const cli_strings *const known =
        has_ids ? &training->ids : &training->items.rows;
    siamese_text const name = has_ids ? p->ids.texts[p->id_rows[pair]]
                                      : p->items.rows.texts[p->item_rows[pair]];
    size_t const number = cli_strings_find(known, name.data, name.size);

    return number != SIZE_MAX ? (int64_t)number
                              : (int64_t)(known->count + p->id_rows[pair]);
}

void cli_pairs_validate(const cli_pairs *p, const cli_pairs *training,
                        siamese_trainer *trainer)
{
    if (p->columns[CLI_ROLE_ID] && !training->columns[CLI_ROLE_ID])
        cli_fail("the validation pairs have item ids, those of training none");
    siamese_pairs const rows = rows_of(p);
    int64_t *const ids = cli_alloc(p->count, sizeof *ids);

    for (size_t i = 0; i < p->count; i++) ids[i] = number_in(training, p, i);
    siamese_pairs numbered = rows;
    numbered.item_ids = ids;
    cli_try(siamese_trainer_set_validation(trainer, &numbered, NULL));
    free(ids);
    free_rows(&rows);
}
