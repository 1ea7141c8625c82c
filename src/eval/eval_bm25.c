/* eval_bm25.c: items and queries in, rankings by SQLite's FTS5 out. A build
 * without SQLite says so. */
#include "eval/eval_bm25.h"

#if CLI_HAVE_SQLITE

#include <ctype.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_progress.h"
#include "shell/cli_strings.h"

/* ------------------------------------------------------------------------- */
/* Words                                                                     */
/* ------------------------------------------------------------------------- */

/* Bytes of characters beyond ASCII are letters here; FTS5 looks again. */
static int is_letter(char c)
{
    return isalpha((unsigned char)c) || (c & 0x80);
}

static int is_digit(char c)
{
    return isdigit((unsigned char)c) != 0;
}

/* How many bytes from `at` on are of its run of letters, or of digits. */
static size_t run(siamese_text text, size_t at)
{
    int (*const is_same)(char) = is_digit(text.data[at]) ? is_digit : is_letter;
    size_t size = 0;

    while (at + size < text.size && is_same(text.data[at + size])) size++;
    return size;
}

/* The next run of letters or of digits, "60watt" being 60 and watt; where the
 * text ends an empty one. */
static siamese_text next_word(siamese_text text, size_t *at)
{
    size_t size = 0;

    while (*at < text.size && (size = run(text, *at)) == 0) ++*at;
    siamese_text const word = {text.data + *at, size};
    *at += size;
    return word;
}

/* Bytes that grow. */
typedef struct buffer {
    char *bytes;
    size_t size, capacity;
} buffer;

static void put(buffer *b, const char *bytes, size_t size)
{
    if (size == 0) return;
    if (b->size + size > b->capacity) {
        b->capacity = 2 * (b->size + size);
        b->bytes = cli_resize(b->bytes, b->capacity, 1);
    }
    memcpy(b->bytes + b->size, bytes, size);
    b->size += size;
}

/* ------------------------------------------------------------------------- */
/* The index                                                                 */
/* ------------------------------------------------------------------------- */

/* An item that has a word of the query. */
typedef struct found {
    uint32_t row;
    double score;
} found;

typedef struct bm25 {
    sqlite3 *database; /* in memory; a row of it is a row of the items */
    sqlite3_stmt *find;
    const eval_wanted *wanted;
    uint32_t *id_of_row;
    uint32_t *seen;     /* [ids] 1 + the last query whose list had the id */
    int64_t *ids;       /* [ids] of one query, and scores beside them */
    double *scores;     /* [ids] */
    double *row_scores; /* [rows] of one query */
    found *list;        /* [rows] those above 0 */
    size_t list_count;
    buffer text; /* a document, or a word between quotes */
} bm25;

static void try(const bm25 *b, int code)
{
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
        cli_fail("SQLite: %s", sqlite3_errmsg(b->database));
}

/* The words of the title and of the fields of text are one document. */
static void put_item(buffer *b, const cli_items *items,
                     const cli_fields *fields, size_t row, siamese_text *texts)
{
    cli_items_fields(items, row, texts);
    b->size = 0;
    for (size_t f = 0; f <= fields->count; f++) {
        if (f > 0 && strcmp(fields->list[f - 1].kind, "text") != 0) continue;
        size_t at = 0;
        for (siamese_text word; (word = next_word(texts[f], &at)).size > 0;) {
            put(b, word.data, word.size);
            put(b, " ", 1);
        }
    }
}

static void add_items(bm25 *b, const cli_items *items, const cli_fields *fields)
{
    siamese_text *const texts = cli_alloc(1 + items->further, sizeof *texts);
    sqlite3_stmt *add;

    try(b, sqlite3_exec(b->database, "BEGIN", NULL, NULL, NULL));
    try(b, sqlite3_prepare_v2(b->database,
                              "INSERT INTO item(rowid, words) VALUES (?, ?)",
                              -1, &add, NULL));
    for (size_t row = 0; row < cli_items_count(items); row++) {
        put_item(&b->text, items, fields, row, texts);
        try(b, sqlite3_bind_int64(add, 1, (sqlite3_int64)row));
        try(b, sqlite3_bind_text(add, 2, b->text.size ? b->text.bytes : "",
                                 (int)b->text.size, SQLITE_STATIC));
        try(b, sqlite3_step(add));
        try(b, sqlite3_reset(add));
    }
    try(b, sqlite3_finalize(add));
    try(b, sqlite3_exec(b->database, "COMMIT", NULL, NULL, NULL));
    free(texts);
}

/* Whether there is an FTS5. Its index alone is kept, and no text. */
static int open_index(bm25 *b)
{
    if (sqlite3_open(":memory:", &b->database) != SQLITE_OK ||
        sqlite3_exec(b->database,
                     "CREATE VIRTUAL TABLE item USING fts5(words, "
                     "content = '', tokenize = 'porter unicode61')",
                     NULL, NULL, NULL) != SQLITE_OK)
        return 0;
    try(b, sqlite3_prepare_v2(b->database,
                              "SELECT rowid, -bm25(item) FROM item(?)", -1,
                              &b->find, NULL));
    return 1;
}

