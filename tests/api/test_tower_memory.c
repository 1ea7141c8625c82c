/* The tower where memory runs out, and handles freed in any order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "address_limit.h"
#include "sanitized.h"
#include "tower_host.h"

/* ---- an allocator that fails after so many calls ---- */

static atomic_long live, left;

static int refuse(void)
{
    return atomic_fetch_sub(&left, 1) <= 0;
}

static void *limited_allocate(void *user, size_t size)
{
    (void)user;
    if (refuse()) return NULL;
    live++;
    return malloc(size);
}

static void *limited_reallocate(void *user, void *pointer, size_t size)
{
    (void)user;
    return refuse() ? NULL : realloc(pointer, size);
}

static void limited_deallocate(void *user, void *pointer)
{
    (void)user;
    live--;
    free(pointer);
}

static const long plenty = 1000000000;

static int use_limited(void **state)
{
    siamese_allocator const limited = {sizeof limited, NULL, limited_allocate,
                                       limited_reallocate, limited_deallocate};
    (void)state;
    atomic_store(&live, 0);
    atomic_store(&left, plenty);
    return siamese_set_allocator(&limited);
}

static int use_own(void **state)
{
    (void)state;
    return siamese_set_allocator(NULL);
}

/* ---- each allocation made to fail in turn ---- */

enum { COUNT = 300, DIM = 14 };

static siamese_status use_tower(const siamese_vocab *vocab,
                                const siamese_text *texts, int32_t threads,
                                float *out)
{
    siamese_tower_options o;
    siamese_tower *tower = NULL;
    siamese_vocab *same = NULL;
    float bias[28] = {0.5f};
    siamese_tower_options_init(&o, sizeof o);
    o.units = DIM / 2;
    o.threads = threads;
    siamese_status status = siamese_tower_create(&tower, &o);
    if (status) {
        assert_null(tower);
        return status;
    }
    status = siamese_tower_add_field(tower, "text", vocab, NULL);
    if (status) {
        assert_int_equal(siamese_tower_dim(tower), 0);
        assert_int_equal(siamese_tower_field_count(tower), 0);
    }
    if (!status)
        status = siamese_tower_parameter_set(tower, "fw_bias", bias, 28);
    if (!status) status = siamese_tower_get_vocab(tower, 0, &same);
    if (!status)
        status = siamese_tower_encode(tower, texts, COUNT, 1, out, COUNT * DIM);
    if (status == SIAMESE_E_MEMORY && siamese_tower_dim(tower)) {
        /* a tower that could not encode can, when there is memory again */
        atomic_store(&left, plenty);
        assert_int_equal(
            siamese_tower_encode(tower, texts, COUNT, 1, out, COUNT * DIM), 0);
    }
    siamese_vocab_free(same);
    siamese_tower_free(tower);
    return status;
}

static void fail_in_turn(int32_t threads)
{
    siamese_vocab *const vocab = host_vocab(50, 0, 9);
    host_texts const texts = host_make_texts(COUNT, 50, 12, 8);
    static float expected[COUNT * DIM], out[COUNT * DIM];
    assert_int_equal(use_tower(vocab, texts.texts, 1, expected), 0);
    long const before = atomic_load(&live);
    siamese_status status = SIAMESE_E_MEMORY;
    for (long turn = 0; status != 0; turn++) {
        assert_true(turn < 500);
        memset(out, 0, sizeof out);
        atomic_store(&left, turn);
        status = use_tower(vocab, texts.texts, threads, out);
        atomic_store(&left, plenty);
        if (status) {
            assert_int_equal(status, SIAMESE_E_MEMORY);
            assert_string_equal(siamese_last_error(), "out of memory");
        }
        assert_int_equal(atomic_load(&live), before);
    }
    assert_memory_equal(out, expected, sizeof out);
    host_free_texts(texts);
    siamese_vocab_free(vocab);
    assert_int_equal(atomic_load(&live), 0);
}

