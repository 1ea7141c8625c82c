/* A process that may not grow: under a limit of its address space, from none to
 * give to more than enough, a training, a search, a save, loads and a build of
 * an index end with the bits that they have without a limit, or
 * with SIAMESE_E_MEMORY; no file is half written, and nothing ends the process.
 * All that allocates is met: FAISS, libstdc++, the starting of threads. */
#include <errno.h>
#if defined(__GLIBC__)
#include <malloc.h>
#endif
#include <sys/wait.h>
#include <unistd.h>

#include "address_limit.h"
#include "api/small_model.h"
#include "reliability.h"
#include "sanitized.h"

enum { VECTORS = 6000, WIDTH = 32, FOUND = 10, DIFFERS = 60 };

typedef struct outcome {
    siamese_model *model;
    siamese_hits *hits;
    siamese_index *index;
} outcome;

static char path[] = "/tmp/siamese-limit-XXXXXX";
static siamese_model *ready;
static float *vectors;
static int64_t numbers[VECTORS];

static siamese_status train(outcome *o)
{
    siamese_status status = siamese_model_create(&o->model, NULL, NULL);
    static const char *const settings[][2] = {{"embedding_dim", "8"},
                                              {"epochs", "3"},
                                              {"min_steps", "0"},
                                              {"batch_size", "2"}};
    for (size_t i = 0; status == 0 && i < 4; i++)
        status = siamese_model_set(o->model, settings[i][0], settings[i][1]);
    if (status == 0) status = siamese_model_add_pairs(o->model, &pairs);
    if (status == 0) status = siamese_model_add_items(o->model, &rows);
    return status ? status : siamese_model_train(o->model, NULL, NULL);
}

static siamese_status search(outcome *o)
{
    return siamese_model_search_text(ready, "couch", 3, &o->hits);
}

static siamese_status save(outcome *o)
{
    (void)o;
    return siamese_model_save(ready, path, NULL);
}

static siamese_status load(outcome *o)
{
    return siamese_model_open(&o->model, path, NULL);
}

static siamese_status load_mapped(outcome *o)
{
    siamese_load_options options;
    siamese_load_options_init(&options, sizeof options);
    options.map = 1;
    return siamese_model_open(&o->model, path, &options);
}

static siamese_status build_index(outcome *o)
{
    siamese_index_options options;
    siamese_index_options_init(&options, sizeof options);
    options.nlist = 40;
    siamese_status status = siamese_index_create(&o->index, WIDTH, &options);
    if (status == 0) status = siamese_index_train(o->index, vectors, VECTORS);
    if (status == 0)
        status = siamese_index_add(o->index, numbers, vectors, VECTORS);
    return status;
}

/* All that can be seen of what was made, as bytes. */
static image sight_of(const outcome *o)
{
    image seen = {.writes_left = -1};
    if (o->model) ok(siamese_model_write(o->model, image_write, &seen, NULL));
    if (o->hits)
        image_write(&seen, siamese_hits_scores(o->hits, 0),
                    siamese_hits_count(o->hits, 0) * sizeof(float));
    if (o->index) {
        int64_t ids_found[FOUND];
        float scores[FOUND];
        ok(siamese_index_search(o->index, vectors, 1, FOUND, NULL, ids_found,
                                scores, FOUND, NULL));
        image_write(&seen, ids_found, sizeof ids_found);
        image_write(&seen, scores, sizeof scores);
    }
    return seen;
}

static int same(image a, image b)
{
    return a.size == b.size &&
           (a.size == 0 || !memcmp(a.bytes, b.bytes, a.size));
}

static image file_now(void)
{
    image bytes = {.writes_left = -1};
    char block[4096];
    FILE *const file = fopen(path, "rb");
    for (size_t got; (got = fread(block, 1, sizeof block, file)) > 0;)
        image_write(&bytes, block, got);
    fclose(file);
    return bytes;
}

