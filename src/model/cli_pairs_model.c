/* cli_pairs_model.c: pairs and items in the structs of the library. */
#include "model/cli_pairs_model.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_strings.h"
#include "data/cli_items.h"

enum { AT_ONCE = 8192 };

/*
 * Weights by relevance g: (1 + (g - l) / (h - l)) / 2, from 1/2 for the lowest
 * positive's l to 1 for the highest's h.
 */
static float *weights_of(const cli_pairs *p)
{
    float *const weights = cli_alloc(p->count, sizeof *weights);
    double low = p->list[0].relevance, high = low;

    for (size_t i = 0; i < p->count; i++) {
        double const g = p->list[i].relevance;
        low = g < low ? g : low;
        high = g > high ? g : high;
    }
    for (size_t i = 0; i < p->count; i++)
        weights[i] = high > low
                         ? (float)(0.5 + 0.5 * (p->list[i].relevance - low) /
                                             (high - low))
                         : 1.0f;
    return weights;
}

/* The explicit negatives of the pairs, which stand in their order. */
static void add_negatives(const cli_pairs *p, siamese_pairs *rows)
{
    size_t const fields = 1 + p->fields->count;
    siamese_text *const texts = cli_alloc(p->low_count, fields * sizeof *texts);
    int64_t *const ids = cli_alloc(p->low_count, sizeof *ids);
    size_t *const offsets = cli_alloc(p->count + 1, sizeof *offsets);
    size_t at = 0;

    for (size_t i = 0; i <= p->count; i++) {
        while (at < p->low_count && p->low[at].positive < i) at++;
        offsets[i] = at;
    }
    for (size_t i = 0; i < p->low_count; i++) {
        cli_items_fields(&p->items, p->low[i].item, texts + i * fields);
        ids[i] = p->low[i].id;
    }
    rows->negatives = texts;
    rows->negative_ids = ids;
    rows->negative_offsets = offsets;
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
        cli_items_fields(&p->items, p->list[i].item, items + i * item_fields);
        queries[i] = p->queries.texts[p->list[i].query];
        ids[i] = p->list[i].id;
    }
    siamese_pairs rows = {
        .struct_size = sizeof(siamese_pairs),
        .queries = queries,
        .items = items,
        .query_fields = 1,
        .item_fields = item_fields,
        .item_ids = ids,
        .weights = p->weighs ? weights_of(p) : NULL,
        .count = p->count,
    };
    if (p->low_count > 0) add_negatives(p, &rows);
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
    if (p->count > 0 && !p->is_streamed) {
        siamese_pairs const rows = rows_of(p);
        cli_try(siamese_model_add_pairs(model, &rows));
        free_rows(&rows);
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
    siamese_pairs const rows = rows_of(p);
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
