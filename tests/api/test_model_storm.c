/*
 * Eight threads search one small model while others add, update and remove its
 * items, train it, break the training off, save it and put the file in its
 * place. Every answer must be one that some state of the model gives:
 *
 *   items    each hit is there, with a title that it has had since the search
 *            began at the earliest, and once
 *   scores   of all hits are those that the towers of one state give to the
 *            query and the titles, in descending order
 *   nothing  that was there all the while and scores more is left out
 *
 * SIAMESE_TEST_LONG: 1,000,000 searches in place of some thousands.
 */
#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "api/checkpoint_parts.h"
#include "random_numbers.h"
#include "reliability.h"
#include "sanitized.h"

enum { SEARCHERS = 8, K = 5, DIM = 8, WORDS = 60, PAIRS = 40 };
/* items that are always there and change titles; that come and go */
enum { STEADY = 24, MOVING = 24, IDS = STEADY + MOVING, AT_ONCE = 4 };
/* of so many searches one is held against towers: that takes ten times as long
 * with a sanitizer */
enum { ONE_OF = SANITIZED ? 16 : 1 };
enum { STATES = 128, SEARCHES = 4000, SEARCHES_LONG = 1000000 };

/* The towers of a state of the model. */
typedef struct tower_pair {
    siamese_tower *query, *item;
} tower_pair;

typedef struct storm {
    siamese_model *model;
    pthread_mutex_t changes; /* of items; a save and its reload are one */
    /* changes of an id so far: version v of its title is that of change v.
     * Change v of a moving one puts it in where v is odd, and takes it out */
    _Atomic uint32_t begun[IDS], done[IDS];
    pthread_rwlock_t lock; /* of the states */
    tower_pair states[STATES];
    size_t state_count; /* ever; the last STATES are there */
    atomic_long left, wrong, searched, checked, read, ranked, trained,
        broken_off;
    atomic_long begun_anew;
    char words[WORDS][8];
    char bytes[2][PAIRS][32];
    siamese_text queries[PAIRS], items[PAIRS];
    char path[64];
} storm;

static storm s;

static void complain(int is_wrong, const char *what)
{
    if (is_wrong && atomic_fetch_add(&s.wrong, 1) < 20)
        print_error("%s; last error: %s\n", what, siamese_last_error());
}

static const char *word(test_random *random)
{
    return s.words[test_random_below(random, WORDS)];
}

/* ---- titles and their versions ---- */

enum { TITLE = 48 };

static siamese_text title_of(size_t id, uint32_t version, char bytes[TITLE])
{
    test_random random = {1 + 1000 * (uint64_t)version + id};
    for (int i = 0; i < 4; i++) test_random_bits(&random);
    const char *const a = word(&random), *const b = word(&random);
    int const size =
        snprintf(bytes, TITLE, "%zu %u %s %s", id, (unsigned)version, a, b);
    return (siamese_text){bytes, (size_t)size};
}

static int is_in(size_t id, uint32_t version)
{
    return id < STEADY || version % 2 == 1;
}

/* Changes some ids that stand one behind the other, all in or all out. Who
 * calls has s.changes. */
static void change(size_t first)
{
    int64_t ids[AT_ONCE];
    char bytes[AT_ONCE][TITLE];
    siamese_text titles[AT_ONCE];
    siamese_item_rows const rows = {.struct_size = sizeof rows,
                                    .count = AT_ONCE,
                                    .ids = ids,
                                    .titles = titles};
    uint32_t version = 0;
    for (size_t i = 0; i < AT_ONCE; i++) {
        ids[i] = (int64_t)(first + i);
        version = atomic_load(&s.done[first + i]) + 1;
        titles[i] = title_of(first + i, version, bytes[i]);
        atomic_store(&s.begun[first + i], version);
    }
    siamese_status const status =
        first < STEADY ? siamese_model_update_items(s.model, &rows)
        : version % 2
            ? siamese_model_add_items(s.model, &rows)
            : siamese_model_remove_items(s.model, ids, NULL, AT_ONCE, NULL);
    complain(status != SIAMESE_OK, "a change");
    for (size_t i = 0; i < AT_ONCE; i++)
        atomic_store(&s.done[first + i], version);
}

static void *change_loop(void *unused)
{
    test_random random = {31};
    struct timespec const rest = {0, 500000};
    (void)unused;
    while (atomic_load(&s.left) > 0) {
        pthread_mutex_lock(&s.changes);
        change(AT_ONCE * test_random_below(&random, IDS / AT_ONCE));
        pthread_mutex_unlock(&s.changes);
        nanosleep(&rest, NULL);
    }
    return NULL;
}

/* ---- states ---- */

/* Notes the towers that the model has. Only the thread that trains and reloads
 * calls it, so that they are of one state. */