/* glibc keeps room of its own: whole arenas for threads that are gone, and what
 * was freed. Large blocks are to come from the system, which has a limit. */
static void keep_no_room(void)
{
#if defined(__GLIBC__)
    mallopt(M_ARENA_MAX, 1);
    mallopt(M_MMAP_THRESHOLD, 1 << 16);
    mallopt(M_TRIM_THRESHOLD, 1 << 16);
#endif
}

static size_t address_space(void)
{
    size_t pages = 0;
    FILE *const file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%zu", &pages), 1);
    fclose(file);
    return pages * (size_t)sysconf(_SC_PAGESIZE);
}

/* 0: the same bits; 1: memory ran out, and the library said so. */
static int outcome_within(siamese_status (*work)(outcome *o), size_t bytes,
                          image wanted, image file)
{
    outcome o = {0};
    struct rlimit const limit = {bytes, RLIM_INFINITY};
    struct rlimit const none = {RLIM_INFINITY, RLIM_INFINITY};
    alarm(60);
    if (setrlimit(RLIMIT_AS, &limit) != 0) return 50;
    siamese_status const status = work(&o);
    setrlimit(RLIMIT_AS, &none);
    if (!same(file_now(), file)) return DIFFERS + 1;
    if (status == SIAMESE_OK) return same(sight_of(&o), wanted) ? 0 : DIFFERS;
    int const is_of_memory =
        status == SIAMESE_E_MEMORY ||
        (status == SIAMESE_E_IO &&
         strstr(siamese_last_error(), strerror(ENOMEM)) != NULL);
    return is_of_memory && siamese_last_error()[0] ? 1 : 51;
}

static void shrink(siamese_status (*work)(outcome *o), size_t *failed)
{
    outcome o = {0};
    size_t worked = 0;
    ok(work(&o));
    image const wanted = sight_of(&o), file = file_now();
    size_t const now = address_space();
    for (size_t extra = (size_t)256 << 20; extra > 1000;
         extra = extra * 2 / 3) {
        int result = -1;
        pid_t const child = fork();
        if (child == 0) _exit(outcome_within(work, now + extra, wanted, file));
        assert_int_equal(waitpid(child, &result, 0), child);
        assert_true(WIFEXITED(result));
        assert_in_range(WEXITSTATUS(result), 0, 1);
        worked += WEXITSTATUS(result) == 0;
        *failed += WEXITSTATUS(result) == 1;
    }
    assert_true(worked > 0);
    siamese_model_free(o.model);
    siamese_hits_free(o.hits);
    siamese_index_free(o.index);
    free(wanted.bytes);
    free(file.bytes);
}

static void test_shrinking_address_space__is_an_error_each_time(void **state)
{
    size_t failed = 0;
    uint32_t seed = 1;
    outcome o = {0};
    (void)state;
    if (SANITIZED || !address_limit_holds()) skip();
    keep_no_room();
    vectors = malloc(VECTORS * WIDTH * sizeof *vectors);
    for (size_t i = 0; i < (size_t)VECTORS * WIDTH; i++)
        vectors[i] = (float)((seed = seed * 1664525u + 1013904223u) >> 8);
    for (int64_t i = 0; i < VECTORS; i++) numbers[i] = i;
    int const file = mkstemp(path);
    assert_true(file >= 0 && close(file) == 0);
    ok(train(&o));
    ready = o.model;
    ok(siamese_model_save(ready, path, NULL));
    shrink(search, &failed);
    shrink(save, &failed);
    shrink(load, &failed);
    shrink(load_mapped, &failed);
    shrink(build_index, &failed);
    shrink(train, &failed);
    assert_true(failed > 0);
    print_message("%zu times memory ran out\n", failed);
    reliability_count("calls that had no address space", (long long)failed);
    siamese_model_free(ready);
    free(vectors);
    unlink(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_shrinking_address_space__is_an_error_each_time),
    };
    return cmocka_run_group_tests_name("address_space", tests, NULL, NULL);
}