static void test_memory__failing_anywhere_leaves_nothing_behind(void **state)
{
    (void)state;
    fail_in_turn(1);
    fail_in_turn(3);
}

/* ---- the order of frees ---- */

static void test_free__goes_in_any_order(void **state)
{
    (void)state;
    for (size_t order = 0; order < 6; order++) {
        siamese_vocab *vocab = host_vocab(5, 0, 4), *same = NULL;
        siamese_tower *first = host_tower(vocab, 3, 3, 2, 0);
        siamese_tower *second = host_tower(vocab, 3, 3, 1, 0);
        siamese_text const text = {"w1 w2", 5};
        float out[6];
        assert_int_equal(siamese_tower_get_vocab(first, 0, &same), 0);
        static const char orders[6][4] = {"vfsg", "fvgs", "sfgv",
                                          "gsvf", "vgfs", "sgfv"};
        for (size_t i = 0; i < 4; i++) {
            switch (orders[order][i]) {
            case 'v':
                siamese_vocab_free(vocab);
                break;
            case 's':
                siamese_vocab_free(same);
                break;
            case 'f':
                siamese_tower_free(first), first = NULL;
                break;
            default:
                siamese_tower_free(second), second = NULL;
            }
            if (first)
                assert_int_equal(
                    siamese_tower_encode(first, &text, 1, 1, out, 6), 0);
            if (second)
                assert_int_equal(
                    siamese_tower_encode(second, &text, 1, 1, out, 6), 0);
        }
        assert_int_equal(atomic_load(&live), 0);
    }
}

/* ---- a process without memory ---- */

#if SANITIZED
static void test_memory__of_a_small_process_ends_in_an_error(void **state)
{
    (void)state;
    skip(); /* a sanitizer needs all of the address space */
}
#else
/* In a child with so much address space: 0 if it worked, 1 if memory ran out
 * and the library said so, anything else is wrong. */
static int run_within(size_t bytes, const siamese_vocab *vocab)
{
    pid_t const child = fork();
    if (child == 0) {
        struct rlimit const limit = {bytes, bytes};
        siamese_tower_options o;
        siamese_tower *tower = NULL;
        siamese_text const text = {"w1 w2", 5};
        float out[16];
        if (setrlimit(RLIMIT_AS, &limit) != 0) _exit(50);
        siamese_tower_options_init(&o, sizeof o);
        o.embedding_dim = 64; /* 102 MB for the table: more than the
                               * 64 MB that malloc's arenas have in reserve */
        o.threads = 2;
        siamese_status status = siamese_tower_create(&tower, &o);
        if (!status)
            status = siamese_tower_add_field(tower, "text", vocab, NULL);
        if (!status) status = siamese_tower_encode(tower, &text, 1, 1, out, 16);
        siamese_tower_free(tower);
        _exit(status == 0 ? 0 : status == SIAMESE_E_MEMORY ? 1 : 51);
    }
    int status = -1;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}

static void test_memory__of_a_small_process_ends_in_an_error(void **state)
{
    (void)state;
    if (!address_limit_holds()) skip(); /* qemu-user takes it without effect */
    siamese_vocab *const vocab = host_vocab(50, 400000, 9);
    size_t worked = 0, failed = 0;
    for (size_t bytes = (size_t)16 << 20; bytes <= (size_t)512 << 20;
         bytes += bytes / 3) {
        int const result = run_within(bytes, vocab);
        assert_in_range(result, 0, 1);
        worked += result == 0;
        failed += result == 1;
    }
    assert_true(worked > 0 && failed > 0);
    siamese_vocab_free(vocab);
}
#endif

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(
            test_memory__failing_anywhere_leaves_nothing_behind, use_limited,
            use_own),
        cmocka_unit_test_setup_teardown(test_free__goes_in_any_order,
                                        use_limited, use_own),
        cmocka_unit_test(test_memory__of_a_small_process_ends_in_an_error),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