/* ------------------------------------------------------------------------- */
/* Ranking                                                                   */
/* ------------------------------------------------------------------------- */

/*
 * BM25 is a sum over the words of the query, and is summed up here: FTS5 would
 * take the product of a query's words and their places in an item for each. A
 * word stands between quotes, so that nothing a person types is syntax.
 */
static void add_word(bm25 *b, siamese_text word, double times)
{
    int code;

    b->text.size = 0;
    put(&b->text, "\"", 1);
    put(&b->text, word.data, word.size);
    put(&b->text, "\"", 1);
    try(b, sqlite3_bind_text(b->find, 1, b->text.bytes, (int)b->text.size,
                             SQLITE_STATIC));
    while ((code = sqlite3_step(b->find)) == SQLITE_ROW) {
        uint32_t const row = (uint32_t)sqlite3_column_int64(b->find, 0);
        double const score = times * sqlite3_column_double(b->find, 1);
        if (b->row_scores[row] <= 0) b->list[b->list_count++].row = row;
        b->row_scores[row] += score;
    }
    try(b, code);
    try(b, sqlite3_reset(b->find));
}

static int best_first(const void *a, const void *b)
{
    const found *const x = a, *const y = b;

    if (x->score < y->score || x->score > y->score)
        return x->score > y->score ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

/* The rows that have a word of the query, into the list, best first. */
static void find_rows(bm25 *b, siamese_text query)
{
    cli_strings words = {0};
    size_t *times = NULL, capacity = 0, at = 0;

    for (siamese_text word; (word = next_word(query, &at)).size > 0;) {
        size_t const before = words.count;
        size_t const number = cli_strings_add(&words, word.data, word.size);
        times = cli_grow(times, before, &capacity, sizeof *times);
        times[number] = number == before ? 1 : times[number] + 1;
    }
    b->list_count = 0;
    for (size_t w = 0; w < words.count; w++)
        add_word(b, words.texts[w], (double)times[w]);
    for (size_t i = 0; i < b->list_count; i++) {
        double *const score = &b->row_scores[b->list[i].row];
        b->list[i].score = *score;
        *score = 0;
    }
    qsort(b->list, b->list_count, sizeof *b->list, best_first);
    free(times);
    cli_strings_free(&words);
}

/* The ids of the list that are wanted; gives how many. */
static size_t take_ids(bm25 *b, size_t query)
{
    const eval_wanted *const w = b->wanted;
    size_t n = 0;

    for (size_t i = 0; i < b->list_count; i++) {
        const found *const f = &b->list[i];
        uint32_t const id = b->id_of_row[f->row];
        if (n >= w->depth &&
            !(w->whole_ties && (float)f->score == (float)b->scores[n - 1]))
            break;
        if (b->seen[id] == query + 1) continue;
        b->seen[id] = (uint32_t)(query + 1);
        b->ids[n] = id;
        b->scores[n++] = f->score;
    }
    return n;
}

static void rank(bm25 *b, const cli_judgements *j)
{
    for (size_t q = 0; q < j->qids.count; q++) {
        find_rows(b, j->queries[q]);
        size_t const n = take_ids(b, q);
        b->wanted->take(b->wanted->user,
                        &(eval_block){q, 1, n, b->ids, b->scores, &n});
        cli_progress_draw("BM25", (double)q / (double)j->qids.count, "");
    }
    cli_progress_clear();
}

static void number_rows(bm25 *b, const cli_items *items, cli_judgements *j)
{
    size_t const count = cli_items_count(items);

    b->id_of_row = cli_alloc(count, sizeof *b->id_of_row);
    for (size_t row = 0; row < count; row++)
        b->id_of_row[row] =
            (uint32_t)cli_judgements_id(j, cli_items_id(items, row));
    b->row_scores = cli_alloc(count, sizeof *b->row_scores);
    b->list = cli_alloc(count, sizeof *b->list);
    b->seen = cli_alloc(j->ids.count, sizeof *b->seen);
    b->ids = cli_alloc(j->ids.count, sizeof *b->ids);
    b->scores = cli_alloc(j->ids.count, sizeof *b->scores);
}

const char *eval_bm25_rank(const cli_items *items, const cli_fields *fields,
                           cli_judgements *j, const eval_wanted *wanted)
{
    bm25 b = {.wanted = wanted};
    int const is_there = open_index(&b);

    if (is_there) {
        number_rows(&b, items, j);
        add_items(&b, items, fields);
        rank(&b, j);
    }
    sqlite3_finalize(b.find);
    sqlite3_close(b.database);
    free(b.id_of_row);
    free(b.seen);
    free(b.ids);
    free(b.scores);
    free(b.row_scores);
    free(b.list);
    free(b.text.bytes);
    return is_there ? NULL : "the SQLite of this machine has no FTS5";
}

#else

const char *eval_bm25_rank(const cli_items *items, const cli_fields *fields,
                           cli_judgements *j, const eval_wanted *wanted)
{
    (void)items;
    (void)fields;
    (void)j;
    (void)wanted;
    return "this siamese was built without SQLite, which the package "
           "libsqlite3-dev brings";
}

#endif
