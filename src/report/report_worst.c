/* report_worst.c: what queries found in, those that found least out. For the
 * reports of train and eval. */
#include "report/report_worst.h"

#include <stdlib.h>

#include "shell/cli_memory.h"
#include "report/report_bars.h"
#include "report/report_html.h"

enum { MOST_QUERIES = 30, MOST_WANTED = 8 };

typedef struct titles {
    const cli_judgements *judgements;
    const cli_items *items;
    size_t *rows; /* [ids] an id's first row + 1; 0: it has none */
} titles;

static titles titles_of(const cli_judgements *j, const cli_items *items)
{
    titles t = {j, items, cli_alloc(j->ids.count, sizeof *t.rows)};
    size_t const count = items ? cli_items_count(items) : 0;

    for (size_t row = count; row-- > 0;) {
        siamese_text const id = cli_items_id(items, row);
        size_t const number = cli_strings_find(&j->ids, id.data, id.size);
        if (number != SIZE_MAX) t.rows[number] = row + 1;
    }
    return t;
}

/* The title, and the id in the element's title; or the id alone. */
static void put_item(FILE *stream, const titles *t, size_t id)
{
    siamese_text const name = t->judgements->ids.texts[id];
    siamese_text title = {"", 0};

    if (t->rows[id]) title = cli_items_title(t->items, t->rows[id] - 1);
    fputs("<bdi title=\"", stream);
    report_html_text(stream, name);
    fputs("\">", stream);
    report_html_text(stream, title.size ? title : name);
    fputs("</bdi>", stream);
}

static const cli_judgement *judged(const cli_judgements *j, size_t query,
                                   uint32_t item)
{
    for (size_t i = j->offsets[query]; i < j->offsets[query + 1]; i++)
        if (j->list[i].item == item) return &j->list[i];
    return NULL;
}

/* The judgements of relevant items, best rank first, those that were not found
 * at the end, into order[]; gives how many. */
static size_t order_wanted(const eval_found *f, size_t query, size_t *order)
{
    const cli_judgements *const j = f->judgements;
    size_t count = 0;

    for (size_t i = j->offsets[query]; i < j->offsets[query + 1]; i++) {
        if (j->list[i].grade < f->relevant) continue;
        size_t at = count++;
        while (at > 0 && f->ranks[i] - 1 < f->ranks[order[at - 1]] - 1) {
            order[at] = order[at - 1];
            at--;
        }
        order[at] = i;
    }
    return count;
}

static void put_wanted(FILE *stream, const eval_found *f, const titles *t,
                       size_t query)
{
    const cli_judgements *const j = f->judgements;
    size_t *const order =
        cli_alloc(j->offsets[query + 1] - j->offsets[query], sizeof *order);
    size_t const relevant = order_wanted(f, query, order);

    fputs("<div><h4>wanted</h4><ul>\n", stream);
    for (size_t i = 0; i < relevant && i < MOST_WANTED; i++) {
        const cli_judgement *const one = &j->list[order[i]];
        if (f->ranks[order[i]])
            fprintf(stream, "<li><span class=\"rank\">%u.</span>",
                    f->ranks[order[i]]);
        else
            fputs("<li><span class=\"rank none\" title=\"not found\">&#8211;"
                  "</span>",
                  stream);
        put_item(stream, t, one->item);
        fprintf(stream, "<span class=\"grade\">%g</span></li>\n", one->grade);
    }
    fputs("</ul>", stream);
    if (relevant > MOST_WANTED)
        fprintf(stream, "<p class=\"note more\">and %zu more</p>",
                relevant - MOST_WANTED);
    fputs("</div>\n", stream);
    free(order);
}

static void put_found(FILE *stream, const eval_found *f, const titles *t,
                      size_t query)
{
    size_t const first = query * EVAL_FOUND_FIRST;

    fputs("<div><h4>found</h4>", stream);
    if (f->counts[query] == 0) {
        fputs("<p class=\"note\">nothing</p></div>\n", stream);
        return;
    }
    fputs("<ul>\n", stream);
    for (size_t i = 0; i < f->counts[query]; i++) {
        const cli_judgement *const one =
            judged(f->judgements, query, f->ids[first + i]);
        fprintf(stream, "<li><span class=\"rank\">%zu.</span>", i + 1);
        put_item(stream, t, f->ids[first + i]);
        if (one)
            fprintf(stream, "<span class=\"grade%s\">%g</span>",
                    one->grade >= f->relevant ? " good" : " low", one->grade);
        fprintf(stream, "<span class=\"score\">%.3f</span></li>\n",
                f->scores[first + i]);
    }
    fputs("</ul></div>\n", stream);
}

static void put_query(FILE *stream, const eval_found *f, const titles *t,
                      size_t query)
{
    const cli_judgements *const j = f->judgements;
    size_t missed;
    size_t const rank = eval_found_rank(f, query);
    size_t const relevant = eval_found_relevant(f, query, &missed);

    fputs("<article><h3><bdi>", stream);
    report_html_text(stream, j->queries_known ? j->queries[query]
                                              : j->qids.texts[query]);
    fputs("</bdi><span>", stream);
    if (rank)
        fprintf(stream, "first relevant item at rank %zu", rank);
    else
        fprintf(stream, "none of %zu relevant item%s in the first %zu",
                relevant, relevant == 1 ? "" : "s", f->depth);
    fputs("</span></h3>\n<div class=\"two\">", stream);
    put_wanted(stream, f, t, query);
    put_found(stream, f, t, query);
    fputs("</div></article>\n", stream);
}

void report_worst(FILE *stream, const eval_found *f, const cli_items *items)
{
    size_t queries[MOST_QUERIES];
    size_t const count = eval_found_worst(f, queries, MOST_QUERIES);
    titles t = titles_of(f->judgements, items);

    report_html_section(
        stream, "worst", "The worst queries",
        "Those whose first relevant item stands lowest. Beside an item: its "
        "rank, its grade if it was judged, and its score. Some of what was "
        "found may fit and not be judged.");
    if (count == 0)
        fputs("<p>Every query has a relevant item first.</p>\n", stream);
    for (size_t i = 0; i < count; i++) put_query(stream, f, &t, queries[i]);
    report_html_section_end(stream);
    free(t.rows);
}

void report_first_relevant(FILE *stream, const json_t *counts)
{
    static const char *const keys[] = {"1", "2-3", "4-10", "after_10",
                                       "not_found"};
    json_int_t const depth =
        json_integer_value(json_object_get(counts, "depth"));
    char *const after = cli_format("11 to %lld", (long long)depth);
    const char *const names[] = {"1", "2 to 3", "4 to 10", after, "none"};
    double values[5];

    for (size_t i = 0; i < 5; i++)
        values[i] =
            (double)json_integer_value(json_object_get(counts, keys[i]));
    report_bars_draw(stream, "Where the first relevant item stands", "rank",
                     "queries", names, values, 5);
    free(after);
}
