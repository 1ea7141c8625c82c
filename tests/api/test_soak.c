/*
 * A long life: a service on the porch that searches, adds, removes, trains,
 * saves, reloads its model and opens another one in its place, all at once.
 * Every answer is looked at; in the end no byte, file, descriptor or thread may
 * be left, and on the way memory may not grow.
 *
 * It lives for SIAMESE_SOAK_SECONDS, a few without. From a minute on, as in
 * `make check-soak`, memory of the process and the time of searches are held
 * against those of the first half too.
 */
#include <dirent.h>
#include <malloc.h>
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <time.h>
#include <unistd.h>

#include "api/checkpoint_parts.h"
#include "random_numbers.h"
#include "reliability.h"

enum { SEARCHERS = 3, CHANGED = 20, K = 10, WORDS = 250, PAIRS = 600 };
enum {
    ALIVE = 1500,
    IDS = 4 * ALIVE
}; /* items that are there, and ever were */
enum {
    TURNS_MIN = 6,
    LONG_SECONDS = 60,
    SAMPLES_MAX = 1 << 16,
    TIMES = 512,
    SECONDS = 3,
    PATH_SIZE = 96
};

typedef struct sample {
    double seconds, live, process; /* since the start; bytes */
} sample;

typedef struct service {
    siamese_model *model;
    pthread_rwlock_t swap; /* who searches reads: the model stays */
    pthread_mutex_t changes;
    /* left[id]: the tick after which the item was gone; 0: it is there or
     * comes */
    _Atomic uint64_t left[IDS], tick;
    size_t first, count; /* ids first .. first + count - 1, modulo IDS, live */
    atomic_int stop, wrong;
    atomic_long searches, changed, swapped, hits;
    atomic_long times[2][TIMES]; /* searches of each half, by their time */
    sample *samples;
    size_t sample_count;
    double start, seconds;
    char folder[PATH_SIZE / 2], path[PATH_SIZE];
    char words[WORDS][12];
    char query_bytes[PAIRS][48], item_bytes[PAIRS][64];
    siamese_text queries[PAIRS], items[PAIRS];
} service;

static service s;

/* ---- what the library has in memory ---- */

static atomic_long live;

static void *take(void *user, size_t size)
{
    void *const p = malloc(size);
    (void)user;
    if (p) atomic_fetch_add(&live, (long)malloc_usable_size(p));
    return p;
}

static void give_back(void *user, void *pointer)
{
    (void)user;
    if (pointer) atomic_fetch_sub(&live, (long)malloc_usable_size(pointer));
    free(pointer);
}

static void *take_more(void *user, void *pointer, size_t size)
{
    long const before = pointer ? (long)malloc_usable_size(pointer) : 0;
    void *const p = realloc(pointer, size);
    (void)user;
    if (p) atomic_fetch_add(&live, (long)malloc_usable_size(p) - before);
    return p;
}

/* Pages of the process that are in memory, in bytes. */
static double process_bytes(void)
{
    long pages = 0;
    FILE *const f = fopen("/proc/self/statm", "r");
    if (f && fscanf(f, "%*s %ld", &pages) != 1) pages = 0;
    if (f) fclose(f);
    return (double)pages * (double)sysconf(_SC_PAGESIZE);
}

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* The entries of a folder, as of descriptors or threads. */
static int entries(const char *path)
{
    int count = 0;
    DIR *const folder = opendir(path);
    if (folder == NULL) return -1;
    while (readdir(folder)) count++;
    closedir(folder);
    return count;
}

static void *do_nothing(void *unused)
{
    return unused;
}

/* With a sanitizer's own, which it starts with the first; one that was joined
 * is still listed for a moment. */
static int count_threads(void)
{
    struct timespec const rest = {0, 50000000};
    pthread_t first;
    assert_int_equal(pthread_create(&first, NULL, do_nothing, NULL), 0);
    pthread_join(first, NULL);
    nanosleep(&rest, NULL);
    return entries("/proc/self/task");
}

/* ---- texts ---- */

static void say(int is_wrong, const char *what)
{
    if (!is_wrong) return;
    if (atomic_fetch_add(&s.wrong, 1) < 20)
        print_error("%s; last error: %s\n", what, siamese_last_error());
}

