/* The order of an epoch: against a slow emulation of tf.data's shuffle, and the
 * properties that hosts rely on. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "pairs/sampler.h"

static size_t *order_of(size_t count, size_t buffer, uint64_t seed,
                        uint64_t epoch, size_t batch)
{
    size_t *const order = malloc((count + 1) * sizeof *order);
    sm_sampler s;
    assert_non_null(order);
    assert_int_equal(sm_sampler_create(&s, count, buffer, seed, epoch), 0);
    for (size_t at = 0; at < count;) {
        size_t const got = sm_sampler_next(&s, batch, order + at);
        assert_int_equal(got, batch < count - at ? batch : count - at);
        at += got;
    }
    assert_int_equal(sm_sampler_next(&s, batch, order), 0);
    sm_sampler_free(&s);
    return order;
}

/*
 * The same with a plain list: the window holds the elements by their place in
 * the ring, start first; a draw takes place d, and the start's element moves
 * there.
 */
static size_t *emulate(size_t count, size_t buffer, uint64_t seed,
                       uint64_t epoch)
{
    size_t *const order = malloc((count + 1) * sizeof *order);
    size_t *const window = malloc((buffer + 1) * sizeof *window);
    size_t held = 0, next = 0;
    sm_rng rng;
    assert_non_null(order);
    assert_non_null(window);
    sm_rng_init(&rng, seed, epoch);
    for (size_t i = 0; i < count; i++) {
        while (held < buffer && next < count) window[held++] = next++;
        size_t const d = (size_t)sm_rng_below(&rng, held);
        order[i] = window[d];
        window[d] = window[0];
        memmove(window, window + 1, --held * sizeof *window);
    }
    free(window);
    return order;
}

static void sampler__follows_the_shuffle_of_tf_data(void **state)
{
    static const size_t cases[][3] = {
        {1, 1000, 1},    {7, 3, 2},         {999, 1000, 10}, {1000, 1000, 256},
        {1001, 1000, 7}, {5000, 1000, 256}, {300, 1, 50},    {64, 64, 64}};
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        size_t const count = cases[i][0];
        size_t *const ours = order_of(count, cases[i][1], 17, i, cases[i][2]);
        size_t *const slow = emulate(count, cases[i][1], 17, i);
        assert_memory_equal(ours, slow, count * sizeof *ours);
        free(ours);
        free(slow);
    }
}

static void sampler__takes_each_pair_once(void **state)
{
    enum { COUNT = 4321 };
    size_t *const order = order_of(COUNT, 1000, 5, 0, 256);
    char seen[COUNT] = {0};
    (void)state;
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(order[i] < COUNT);
        assert_false(seen[order[i]]);
        seen[order[i]] = 1;
        /* nothing comes before it was in the buffer */
        assert_true(order[i] < i + 1000);
    }
    free(order);
}

static void sampler__order_is_of_seed_and_epoch(void **state)
{
    enum { COUNT = 2000 };
    size_t *const a = order_of(COUNT, 1000, 5, 0, 256);
    size_t *const batches = order_of(COUNT, 1000, 5, 0, 33);
    size_t *const seed = order_of(COUNT, 1000, 6, 0, 256);
    size_t *const epoch = order_of(COUNT, 1000, 5, 1, 256);
    (void)state;
    assert_memory_equal(a, batches, COUNT * sizeof *a);
    assert_memory_not_equal(a, seed, COUNT * sizeof *a);
    assert_memory_not_equal(a, epoch, COUNT * sizeof *a);
    free(a);
    free(batches);
    free(seed);
    free(epoch);
}

static void sampler__no_buffer_keeps_the_order(void **state)
{
    size_t *const order = order_of(100, 0, 5, 0, 32);
    (void)state;
    for (size_t i = 0; i < 100; i++) assert_int_equal(order[i], i);
    free(order);
}

static void sampler__skips_as_if_taken(void **state)
{
    enum { COUNT = 1500, SKIPPED = 777 };
    size_t *const order = order_of(COUNT, 100, 9, 3, 64);
    size_t rest[COUNT];
    sm_sampler s;
    (void)state;
    assert_int_equal(sm_sampler_create(&s, COUNT, 100, 9, 3), 0);
    assert_int_equal(sm_sampler_skip(&s, SKIPPED), 0);
    assert_int_equal(sm_sampler_next(&s, COUNT, rest), COUNT - SKIPPED);
    assert_memory_equal(rest, order + SKIPPED,
                        (COUNT - SKIPPED) * sizeof *rest);
    sm_sampler_free(&s);
    free(order);
}

static void sampler__of_nothing_is_empty(void **state)
{
    sm_sampler s;
    size_t row;
    (void)state;
    assert_int_equal(sm_sampler_create(&s, 0, 1000, 1, 0), 0);
    assert_int_equal(sm_sampler_next(&s, 1, &row), 0);
    sm_sampler_free(&s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sampler__follows_the_shuffle_of_tf_data),
        cmocka_unit_test(sampler__takes_each_pair_once),
        cmocka_unit_test(sampler__order_is_of_seed_and_epoch),
        cmocka_unit_test(sampler__no_buffer_keeps_the_order),
        cmocka_unit_test(sampler__skips_as_if_taken),
        cmocka_unit_test(sampler__of_nothing_is_empty),
    };
    return cmocka_run_group_tests_name("sampler", tests, NULL, NULL);
}
