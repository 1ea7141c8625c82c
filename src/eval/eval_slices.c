/* eval_slices.c: judgements in, the parts of them that are measured by
 * themselves out. For cmd_eval. */
#include "eval/eval_slices.h"

#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "data/cli_columns.h"
#include "data/cli_csv.h"
#include "eval/eval_words.h"

const char *eval_slice_name(int slice)
{
    static const char *const names[EVAL_SLICE_COUNT] = {
        "no_shared_token", "unseen_items", "head", "torso", "tail"};

    return names[slice];
}

/* ------------------------------------------------------------------------- */
/* Parts of the judgements                                                   */
/* ------------------------------------------------------------------------- */

void eval_part_free(eval_part *part)
{
    free(part->ids);
    free(part->grades);
    free(part->offsets);
    memset(part, 0, sizeof *part);
}

/* Those of j->list[i] for which keeps[i]. */
static void keep(eval_part *part, const cli_judgements *j, const char *keeps)
{
    size_t const queries = j->qids.count;
    size_t n = 0;

    part->ids = cli_alloc(j->count, sizeof *part->ids);
    part->grades = cli_alloc(j->count, sizeof *part->grades);
    part->offsets = cli_alloc(queries + 1, sizeof *part->offsets);
    for (size_t q = 0; q < queries; q++) {
        size_t const before = n;
        for (size_t i = j->offsets[q]; i < j->offsets[q + 1]; i++) {
            if (!keeps[i]) continue;
            part->ids[n] = j->list[i].item;
            part->grades[n++] = j->list[i].grade;
        }
        part->offsets[q + 1] = n;
        part->queries += n > before;
    }
}

void eval_part_all(eval_part *part, const cli_judgements *j)
{
    char *const keeps = cli_alloc(j->count, 1);

    memset(keeps, 1, j->count);
    keep(part, j, keeps);
    free(keeps);
}

/* ------------------------------------------------------------------------- */
/* Training data                                                             */
/* ------------------------------------------------------------------------- */

void eval_training_free(eval_training *t)
{
    cli_strings_free(&t->ids);
    cli_strings_free(&t->queries);
    cli_strings_free(&t->words);
    free(t->query_rows);
    free(t->word_rows);
    memset(t, 0, sizeof *t);
}

/* The words in the buffer they are in, a space between in place of the NULs. */
static siamese_text joined(const eval_words *words)
{
    siamese_text all = {words->bytes, 0};

    for (size_t i = 0; i < words->count; i++)
        all.size += words->list[i].size + (i > 0);
    for (size_t i = 0; i + 1 < words->count; i++)
        words->bytes[words->list[i].data + words->list[i].size - words->bytes] =
            ' ';
    return all;
}

/* One more row in the count of a string; gives its number. */
static size_t *count_of(cli_strings *strings, size_t **rows, size_t *capacity,
                        siamese_text text)
{
    size_t const before = strings->count;
    size_t const number = cli_strings_add(strings, text.data, text.size);

    if (number == before) {
        *rows = cli_grow(*rows, before, capacity, sizeof **rows);
        (*rows)[number] = 0;
    }
    return &(*rows)[number];
}

static int is_repeated(const eval_words *words, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (words->list[i].size == words->list[at].size &&
            memcmp(words->list[i].data, words->list[at].data,
                   words->list[at].size) == 0)
            return 1;
    return 0;
}

static void count_query(eval_training *t, eval_words *words, siamese_text query)
{
    eval_words_read(words, query);
    for (size_t i = 0; i < words->count; i++)
        if (!is_repeated(words, i))
            ++*count_of(&t->words, &t->word_rows, &t->word_capacity,
                        words->list[i]);
    ++*count_of(&t->queries, &t->query_rows, &t->query_capacity, joined(words));
}

void eval_training_read(eval_training *t, const cli_judged_source *source)
{
    cli_csv *const csv =
        cli_csv_open(source->data, source->encoding, &source->csv);
    int const id = cli_judged_id_column(source, csv);
    int const query =
        cli_column_find(csv, CLI_ROLE_QUERY,
                        (cli_column_wish){.named = source->query_column,
                                          .trained = source->trained_query,
                                          .is_optional = 1});
    eval_words words = {0};
    const siamese_text *row;

    t->has_queries = query >= 0;
    if (t->has_queries) cli_csv_is_text(csv, query);
    while ((row = cli_csv_next(csv))) {
        cli_strings_add(&t->ids, row[id].data, row[id].size);
        if (t->has_queries) count_query(t, &words, row[query]);
    }
    cli_csv_close(csv);
    eval_words_free(&words);
}

/* ------------------------------------------------------------------------- */
/* Slices of pairs                                                           */
/* ------------------------------------------------------------------------- */

/* The words of the judged ids' titles, as a list for each id. */
typedef struct title_words {
    cli_strings words;
    size_t *heads; /* [ids] 1 + the first node of an id, 0: none */
    struct {
        size_t word, next;
    } *nodes;
    size_t count, capacity;
} title_words;

static void add_title(title_words *t, eval_words *words, size_t id,
                      siamese_text title)
{
    eval_words_read(words, title);
    for (size_t i = 0; i < words->count; i++) {
        t->nodes = cli_grow(t->nodes, t->count, &t->capacity, sizeof *t->nodes);
        t->nodes[t->count].word = cli_strings_add(
            &t->words, words->list[i].data, words->list[i].size);
        t->nodes[t->count].next = t->heads[id];
        t->heads[id] = ++t->count;
    }
}