static void make_words(void)
{
    test_random random = {11};
    for (size_t i = 0; i < WORDS; i++) {
        size_t const length = 3 + test_random_below(&random, 7);
        for (size_t j = 0; j < length; j++)
            s.words[i][j] = (char)('a' + test_random_below(&random, 26));
    }
}

static const char *word(test_random *random)
{
    return s.words[test_random_below(random, WORDS)];
}

/* A pair's query and item have a word in common. */
static void make_pairs(void)
{
    test_random random = {12};
    for (size_t i = 0; i < PAIRS; i++) {
        const char *const both = word(&random);
        int const q = snprintf(s.query_bytes[i], sizeof s.query_bytes[i],
                               "%s %s", both, word(&random));
        int const t = snprintf(s.item_bytes[i], sizeof s.item_bytes[i],
                               "%s %s %s", word(&random), both, word(&random));
        s.queries[i] = (siamese_text){s.query_bytes[i], (size_t)q};
        s.items[i] = (siamese_text){s.item_bytes[i], (size_t)t};
    }
}

static siamese_status give_pairs(siamese_model *model)
{
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = s.queries,
                                 .items = s.items,
                                 .query_fields = 1,
                                 .item_fields = 1,
                                 .count = PAIRS};
    return siamese_model_add_pairs(model, &pairs);
}

/* ---- items come and go ---- */

/* Rows of the ids from first on; their titles say their ids. */
typedef struct some_rows {
    int64_t ids[CHANGED];
    double prices[CHANGED];
    char bytes[CHANGED][64];
    siamese_text titles[CHANGED];
    siamese_column_values column;
    siamese_item_rows rows;
} some_rows;

static void make_rows(some_rows *r, test_random *random, size_t first)
{
    for (size_t i = 0; i < CHANGED; i++) {
        size_t const id = (first + i) % IDS;
        int const size =
            snprintf(r->bytes[i], sizeof r->bytes[i], "%zu %s %s %s", id,
                     word(random), word(random), word(random));
        r->ids[i] = (int64_t)id;
        r->prices[i] = (double)test_random_below(random, 100);
        r->titles[i] = (siamese_text){r->bytes[i], (size_t)size};
    }
    r->column = (siamese_column_values){
        .struct_size = sizeof r->column, .name = "price", .numbers = r->prices};
    r->rows = (siamese_item_rows){.struct_size = sizeof r->rows,
                                  .count = CHANGED,
                                  .ids = r->ids,
                                  .titles = r->titles,
                                  .columns = &r->column,
                                  .column_count = 1};
}

/* The oldest go, new ones come, others get another title: the items stay as
 * many as they are. Who calls has s.changes. */
static void change_some(test_random *random)
{
    some_rows r;
    size_t const last = s.first + ALIVE;
    size_t removed = 0;
    make_rows(&r, random, last);
    for (size_t i = 0; i < CHANGED; i++) atomic_store(&s.left[r.ids[i]], 0);
    say(siamese_model_add_items(s.model, &r.rows) != SIAMESE_OK, "add");
    make_rows(&r, random, s.first);
    say(siamese_model_remove_items(s.model, r.ids, NULL, CHANGED, &removed) ||
            removed != CHANGED,
        "remove");
    uint64_t const gone = atomic_fetch_add(&s.tick, 1) + 1;
    for (size_t i = 0; i < CHANGED; i++) atomic_store(&s.left[r.ids[i]], gone);
    s.first = (s.first + CHANGED) % IDS;
    make_rows(&r, random, s.first + test_random_below(random, ALIVE - CHANGED));
    say(siamese_model_update_items(s.model, &r.rows) != SIAMESE_OK, "update");
    atomic_fetch_add(&s.changed, 3 * CHANGED);
}

static void *change_loop(void *unused)
{
    test_random random = {13};
    struct timespec const rest = {0, 5000000};
    (void)unused;
    while (!atomic_load(&s.stop)) {
        pthread_mutex_lock(&s.changes);
        change_some(&random);
        pthread_mutex_unlock(&s.changes);
        nanosleep(&rest, NULL);
    }
    return NULL;
}

/* ---- searches ---- */

