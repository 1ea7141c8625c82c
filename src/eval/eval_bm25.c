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

/* ------------------------------------------------------------------------- */
/* Words                                                                     */
/* ------------------------------------------------------------------------- */

/* Words one behind the other, as FTS5 takes them. */
typedef struct line {
    char *bytes;
    size_t size, capacity;
} line;

static void put(line *l, const char *bytes, size_t size)
{
    if (size == 0) return;
    if (l->size + size > l->capacity) {
        l->capacity = 2 * (l->size + size);
        l->bytes = cli_resize(l->bytes, l->capacity, 1);
    }
    memcpy(l->bytes + l->size, bytes, size);
    l->size += size;
}

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

/*
 * Runs of letters and runs of digits, "60watt" as 60 and watt, each between
 * quotes: in a query, so that nothing a person types is FTS5's syntax.
 */
static void put_words(line *l, siamese_text text, const char *quote,
                      const char *between)
{
    for (size_t at = 0, size; at < text.size; at += size ? size : 1) {
        size = run(text, at);
        if (size == 0) continue;
        if (l->size > 0) put(l, between, strlen(between));
        put(l, quote, strlen(quote));
        put(l, text.data + at, size);
        put(l, quote, strlen(quote));
    }
}

/* ------------------------------------------------------------------------- */
/* The index                                                                 */
/* ------------------------------------------------------------------------- */

typedef struct bm25 {
    sqlite3 *database; /* in memory; a row of it is a row of the items */
    sqlite3_stmt *find;
    const eval_wanted *wanted;
    uint32_t *id_of_row;
    uint32_t *seen; /* [ids] 1 + the last query whose list had the id */
    int64_t *ids;   /* [ids] of one query, and scores beside them */
    double *scores;
    line words; /* of one document or query */
} bm25;

static void try(const bm25 *b, int code)
{
    if (code != SQLITE_OK && code != SQLITE_DONE && code != SQLITE_ROW)
        cli_fail("SQLite: %s", sqlite3_errmsg(b->database));
}

/* The titles and fields of text of each row are one document. */
static void put_item(line *l, const cli_items *items, const cli_fields *fields,
                     size_t row, siamese_text *texts)
{
    cli_items_fields(items, row, texts);
    l->size = 0;
    for (size_t f = 0; f <= fields->count; f++)
        if (f == 0 || strcmp(fields->list[f - 1].kind, "text") == 0)
            put_words(l, texts[f], "", " ");
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
        put_item(&b->words, items, fields, row, texts);
        try(b, sqlite3_bind_int64(add, 1, (sqlite3_int64)row));
        try(b, sqlite3_bind_text(add, 2, b->words.size ? b->words.bytes : "",
                                 (int)b->words.size, SQLITE_STATIC));
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
                              "SELECT rowid, -rank FROM item(?) ORDER BY rank",
                              -1, &b->find, NULL));
    return 1;
}

/* ------------------------------------------------------------------------- */
/* Ranking                                                                   */
/* ------------------------------------------------------------------------- */

/* The ids that are wanted of the query; gives how many. */
static size_t find(bm25 *b, size_t query)
{
    const eval_wanted *const w = b->wanted;
    size_t n = 0;
    int code;

    try(b, sqlite3_bind_text(b->find, 1, b->words.bytes, (int)b->words.size,
                             SQLITE_STATIC));
    while ((code = sqlite3_step(b->find)) == SQLITE_ROW) {
        double const score = sqlite3_column_double(b->find, 1);
        if (n >= w->depth &&
            !(w->whole_ties && (float)score == (float)b->scores[n - 1]))
            break;
        uint32_t const id = b->id_of_row[sqlite3_column_int64(b->find, 0)];
        if (b->seen[id] == query + 1) continue;
        b->seen[id] = (uint32_t)(query + 1);
        b->ids[n] = id;
        b->scores[n++] = score;
    }
    try(b, code);
    try(b, sqlite3_reset(b->find));
    return n;
}

static void rank(bm25 *b, const cli_judgements *j)
{
    for (size_t q = 0; q < j->qids.count; q++) {
        size_t n = 0;
        b->words.size = 0;
        put_words(&b->words, j->queries[q], "\"", " OR ");
        if (b->words.size > 0) n = find(b, q);
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
    free(b.words.bytes);
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
