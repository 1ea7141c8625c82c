/* Every call of the index when memory runs out, in our own allocator and below
 * it, where FAISS takes its memory: an error, and the index as before. */
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "address_limit.h"
#include "failing_malloc.h"
#include "index_data.h"

#define DIM 24
#define COUNT 400

static int limit_memory(void **state)
{
    (void)state;
    siamese_allocator const allocator = {sizeof allocator, NULL, allocate,
                                         reallocate, deallocate};
    return siamese_set_allocator(&allocator) != SIAMESE_OK;
}

static int unlimit_memory(void **state)
{
    (void)state;
    return siamese_set_allocator(NULL) != SIAMESE_OK;
}

typedef struct world {
    siamese_index *index;
    float *vectors;
    int64_t *ids;
} world;

typedef siamese_status (*call)(world *w);

/* The call with 0, 1, 2, ... allocations until it succeeds. */
static void until_it_succeeds(world *w, call f)
{
    siamese_status status = SIAMESE_E_MEMORY;
    size_t const count = siamese_index_count(w->index);
    for (long n = 0; status == SIAMESE_E_MEMORY; n++) {
        assert_true(n < 3000);
        fail_from(n);
        status = f(w);
        fail_from(-1);
        if (status == SIAMESE_E_MEMORY && w->index)
            assert_int_equal(siamese_index_count(w->index), count);
    }
    assert_int_equal(status, SIAMESE_OK);
}

static world make_world(size_t held)
{
    world w = {.vectors = clustered_vectors(COUNT, DIM, 9, 1),
               .ids = counted_ids(COUNT, 0, 1)};
    w.index = make_index(DIM, 1, 8, 1);
    assert_int_equal(siamese_index_train(w.index, w.vectors, COUNT),
                     SIAMESE_OK);
    assert_int_equal(siamese_index_add(w.index, w.ids, w.vectors, held),
                     SIAMESE_OK);
    return w;
}

static void free_world(world *w)
{
    siamese_index_free(w->index);
    free(w->vectors);
    free(w->ids);
}

static siamese_status create(world *w)
{
    siamese_index_options options;
    siamese_index_options_init(&options, sizeof options);
    options.threads = 1;
    return siamese_index_create(&w->index, DIM, &options);
}

static siamese_status add(world *w)
{
    return siamese_index_add(w->index, w->ids + 50, w->vectors + 50 * DIM,
                             COUNT - 50);
}

static siamese_status take_out(world *w)
{
    return siamese_index_remove(w->index, w->ids, 40, NULL);
}

static siamese_status search(world *w)
{
    int64_t ids[30];
    float scores[30];
    return siamese_index_search(w->index, w->vectors, 3, 10, NULL, ids, scores,
                                30, NULL);
}

static siamese_status range_search(world *w)
{
    int64_t ids[3 * COUNT];
    float scores[3 * COUNT];
    size_t offsets[4];
    return siamese_index_range_search(w->index, w->vectors, 3, 0.2f, NULL,
                                      offsets, ids, scores, 3 * COUNT, NULL);
}

static void test_create_without_memory_is_an_error(void **state)
{
    (void)state;
    world w = {0};
    until_it_succeeds(&w, create);
    siamese_index_free(w.index);
}

static void test_changes_without_memory_change_nothing(void **state)
{
    (void)state;
    world w = make_world(50);
    until_it_succeeds(&w, add);
    assert_int_equal(siamese_index_count(w.index), COUNT);
    until_it_succeeds(&w, take_out);
    assert_int_equal(siamese_index_count(w.index), COUNT - 40);
    free_world(&w);
}

static void test_searches_without_memory_are_errors(void **state)
{
    (void)state;
    world w = make_world(COUNT);
    until_it_succeeds(&w, search);
    until_it_succeeds(&w, range_search);
    free_world(&w);
}

/* After the first searches one takes no more memory, from us or from FAISS. */
static void test_searches_need_no_memory_once_warm(void **state)
{
    (void)state;
    world w = make_world(COUNT);
    assert_int_equal(search(&w), SIAMESE_OK);
    fail_from(0);
    siamese_status const status = search(&w);
    fail_from(-1);
    assert_int_equal(status, SIAMESE_OK);
    free_world(&w);
}