/* `before`: the tick when the search began. */
static void check_hits(const siamese_hits *hits, uint64_t before)
{
    size_t const count = siamese_hits_count(hits, 0);
    const int64_t *const ids = siamese_hits_ids(hits, 0);
    const float *const scores = siamese_hits_scores(hits, 0);
    say(count > K || (count < K && siamese_hits_known(hits, 0)), "count");
    for (size_t i = 0; i < count; i++) {
        if (ids[i] < 0 || ids[i] >= IDS) {
            say(1, "an id that never was");
            continue;
        }
        uint64_t const gone = atomic_load(&s.left[ids[i]]);
        say(gone != 0 && gone <= before, "an item that was gone");
        say(atoll(siamese_hits_title(hits, 0, i)) != ids[i], "title");
        say(!isfinite(scores[i]) || (i && scores[i - 1] < scores[i]), "score");
        for (size_t j = 0; j < i; j++) say(ids[i] == ids[j], "found twice");
    }
    atomic_fetch_add(&s.hits, (long)count);
}

/* The 64th part of a factor of two: 1 us is the first, the last over 100 s. */
static void note_time(double began, double took)
{
    double const place = 16 * log2(took * 1e6);
    size_t const i = place < 0 ? 0 : (size_t)place;
    int const half = began - s.start > s.seconds / 2;
    atomic_fetch_add(&s.times[half][i < TIMES ? i : TIMES - 1], 1);
}

/* Another model may have other rows than the filter by now. */
static void search_filtered(siamese_search_request *request)
{
    siamese_items *items;
    siamese_id_filter *filter = NULL;
    siamese_hits *hits = NULL;
    say(siamese_model_get_items(s.model, &items) != SIAMESE_OK, "items");
    say(siamese_items_create_where_filter(&filter, items, "price < 50", NULL,
                                          NULL) != SIAMESE_OK,
        "where");
    siamese_items_free(items);
    request->filter = filter;
    say(siamese_model_search(s.model, request, &hits) != SIAMESE_OK,
        "filtered search");
    request->filter = NULL;
    siamese_hits_free(hits);
    siamese_id_filter_free(filter);
}

static void search_once(test_random *random, siamese_hits **hits)
{
    siamese_search_request request;
    char bytes[48];
    int const size =
        snprintf(bytes, sizeof bytes, "%s %s", word(random), word(random));
    siamese_text const text = {bytes, (size_t)size};
    siamese_search_request_init(&request, sizeof request);
    request.texts = &text;
    request.count = 1;
    request.k = K;
    uint64_t const before = atomic_load(&s.tick);
    double const began = now();
    say(siamese_model_search(s.model, &request, hits) != SIAMESE_OK, "search");
    note_time(began, now() - began);
    if (*hits) check_hits(*hits, before);
    if (test_random_below(random, 16) == 0) search_filtered(&request);
    atomic_fetch_add(&s.searches, 1);
}

/* Hits outlive the model that found them. */
static void *search_loop(void *number)
{
    test_random random = {20 + *(const size_t *)number};
    siamese_hits *before = NULL;
    while (!atomic_load(&s.stop)) {
        siamese_hits *hits = NULL;
        pthread_rwlock_rdlock(&s.swap);
        search_once(&random, &hits);
        pthread_rwlock_unlock(&s.swap);
        siamese_hits_free(before);
        before = hits;
    }
    siamese_hits_free(before);
    return NULL;
}

/* ---- training, and another model ---- */

/* The file in the place of what the model is, or a model of the file in the
 * model's. Who calls has s.changes, so that no change is lost. */
static void swap(int by_handle)
{
    siamese_load_options options;
    siamese_model *next = s.model, *old = NULL;
    siamese_load_options_init(&options, sizeof options);
    options.threads = 1;
    say(siamese_model_save(s.model, s.path, NULL) != SIAMESE_OK, "save");
    if (by_handle)
        say(siamese_model_open(&next, s.path, &options) != SIAMESE_OK, "open");
    else
        say(siamese_model_reload(s.model, s.path, &options) != SIAMESE_OK,
            "reload");
    say(give_pairs(next) != SIAMESE_OK, "pairs");
    if (next != s.model) {
        pthread_rwlock_wrlock(&s.swap);
        old = s.model;
        s.model = next;
        pthread_rwlock_unlock(&s.swap);
    }
    siamese_model_free(old);
    atomic_fetch_add(&s.swapped, 1);
}