static void note_state(void)
{
    tower_pair now = {NULL, NULL};
    complain(siamese_model_get_query_tower(s.model, &now.query) ||
                 siamese_model_get_item_tower(s.model, &now.item),
             "towers");
    pthread_rwlock_wrlock(&s.lock);
    tower_pair *const place = &s.states[s.state_count++ % STATES];
    tower_pair const old = *place;
    *place = now;
    pthread_rwlock_unlock(&s.lock);
    siamese_tower_free(old.query);
    siamese_tower_free(old.item);
}

static size_t count_states(void)
{
    pthread_rwlock_rdlock(&s.lock);
    size_t const count = s.state_count;
    pthread_rwlock_unlock(&s.lock);
    return count;
}

static siamese_status give_pairs(void)
{
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = s.queries,
                                 .items = s.items,
                                 .query_fields = 1,
                                 .item_fields = 1,
                                 .count = PAIRS};
    return siamese_model_add_pairs(s.model, &pairs);
}

static void reload(void)
{
    siamese_load_options options;
    siamese_load_options_init(&options, sizeof options);
    options.threads = 1;
    pthread_mutex_lock(&s.changes);
    complain(siamese_model_save(s.model, s.path, NULL) != SIAMESE_OK, "save");
    complain(siamese_model_reload(s.model, s.path, &options) != SIAMESE_OK,
             "reload");
    complain(give_pairs() != SIAMESE_OK, "pairs");
    pthread_mutex_unlock(&s.changes);
    note_state();
}

/* A file that was saved in the middle of an epoch, with items that came since:
 * the trainer cannot go on with that epoch, and is let go of. */
static void begin_anew(void)
{
    complain(strstr(siamese_last_error(), "siamese_model_finish") == NULL,
             "a way out");
    complain(siamese_model_finish(s.model) != SIAMESE_OK, "finish");
    complain(give_pairs() != SIAMESE_OK, "pairs");
    atomic_fetch_add(&s.begun_anew, 1);
}

static void *train_loop(void *unused)
{
    (void)unused;
    for (size_t turn = 0; atomic_load(&s.left) > 0; turn++) {
        siamese_status const status = siamese_model_train(s.model, NULL, NULL);
        complain(status != SIAMESE_OK && status != SIAMESE_E_CANCELLED &&
                     status != SIAMESE_E_STATE,
                 "train");
        if (status == SIAMESE_E_STATE) begin_anew();
        if (status == SIAMESE_E_CANCELLED) atomic_fetch_add(&s.broken_off, 1);
        if (status == SIAMESE_OK) {
            note_state();
            atomic_fetch_add(&s.trained, 1);
        }
        if (turn % 3 == 2) reload();
    }
    return NULL;
}

/* ---- saves beside all of it, and cancels ---- */

static void *save_loop(void *unused)
{
    test_random random = {32};
    siamese_load_options options;
    (void)unused;
    siamese_load_options_init(&options, sizeof options);
    options.threads = 1;
    while (atomic_load(&s.left) > 0) {
        image file = {.writes_left = -1};
        siamese_model *copy = NULL;
        struct timespec const rest = {
            0, 100000 * (long)test_random_below(&random, 40)};
        complain(siamese_model_write(s.model, image_write, &file, NULL) !=
                     SIAMESE_OK,
                 "write");
        complain(siamese_model_read(&copy, image_read, &file, &options) !=
                     SIAMESE_OK,
                 "read");
        siamese_model_free(copy);
        free(file.bytes);
        nanosleep(&rest, NULL);
        if (test_random_below(&random, 4) == 0) siamese_model_cancel(s.model);
    }
    return NULL;
}

/* ---- searches ---- */

typedef struct answer {
    siamese_text query;
    char query_bytes[24];
    uint32_t before[IDS], after[IDS]; /* changes done, and begun */
    size_t state;                     /* the last that was noted before */
    size_t count;
    int64_t ids[K];
    uint32_t versions[K];
    float scores[K];
    int is_wrong;
} answer;

/* What hits say by themselves. */
static void read_hits(answer *a, const siamese_hits *hits)
{
    a->count = siamese_hits_count(hits, 0);
    a->is_wrong |= a->count > K;
    a->is_wrong |= a->count < K && siamese_hits_known(hits, 0);
    for (size_t i = 0; i < a->count && i < K; i++) {
        char bytes[TITLE];
        const char *const title = siamese_hits_title(hits, 0, i);
        char *end;
        a->ids[i] = siamese_hits_ids(hits, 0)[i];
        a->scores[i] = siamese_hits_scores(hits, 0)[i];
        a->is_wrong |= strtoll(title, &end, 10) != a->ids[i];
        a->versions[i] = (uint32_t)strtoul(end, NULL, 10);
        a->is_wrong |= a->ids[i] < 0 || a->ids[i] >= IDS;
        if (a->is_wrong) return;
        size_t const id = (size_t)a->ids[i];
        a->is_wrong |= !is_in(id, a->versions[i]) ||
                       a->versions[i] < a->before[id] ||
                       a->versions[i] > a->after[id];
        title_of(id, a->versions[i], bytes);
        a->is_wrong |= strcmp(bytes, title) != 0;
        for (size_t j = 0; j < i; j++) a->is_wrong |= a->ids[i] == a->ids[j];
    }
}

