/* train_holdout.c: pairs in, those of drawn queries out of them. */
#include "verbs/train_holdout.h"

#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "data/cli_columns.h"
#include "data/cli_relevance.h"
#include "eval/eval_words.h"

/* {"share": 0.02, "seed": 1} in a model's notes. */
#define HOLDOUT_NOTE "holdout"

#define MOST_SHARE 0.5

/* Fewer queries say little: the standard error of a share is .05 then. */
enum { FEW_QUERIES = 100 };

/* ------------------------------------------------------------------------- */
/* What is asked for                                                         */
/* ------------------------------------------------------------------------- */

void train_holdout_take_share(void *wish, const char *value)
{
    train_holdout_wish *const w = wish;
    size_t const size = strlen(value);
    int const is_percent = size > 0 && value[size - 1] == '%';
    siamese_text const number = {value, size - (size_t)is_percent};

    w->is_given = 1;
    w->share = 0;
    if (strcmp(value, "none") == 0) return;
    int const is_number = cli_relevance_parse(number, &w->share);
    if (is_percent) w->share /= 100;
    if (!is_number || !(w->share > 0 && w->share <= MOST_SHARE))
        cli_usage_error("--holdout %s: a share of the queries above 0 and at "
                        "most 50%% is expected, such as 2%% or 0.02, or none",
                        value);
}

/* A model that has learned from a query cannot be measured with it. */
static void settle_resumed(train_holdout *h, const train_holdout_wish *wish,
                           const json_t *notes)
{
    const json_t *const note = json_object_get(notes, HOLDOUT_NOTE);
    double const share = json_number_value(json_object_get(note, "share"));

    h->is_resumed = 1;
    if (wish->share > 0 && share <= 0)
        cli_usage_error("--holdout: the model that is resumed has learned from "
                        "all of its queries");
    if (wish->share > 0 && (wish->share < share || wish->share > share))
        cli_usage_error("--holdout: the model that is resumed was trained with "
                        "%g%%, and goes on with that or with none",
                        100 * share);
    h->share = wish->is_given ? wish->share : share;
    h->seed = (uint64_t)json_integer_value(json_object_get(note, "seed"));
}

void train_holdout_settle(train_holdout *h, const train_holdout_wish *wish,
                          uint64_t seed, const json_t *resumed_notes)
{
    h->share = wish->share;
    h->seed = seed;
    if (resumed_notes) settle_resumed(h, wish, resumed_notes);
    if (wish->file && h->share <= 0)
        cli_usage_error("--write-holdout needs --holdout SHARE");
}

void train_holdout_note(const train_holdout *h, json_t *notes)
{
    json_object_del(notes, HOLDOUT_NOTE);
    if (h->share > 0)
        json_object_set_new(notes, HOLDOUT_NOTE,
                            json_pack("{s:f, s:I}", "share", h->share, "seed",
                                      (json_int_t)h->seed));
}

/* ------------------------------------------------------------------------- */
/* Drawing                                                                   */
/* ------------------------------------------------------------------------- */

/* FNV-1a; a NUL ends each part. */
static uint64_t hash_part(uint64_t hash, siamese_text part)
{
    for (size_t i = 0; i <= part.size; i++)
        hash = (hash ^ (i < part.size ? (unsigned char)part.data[i] : 0)) *
               UINT64_C(0x100000001b3);
    return hash;
}

/* SplitMix64's finish: every bit depends on all of them. */
static uint64_t mix(uint64_t z)
{
    z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
    return z ^ z >> 31;
}

/* A number of 0 .. 1 for the words of a query, or for its text if it has
 * none. */
static double draw(eval_words *words, siamese_text query, uint64_t seed)
{
    uint64_t hash = UINT64_C(0xcbf29ce484222325);

    eval_words_read(words, query);
    for (size_t i = 0; i < words->count; i++)
        hash = hash_part(hash, words->list[i]);
    if (words->count == 0) hash = hash_part(hash, query);
    return (double)(mix(hash ^ mix(seed)) >> 11) * 0x1p-53;
}

/* Which queries of the pairs are held back. */
static unsigned char *draw_queries(train_holdout *h, const cli_pairs *p)
{
    unsigned char *const held = cli_alloc(p->queries.count, 1);
    eval_words words = {0};

    h->all_queries = p->queries.count;
    for (size_t q = 0; q < p->queries.count; q++) {
        held[q] = draw(&words, p->queries.texts[q], h->seed) < h->share;
        h->queries += held[q];
    }
    eval_words_free(&words);
    return held;
}

static void check_counts(const train_holdout *h)
{
    if (h->queries == 0)
        cli_usage_error("--holdout %g%%: none of the %zu queries is drawn; a "
                        "larger share, or another --seed, draws some",
                        100 * h->share, h->all_queries);
    if (h->queries == h->all_queries)
        cli_usage_error("--holdout %g%%: all %zu queries are drawn, and none "
                        "is left to learn from",
                        100 * h->share, h->all_queries);
}

