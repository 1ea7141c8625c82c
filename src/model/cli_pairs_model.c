/* cli_pairs_model.c: pairs and items in the structs of the library. */
#include "model/cli_pairs_model.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_strings.h"
#include "data/cli_items.h"

/* That are in the library's structs at once, beside the trainer's own copy. */
enum { AT_ONCE = 8192 };

/* The lowest and the highest relevance of the positives. */
typedef struct range {
    double low, high;
} range;

static range range_of(const cli_pairs *p)
{
    range r = {p->list[0].relevance, p->list[0].relevance};

    for (size_t i = 1; i < p->count; i++) {
        double const g = p->list[i].relevance;
        r.low = g < r.low ? g : r.low;
        r.high = g > r.high ? g : r.high;
    }
    return r;
}

/*
 * Weights by relevance g: (1 + (g - l) / (h - l)) / 2, from 1/2 for the lowest
 * positive's l to 1 for the highest's h.
 */
static float *weights_of(const cli_pair *list, size_t count, range r)
{
    float *const weights = cli_alloc(count, sizeof *weights);

    for (size_t i = 0; i < count; i++)
        weights[i] = r.high > r.low
                         ? (float)(0.5 + 0.5 * (list[i].relevance - r.low) /
                                             (r.high - r.low))
                         : 1.0f;
    return weights;
}

