/* A log function that uses the very handle whose call has something to say, or
 * that forks: it is called with no lock of that handle held, and when the pool
 * is done with. What there is to say: threads that the system refuses. */
#include <dlfcn.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "slow_machine.h"
#include "small_pairs.h"

enum { DIM = 16, VECTORS = 20000, QUERIES = 400 };

/* ---- a pthread_create that can refuse ---- */

static atomic_int left = -1; /* threads to come; < 0: as many as there are */

typedef int (*create_fn)(pthread_t *, const pthread_attr_t *, void *(*)(void *),
                         void *);

__attribute__((visibility("default"))) /* for the library */
int pthread_create(pthread_t *thread, const pthread_attr_t *attributes,
                   void *(*entry)(void *), void *argument)
{
    create_fn real;
    void *const found = dlsym(RTLD_NEXT, "pthread_create");
    memcpy(&real, &found, sizeof real);
    if (left == 0) return 11; /* EAGAIN */
    if (left > 0) left--;
    return real(thread, attributes, entry, argument);
}

/* ---- the log function ---- */

typedef struct host {
    small_pairs data;
    siamese_tower *tower;
    siamese_index *index;
    siamese_trainer *trainer;
    siamese_model *model;
    void (*use)(struct host *);
    size_t heard;
    pid_t child; /* -1: has none */
    float vectors[VECTORS * DIM];
    int64_t ids[VECTORS];
} host;

static host h;

static void hear(void *user, int32_t level, const char *message)
{
    host *const own = user;
    assert_int_equal(level, SIAMESE_LOG_WARN);
    /* a model has several pools, and the later ones get none */
    assert_non_null(strstr(message, own->model
                                        ? " of 7 threads could be started"
                                        : "2 of 7 threads could be started"));
    if (own->heard++ == 0 && own->use) own->use(own);
}

static void use_index(host *own)
{
    int64_t const id = VECTORS + 7;
    int64_t found = -1;
    float score;
    assert_int_equal(siamese_index_add(own->index, &id, own->vectors, 1), 0);
    assert_int_equal(siamese_index_search(own->index, own->vectors, 1, 1, NULL,
                                          &found, &score, 1, NULL),
                     0);
    assert_int_equal(siamese_index_remove(own->index, &id, 1, NULL), 0);
}

static void use_trainer(host *own)
{
    siamese_tower *tower = NULL;
    siamese_progress p = {.struct_size = sizeof p};
    assert_int_equal(siamese_trainer_snapshot(own->trainer, &tower, NULL), 0);
    siamese_tower_free(tower);
    assert_int_equal(siamese_trainer_get_progress(own->trainer, &p), 0);
}

static void fork_once(host *own)
{
    own->child = fork();
    if (own->child != 0) return;
    alarm(60);
    left = -1;
}

/* ---- the calls that say it ---- */

static siamese_status train(host *own)
{
    return siamese_index_train(own->index, own->vectors, VECTORS);
}

static siamese_status search(host *own)
{
    static int64_t found[QUERIES];
    static float scores[QUERIES];
    return siamese_index_search(own->index, own->vectors, QUERIES, 1, NULL,
                                found, scores, QUERIES, NULL);
}

/* Of one pair, so that the first with several tasks is the update. */
static siamese_status step(host *own)
{
    return siamese_trainer_step(own->trainer, (size_t[]){1}, 1, NULL);
}

static siamese_status fit(host *own)
{
    return siamese_trainer_fit(own->trainer, NULL, NULL);
}

/* A search finds vectors that came a few at a time, without the pool. */
static void make_handles(int filled)
{
    siamese_tower_options t;
    siamese_index_options i;
    siamese_trainer_options o;
    siamese_field_options f;
    small_pairs_create(&h.data);
    assert_int_equal(siamese_tower_options_init(&t, sizeof t), 0);
    assert_int_equal(siamese_field_options_init(&f, sizeof f), 0);
    t.embedding_dim = 64;
    t.threads = 1;
    f.kind = SIAMESE_FIELD_ID;
    assert_int_equal(siamese_tower_create(&h.tower, &t), 0);
    assert_int_equal(siamese_tower_add_field(h.tower, "id", NULL, &f), 0);
    assert_int_equal(siamese_index_options_init(&i, sizeof i), 0);
    i.threads = 8;
    i.nlist = filled ? 1 : 64;
    assert_int_equal(siamese_index_create(&h.index, DIM, &i), 0);
    assert_int_equal(siamese_trainer_options_init(&o, sizeof o), 0);
    o.batch_size = 64;
    o.max_steps = 3;
    o.threads = 8;
    assert_int_equal(siamese_trainer_create(&h.trainer, h.tower, h.tower, &o),
                     0);
    assert_int_equal(siamese_trainer_add_pairs(h.trainer, &h.data.pairs), 0);
    for (size_t k = 0; filled && k < VECTORS; k += 10)
        assert_int_equal(
            siamese_index_add(h.index, h.ids + k, h.vectors + k * DIM, 10), 0);
}

static void free_handles(void)
{
    siamese_trainer_free(h.trainer);
    siamese_index_free(h.index);
    siamese_tower_free(h.tower);
    small_pairs_free(&h.data);
}