static float product(const float *a, const float *b)
{
    double sum = 0;
    for (size_t d = 0; d < DIM; d++) sum += (double)a[d] * b[d];
    return (float)sum;
}

static int is_near(float a, float b)
{
    return fabsf(a - b) <= 1e-5f * (1 + fabsf(b));
}

/* Whether the towers give these scores, and no item that stayed a better
 * one. */
static int gives(const tower_pair *towers, const answer *a)
{
    float query[DIM], items[(K + IDS) * DIM];
    siamese_text texts[K + IDS];
    char bytes[K + IDS][TITLE];
    size_t count = 0;
    for (; count < a->count; count++)
        texts[count] =
            title_of((size_t)a->ids[count], a->versions[count], bytes[count]);
    for (size_t id = 0; id < IDS && a->count == K; id++) {
        int is_hit = 0;
        for (size_t i = 0; i < K; i++) is_hit |= a->ids[i] == (int64_t)id;
        if (is_hit || a->before[id] != a->after[id] ||
            !is_in(id, a->before[id]))
            continue;
        texts[count] = title_of(id, a->before[id], bytes[count]);
        count++;
    }
    if (count == 0) return 1;
    if (siamese_tower_encode(towers->query, &a->query, 1, 1, query, DIM) ||
        siamese_tower_encode(towers->item, texts, count, 1, items, count * DIM))
        return 0;
    for (size_t i = 0; i < count; i++) {
        float const score = product(query, items + i * DIM);
        if (i < a->count && !is_near(a->scores[i], score)) return 0;
        if (i >= a->count && score > a->scores[K - 1] &&
            !is_near(score, a->scores[K - 1]))
            return 0;
    }
    return 1;
}

/* By a state from the one that was there when the search began on; a state that
 * it met may not be noted yet. */
static void check_scores(const answer *a)
{
    struct timespec const rest = {0, 200000};
    size_t next = a->state;
    for (size_t turn = 0; turn < 50000; turn++) {
        pthread_rwlock_rdlock(&s.lock);
        size_t const count = s.state_count;
        int found = 0;
        int const is_gone = next + STATES < count;
        for (; next < count && !found && !is_gone; next++)
            found = gives(&s.states[next % STATES], a);
        pthread_rwlock_unlock(&s.lock);
        if (is_gone) return; /* slept through all states that there are */
        if (found) {
            atomic_fetch_add(&s.checked, 1);
            return;
        }
        nanosleep(&rest, NULL);
    }
    complain(1, "an answer that no state gives");
}

static void search_once(test_random *random)
{
    answer a;
    siamese_search_request request;
    siamese_hits *hits = NULL;
    memset(&a, 0, sizeof a);
    int const size = snprintf(a.query_bytes, sizeof a.query_bytes, "%s %s",
                              word(random), word(random));
    a.query = (siamese_text){a.query_bytes, (size_t)size};
    siamese_search_request_init(&request, sizeof request);
    request.texts = &a.query;
    request.count = 1;
    request.k = K;
    request.exact = 1;
    int const is_ranked = test_random_below(random, 8) == 0;
    if (!is_ranked)
        request.rerank = request.spelling = request.feedback = SIAMESE_RANK_OFF;
    a.state = count_states() - 1;
    for (size_t i = 0; i < IDS; i++) a.before[i] = atomic_load(&s.done[i]);
    complain(siamese_model_search(s.model, &request, &hits) != SIAMESE_OK,
             "search");
    for (size_t i = 0; i < IDS; i++) a.after[i] = atomic_load(&s.begun[i]);
    if (hits == NULL) return;
    read_hits(&a, hits);
    for (size_t i = 1; i < a.count && i < K; i++)
        a.is_wrong |= a.scores[i] > a.scores[i - 1];
    siamese_hits_free(hits);
    complain(a.is_wrong, "hits");
    if (is_ranked)
        atomic_fetch_add(&s.ranked, 1);
    else if (test_random_below(random, ONE_OF) > 0)
        atomic_fetch_add(&s.read, 1);
    else if (!a.is_wrong)
        check_scores(&a);
    atomic_fetch_add(&s.searched, 1);
}

/* Takes one of the searches that are left. The last ones are put off until
 * there was a training and some states beside them, however slow that is. */
