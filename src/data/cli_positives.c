/* cli_positives.c: rows by their relevance. */
#include "data/cli_positives.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"

void cli_positives_settle(cli_pairs *p, const cli_grades *grades)
{
    const char *const text = grades->min_relevance;
    const char *const low = grades->negatives;
    double number;

    p->min_relevance = cli_format("%s", text);
    if (low && !cli_relevance_parse((siamese_text){low, strlen(low)}, &number))
        cli_usage_error("--grade-negatives %s: a number is expected", low);
    if (grades->threshold)
        p->threshold = *grades->threshold;
    else if (!cli_threshold_parse(text, &p->threshold))
        cli_usage_error(
            "--min-relevance %s: a number, auto or none is expected", text);
}

void cli_positives_all(cli_pairs *p)
{
    free(p->min_relevance);
    p->min_relevance = cli_format("none");
    p->threshold.kind = CLI_THRESHOLD_NONE;
}

/* By the values that there are, if nobody said. */
static void find_threshold(cli_pairs *p)
{
    char text[CLI_NUMBER_BYTES];

    if (p->threshold.kind != CLI_THRESHOLD_AUTO) return;
    p->threshold.kind = CLI_THRESHOLD_LEAST;
    p->threshold.least = cli_relevance_threshold(&p->relevance);
    free(p->min_relevance);
    p->min_relevance =
        cli_format("%s", cli_number_text(p->threshold.least, text));
}

int cli_positives_has(const cli_pairs *p, double relevance)
{
    return cli_pairs_take_all(p) || relevance >= p->threshold.least;
}

static void take_positives(cli_pairs *p, const cli_rated_rows *rows)
{
    find_threshold(p);
    p->list = cli_alloc(rows->count, sizeof *p->list);
    for (size_t i = 0; i < rows->count; i++) {
        cli_pair pair = rows->list[i];
        if (!cli_positives_has(p, pair.relevance)) continue;
        siamese_text const query = rows->queries.texts[pair.query];
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

/* Rows below `text`, a number: each is a negative of one of its query's
 * positives, of all of them in turn. */
static void take_negatives(cli_pairs *p, const cli_rated_rows *rows,
                           const char *text)
{
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
    p->low = cli_alloc(rows->count, sizeof *p->low);
    for (size_t i = 0; i < rows->count; i++) {
        cli_pair row = rows->list[i];
        siamese_text const query = rows->queries.texts[row.query];
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

static void check_positives(cli_pairs *p, const cli_grades *grades,
                            const char *file)
{
    if (p->count == 0)
        cli_fail("%s: none of %zu rows has a relevance of %s or more", file,
                 p->rows, p->min_relevance);
    if (cli_pairs_take_all(p) && (grades->weighs || grades->negatives))
        cli_fail("%s: --grade-weights and --grade-negatives need a relevance",
                 file);
    p->weighs = grades->weighs;
}

void cli_positives_count(cli_pairs *p, const cli_grades *grades,
                         const char *file)
{
    find_threshold(p);
    p->count = cli_pairs_take_all(p) ? p->rows - p->skipped : 0;
    for (size_t i = 0; i < p->relevance.values.count; i++) {
        double value;
        memcpy(&value, p->relevance.values.texts[i].data, sizeof value);
        if (!cli_pairs_take_all(p) && cli_positives_has(p, value))
            p->count += p->relevance.counts[i];
    }
    check_positives(p, grades, file);
}

void cli_positives_take(cli_pairs *p, const cli_rated_rows *rows,
                        const cli_grades *grades, const char *file)
{
    take_positives(p, rows);
    check_positives(p, grades, file);
    if (grades->negatives) take_negatives(p, rows, grades->negatives);
}
