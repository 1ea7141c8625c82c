/* cli_judgements.c: qrels or a CSV file in, judged queries out. For eval. */
#include "eval/cli_judgements.h"

#include <errno.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "data/cli_columns.h"
#include "data/cli_entities.h"
#include "data/cli_relevance.h"

enum {
    TREC_FIELDS = 4,
    BEIR_FIELDS = 3,
    MOST_FIELDS = TREC_FIELDS,
    MOST_NAME = 16 /* of a column, as far as it is compared */
};

void cli_judgements_free(cli_judgements *j)
{
    cli_strings_free(&j->ids);
    cli_strings_free(&j->qids);
    cli_strings_free(&j->texts);
    free(j->queries);
    free(j->list);
    free(j->offsets);
    memset(j, 0, sizeof *j);
}

/* ------------------------------------------------------------------------- */
/* Words and numbers of a line                                               */
/* ------------------------------------------------------------------------- */

size_t cli_words_split(siamese_text line, siamese_text *fields, size_t most)
{
    size_t count = 0;

    for (size_t i = 0; i < line.size && count <= most;) {
        if (line.data[i] == ' ' || line.data[i] == '\t') {
            i++;
            continue;
        }
        size_t const begin = i;
        while (i < line.size && line.data[i] != ' ' && line.data[i] != '\t')
            i++;
        fields[count++] = (siamese_text){line.data + begin, i - begin};
    }
    return count;
}

void cli_judgements_check_word(const char *what, siamese_text word,
                               const char *path)
{
    size_t fit = 0;

    while (fit < word.size && word.data[fit] != '\0' &&
           !strchr(" \t\n\v\f\r", word.data[fit]))
        fit++;
    if (word.size > 0 && fit == word.size) return;
    cli_fail("%s: %s '%.*s' is empty or has white space, which a file with "
             "columns between blanks cannot hold",
             path, what, (int)word.size, word.data);
}

/* ------------------------------------------------------------------------- */
/* Reading                                                                   */
/* ------------------------------------------------------------------------- */

void cli_judgements_take_items(cli_judgements *j, const cli_items *items)
{
    for (size_t i = 0; i < cli_items_count(items); i++) {
        siamese_text const id = cli_items_id(items, i);
        cli_strings_add(&j->ids, id.data, id.size);
    }
    j->items_known = 1;
    j->item_ids = j->ids.count;
}

size_t cli_judgements_id(cli_judgements *j, siamese_text id)
{
    if (!j->items_known) return cli_strings_add(&j->ids, id.data, id.size);
    size_t const number = cli_strings_find(&j->ids, id.data, id.size);
    return number < j->item_ids ? number : SIZE_MAX;
}

/* The text of query `number`, which is the next one. */
static void add_query(cli_judgements *j, size_t number, siamese_text text)
{
    j->queries =
        cli_grow(j->queries, number, &j->query_capacity, sizeof *j->queries);
    size_t const place = cli_strings_add(&j->texts, text.data, text.size);
    j->queries[number] = j->texts.texts[place];
}

static void add(cli_judgements *j, size_t query, siamese_text id, double grade)
{
    size_t const item = cli_strings_add(&j->ids, id.data, id.size);

    j->list = cli_grow(j->list, j->count, &j->capacity, sizeof *j->list);
    j->list[j->count++] =
        (cli_judgement){(uint32_t)query, (uint32_t)item, grade};
}

/* What has been read and what of it cannot be found. */
static void tell_missing(const cli_judgements *j, const char *name)
{
    size_t missing = 0;

    if (j->count == 0) cli_fail("%s: there is no judgement", name);
    for (size_t i = 0; j->items_known && i < j->count; i++)
        missing += j->list[i].item >= j->item_ids;
    if (missing > 0)
        cli_note("%s: %zu of %zu judgements are of items that are not among "
                 "the items; they count as not found",
                 name, missing, j->count);
}

void cli_judgements_read_queries(cli_judgements *j, const char *path,
                                 cli_encoding encoding, const char *entities)
{
    int const decodes = cli_entities_are_decoded(entities);
    cli_reader *const reader = cli_reader_open(path, encoding);
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
        siamese_text const text = {tab + 1, size - qid_size - 1};
        siamese_text const copy = cli_entities_copy(text, decodes);
        add_query(j, before, copy);
        free((void *)(uintptr_t)copy.data);
    }
    if (j->qids.count == 0)
        cli_fail("%s: there is no query", cli_reader_name(reader));
    cli_reader_close(reader);
    j->queries_known = 1;
}

