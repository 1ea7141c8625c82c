/* The training pass of a tower: the vectors that encode gives, one a distinct
 * text, and gradients that survive a want of memory. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "tower_host.h"

#include "tower/tower_pass.h"

enum { TEXTS = 500, WORDS = 40, DIM = 18 };

/* ---- an allocator that fails after so many calls ---- */

static atomic_size_t left = SIZE_MAX, live; /* the pool's threads come too */

static void *limited_allocate(void *user, size_t size)
{
    (void)user;
    if (left == 0) return NULL;
    left--;
    live++;
    return malloc(size);
}

static void *limited_reallocate(void *user, void *pointer, size_t size)
{
    (void)user;
    if (left == 0) return NULL;
    left--;
    return realloc(pointer, size);
}

static void limited_deallocate(void *user, void *pointer)
{
    (void)user;
    live--;
    free(pointer);
}

typedef struct fixture {
    siamese_tower *tower;
    sm_pool *pool;
    sm_tower_pass *pass;
    host_texts texts;
} fixture;

static void start(fixture *x, int32_t threads)
{
    siamese_allocator const limited = {sizeof limited, NULL, limited_allocate,
                                       limited_reallocate, limited_deallocate};
    assert_int_equal(siamese_set_allocator(&limited), 0);
    siamese_vocab *const vocab = host_vocab(WORDS, 0, 6);
    x->tower = host_tower(vocab, 5, DIM / 2, threads, 0);
    siamese_vocab_free(vocab);
    host_weights(x->tower, 12);
    x->texts = host_make_texts(TEXTS, WORDS, 8, 2);
    assert_int_equal(sm_parameters_train(sm_tower_parameters(x->tower), 0), 0);
    assert_int_equal(sm_pool_create(&x->pool, threads), 0);
    assert_int_equal(sm_tower_pass_create(&x->pass, x->pool, false), 0);
}

static void end(fixture *x)
{
    sm_tower_pass_free(x->pass);
    sm_pool_free(x->pool);
    siamese_tower_free(x->tower);
    host_free_texts(x->texts);
    assert_int_equal(live, 0);
    assert_int_equal(siamese_set_allocator(NULL), 0);
}

static sm_status run(fixture *x, size_t count)
{
    float *const ones = malloc(TEXTS * DIM * sizeof *ones);
    for (size_t i = 0; i < TEXTS * DIM; i++) ones[i] = 1;
    sm_status status =
        sm_tower_forward(x->tower, x->pass, x->texts.texts, count);
    if (status == 0) status = sm_tower_backward(x->tower, x->pass, ones);
    free(ones);
    return status;
}

static void test_pass__has_the_vectors_of_encode(void **state)
{
    static float encoded[TEXTS * DIM];
    (void)state;
    for (int32_t threads = 1; threads <= 3; threads += 2) {
        fixture x;
        start(&x, threads);
        assert_int_equal(siamese_tower_encode(x.tower, x.texts.texts, TEXTS, 1,
                                              encoded, TEXTS * DIM),
                         0);
        static const size_t counts[] = {1, 64, TEXTS, 130};
        for (size_t i = 0; i < 4; i++) {
            assert_int_equal(
                sm_tower_forward(x.tower, x.pass, x.texts.texts, counts[i]), 0);
            const uint32_t *const map = sm_tower_pass_row_map(x.pass);
            for (size_t r = 0; r < counts[i]; r++) {
                assert_in_range(map[r], 0, sm_tower_pass_distinct(x.pass) - 1);
                assert_memory_equal(sm_tower_pass_vectors(x.pass) +
                                        map[r] * DIM,
                                    encoded + r * DIM, DIM * sizeof(float));
            }
        }
        assert_in_range(sm_tower_pass_distinct(x.pass), 1, 129);
        end(&x);
    }
}

/* A copy of all gradients; *size in bytes. */
static float *gradients(const fixture *x, size_t *size)
{
    const sm_parameters *const list = sm_tower_const_parameters(x->tower);
    float *const all = malloc(list->bytes), *to = all;
    for (size_t p = 0; p < list->count; p++) {
        size_t const count = sm_parameter_gradient_count(list->items[p]);
        memcpy(to, list->items[p]->gradient, count * sizeof *to);
        to += count;
    }
    *size = (size_t)(to - all) * sizeof *all;
    return all;
}

static void test_pass__goes_on_after_memory_ran_out(void **state)
{
    fixture x;
    size_t size;
    (void)state;
    start(&x, 1);
    assert_int_equal(run(&x, 70), 0);
    float *const expected = gradients(&x, &size);
    end(&x);
    sm_status status = SIAMESE_E_MEMORY;
    for (size_t turn = 0; status; turn++) {
        assert_true(turn < 300);
        start(&x, 1);
        left = turn;
        status = run(&x, 10);
        if (status == 0) status = run(&x, TEXTS);
        left = SIZE_MAX;
        assert_true(status == 0 || status == SIAMESE_E_MEMORY);
        assert_int_equal(run(&x, 70), 0);
        float *const got = gradients(&x, &size);
        assert_memory_equal(got, expected, size);
        free(got);
        end(&x);
    }
    free(expected);
}

static void test_pass__needs_a_field(void **state)
{
    siamese_text const text = {"w1", 2};
    sm_tower_pass *pass = NULL;
    sm_pool *pool = NULL;
    siamese_tower *const bare = host_tower(NULL, 4, 4, 1, 0);
    (void)state;
    assert_int_equal(sm_pool_create(&pool, 1), 0);
    assert_int_equal(sm_tower_pass_create(&pass, pool, false), 0);
    assert_int_equal(sm_tower_forward(bare, pass, &text, 1), SIAMESE_E_STATE);
    sm_tower_pass_free(pass);
    sm_tower_pass_free(NULL);
    sm_pool_free(pool);
    siamese_tower_free(bare);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pass__has_the_vectors_of_encode),
        cmocka_unit_test(test_pass__goes_on_after_memory_ran_out),
        cmocka_unit_test(test_pass__needs_a_field),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
