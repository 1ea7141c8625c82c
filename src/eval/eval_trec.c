/* eval_trec.c: files of queries, runs and qrels in, their rows out. For
 * cmd_eval and cli_judgements. */
#include "eval/eval_trec.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_strings.h"
#include "data/cli_reader.h"
#include "data/cli_relevance.h"

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

/* A line's result; 0 if its query is not one that is measured. */
static int parse(cli_judgements *j, eval_ties ties, const char *name,
                 size_t line, const siamese_text *fields, size_t count,
                 eval_result *result)
{
    int const is_short = count == SHORT_FIELDS;
    siamese_text const qid = fields[0];
    siamese_text const id = fields[is_short ? 1 : 2];
    siamese_text const score = fields[is_short ? 2 : 4];

    if (!is_short && count != RUN_FIELDS)
        cli_fail("%s:%zu: qid Q0 id rank score tag is expected", name, line);
    if (!is_short && !cli_relevance_parse(fields[3], &result->rank))
        result->rank = NAN;
    if (ties == EVAL_TIES_RANK && isnan(result->rank))
        cli_fail(
            "%s:%zu: rank '%.*s' is not a number, and --ties rank is asked "
            "for",
            name, line, (int)fields[3].size, fields[3].data);
    if (!cli_relevance_parse(score, &result->score))
        cli_fail("%s:%zu: score '%.*s' is not a finite number", name, line,
                 (int)score.size, score.data);
    size_t const query = cli_strings_find(&j->qids, qid.data, qid.size);
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

static void set_ties(eval_trec *run, eval_ties ties, const cli_judgements *j)
{
    for (size_t i = 0; i < run->count; i++) {
        eval_result *const result = &run->list[i];
        if (ties == EVAL_TIES_RANK) result->tie = result->rank;
        if (ties == EVAL_TIES_ID) result->id = j->ids.texts[result->item].data;
    }
}

static int tied(const eval_result *x, const eval_result *y)
{
    if (x->id) return strcmp(y->id, x->id);
    if (x->tie < y->tie || x->tie > y->tie) return x->tie < y->tie ? -1 : 1;
    return (x->item > y->item) - (x->item < y->item);
}

/* What trec_eval keeps of a score: two that differ in digits behind those of a
 * float32 are equal. */
static float kept(const eval_result *result)
{
    return (float)result->score;
}

static int best_first(const void *a, const void *b)
{
    const eval_result *const x = a, *const y = b;

    if (x->query != y->query) return x->query < y->query ? -1 : 1;
    if (kept(x) != kept(y)) return kept(x) > kept(y) ? -1 : 1;
    return tied(x, y);
}

/* Scores that fall where ranks rise are most likely distances. */
static void tell_disagreement(const eval_trec *run, const char *name)
{
    size_t against = 0, pairs = 0;

    for (size_t i = 1; i < run->count; i++) {
        const eval_result *const a = &run->list[i - 1], *const b = a + 1;
        if (a->query != b->query || kept(a) == kept(b)) continue;
        if (isnan(a->rank) || isnan(b->rank)) continue;
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
    cli_reader *const reader = cli_reader_open(path, CLI_UTF8);
    char *const name = cli_format("%s", cli_reader_name(reader));
    siamese_text fields[RUN_FIELDS + 1], line;
    size_t lines = 0;

    while (cli_reader_next_text(reader, &line.data, &line.size)) {
        size_t const count = cli_words_split(line, fields, RUN_FIELDS);
        eval_result result = {0};
        if (count == 0) continue;
        lines++;
        if (!parse(j, ties, name, cli_reader_line(reader), fields, count,
                   &result))
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
        cli_note("%s: %zu of %zu lines are of queries that are not measured",
                 name, lines - run->count, lines);

    refuse_twice(run, j, name);
    if (ties == EVAL_TIES_AUTO)
        ties = j->items_known ? EVAL_TIES_ROW : EVAL_TIES_ID;
    set_ties(run, ties, j);
    qsort(run->list, run->count, sizeof *run->list, best_first);
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
        cli_fail("cannot write %s: %s", path, strerror(errno));
}
