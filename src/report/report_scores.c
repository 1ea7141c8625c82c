/* report_scores.c: a model and pairs in, the scores of three groups out. For
 * the reports of train and eval. */
#include "report/report_scores.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "report/report_bars.h"
#include "report/report_html.h"

/* Pairs of a group that are scored, at most: more change no picture. */
enum { MOST_PAIRS = 10000 };

typedef struct scored_pair {
    size_t query, item;
} scored_pair;

typedef struct scored_pairs {
    scored_pair *list;
    size_t count, capacity;
} scored_pairs;

static void add_pair(scored_pairs *pairs, size_t query, size_t item)
{
    pairs->list = cli_grow(pairs->list, pairs->count, &pairs->capacity,
                           sizeof *pairs->list);
    pairs->list[pairs->count++] = (scored_pair){query, item};
}

/* Leaves MOST_PAIRS of them, evenly from first to last. */
static void thin(scored_pairs *pairs)
{
    size_t const count = pairs->count;

    if (count <= MOST_PAIRS) return;
    for (size_t i = 0; i < MOST_PAIRS; i++)
        pairs->list[i] = pairs->list[i * count / MOST_PAIRS];
    pairs->count = MOST_PAIRS;
}

/* ------------------------------------------------------------------------- */
/* Scoring                                                                   */
/* ------------------------------------------------------------------------- */

/* Rows of another set, in an order of their own. */
typedef struct chosen_rows {
    cli_rows from;
    const size_t *rows;
} chosen_rows;

static void chosen_row(const void *user, size_t i, siamese_text *texts)
{
    const chosen_rows *const c = user;

    c->from.row(c->from.user, c->rows[i], texts);
}

/* The vectors of the rows that are used, and each one's place among them, into
 * places. */
static float *encode_used(cli_encoder encoder, cli_rows rows,
                          const char *is_used, size_t *places)
{
    size_t *const used = cli_alloc(rows.count, sizeof *used);
    size_t count = 0;

    for (size_t i = 0; i < rows.count; i++) {
        if (!is_used[i]) continue;
        places[i] = count;
        used[count++] = i;
    }
    chosen_rows const chosen = {rows, used};
    float *const vectors = cli_encode_all(
        encoder, (cli_rows){count, rows.fields, chosen_row, &chosen});
    free(used);
    return vectors;
}

static double *score(const scored_pairs *pairs, const float *queries,
                     const size_t *query_places, const float *items,
                     const size_t *item_places, size_t dim)
{
    double *const scores = cli_alloc(pairs->count, sizeof *scores);

    for (size_t i = 0; i < pairs->count; i++) {
        const float *const q =
            queries + query_places[pairs->list[i].query] * dim;
        const float *const x = items + item_places[pairs->list[i].item] * dim;
        double sum = 0;
        for (size_t d = 0; d < dim; d++) sum += (double)q[d] * (double)x[d];
        scores[i] = sum;
    }
    return scores;
}