/* ------------------------------------------------------------------------- */
/* Taking                                                                    */
/* ------------------------------------------------------------------------- */

/* By id, or by title where there are no ids, as siamese eval has it. */
static void judge(train_holdout *h, const cli_pairs *p, const cli_pair *pair)
{
    siamese_text const id = cli_pairs_have_ids(p)
                                ? cli_items_id(&p->items, pair->item)
                                : cli_items_title(&p->items, pair->item);

    cli_judgements_add_pair(&h->judgements, p->queries.texts[pair->query], id,
                            1);
    h->pairs++;
}

/* Negatives stand by the number of their positive, which changes. */
static void take_negatives(cli_pairs *p, const uint32_t *number)
{
    size_t kept = 0;

    for (size_t i = 0; i < p->low_count; i++) {
        cli_pair row = p->low[i];
        if (number[row.positive] == UINT32_MAX) continue;
        row.positive = number[row.positive];
        p->low[kept++] = row;
    }
    p->low_count = kept;
}

static void take_pairs(train_holdout *h, cli_pairs *p,
                       const unsigned char *held)
{
    uint32_t *const number = cli_alloc(p->count, sizeof *number);
    size_t kept = 0;

    for (size_t i = 0; i < p->count; i++) {
        cli_pair const pair = p->list[i];
        number[i] = held[pair.query] ? UINT32_MAX : (uint32_t)kept;
        if (held[pair.query])
            judge(h, p, &pair);
        else
            p->list[kept++] = pair;
    }
    p->count = kept;
    take_negatives(p, number);
    free(number);
}

/* ---- the file ---- */

static void put(FILE *stream, const char *bytes, size_t size)
{
    cli_output_write(stream, bytes, size);
}

/* A cell of CSV, in quotes. */
static void put_cell(FILE *stream, siamese_text text, const char *end)
{
    put(stream, "\"", 1);
    for (size_t i = 0; i < text.size; i++) {
        if (text.data[i] == '"') put(stream, "\"", 1);
        put(stream, text.data + i, 1);
    }
    put(stream, "\"", 1);
    put(stream, end, strlen(end));
}

static siamese_text text_of(const char *text)
{
    return (siamese_text){text, strlen(text)};
}

/* In the columns of the data, as siamese eval --judged reads them. */
static void write_pairs(const cli_pairs *p, const unsigned char *held,
                        const char *path)
{
    FILE *const stream = cli_output_open(path);
    const char *const relevance = p->columns[CLI_ROLE_RELEVANCE];
    int const has_ids = cli_pairs_have_ids(p);
    char grade[CLI_NUMBER_BYTES];

    if (has_ids) put_cell(stream, text_of(p->columns[CLI_ROLE_ID]), ",");
    put_cell(stream, text_of(p->columns[CLI_ROLE_ITEM]), ",");
    put_cell(stream, text_of(p->columns[CLI_ROLE_QUERY]), ",");
    put_cell(stream, text_of(relevance ? relevance : "relevance"), "\n");
    for (size_t i = 0; i < p->count; i++) {
        const cli_pair *const pair = &p->list[i];
        if (!held[pair->query]) continue;
        if (has_ids) put_cell(stream, cli_items_id(&p->items, pair->item), ",");
        put_cell(stream, cli_items_title(&p->items, pair->item), ",");
        put_cell(stream, p->queries.texts[pair->query], ",");
        cli_number_text(cli_pairs_take_all(p) ? 1 : pair->relevance, grade);
        put_cell(stream, text_of(grade), "\n");
    }
}

/* ---- all ---- */

void train_holdout_take(train_holdout *h, const train_holdout_wish *wish,
                        cli_pairs *p)
{
    if (p->count == 0)
        cli_usage_error("--holdout needs --data FILE: a catalogue has no "
                        "queries to hold back");
    unsigned char *const held = draw_queries(h, p);

    check_counts(h);
    if (wish->file) write_pairs(p, held, wish->file);
    h->items = &p->items;
    if (!cli_pairs_have_ids(p)) {
        free(cli_items_without_ids(&p->items, &h->by_title, 0));
        h->items = &h->by_title;
    }
    cli_judgements_take_items(&h->judgements, h->items);
    take_pairs(h, p, held);
    cli_judgements_finish(&h->judgements);
    free(held);
    cli_note("%zu of %zu queries, with %zu positives, are held back from "
             "training",
             h->queries, h->all_queries, h->pairs);
    if (h->queries < FEW_QUERIES)
        cli_note("figures of %zu queries are rough; a larger --holdout makes "
                 "them steadier",
                 h->queries);
}

void train_holdout_free(train_holdout *h)
{
    cli_judgements_free(&h->judgements);
    cli_items_free(&h->by_title);
}