/* ---- qrels ---- */

/* A file of qrels: the columns of its first line are those of all. */
typedef struct qrels {
    cli_reader *reader;
    size_t columns; /* 0: nothing has been read */
    int has_tabs; /* there is a header with tabs: nothing else parts columns */
    size_t lines, strange; /* judgements, and those of unknown queries */
} qrels;

/* The fields of a line between tabs alone; gives how many, at most `most` +
 * 1. */
static size_t split_at_tabs(siamese_text line, siamese_text *fields,
                            size_t most)
{
    size_t count = 0, begin = 0;

    for (size_t i = 0; i <= line.size && count <= most; i++) {
        if (i < line.size && line.data[i] != '\t') continue;
        fields[count++] = (siamese_text){line.data + begin, i - begin};
        begin = i + 1;
    }
    return count;
}

/* Whether a column's name begins with one of these, letters and digits
 * alone. */
static int begins_with(siamese_text field, const char *const *names)
{
    char name[MOST_NAME + 1];
    size_t size = 0;

    for (size_t i = 0; i < field.size && size < MOST_NAME; i++)
        if (isalnum((unsigned char)field.data[i]))
            name[size++] = (char)tolower((unsigned char)field.data[i]);
    name[size] = '\0';
    for (; *names; names++)
        if (strncmp(name, *names, strlen(*names)) == 0) return 1;
    return 0;
}

/* query-id, qid, topic ...; score, rel, label ...: names, and no judgement. */
static int is_header(const siamese_text *fields, size_t count)
{
    static const char *const queries[] = {"qid", "query", "topic", NULL};
    static const char *const grades[] = {"score", "rel",    "grade", "label",
                                         "judg",  "rating", "gain",  NULL};
    siamese_text const last = fields[count - 1];
    double grade;

    if (cli_relevance_read(last, &grade)) return 0;
    for (size_t i = 0; i < last.size; i++)
        if (last.data[i] >= '0' && last.data[i] <= '9') return 0;
    return begins_with(fields[0], queries) || begins_with(last, grades);
}

/* Whether the line is a judgement; it has `columns` fields then. */
static int split_qrel(qrels *q, siamese_text line, siamese_text *fields)
{
    const char *const name = cli_reader_name(q->reader);
    size_t const at = cli_reader_line(q->reader);
    size_t const count = q->has_tabs && line.size > 0
                             ? split_at_tabs(line, fields, MOST_FIELDS)
                             : cli_words_split(line, fields, MOST_FIELDS);

    if (count == 0) return 0;
    if (count != TREC_FIELDS && count != BEIR_FIELDS)
        cli_fail("%s:%zu: qid 0 id grade, or qid id grade, is expected", name,
                 at);
    if (q->columns == 0) {
        q->columns = count;
        if (is_header(fields, count)) {
            q->has_tabs = memchr(line.data, '\t', line.size) != NULL;
            cli_note("%s:%zu: the line is a header", name, at);
            return 0;
        }
    }
    if (count != q->columns)
        cli_fail("%s:%zu: %zu columns, where the lines before it have %zu",
                 name, at, count, q->columns);
    return 1;
}

static void take_qrel(cli_judgements *j, qrels *q, const siamese_text *fields)
{
    siamese_text const qid = fields[0], id = fields[q->columns - 2];
    siamese_text const text = fields[q->columns - 1];
    double grade;

    q->lines++;
    if (!cli_relevance_read(text, &grade))
        cli_fail("%s:%zu: grade '%.*s' is not a number",
                 cli_reader_name(q->reader), cli_reader_line(q->reader),
                 (int)text.size, text.data);
    size_t const query = j->queries_known
                             ? cli_strings_find(&j->qids, qid.data, qid.size)
                             : cli_strings_add(&j->qids, qid.data, qid.size);
    if (query == SIZE_MAX)
        q->strange++;
    else
        add(j, query, id, grade);
}

void cli_judgements_read_qrels(cli_judgements *j, const char *path)
{
    qrels q = {.reader = cli_reader_open(path, CLI_UTF8)};
    const char *const name = cli_reader_name(q.reader);
    siamese_text fields[MOST_FIELDS + 1], line;

    while (cli_reader_next_text(q.reader, &line.data, &line.size))
        if (split_qrel(&q, line, fields)) take_qrel(j, &q, fields);
    if (q.strange > 0 && q.strange == q.lines)
        cli_fail("%s: none of its qids is among the queries", name);
    if (q.strange > 0)
        cli_note("%s: %zu of %zu judgements are of qids that are not among the "
                 "queries; they are passed over",
                 name, q.strange, q.lines);
    tell_missing(j, name);
    cli_reader_close(q.reader);
}