static int take_search(void)
{
    if (atomic_fetch_sub(&s.left, 1) <= 0) return 0;
    if (atomic_load(&s.left) <= SEARCHERS && atomic_load(&s.wrong) == 0 &&
        (atomic_load(&s.trained) == 0 || count_states() <= 3))
        atomic_fetch_add(&s.left, 1);
    return 1;
}

static void *search_loop(void *number)
{
    test_random random = {40 + *(const size_t *)number};
    while (take_search()) search_once(&random);
    return NULL;
}

/* ---- the storm ---- */

/* Who notes a state comes before searches that are yet to look at them. */
static void make_locks(void)
{
    pthread_rwlockattr_t kind;
    pthread_mutex_init(&s.changes, NULL);
    pthread_rwlockattr_init(&kind);
    pthread_rwlockattr_setkind_np(&kind,
                                  PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
    pthread_rwlock_init(&s.lock, &kind);
    pthread_rwlockattr_destroy(&kind);
}

static void make_texts(void)
{
    test_random random = {33};
    for (size_t i = 0; i < WORDS; i++)
        for (size_t j = 0; j < 3 + i % 4; j++)
            s.words[i][j] = (char)('a' + test_random_below(&random, 26));
    for (size_t i = 0; i < PAIRS; i++) {
        const char *const both = word(&random);
        int const q = snprintf(s.bytes[0][i], sizeof s.bytes[0][i], "%s %s",
                               both, word(&random));
        int const t = snprintf(s.bytes[1][i], sizeof s.bytes[1][i], "%s %s",
                               word(&random), both);
        s.queries[i] = (siamese_text){s.bytes[0][i], (size_t)q};
        s.items[i] = (siamese_text){s.bytes[1][i], (size_t)t};
    }
}

static void make_model(void)
{
    static const char *const settings[][2] = {{"embedding_dim", "8"},
                                              {"epochs", "1"},
                                              {"min_steps", "0"},
                                              {"batch_size", "8"},
                                              {"learning_rate", "0.05"}};
    siamese_model_options options;
    ok(siamese_model_options_init(&options, sizeof options));
    options.threads = 1;
    ok(siamese_model_create(&s.model, NULL, &options));
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        ok(siamese_model_set(s.model, settings[i][0], settings[i][1]));
    ok(give_pairs());
    for (size_t id = 0; id < STEADY; id += AT_ONCE) change(id);
    ok(siamese_model_train(s.model, NULL, NULL));
    note_state();
}

static void end_storm(void)
{
    for (size_t i = 0; i < STATES; i++) {
        siamese_tower_free(s.states[i].query);
        siamese_tower_free(s.states[i].item);
    }
    siamese_model_free(s.model);
    remove(s.path);
    pthread_mutex_destroy(&s.changes);
    pthread_rwlock_destroy(&s.lock);
}

static void test_storm__gives_answers_of_some_state(void **state)
{
    static void *(*const others[])(void *) = {change_loop, train_loop,
                                              save_loop};
    pthread_t threads[SEARCHERS + 3];
    size_t numbers[SEARCHERS];
    int const is_long =
        getenv("SIAMESE_TEST_LONG") && !getenv("SIAMESE_TEST_SLOW");
    (void)state;
    memset(&s, 0, sizeof s);
    strcpy(s.path, "/tmp/siamese-storm-XXXXXX");
    int const file = mkstemp(s.path);
    assert_true(file >= 0);
    close(file);
    make_locks();
    make_texts();
    make_model();
    atomic_store(&s.left, is_long ? SEARCHES_LONG : SEARCHES);
    for (size_t i = 0; i < SEARCHERS; i++) {
        numbers[i] = i;
        assert_int_equal(
            pthread_create(&threads[i], NULL, search_loop, &numbers[i]), 0);
    }
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(
            pthread_create(&threads[SEARCHERS + i], NULL, others[i], NULL), 0);
    for (size_t i = 0; i < SEARCHERS + 3; i++) pthread_join(threads[i], NULL);
    print_message("%ld searches, scores of %ld checked, %ld ranked; %zu "
                  "states, %ld trainings, %ld broken off, %ld begun anew\n",
                  atomic_load(&s.searched), atomic_load(&s.checked),
                  atomic_load(&s.ranked), s.state_count,
                  atomic_load(&s.trained), atomic_load(&s.broken_off),
                  atomic_load(&s.begun_anew));
    assert_int_equal(atomic_load(&s.wrong), 0);
    assert_true(s.state_count > 3 && atomic_load(&s.trained) > 0);
    /* all but those that slept through 128 states */
    long const checked =
        atomic_load(&s.checked) + atomic_load(&s.ranked) + atomic_load(&s.read);
    assert_true(checked > atomic_load(&s.searched) * 99 / 100);
    reliability_count("searches beside changes, checked", checked);
    end_storm();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_storm__gives_answers_of_some_state),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
