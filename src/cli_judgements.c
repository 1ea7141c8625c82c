#include "cli_judgements.h"

#include <stdlib.h>
#include <string.h>

#include "cli_memory.h"
#include "cli_message.h"
#include "cli_reader.h"
#include "cli_relevance.h"

enum { QREL_FIELDS = 4 };

void cli_judgements_free(cli_judgements *j)
{
    cli_strings_free(&j->ids);
    cli_strings_free(&j->qids);
    cli_strings_free(&j->texts);
    free(j->id_of_row);
    free(j->queries);
    free(j->list);
    free(j->offsets);
    memset(j, 0, sizeof *j);
}

static void number_ids(cli_judgements *j, const cli_items *items)
{
    size_t const count = cli_items_count(items);
    size_t *const rows = cli_alloc(count, sizeof *rows); /* of each id */

    j->id_of_row = cli_alloc(count, sizeof *j->id_of_row);
    for (size_t i = 0; i < count; i++) {
        siamese_text const id = cli_items_id(items, i);
        size_t const number = cli_strings_add(&j->ids, id.data, id.size);
        j->id_of_row[i] = (uint32_t)number;
        if (++rows[number] > j->most_rows) j->most_rows = rows[number];
    }
    free(rows);
}

static void read_queries(cli_judgements *j, const char *path)
{
    cli_reader *const reader = cli_reader_open(path, NULL);
    const char *line;
    size_t size;

    while (cli_reader_next_text(reader, &line, &size)) {
        const char *const tab = memchr(line, '\t', size);
        if (size == 0) continue;
        if (!tab || tab == line)
            cli_fail("%s:%zu: qid TAB query is expected",
                     cli_reader_name(reader), cli_reader_line(reader));
        size_t const qid_size = (size_t)(tab - line);
        size_t const before = j->qids.count;
        if (cli_strings_add(&j->qids, line, qid_size) != before)
            cli_fail("%s:%zu: qid '%.*s' is there already",
                     cli_reader_name(reader), cli_reader_line(reader),
                     (int)qid_size, line);
        j->queries = cli_grow(j->queries, before, &j->query_capacity,
                              sizeof *j->queries);
        size_t const number =
            cli_strings_add(&j->texts, tab + 1, size - qid_size - 1);
        j->queries[before] = j->texts.texts[number];
    }
    if (j->qids.count == 0)
        cli_fail("%s: there is no query", cli_reader_name(reader));
    cli_reader_close(reader);
}

/* The fields between white space; gives how many, at most one too many. */
static size_t split(const char *line, size_t size,
                    siamese_text fields[QREL_FIELDS + 1])
{
    size_t count = 0;

    for (size_t i = 0; i < size && count <= QREL_FIELDS;) {
        if (line[i] == ' ' || line[i] == '\t') {
            i++;
            continue;
        }
        size_t const begin = i;
        while (i < size && line[i] != ' ' && line[i] != '\t') i++;
        fields[count++] = (siamese_text){line + begin, i - begin};
    }
    return count;
}

static void read_qrels(cli_judgements *j, const char *path)
{
    cli_reader *const reader = cli_reader_open(path, NULL);
    siamese_text fields[QREL_FIELDS + 1];
    const char *line;
    size_t size;

    while (cli_reader_next_text(reader, &line, &size)) {
        size_t const count = split(line, size, fields);
        double grade;
        if (count == 0) continue;
        if (count != QREL_FIELDS)
            cli_fail("%s:%zu: qid 0 id grade is expected",
                     cli_reader_name(reader), cli_reader_line(reader));
        size_t const query =
            cli_strings_find(&j->qids, fields[0].data, fields[0].size);
        size_t const item =
            cli_strings_find(&j->ids, fields[2].data, fields[2].size);
        if (query == SIZE_MAX)
            cli_fail("%s:%zu: qid '%.*s' is not among the queries",
                     cli_reader_name(reader), cli_reader_line(reader),
                     (int)fields[0].size, fields[0].data);
        if (item == SIZE_MAX)
            cli_fail("%s:%zu: id '%.*s' is not among the items",
                     cli_reader_name(reader), cli_reader_line(reader),
                     (int)fields[2].size, fields[2].data);
        if (!cli_relevance_parse(fields[3], &grade))
            cli_fail("%s:%zu: grade '%.*s' is not a number",
                     cli_reader_name(reader), cli_reader_line(reader),
                     (int)fields[3].size, fields[3].data);
        j->list = cli_grow(j->list, j->count, &j->capacity, sizeof *j->list);
        j->list[j->count++] =
            (cli_judgement){(uint32_t)query, (uint32_t)item, grade};
    }
    cli_reader_close(reader);
}

static int by_pair(const void *a, const void *b)
{
    const cli_judgement *const x = a, *const y = b;

    if (x->query != y->query) return x->query < y->query ? -1 : 1;
    return (x->item > y->item) - (x->item < y->item);
}

typedef struct placed {
    cli_judgement judgement;
    size_t place;
} placed;

static int by_pair_and_place(const void *a, const void *b)
{
    const placed *const x = a, *const y = b;
    int const order = by_pair(&x->judgement, &y->judgement);

    return order ? order : (x->place > y->place) - (x->place < y->place);
}

/* By query and item, the last of equal pairs kept. */
static void order(cli_judgements *j)
{
    placed *const sorted = cli_alloc(j->count, sizeof *sorted);
    size_t kept = 0;

    for (size_t i = 0; i < j->count; i++) sorted[i] = (placed){j->list[i], i};
    qsort(sorted, j->count, sizeof *sorted, by_pair_and_place);
    for (size_t i = 0; i < j->count; i++) {
        if (kept > 0 && by_pair(&j->list[kept - 1], &sorted[i].judgement) == 0)
            kept--;
        j->list[kept++] = sorted[i].judgement;
    }
    j->count = kept;
    free(sorted);

    j->offsets = cli_alloc(j->qids.count + 1, sizeof *j->offsets);
    for (size_t i = 0; i < kept; i++) j->offsets[j->list[i].query + 1]++;
    for (size_t q = 0; q < j->qids.count; q++)
        j->offsets[q + 1] += j->offsets[q];
}

void cli_judgements_read(cli_judgements *j, const cli_items *items,
                         const char *queries, const char *qrels)
{
    number_ids(j, items);
    read_queries(j, queries);
    read_qrels(j, qrels);
    order(j);
}