static void read_titles(title_words *t, eval_words *words,
                        const cli_judgements *j, const cli_items *items)
{
    char *const is_judged = cli_alloc(j->ids.count, 1);

    t->heads = cli_alloc(j->ids.count, sizeof *t->heads);
    for (size_t i = 0; i < j->count; i++) is_judged[j->list[i].item] = 1;
    for (size_t row = 0; row < cli_items_count(items); row++) {
        siamese_text const id = cli_items_id(items, row);
        size_t const number = cli_strings_find(&j->ids, id.data, id.size);
        if (is_judged[number])
            add_title(t, words, number, cli_items_title(items, row));
    }
    free(is_judged);
}

void eval_slice_no_shared_token(eval_part *part, const cli_judgements *j,
                                const cli_items *items)
{
    eval_words words = {0};
    title_words titles = {0};
    char *const keeps = cli_alloc(j->count, 1);

    read_titles(&titles, &words, j, items);
    /* the last query + 1 that has the word */
    size_t *const had = cli_alloc(titles.words.count, sizeof *had);
    for (size_t q = 0; q < j->qids.count; q++) {
        eval_words_read(&words, j->queries[q]);
        for (size_t i = 0; i < words.count; i++) {
            size_t const word = cli_strings_find(
                &titles.words, words.list[i].data, words.list[i].size);
            if (word != SIZE_MAX) had[word] = q + 1;
        }
        for (size_t i = j->offsets[q]; i < j->offsets[q + 1]; i++) {
            size_t at = titles.heads[j->list[i].item];
            /* NOLINTNEXTLINE(clang-analyzer-core.*): at counts nodes from 1 */
            while (at && had[titles.nodes[at - 1].word] != q + 1)
                at = titles.nodes[at - 1].next;
            /* of an item that is not there nobody knows the title */
            keeps[i] = at == 0 && j->list[i].item < j->item_ids;
        }
    }
    keep(part, j, keeps);
    free(had);
    free(keeps);
    free(titles.heads);
    free(titles.nodes);
    cli_strings_free(&titles.words);
    eval_words_free(&words);
}

void eval_slice_unseen(eval_part *part, const cli_judgements *j,
                       const eval_training *training)
{
    char *const keeps = cli_alloc(j->count, 1);

    for (size_t i = 0; i < j->count; i++) {
        siamese_text const id = j->ids.texts[j->list[i].item];
        keeps[i] =
            cli_strings_find(&training->ids, id.data, id.size) == SIZE_MAX;
    }
    keep(part, j, keeps);
    free(keeps);
}

/* ------------------------------------------------------------------------- */
/* Slices of queries                                                         */
/* ------------------------------------------------------------------------- */

static size_t rows_of(const cli_strings *strings, const size_t *rows,
                      siamese_text text)
{
    size_t const number = cli_strings_find(strings, text.data, text.size);

    return number == SIZE_MAX ? 0 : rows[number];
}

static size_t rarest(const eval_training *t, const eval_words *words)
{
    size_t least = words->count ? SIZE_MAX : 0;

    for (size_t i = 0; i < words->count; i++) {
        size_t const rows = rows_of(&t->words, t->word_rows, words->list[i]);
        if (rows < least) least = rows;
    }
    return least;
}

static const char *count_frequencies(const cli_judgements *j,
                                     const eval_training *t, size_t *counts)
{
    size_t const queries = j->qids.count;
    eval_words words = {0};
    size_t sum = 0;

    for (size_t q = 0; q < queries; q++) {
        eval_words_read(&words, j->queries[q]);
        counts[q] = rows_of(&t->queries, t->query_rows, joined(&words));
        sum += counts[q];
    }
    for (size_t q = 0; q < queries && sum == 0; q++) {
        eval_words_read(&words, j->queries[q]);
        counts[q] = rarest(t, &words);
    }
    eval_words_free(&words);
    return sum ? "query" : "rarest_token";
}

static int descending(const void *a, const void *b)
{
    size_t const x = *(const size_t *)a, y = *(const size_t *)b;

    return (x < y) - (x > y);
}

/* The lowest frequencies of head and torso, of the queries with judgements. */
static void find_limits(const cli_judgements *j, const size_t *counts,
                        size_t *head, size_t *torso)
{
    size_t *const sorted = cli_alloc(j->qids.count, sizeof *sorted);
    size_t n = 0;

    for (size_t q = 0; q < j->qids.count; q++)
        if (j->offsets[q + 1] > j->offsets[q]) sorted[n++] = counts[q];
    qsort(sorted, n, sizeof *sorted, descending);
    *head = *torso = SIZE_MAX;
    for (size_t q = 0; q < n && sorted[q] > 0; q++) {
        if (3 * q < n) *head = sorted[q];
        if (3 * q < 2 * n) *torso = sorted[q];
    }
    free(sorted);
}

const char *eval_slice_frequencies(eval_part *parts, const cli_judgements *j,
                                   const eval_training *training,
                                   size_t *frequencies)
{
    const char *const counted = count_frequencies(j, training, frequencies);
    char *const keeps = cli_alloc(j->count, 1);
    size_t head, torso;

    find_limits(j, frequencies, &head, &torso);
    for (size_t part = 0; part < 3; part++) {
        parts[part].least = SIZE_MAX;
        for (size_t q = 0; q < j->qids.count; q++) {
            size_t const f = frequencies[q];
            int const is_here = part == (f >= head ? 0u : f >= torso ? 1u : 2u);
            for (size_t i = j->offsets[q]; i < j->offsets[q + 1]; i++)
                keeps[i] = (char)is_here;
            if (!is_here || j->offsets[q] == j->offsets[q + 1]) continue;
            if (f < parts[part].least) parts[part].least = f;
            if (f > parts[part].most) parts[part].most = f;
        }
        if (parts[part].least == SIZE_MAX) parts[part].least = 0;
        keep(&parts[part], j, keeps);
    }
    free(keeps);
    return counted;
}