typedef struct call {
    const char *name;
    siamese_status (*make)(host *);
    void (*use)(host *);
    int filled;
} call;

static const call calls[] = {
    {"train", train, use_index, 0},
    {"search", search, use_index, 1},
    {"step", step, use_trainer, 0},
    {"fit", fit, use_trainer, 0},
};

static void check(const call *c, void (*use)(host *))
{
    h.use = use;
    h.heard = 0;
    h.child = -1;
    left = -1;
    make_handles(c->filled);
    left = 2;
    siamese_status const status = c->make(&h);
    left = -1;
    if (h.child == 0) _exit(status != SIAMESE_OK);
    assert_int_equal(status, SIAMESE_OK);
    if (h.heard != 1) fail_msg("%s: %zu messages", c->name, h.heard);
    free_handles();
    if (h.child < 0) return;
    int ended = -1;
    assert_int_equal(waitpid(h.child, &ended, 0), h.child);
    assert_int_equal(ended, 0);
}

static void log_callbacks__use_the_handle_that_speaks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        check(&calls[i], calls[i].use);
}

/* ---- a model, whose locks are around those of its parts ---- */

static char bytes[1 << 20];
static size_t written, taken;

static int32_t put(void *user, const void *data, size_t size)
{
    (void)user;
    assert_true(size <= sizeof bytes - written);
    memcpy(bytes + written, data, size);
    written += size;
    return 0;
}

static int32_t take(void *user, void *data, size_t size, size_t *done)
{
    (void)user;
    *done = size < written - taken ? size : written - taken;
    memcpy(data, bytes + taken, *done);
    taken += *done;
    return 0;
}

/* One whose pools have not started yet. */
static siamese_model *open_model(void)
{
    siamese_load_options options;
    siamese_model *model, *again;
    assert_int_equal(siamese_model_create(&model, NULL, NULL), 0);
    assert_int_equal(siamese_model_set(model, "embedding_dim", "64"), 0);
    assert_int_equal(siamese_model_set(model, "threads", "1"), 0);
    assert_int_equal(siamese_model_set(model, "max_steps", "1"), 0);
    assert_int_equal(siamese_model_set(model, "min_steps", "0"), 0);
    assert_int_equal(siamese_model_add_pairs(model, &h.data.pairs), 0);
    assert_int_equal(siamese_model_train(model, NULL, NULL), 0);
    assert_int_equal(siamese_model_write(model, put, NULL, NULL), 0);
    siamese_model_free(model);
    assert_int_equal(siamese_load_options_init(&options, sizeof options), 0);
    options.threads = 8;
    assert_int_equal(siamese_model_read(&again, take, NULL, &options), 0);
    return again;
}

static siamese_item_rows rows_from(int64_t *ids, size_t count)
{
    return (siamese_item_rows){.struct_size = sizeof(siamese_item_rows),
                               .count = count,
                               .ids = ids,
                               .titles = h.data.items};
}

static void use_model(host *own)
{
    siamese_item_rows const one = rows_from(&own->ids[SMALL_PAIRS], 1);
    siamese_hits *hits = NULL;
    assert_int_equal(siamese_model_add_items(own->model, &one), 0);
    assert_int_equal(siamese_model_search_text(own->model, "lamp", 3, &hits),
                     0);
    siamese_hits_free(hits);
    assert_int_equal(siamese_model_add_pairs(own->model, &own->data.pairs), 0);
}

static void log_callbacks__use_the_model_that_speaks(void **state)
{
    (void)state;
    left = -1;
    small_pairs_create(&h.data);
    siamese_item_rows const all = rows_from(h.ids, SMALL_PAIRS);
    h.model = open_model();
    h.heard = 0;
    h.use = use_model;
    left = 2;
    assert_int_equal(siamese_model_add_items(h.model, &all), 0);
    left = -1;
    assert_true(h.heard > 0);
    siamese_model_info info = {.struct_size = sizeof info};
    assert_int_equal(siamese_model_get_info(h.model, &info), 0);
    assert_int_equal(info.items, SMALL_PAIRS + 1);
    siamese_model_free(h.model);
    small_pairs_free(&h.data);
}

static void log_callbacks__fork(void **state)
{
    (void)state;
#if defined(__SANITIZE_THREAD__)
    skip(); /* the sanitizer itself does not live on in such a child */
#endif
    if (is_slow_machine())
        skip(); /* valgrind takes what it inherits for lost */
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        check(&calls[i], fork_once);
}

static int setup(void **state)
{
    (void)state;
    /* what waits for itself ends the test */
    alarm(is_slow_machine() ? 600 : 60);
    for (size_t i = 0; i < VECTORS; i++) h.ids[i] = (int64_t)i;
    uint64_t x = 1;
    for (size_t i = 0; i < VECTORS * DIM; i++) {
        x = x * 6364136223846793005u + 1442695040888963407u;
        h.vectors[i] = (float)(x >> 40) / 16777216.0f - 0.5f;
    }
    return siamese_set_log(hear, &h, SIAMESE_LOG_DEBUG);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_callbacks__use_the_handle_that_speaks),
        cmocka_unit_test(log_callbacks__use_the_model_that_speaks),
        cmocka_unit_test(log_callbacks__fork),
    };
    return cmocka_run_group_tests(tests, setup, NULL);
}