/* The first negative of a pair from `pair` on; they stand in their order. */
static size_t first_low(const cli_pairs *p, size_t pair)
{
    size_t low = 0, high = p->low_count;

    while (low < high) {
        size_t const middle = low + (high - low) / 2;
        if (p->low[middle].positive < pair)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The explicit negatives of the pairs. */
static void add_negatives(const cli_pairs *p, size_t first, siamese_pairs *rows)
{
    size_t const fields = 1 + p->fields->count;
    size_t const begin = first_low(p, first);
    size_t const count = first_low(p, first + rows->count) - begin;
    siamese_text *const texts = cli_alloc(count, fields * sizeof *texts);
    int64_t *const ids = cli_alloc(count, sizeof *ids);
    size_t *const offsets = cli_alloc(rows->count + 1, sizeof *offsets);
    size_t at = 0;

    for (size_t i = 0; i <= rows->count; i++) {
        while (at < count && p->low[begin + at].positive < first + i) at++;
        offsets[i] = at;
    }
    for (size_t i = 0; i < count; i++) {
        cli_items_fields(&p->items, p->low[begin + i].item, texts + i * fields);
        ids[i] = p->low[begin + i].id;
    }
    rows->negatives = texts;
    rows->negative_ids = ids;
    rows->negative_offsets = offsets;
}

/* `count` positives as the library takes them, to be freed by free_rows. */
static siamese_pairs rows_of(const cli_pairs *p, size_t first, size_t count,
                             range relevances)
{
    size_t const item_fields = 1 + p->fields->count;
    siamese_text *const items = cli_alloc(count, item_fields * sizeof *items);
    siamese_text *const queries = cli_alloc(count, sizeof *queries);
    int64_t *const ids = cli_alloc(count, sizeof *ids);

    for (size_t i = 0; i < count; i++) {
        const cli_pair *const pair = &p->list[first + i];
        cli_items_fields(&p->items, pair->item, items + i * item_fields);
        queries[i] = p->queries.texts[pair->query];
        ids[i] = pair->id;
    }
    siamese_pairs rows = {
        .struct_size = sizeof(siamese_pairs),
        .queries = queries,
        .items = items,
        .query_fields = 1,
        .item_fields = item_fields,
        .item_ids = ids,
        .weights =
            p->weighs ? weights_of(p->list + first, count, relevances) : NULL,
        .count = count,
    };
    if (p->low_count > 0) add_negatives(p, first, &rows);
    return rows;
}

static void free_rows(const siamese_pairs *rows)
{
    free((void *)rows->items);
    free((void *)rows->queries);
    free((void *)rows->item_ids);
    free((void *)rows->weights);
    free((void *)rows->negatives);
    free((void *)rows->negative_ids);
    free((void *)rows->negative_offsets);
}

/* The number of an item among those with ids, or its row. */
static int64_t id_number(const cli_pairs *p, size_t row)
{
    if (!cli_pairs_have_ids(p)) return (int64_t)row;
    siamese_text const id = cli_items_id(&p->items, row);
    return (int64_t)cli_strings_find(&p->ids, id.data, id.size);
}

/* All items from row `first` on, `count` of them; to be freed by free_rows. */
static siamese_pairs items_of(const cli_pairs *p, size_t first, size_t count)
{
    size_t const item_fields = 1 + p->fields->count;
    siamese_text *const items = cli_alloc(count, item_fields * sizeof *items);
    int64_t *const ids = cli_alloc(count, sizeof *ids);

    for (size_t i = 0; i < count; i++) {
        cli_items_fields(&p->items, first + i, items + i * item_fields);
        ids[i] = id_number(p, first + i);
    }
    return (siamese_pairs){.struct_size = sizeof(siamese_pairs),
                           .items = items,
                           .item_fields = item_fields,
                           .item_ids = ids,
                           .count = count};
}

static void add_catalogue(const cli_pairs *p, siamese_model *model)
{
    size_t const items = cli_items_count(&p->items);

    for (size_t first = 0; first < items; first += AT_ONCE) {
        size_t const left = items - first;
        siamese_pairs const part =
            items_of(p, first, left < AT_ONCE ? left : AT_ONCE);
        cli_try(siamese_model_add_pairs(model, &part));
        free_rows(&part);
    }
}

static void add_to(const cli_pairs *p, siamese_model *model)
{
    size_t const count = p->is_streamed ? 0 : p->count;
    range const relevances = count ? range_of(p) : (range){0, 0};

    for (size_t first = 0; first < count; first += AT_ONCE) {
        size_t const left = count - first;
        siamese_pairs const part =
            rows_of(p, first, left < AT_ONCE ? left : AT_ONCE, relevances);
        cli_try(siamese_model_add_pairs(model, &part));
        free_rows(&part);
    }
    if (p->has_catalogue) add_catalogue(p, model);
}

/* Categories are made of the pairs. Else they need not wait for the trainer, of
 * which they would be a copy. */
static int must_wait(const cli_fields *fields)
{
    for (size_t i = 0; i < fields->count; i++)
        if (strcmp(fields->list[i].kind, "category") == 0) return 1;
    return 0;
}

void cli_pairs_prepare(const cli_pairs *p, siamese_model *model)
{
    if (!must_wait(p->fields)) cli_try(siamese_model_prepare(model));
    add_to(p, model);
    cli_try(siamese_model_prepare(model));
}

/* The number of a validation pair's item among those of training; items that
 * training lacks are numbered behind them. */
static int64_t number_in(const cli_pairs *training, const cli_pairs *p,
                         size_t pair)
{
    int const has_ids = cli_pairs_have_ids(training);
    const cli_strings *const known =
        has_ids ? &training->ids : &training->items.rows;
    siamese_text const name = has_ids ? p->ids.texts[p->list[pair].id]
                                      : p->items.rows.texts[p->list[pair].item];
    size_t const number = cli_strings_find(known, name.data, name.size);

    return number != SIZE_MAX ? (int64_t)number
                              : (int64_t)(known->count + p->list[pair].id);
}

void cli_pairs_validate(const cli_pairs *p, const cli_pairs *training,
                        siamese_model *model)
{
    if (cli_pairs_have_ids(p) && !cli_pairs_have_ids(training))
        cli_fail("the validation pairs have item ids, those of training none");
    siamese_pairs const rows = rows_of(p, 0, p->count, range_of(p));
    siamese_pairs all = {0};
    int64_t *const ids = cli_alloc(p->count, sizeof *ids);

    for (size_t i = 0; i < p->count; i++) ids[i] = number_in(training, p, i);
    siamese_pairs numbered = rows;
    numbered.item_ids = ids;
    /* without pairs the catalogue has the candidates */
    int const has_pairs = training->count > 0 && !training->is_streamed;
    if (!has_pairs)
        all = items_of(training, 0, cli_items_count(&training->items));
    cli_try(siamese_model_set_validation(model, &numbered,
                                         has_pairs ? NULL : &all));
    free(ids);
    free_rows(&all);
    free_rows(&rows);
}
