/* 06: hybrid search: SQLite's FTS5 (BM25) beside a siamese index, fused by
 * weighted score and by reciprocal rank.
 *
 *   06_hybrid [options] MODEL ITEMS.csv [QUERY ...]
 *
 *   -i NAME -t NAME   columns of ids and titles; product_uid, product_title
 *   -w WEIGHT         of the cosine in the weighted sum; 5
 *   -d DEPTH          results of each search that are fused; 2000
 *   -k K              results to show; 5, or 100 of each query of a file
 *   -q FILE -o NAME   for lines qid TAB query write the TREC runs NAME.fts5,
 *                     .siamese, .weighted, .rrf, for siamese eval --run
 *
 * Build: cc 06_hybrid.c $(pkg-config --cflags --libs siamese sqlite3) */
#include <ctype.h>
#include <siamese/siamese.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define TRY(call)                                                              \
    ((call) == SIAMESE_OK ? (void)0 : fail(#call, siamese_last_error()))
#define SQL(call)                                                              \
    ((call) == SQLITE_OK ? (void)0 : fail(#call, sqlite3_errmsg(database)))

enum { BLOCK = 1024, RRF_K = 60, FTS5 = 0, SIAMESE, WEIGHTED, RRF, WAYS };
static const char *const ways[WAYS] = {"fts5", "siamese", "weighted", "rrf"};

typedef struct hit {
    int64_t row;  /* of the item, in both searches */
    double score; /* the higher the better */
} hit;

static sqlite3 *database;
static sqlite3_stmt *find, *show;
static siamese_tower *query_tower;
static siamese_index *near;
static size_t depth = 2000, shown;
static double weight = 5;

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "06_hybrid: %s: %s\n", what, why);
    exit(1);
}

static void *get(size_t count, size_t size)
{
    void *const memory = calloc(count + 1, size);
    if (!memory) fail("memory", "there is not enough");
    return memory;
}

/* ---- text ---- */

static char *read_file(const char *path)
{
    FILE *const file = fopen(path, "rb");
    long const size = file && fseek(file, 0, SEEK_END) == 0 ? ftell(file) : -1;
    if (size < 0) fail(path, "cannot be read");
    char *const text = get((size_t)size, 1);
    rewind(file);
    if (fread(text, 1, (size_t)size, file) != (size_t)size)
        fail(path, "cannot be read");
    fclose(file);
    return text;
}

/* The next field of CSV (RFC 4180), in place; *ends: it is its row's last. */
static char *next_field(char **csv, int *ends)
{
    char *from = *csv, *const field = from, *to = from;
    int const quoted = *from == '"';
    for (from += quoted; *from; *to++ = *from++) {
        if (quoted && *from == '"' && *++from != '"') break;
        if (!quoted && strchr(",\r\n", *from)) break;
    }
    if (*from == '\r' && from[1] == '\n') from++;
    *ends = *from != ',';
    *csv = from + (*from != '\0');
    *to = '\0';
    return field;
}

/* What BM25 counts: runs of letters and runs of digits, "60watt" as "60 watt".
 * Bytes from 128 on are letters here; FTS5 looks at them again. */
static char *words_of(const char *text, const char *quote, const char *between)
{
    char *const out = get(8 * strlen(text), 1), *to = out;
    for (size_t size; *text; text += size ? size : 1) {
        for (size = 0; isdigit((unsigned char)text[size]);) size++;
        while (!isdigit((unsigned char)*text) &&
               (isalpha((unsigned char)text[size]) || text[size] & 0x80))
            size++;
        if (size > 0)
            to += sprintf(to, "%s%s%.*s%s", to > out ? between : "", quote,
                          (int)size, text, quote);
    }
    return out;
}

/* ---- items: once in SQLite and once in the index, under the same row ---- */

static sqlite3_stmt *prepare(const char *sql)
{
    sqlite3_stmt *statement;
    SQL(sqlite3_prepare_v2(database, sql, -1, &statement, NULL));
    return statement;
}

/* Gives the number of rows that are new. */
static int insert(sqlite3_stmt *statement, const char *a, const char *b)
{
    SQL(sqlite3_bind_text(statement, 1, a, -1, SQLITE_TRANSIENT));
    SQL(sqlite3_bind_text(statement, 2, b, -1, SQLITE_TRANSIENT));
    if (sqlite3_step(statement) != SQLITE_DONE)
        fail("SQLite", sqlite3_errmsg(database));
    SQL(sqlite3_reset(statement));
    return sqlite3_changes(database);
}

static void add_vectors(const siamese_tower *tower, const siamese_text *titles,
                        const int64_t *rows, size_t count)
{
    size_t const size = count * siamese_tower_dim(tower);
    float *const vectors = get(size, sizeof *vectors);
    TRY(siamese_tower_encode(tower, titles, count, 1, vectors, size));
    TRY(siamese_index_add(near, rows, vectors, count));
    free(vectors);
}

/* Columns names[2] of a file whose header is its first row. */
static void add_items(char *csv, const char *const *names,
                      const siamese_tower *tower)
{
    sqlite3_stmt *const item = prepare("INSERT OR IGNORE INTO item(id, title)"
                                       " VALUES (?1, ?2)");
    sqlite3_stmt *const text = prepare("INSERT INTO text(rowid, words) SELECT"
                                       " rowid, ?2 FROM item WHERE id = ?1");
    siamese_text titles[BLOCK];
    int64_t rows[BLOCK];
    size_t count = 0;
    int column[2] = {-1, -1};
    if (strncmp(csv, "\xEF\xBB\xBF", 3) == 0) csv += 3; /* byte order mark */
    for (int line = 0; *csv; line++) {
        const char *cell[2] = {NULL, NULL};
        for (int i = 0, ends = 0; !ends; i++) {
            const char *const field = next_field(&csv, &ends);
            for (int c = 0; c < 2; c++) {
                if (line == 0 && !strcmp(field, names[c])) column[c] = i;
                if (column[c] == i) cell[c] = field;
            }
        }
        if (column[0] < 0 || column[1] < 0) fail("items", "-i or -t is wrong");
        if (line == 0 || !cell[0] || !cell[1]) continue; /* a blank line */
        if (!insert(item, cell[0], cell[1])) continue;   /* the id is there */
        rows[count] = sqlite3_last_insert_rowid(database);
        titles[count++] = (siamese_text){cell[1], strlen(cell[1])};
        char *const words = words_of(cell[1], "", " ");
        insert(text, cell[0], words);
        free(words);
        if (count == BLOCK) add_vectors(tower, titles, rows, count), count = 0;
    }
    if (count > 0) add_vectors(tower, titles, rows, count);
    sqlite3_finalize(item);
    sqlite3_finalize(text);
}

static void open_search(const char *model, char *csv, const char *const *names)
{
    siamese_bundle *bundle;
    siamese_tower *tower;
    siamese_index_options options;
    TRY(siamese_checkpoint_load(&bundle, model, NULL));
    TRY(siamese_bundle_get_item_tower(bundle, &tower));
    TRY(siamese_bundle_get_query_tower(bundle, &query_tower));
    if (siamese_tower_field_count(tower) != 1)
        fail(model, "its items are more than titles");
    TRY(siamese_index_options_init(&options, sizeof options));
    options.metric = SIAMESE_METRIC_COSINE; /* untrained, search is exact */
    TRY(siamese_index_create(&near, siamese_tower_dim(tower), &options));
    SQL(sqlite3_open(":memory:", &database));
    SQL(sqlite3_exec(database,
                     "CREATE TABLE item(id TEXT UNIQUE, title TEXT);"
                     "CREATE VIRTUAL TABLE text USING"
                     " fts5(words, tokenize = 'porter unicode61'); BEGIN",
                     NULL, NULL, NULL));
    add_items(csv, names, tower);
    SQL(sqlite3_exec(database, "COMMIT", NULL, NULL, NULL));
    find = prepare("SELECT rowid, -rank FROM text(?) ORDER BY rank LIMIT ?");
    show = prepare("SELECT id, title FROM item WHERE rowid = ?");
    siamese_tower_free(tower);
    siamese_bundle_free(bundle);
}

/* ---- the searches: up to `depth` hits, best first ---- */

static size_t search_words(const char *query, hit *hits)
{
    char *const any = words_of(query, "\"", " OR ");
    size_t n = 0;
    int step = SQLITE_DONE;
    SQL(sqlite3_bind_text(find, 1, any, -1, SQLITE_TRANSIENT));
    SQL(sqlite3_bind_int64(find, 2, (sqlite3_int64)depth));
    while (*any && (step = sqlite3_step(find)) == SQLITE_ROW)
        hits[n++] = (hit){sqlite3_column_int64(find, 0),
                          sqlite3_column_double(find, 1)};
    if (step != SQLITE_DONE) fail("FTS5", sqlite3_errmsg(database));
    SQL(sqlite3_reset(find));
    free(any);
    return n;
}

static size_t search_vectors(const char *query, hit *hits)
{
    size_t const dim = siamese_tower_dim(query_tower);
    siamese_text const text = {query, strlen(query)};
    float *const vector = get(dim, sizeof *vector);
    int64_t *const rows = get(depth, sizeof *rows);
    float *const scores = get(depth, sizeof *scores);
    size_t n;
    TRY(siamese_tower_encode(query_tower, &text, 1, 1, vector, dim));
    TRY(siamese_index_search(near, vector, 1, depth, NULL, rows, scores, depth,
                             &n));
    for (size_t i = 0; i < n; i++) hits[i] = (hit){rows[i], (double)scores[i]};
    free(vector);
    free(rows);
    free(scores);
    return n;
}

/* ---- fusion ---- */

static int by_row(const void *a, const void *b)
{
    const hit *const x = a, *const y = b;
    return (x->row > y->row) - (x->row < y->row);
}

static int by_score(const void *a, const void *b)
{
    const hit *const x = a, *const y = b;
    return x->score == y->score ? by_row(a, b) : x->score < y->score ? 1 : -1;
}

/*
 * WEIGHTED: BM25 / the query's best BM25 + weight x cosine. What a search did
 * not list counts as the last that it did, or 0 if it listed all it has; that
 * is taken off, so that it adds nothing.
 * RRF: 1 / (60 + rank) + 1 / (60 + rank) (Cormack, Clarke and Buettcher 2009).
 */
static size_t fuse(int way, hit *const *hits, const size_t *found, hit *out)
{
    size_t count = 0, n = 0;
    for (int w = FTS5; w <= SIAMESE; w++)
        for (size_t i = 0; i < found[w]; i++) {
            const hit *const h = &hits[w][i];
            double const last = found[w] < depth ? 0 : hits[w][depth - 1].score;
            double const scale = w == FTS5 ? 1 / hits[w][0].score : weight;
            double const score = way == RRF ? 1.0 / (double)(RRF_K + i + 1)
                                            : scale * (h->score - last);
            out[count++] = (hit){h->row, score};
        }
    qsort(out, count, sizeof *out, by_row);
    for (size_t i = 0; i < count; i++)
        if (n > 0 && out[n - 1].row == out[i].row)
            out[n - 1].score += out[i].score;
        else
            out[n++] = out[i];
    qsort(out, n, sizeof *out, by_score);
    return n;
}

/* ---- answers ---- */

/* A line of a TREC run, or one for people if there is no qid. */
static void put(FILE *file, const char *qid, const char *way, size_t rank,
                hit h)
{
    SQL(sqlite3_bind_int64(show, 1, h.row));
    if (sqlite3_step(show) != SQLITE_ROW) fail("item", "it is not there");
    const char *const id = (const char *)sqlite3_column_text(show, 0);
    const char *const title = (const char *)sqlite3_column_text(show, 1);
    if (qid)
        fprintf(file, "%s Q0 %s %zu %.17g %s\n", qid, id, rank, h.score, way);
    else
        printf("%-8s %3zu %8.4f  %s  %s\n", way, rank, h.score, id, title);
    SQL(sqlite3_reset(show));
}

static void answer(const char *qid, const char *query, FILE *const *files)
{
    hit *hits[WAYS];
    size_t found[WAYS];
    for (int w = 0; w < WAYS; w++) hits[w] = get(2 * depth, sizeof **hits);
    found[FTS5] = search_words(query, hits[FTS5]);
    found[SIAMESE] = search_vectors(query, hits[SIAMESE]);
    found[WEIGHTED] = fuse(WEIGHTED, hits, found, hits[WEIGHTED]);
    found[RRF] = fuse(RRF, hits, found, hits[RRF]);
    for (int w = 0; w < WAYS; w++) {
        for (size_t i = 0; i < found[w] && i < shown; i++)
            put(qid ? files[w] : NULL, qid, ways[w], i + 1, hits[w][i]);
        free(hits[w]);
    }
}

static void write_runs(char *queries, const char *name)
{
    FILE *files[WAYS];
    char path[4096], *rest = NULL;
    for (int w = 0; w < WAYS; w++) {
        snprintf(path, sizeof path, "%s.%s", name, ways[w]);
        if (!(files[w] = fopen(path, "w"))) fail(path, "cannot be written");
    }
    for (char *line = strtok_r(queries, "\r\n", &rest); line;
         line = strtok_r(NULL, "\r\n", &rest)) {
        char *const tab = strchr(line, '\t');
        if (!tab) fail(line, "qid TAB query is expected");
        *tab = '\0';
        answer(line, tab + 1, files);
    }
    for (int w = 0; w < WAYS; w++)
        if (fclose(files[w])) fail(name, "cannot be written");
}

int main(int argc, char **argv)
{
    const char *names[2] = {"product_uid", "product_title"};
    const char *queries = NULL, *out = NULL;
    for (int option; (option = getopt(argc, argv, "i:t:w:d:k:q:o:")) != -1;) {
        if (option == '?') return 2;
        if (option == 'i') names[0] = optarg;
        if (option == 't') names[1] = optarg;
        if (option == 'w') weight = atof(optarg);
        if (option == 'd') depth = strtoul(optarg, NULL, 10);
        if (option == 'k') shown = strtoul(optarg, NULL, 10);
        if (option == 'q') queries = optarg;
        if (option == 'o') out = optarg;
    }
    if (argc < optind + 2 || !queries != !out || depth < 1 || depth > 1000000)
        fail("usage", "06_hybrid [options] MODEL ITEMS.csv [QUERY ...]");
    if (shown == 0) shown = queries ? 100 : 5;
    char *const csv = read_file(argv[optind + 1]);
    char *const lines = queries ? read_file(queries) : NULL;
    open_search(argv[optind], csv, names);
    if (queries) write_runs(lines, out);
    for (int i = optind + 2; i < argc; i++) answer(NULL, argv[i], NULL);
    free(csv);
    free(lines);
    sqlite3_finalize(find);
    sqlite3_finalize(show);
    sqlite3_close(database);
    siamese_index_free(near);
    siamese_tower_free(query_tower);
    return 0;
}
