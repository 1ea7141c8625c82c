#include "eval_trec.h"

#include <stdlib.h>
#include <string.h>

#include "cli_memory.h"
#include "cli_message.h"
#include "cli_reader.h"
#include "cli_relevance.h"

enum { RUN_FIELDS = 6, SHORT_FIELDS = 3 };

void eval_trec_free(eval_trec *run)
{
    free(run->list);
    free(run->offsets);
    memset(run, 0, sizeof *run);
}

/* ------------------------------------------------------------------------- */
/* Lines                                                                     */
/* ------------------------------------------------------------------------- */

static int parse_rank(siamese_text field, uint32_t *rank)
{
    uint64_t value = 0;

    if (field.size == 0 || field.size > 9) return 0;
    for (size_t i = 0; i < field.size; i++) {
        if (field.data[i] < '0' || field.data[i] > '9') return 0;
        value = 10 * value + (uint64_t)(field.data[i] - '0');
    }
    *rank = (uint32_t)value;
    return 1;
}

/* A line's result; 0 if its query is not one that is measured. */
static int parse(cli_judgements *j, const char *name, size_t line,
                 const siamese_text *fields, size_t count, eval_result *result)
{
    int const is_short = count == SHORT_FIELDS;
    siamese_text const qid = fields[0];
    siamese_text const id = fields[is_short ? 1 : 2];
    siamese_text const score = fields[is_short ? 2 : 4];

    if (!is_short && count != RUN_FIELDS)
        cli_fail("%s:%zu: qid Q0 id rank score tag is expected", name, line);
    if (!is_short && !parse_rank(fields[3], &result->rank))
        cli_fail("%s:%zu: rank '%.*s' is not a whole number", name, line,
                 (int)fields[3].size, fields[3].data);
    if (!cli_relevance_parse(score, &result->score))
        cli_fail("%s:%zu: score '%.*s' is not a finite number", name, line,
                 (int)score.size, score.data);
    size_t const query = cli_strings_find(&j->qids, qid.data, qid.size);
    if (query == SIZE_MAX && j->queries_known)
        cli_fail("%s:%zu: qid '%.*s' is not among the queries", name, line,
                 (int)qid.size, qid.data);
    if (query == SIZE_MAX) return 0;
    size_t const item = cli_judgements_id(j, id);
    if (item == SIZE_MAX)
        cli_fail("%s:%zu: id '%.*s' is not among the items", name, line,
                 (int)id.size, id.data);
    result->query = (uint32_t)query;
    result->item = (uint32_t)item;
    result->line = line;
    return 1;
}

/* ------------------------------------------------------------------------- */
/* Order                                                                     */
/* ------------------------------------------------------------------------- */

static int by_pair(const void *a, const void *b)
{
    const eval_result *const x = a, *const y = b;

    if (x->query != y->query) return x->query < y->query ? -1 : 1;
    if (x->item != y->item) return x->item < y->item ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

static void refuse_twice(eval_trec *run, const cli_judgements *j,
                         const char *name)
{
    qsort(run->list, run->count, sizeof *run->list, by_pair);
    for (size_t i = 1; i < run->count; i++) {
        const eval_result *const a = &run->list[i - 1], *const b = a + 1;
        if (a->query == b->query && a->item == b->item)
            cli_fail("%s:%zu: qid '%s' has id '%s' already, in line %zu", name,
                     b->line, j->qids.texts[b->query].data,
                     j->ids.texts[b->item].data, a->line);
    }
}

typedef struct order {
    eval_ties ties;
    const cli_judgements *judgements;
} order;

static int tied(const order *o, const eval_result *x, const eval_result *y)
{
    const siamese_text *const ids = o->judgements->ids.texts;

    if (o->ties == EVAL_TIES_ID)
        return strcmp(ids[y->item].data, ids[x->item].data);
    if (o->ties == EVAL_TIES_RANK && x->rank != y->rank)
        return x->rank < y->rank ? -1 : 1;
    return (x->item > y->item) - (x->item < y->item);
}

static int best_first(const void *a, const void *b, void *user)
{
    const eval_result *const x = a, *const y = b;

    if (x->query != y->query) return x->query < y->query ? -1 : 1;
    if (x->score != y->score) return x->score > y->score ? -1 : 1;
    return tied(user, x, y);
}

/* Scores that fall where ranks rise are most likely distances. */
static void tell_disagreement(const eval_trec *run, const char *name)
{
    size_t against = 0, pairs = 0;

    for (size_t i = 1; i < run->count; i++) {
        const eval_result *const a = &run->list[i - 1], *const b = a + 1;
        if (a->query != b->query || a->score == b->score) continue;
        pairs++;
        against += a->rank > b->rank;
    }
    if (against > 0)
        cli_note("%s: the ranks of %zu of %zu neighbours are not in the order "
                 "of their scores; the scores count, the higher first",
                 name, against, pairs);
}

void eval_trec_read(eval_trec *run, cli_judgements *j, const char *path,
                    eval_ties ties)
{
    cli_reader *const reader = cli_reader_open(path, NULL);
    char *const name = cli_format("%s", cli_reader_name(reader));
    siamese_text fields[RUN_FIELDS + 1], line;
    size_t lines = 0;

    while (cli_reader_next_text(reader, &line.data, &line.size)) {
        size_t const count = cli_words_split(line, fields, RUN_FIELDS);
        eval_result result = {0};
        if (count == 0) continue;
        lines++;
        if (!parse(j, name, cli_reader_line(reader), fields, count, &result))
            continue;
        run->list =
            cli_grow(run->list, run->count, &run->capacity, sizeof *run->list);
        run->list[run->count++] = result;
    }
    cli_reader_close(reader);
    if (lines == 0) cli_fail("%s: there is no result", name);
    if (run->count == 0)
        cli_fail("%s: none of its queries has a judgement", name);
    if (run->count < lines)
        cli_note("%s: %zu of %zu lines are of queries without a judgement",
                 name, lines - run->count, lines);

    refuse_twice(run, j, name);
    if (ties == EVAL_TIES_AUTO)
        ties = j->items_known ? EVAL_TIES_ROW : EVAL_TIES_ID;
    order how = {ties, j};
    qsort_r(run->list, run->count, sizeof *run->list, best_first, &how);
    tell_disagreement(run, name);
    run->offsets = cli_alloc(j->qids.count + 1, sizeof *run->offsets);
    for (size_t i = 0; i < run->count; i++)
        run->offsets[run->list[i].query + 1]++;
    for (size_t q = 0; q < j->qids.count; q++)
        run->offsets[q + 1] += run->offsets[q];
    free(name);
}

void eval_trec_write(FILE *stream, const char *path, const cli_judgements *j,
                     size_t query, size_t item, size_t rank, double score)
{
    siamese_text const qid = j->qids.texts[query];
    siamese_text const id = j->ids.texts[item];
    char text[CLI_NUMBER_BYTES];

    cli_judgements_check_word("qid", qid, path);
    cli_judgements_check_word("id", id, path);
    if ((double)(float)score == score) /* of a model: 9 digits tell all apart */
        snprintf(text, sizeof text, "%.9g", score);
    else
        cli_number_text(score, text);
    if (fprintf(stream, "%s Q0 %s %zu %s siamese\n", qid.data, id.data, rank,
                text) < 0)
        cli_fail("cannot write %s", path);
}