/* The library brings OpenMP's runtime; a host that uses it has settings
 * there. */
static void test_hosts_openmp_settings_stay(void **state)
{
    (void)state;
    int (*get)(void) = NULL;
    void (*set)(int) = NULL;
    *(void **)&get = dlsym(RTLD_DEFAULT, "omp_get_max_threads");
    *(void **)&set = dlsym(RTLD_DEFAULT, "omp_set_num_threads");
    assert_true(get && set);
    int const before = get();
    set(5);
    world w = make_world(COUNT);
    assert_int_equal(search(&w), SIAMESE_OK);
    assert_int_equal(take_out(&w), SIAMESE_OK);
    assert_int_equal(get(), 5);
    free_world(&w);
    set(before);
}

/* ---- a process without address space ---- */

#if OWN_MALLOC
static size_t address_space(void)
{
    size_t pages = 0;
    FILE *const file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%zu", &pages), 1);
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* 0 if it worked, 1 if memory ran out and the library said so. */
static int train_within(siamese_index *index, const float *vectors,
                        size_t count, size_t bytes)
{
    pid_t const child = fork();
    if (child == 0) {
        struct rlimit const limit = {bytes, bytes};
        alarm(60);
        if (setrlimit(RLIMIT_AS, &limit) != 0) _exit(50);
        siamese_status const status =
            siamese_index_train(index, vectors, count);
        _exit(status == 0 ? 0 : status == SIAMESE_E_MEMORY ? 1 : 51);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status)); /* else it stood still until the alarm */
    return WEXITSTATUS(status);
}

/* A tower has taken the one place there is to multiply in; training the index
 * uses it, or a new one, but waits for none. */
static void test_train_in_a_small_process_ends(void **state)
{
    enum { VECTORS = 2000, VECTOR_DIM = 8, LISTS = 16 };
    size_t const step = (size_t)6 << 20;
    size_t worked = 0, failed = 0;
    siamese_tower_options o;
    siamese_index_options io;
    siamese_tower *tower = NULL;
    siamese_index *index = NULL;
    (void)state;
    if (!address_limit_holds()) skip(); /* qemu-user takes it without effect */
    float *const vectors = clustered_vectors(VECTORS, VECTOR_DIM, LISTS, 3);
    siamese_tower_options_init(&o, sizeof o);
    siamese_index_options_init(&io, sizeof io);
    o.threads = io.threads = 1;
    io.nlist = LISTS;
    assert_int_equal(siamese_tower_create(&tower, &o), SIAMESE_OK);
    assert_int_equal(siamese_index_create(&index, VECTOR_DIM, &io), SIAMESE_OK);
    size_t const now = address_space();
    for (size_t extra = 0; extra <= 20 * step; extra += step) {
        int const result = train_within(index, vectors, VECTORS, now + extra);
        assert_in_range(result, 0, 1);
        worked += result == 0;
        failed += result == 1;
    }
    assert_true(worked > 0 && failed > 0);
    siamese_index_free(index);
    siamese_tower_free(tower);
    free(vectors);
}
#else
static void test_train_in_a_small_process_ends(void **state)
{
    (void)state;
    skip(); /* a sanitizer needs all of the address space */
}
#endif

int main(void)
{
#define WITH_LIMITED_MEMORY(test)                                              \
    cmocka_unit_test_setup_teardown(test, limit_memory, unlimit_memory)
    const struct CMUnitTest tests[] = {
        /* before others let the process grow */
        cmocka_unit_test(test_train_in_a_small_process_ends),
        WITH_LIMITED_MEMORY(test_create_without_memory_is_an_error),
        WITH_LIMITED_MEMORY(test_changes_without_memory_change_nothing),
        WITH_LIMITED_MEMORY(test_searches_without_memory_are_errors),
        WITH_LIMITED_MEMORY(test_searches_need_no_memory_once_warm),
        cmocka_unit_test(test_hosts_openmp_settings_stay),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