/* ---- tables ---- */

/* The qid of a query is its number, counted from 1. */
static size_t query_of_text(cli_judgements *j, siamese_text text)
{
    size_t const before = j->texts.count;
    size_t const number = cli_strings_add(&j->texts, text.data, text.size);
    char qid[CLI_NUMBER_BYTES];

    if (number < before) return number;
    int const size = snprintf(qid, sizeof qid, "%zu", number + 1);
    cli_strings_add(&j->qids, qid, (size_t)size);
    add_query(j, number, text);
    return number;
}

void cli_judgements_add_pair(cli_judgements *j, siamese_text query,
                             siamese_text id, double grade)
{
    add(j, query_of_text(j, query), id, grade);
    j->queries_known = 1;
}

int cli_judged_id_column(const cli_judged_source *source, cli_csv *csv)
{
    const cli_items_source *const items = source->items;

    if (items->by_title) {
        int const title =
            cli_column_find(csv, CLI_ROLE_ITEM,
                            (cli_column_wish){.named = items->item_column,
                                              .trained = items->trained_item});
        cli_csv_is_text(csv, title);
        return title;
    }
    return cli_column_find(csv, CLI_ROLE_ID,
                           (cli_column_wish){.trained = items->id_column
                                                            ? items->id_column
                                                            : items->trained_id,
                                             .avoided = items->row_numbers});
}

void cli_judgements_read_table(cli_judgements *j,
                               const cli_judged_source *source)
{
    cli_csv *const csv =
        cli_csv_open(source->data, source->encoding, &source->csv);
    int const id = cli_judged_id_column(source, csv);
    int const query =
        cli_column_find(csv, CLI_ROLE_QUERY,
                        (cli_column_wish){.named = source->query_column,
                                          .trained = source->trained_query});
    int const relevance = cli_column_find(
        csv, CLI_ROLE_RELEVANCE,
        (cli_column_wish){.named = source->relevance_column,
                          .trained = source->trained_relevance});
    const siamese_text *const header = cli_csv_header(csv);
    const siamese_text *row;

    cli_csv_is_text(csv, query);
    cli_note("%s: columns: id '%s', query '%s', relevance '%s'",
             cli_csv_name(csv), header[id].data, header[query].data,
             header[relevance].data);
    while ((row = cli_csv_next(csv))) {
        double grade;
        if (!cli_relevance_read(row[relevance], &grade))
            cli_csv_reject(csv, "relevance '%.*s' is not a number",
                           (int)row[relevance].size, row[relevance].data);
        else
            cli_judgements_add_pair(j, row[query], row[id], grade);
    }
    tell_missing(j, cli_csv_name(csv));
    cli_csv_close(csv);
    j->queries_known = 1;
}

/* ------------------------------------------------------------------------- */
/* In order                                                                  */
/* ------------------------------------------------------------------------- */

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
void cli_judgements_finish(cli_judgements *j)
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

void cli_judgements_write_qrels(const cli_judgements *j, const char *path)
{
    FILE *const stream = cli_output_open(path);

    for (size_t i = 0; i < j->count; i++) {
        const cli_judgement *const at = &j->list[i];
        siamese_text const qid = j->qids.texts[at->query];
        siamese_text const id = j->ids.texts[at->item];
        char grade[CLI_NUMBER_BYTES];
        cli_judgements_check_word("qid", qid, path);
        cli_judgements_check_word("id", id, path);
        if (fprintf(stream, "%s 0 %s %s\n", qid.data, id.data,
                    cli_number_text(at->grade, grade)) < 0)
            cli_fail("cannot write %s: %s", path, strerror(errno));
    }
}

/* A text on one line: what would end a column or a row becomes a space. */
void cli_judgements_write_queries(const cli_judgements *j, const char *path)
{
    FILE *const stream = cli_output_open(path);

    for (size_t q = 0; q < j->qids.count; q++) {
        siamese_text const text = j->queries[q];
        if (fprintf(stream, "%s\t", j->qids.texts[q].data) < 0)
            cli_fail("cannot write %s: %s", path, strerror(errno));
        for (size_t i = 0; i < text.size; i++) {
            char const c = text.data[i];
            putc(c == '\t' || c == '\n' || c == '\r' ? ' ' : c, stream);
        }
        putc('\n', stream);
    }
}