/* SplitMix64 (Steele, Lea and Flood 2014). */
static uint64_t next_random(uint64_t *state)
{
    uint64_t z = (*state += 0x9e3779b97f4a7c15u);

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* Each query of the pairs with an item at random, which may by chance be one
 * that belongs to it. */
static scored_pairs at_random(const scored_pairs *pairs, size_t items)
{
    scored_pairs others = {0};
    uint64_t state = 1;

    for (size_t i = 0; i < pairs->count; i++)
        add_pair(&others, pairs->list[i].query,
                 (size_t)(next_random(&state) % items));
    return others;
}

static void mark(const scored_pairs *pairs, char *queries, char *items)
{
    for (size_t i = 0; i < pairs->count; i++) {
        queries[pairs->list[i].query] = 1;
        items[pairs->list[i].item] = 1;
    }
}

/* The same of an index whose ids are the rows. */
static float *read_used(const siamese_index *index, size_t dim, size_t rows,
                        const char *is_used, size_t *places)
{
    size_t count = 0;

    for (size_t i = 0; i < rows; i++)
        if (is_used[i]) places[i] = count++;
    float *const vectors = cli_alloc(count * dim, sizeof *vectors);
    for (size_t i = 0; i < rows; i++)
        if (is_used[i])
            cli_try(siamese_index_reconstruct(index, (int64_t)i,
                                              vectors + places[i] * dim, dim));
    return vectors;
}

/* Scores both groups, and the first one's queries with items at random; the
 * items' vectors are those of the index, or encoded if it is NULL. */
static void score_groups(report_scores *s, const siamese_model *model,
                         cli_rows queries, cli_rows items,
                         const siamese_index *index, scored_pairs *relevant,
                         scored_pairs *low)
{
    cli_encoder const query = cli_encoder_of(model, "query");
    char *const query_used = cli_alloc(queries.count, 1);
    char *const item_used = cli_alloc(items.count, 1);
    size_t *const query_places = cli_alloc(queries.count, sizeof(size_t));
    size_t *const item_places = cli_alloc(items.count, sizeof(size_t));

    thin(relevant);
    thin(low);
    scored_pairs others = at_random(relevant, items.count);
    mark(relevant, query_used, item_used);
    mark(low, query_used, item_used);
    mark(&others, query_used, item_used);
    float *const q = encode_used(query, queries, query_used, query_places);
    float *const x =
        index ? read_used(index, query.dim, items.count, item_used, item_places)
              : encode_used(cli_encoder_of(model, "item"), items, item_used,
                            item_places);
    s->relevant = score(relevant, q, query_places, x, item_places, query.dim);
    s->judged_low = score(low, q, query_places, x, item_places, query.dim);
    s->others = score(&others, q, query_places, x, item_places, query.dim);
    s->relevant_count = relevant->count;
    s->judged_low_count = low->count;
    s->other_count = others.count;
    free(relevant->list);
    free(low->list);
    free(others.list);
    free(query_used);
    free(item_used);
    free(query_places);
    free(item_places);
    free(q);
    free(x);
}

/* ------------------------------------------------------------------------- */
/* Whose pairs                                                               */
/* ------------------------------------------------------------------------- */

void report_scores_judged(report_scores *s, const siamese_model *model,
                          const cli_judgements *j, double relevant,
                          const cli_items *items, const siamese_index *index)
{
    size_t const count = cli_items_count(items);
    size_t *const rows = cli_alloc(j->ids.count, sizeof *rows);
    scored_pairs high = {0}, low = {0};

    /* an id's last row; 0: it has none */
    for (size_t row = 0; row < count; row++) {
        siamese_text const id = cli_items_id(items, row);
        size_t const number = cli_strings_find(&j->ids, id.data, id.size);
        if (number != SIZE_MAX) rows[number] = row + 1;
    }
    for (size_t i = 0; i < j->count; i++) {
        const cli_judgement *const one = &j->list[i];
        if (rows[one->item] == 0) continue;
        add_pair(one->grade >= relevant ? &high : &low, one->query,
                 rows[one->item] - 1);
    }
    free(rows);
    s->of = "judged pairs";
    if (count > 0)
        score_groups(s, model, cli_rows_of_texts(j->queries, j->qids.count),
                     cli_rows_of_items(items), index, &high, &low);
}

void report_scores_pairs(report_scores *s, const siamese_model *model,
                         const cli_pairs *pairs, const char *of)
{
    scored_pairs high = {0}, low = {0};

    for (size_t i = 0; i < pairs->count; i++)
        add_pair(&high, pairs->list[i].query, pairs->list[i].item);
    for (size_t i = 0; i < pairs->low_count; i++)
        add_pair(&low, pairs->low[i].query, pairs->low[i].item);
    s->of = of;
    if (pairs->count > 0)
        score_groups(
            s, model,
            cli_rows_of_texts(pairs->queries.texts, pairs->queries.count),
            cli_rows_of_items(&pairs->items), NULL, &high, &low);
}

static double *copied(const double *values, size_t count)
{
    double *const copy = cli_alloc(count, sizeof *copy);

    if (count > 0) memcpy(copy, values, count * sizeof *copy);
    return copy;
}

void report_scores_found(report_scores *s, const eval_found *f)
{
    s->of = "results";
    s->relevant = copied(f->relevant_scores, f->relevant_count);
    s->others = copied(f->other_scores, f->other_count);
    s->relevant_count = f->relevant_count;
    s->other_count = f->other_count;
}

void report_scores_free(report_scores *s)
{
    free(s->relevant);
    free(s->judged_low);
    free(s->others);
    memset(s, 0, sizeof *s);
}

/* ------------------------------------------------------------------------- */
/* Figures                                                                   */
/* ------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b)
{
    double const x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

/*
 * The area under the ROC curve by ranks (Mann and Whitney 1947): the share of
 * pairs (one of x, one of y) in which x is greater, ties half.
 */
static double area(const double *x, size_t n, const double *y, size_t m)
{
    double *const a = copied(x, n), *const b = copied(y, m);
    double sum = 0;
    size_t below = 0, upto = 0;

    qsort(a, n, sizeof *a, ascending);
    qsort(b, m, sizeof *b, ascending);
    for (size_t i = 0; i < n; i++) {
        while (below < m && b[below] < a[i]) below++;
        while (upto < m && b[upto] <= a[i]) upto++;
        sum += ((double)below + (double)upto) / 2;
    }
    free(a);
    free(b);
    return sum / ((double)n * (double)m);
}

static json_t *group_json(const double *scores, size_t count)
{
    double sum = 0;

    for (size_t i = 0; i < count; i++) sum += scores[i];
    return json_pack("{s:I, s:f}", "pairs", (json_int_t)count, "mean",
                     sum / (double)count);
}

json_t *report_scores_json(const report_scores *s)
{
    json_t *const o = json_pack("{s:s}", "of", s->of);

    if (s->relevant_count > 0)
        json_object_set_new(o, "relevant",
                            group_json(s->relevant, s->relevant_count));
    if (s->judged_low_count > 0)
        json_object_set_new(o, "judged_low",
                            group_json(s->judged_low, s->judged_low_count));
    if (s->other_count > 0)
        json_object_set_new(o, "others", group_json(s->others, s->other_count));
    if (s->relevant_count > 0 && s->other_count > 0)
        json_object_set_new(o, "relevant_above_others",
                            json_real(area(s->relevant, s->relevant_count,
                                           s->others, s->other_count)));
    return o;
}

static void draw_row(FILE *stream, const json_t *figures, const char *name,
                     const char *group)
{
    const json_t *const o = json_object_get(figures, group);

    if (!o) return;
    fprintf(stream, "<tr><th scope=\"row\">%s</th><td>", name);
    report_html_value(stream, json_object_get(o, "pairs"), 0);
    fputs("</td><td>", stream);
    report_html_value(stream, json_object_get(o, "mean"), 4);
    fputs("</td></tr>\n", stream);
}

void report_scores_draw(FILE *stream, const report_scores *s,
                        const json_t *figures)
{
    int const of_run = strcmp(s->of, "results") == 0;
    const char *const others = of_run ? "other results" : "items at random";
    report_group groups[REPORT_GROUPS_MOST];
    size_t count = 0;

    if (s->relevant_count > 0)
        groups[count++] =
            (report_group){"relevant", s->relevant, s->relevant_count};
    if (s->other_count > 0)
        groups[count++] = (report_group){others, s->others, s->other_count};
    if (s->judged_low_count > 0)
        groups[count++] = (report_group){"judged not relevant", s->judged_low,
                                         s->judged_low_count};
    fputs("<div class=\"plots\">\n", stream);
    report_histogram_draw(stream, "Scores of pairs",
                          of_run ? "score in the run" : "score of the vectors",
                          groups, count);
    fprintf(stream,
            "<div><table><thead><tr><th scope=\"col\">%s</th><th "
            "scope=\"col\">pairs</th><th scope=\"col\">mean score</th>"
            "</tr></thead><tbody>\n",
            s->of);
    draw_row(stream, figures, "relevant", "relevant");
    draw_row(stream, figures, "judged not relevant", "judged_low");
    draw_row(stream, figures, others, "others");
    fputs("</tbody></table>\n", stream);
    const json_t *const above =
        json_object_get(figures, "relevant_above_others");
    if (above) {
        fprintf(stream,
                "<p class=\"note\">A relevant item scores higher than one of "
                "the %s in a share of ",
                others);
        report_html_value(stream, above, 4);
        fputs(" of all such pairs (the area under the ROC curve).</p>\n",
              stream);
    }
    fputs("</div>\n</div>\n", stream);
}