/* Nothing runs, and the model is as it came from its file: what is in memory
 * should be the same each time. */
static void note_memory(void)
{
    if (s.sample_count == SAMPLES_MAX) return;
    pthread_rwlock_wrlock(&s.swap);
    s.samples[s.sample_count++] =
        (sample){now() - s.start, (double)atomic_load(&live), process_bytes()};
    pthread_rwlock_unlock(&s.swap);
}

static void live_through(void)
{
    struct timespec const rest = {0, 20000000};
    for (size_t turn = 0; turn < TURNS_MIN || now() - s.start < s.seconds;
         turn++) {
        say(siamese_model_train(s.model, NULL, NULL) != SIAMESE_OK, "train");
        pthread_mutex_lock(&s.changes);
        swap(turn % 2);
        note_memory();
        pthread_mutex_unlock(&s.changes);
        nanosleep(&rest, NULL);
    }
    atomic_store(&s.stop, 1);
}

/* ---- begin and end ---- */

static void make_model(void)
{
    siamese_model_options options;
    test_random random = {14};
    some_rows r;
    ok(siamese_model_options_init(&options, sizeof options));
    options.threads = 1;
    ok(siamese_model_create(&s.model, NULL, &options));
    ok(siamese_model_set(s.model, "embedding_dim", "16"));
    ok(siamese_model_set(s.model, "epochs", "1"));
    ok(siamese_model_set(s.model, "min_steps", "0"));
    ok(siamese_model_set(s.model, "batch_size", "64"));
    for (size_t i = 0; i < ALIVE; i += CHANGED) {
        make_rows(&r, &random, i);
        ok(siamese_model_add_items(s.model, &r.rows));
    }
    ok(give_pairs(s.model));
    ok(siamese_model_train(s.model, NULL, NULL));
}

/* Long enough for its halves to be held against each other closely. */
static int is_long(void)
{
    return s.seconds >= LONG_SECONDS;
}

/* Who swaps comes before searches that are yet to begin. */
static void init_swap(void)
{
    pthread_rwlockattr_t kind;
    pthread_rwlockattr_init(&kind);
    pthread_rwlockattr_setkind_np(&kind,
                                  PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&s.swap, &kind);
    pthread_rwlockattr_destroy(&kind);
}

static void make_service(void)
{
    siamese_allocator const hooks = {sizeof hooks, NULL, take, take_more,
                                     give_back};
    const char *const seconds = getenv("SIAMESE_SOAK_SECONDS");
    memset(&s, 0, sizeof s);
    ok(siamese_set_allocator(&hooks));
    s.seconds = seconds ? atof(seconds) : SECONDS;
    s.samples = malloc(SAMPLES_MAX * sizeof *s.samples);
    assert_non_null(s.samples);
    snprintf(s.folder, sizeof s.folder, "/tmp/test_soak.XXXXXX");
    assert_non_null(mkdtemp(s.folder));
    snprintf(s.path, sizeof s.path, "%s/shop.siamese", s.folder);
    init_swap();
    pthread_mutex_init(&s.changes, NULL);
    make_words();
    make_pairs();
    for (size_t i = ALIVE; i < IDS; i++) atomic_store(&s.left[i], 1);
    atomic_store(&s.tick, 1);
    make_model();
    s.start = now();
}

/* ---- what came of it ---- */

static int compare(const void *a, const void *b)
{
    double const x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* The median of the samples of one half of the time after warm-up: hits that a
 * thread still has may hold the items of a model before, so that some samples
 * are larger than others. */
static double median(int half, int of_process)
{
    size_t const warm = s.sample_count / 5;
    size_t const middle = warm + (s.sample_count - warm) / 2;
    size_t const from = half ? middle : warm;
    size_t const count = (half ? s.sample_count : middle) - from;
    double *const values = malloc(count * sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < count; i++)
        values[i] =
            of_process ? s.samples[from + i].process : s.samples[from + i].live;
    qsort(values, count, sizeof *values, compare);
    double const found = values[count / 2];
    free(values);
    return found;
}

/* Bytes an hour: the slope of the line through all samples after warm-up. */
static double slope(int of_process)
{
    size_t const warm = s.sample_count / 5, n = s.sample_count - warm;
    double x = 0, y = 0, xx = 0, xy = 0;
    for (size_t i = warm; i < s.sample_count; i++) {
        const sample *const m = &s.samples[i];
        double const v = of_process ? m->process : m->live;
        x += m->seconds, y += v;
        xx += m->seconds * m->seconds, xy += m->seconds * v;
    }
    double const spread = (double)n * xx - x * x;
    return spread > 0 ? 3600 * ((double)n * xy - x * y) / spread : 0;
}

/* The time that 99 of 100 searches of a half take at the most, in ms. */
static double p99(int half)
{
    long all = 0, seen = 0;
    size_t i = 0;
    for (size_t j = 0; j < TIMES; j++) all += atomic_load(&s.times[half][j]);
    while (i < TIMES - 1 &&
           100 * (seen += atomic_load(&s.times[half][i])) < 99 * all)
        i++;
    return 1e-3 * exp2((double)(i + 1) / 16);
}

static void print_figures(void)
{
    print_message(
        "%.0f s: %ld searches, %ld hits, %ld items changed, %ld trainings "
        "and swaps\n",
        now() - s.start, atomic_load(&s.searches), atomic_load(&s.hits),
        atomic_load(&s.changed), atomic_load(&s.swapped));
    for (int p = 0; p < 2; p++)
        print_message("%s: %.3f MB in the first half, %.3f MB in the second, "
                      "%+.3f MB an hour\n",
                      p ? "process" : "library", median(0, p) / 1e6,
                      median(1, p) / 1e6, slope(p) / 1e6);
    print_message("p99 of a search: %.3f ms in the first half, %.3f ms in the "
                  "second\n",
                  p99(0), p99(1));
}

/* What the numbers of rows that have come take for ever, also when theirs are
 * gone: 16 bytes for each 1,024, and as much in reserve (docs/threads.md). */
static double bytes_of_numbers(void)
{
    siamese_items *items;
    siamese_items_info info = {.struct_size = sizeof info};
    ok(siamese_model_get_items(s.model, &items));
    ok(siamese_items_get_info(items, &info));
    siamese_items_free(items);
    return 32 * ((double)info.next_row / 1024);
}

/* What the library holds is the same each time but for the lengths of titles;
 * the process has its allocator's holes too. A short run tells but little. */
static void check_memory(void)
{
    double const library = median(0, 0), process = median(0, 1);
    if (is_long()) {
        double const most = 0.02 * library + bytes_of_numbers();
        assert_true(median(1, 0) - library < most);
        assert_true(slope(0) * s.seconds / 3600 < most);
        assert_true(median(1, 1) < 1.1 * process + 4e6);
    } else {
        assert_true(median(1, 0) < 1.25 * library);
    }
}

static void test_service__lives_long_and_leaves_nothing(void **state)
{
    pthread_t threads[SEARCHERS + 1];
    size_t numbers[SEARCHERS];
    int const descriptors = entries("/proc/self/fd");
    int const tasks = count_threads();
    (void)state;
    make_service();
    for (size_t i = 0; i < SEARCHERS; i++) {
        numbers[i] = i;
        assert_int_equal(
            pthread_create(&threads[i], NULL, search_loop, &numbers[i]), 0);
    }
    assert_int_equal(
        pthread_create(&threads[SEARCHERS], NULL, change_loop, NULL), 0);
    live_through();
    for (size_t i = 0; i <= SEARCHERS; i++) pthread_join(threads[i], NULL);
    print_figures();
    check_memory();
    /* times are held against each other only where the run is long */
    if (is_long()) assert_true(p99(1) < 4 * p99(0) + 1);
    assert_int_equal(atomic_load(&s.wrong), 0);
    siamese_model_free(s.model);
    assert_int_equal(atomic_load(&live), 0);
    assert_int_equal(entries(s.folder), 3); /* with . and .. */
    reliability_count("searches of a service", atomic_load(&s.searches));
    reliability_count("its trainings and models swapped",
                      2 * atomic_load(&s.swapped));
    assert_int_equal(remove(s.path), 0);
    assert_int_equal(remove(s.folder), 0);
    assert_int_equal(entries("/proc/self/fd"), descriptors);
    assert_int_equal(count_threads(), tasks);
    pthread_rwlock_destroy(&s.swap);
    pthread_mutex_destroy(&s.changes);
    free(s.samples);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_service__lives_long_and_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
