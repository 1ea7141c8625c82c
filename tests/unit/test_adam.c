/* Adam against Kingma and Ba's rule as Keras orders it, in plain arithmetic. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "train/adam.h"

enum { COUNT = 70001 }; /* more than two blocks, no multiple of a vector */

static const sm_adam_options keras = {1e-3f, 0.9, 0.999, 1e-7f};

static sm_pool *pool_of(int32_t threads)
{
    sm_pool *pool = NULL;
    assert_int_equal(sm_pool_create(&pool, threads), 0);
    return pool;
}

static void fill(sm_parameters *list)
{
    size_t const shape[] = {COUNT};
    sm_parameter *p;
    memset(list, 0, sizeof *list);
    assert_int_equal(sm_parameters_add(list, "table", 1, shape, &p), 0);
    assert_int_equal(sm_parameters_train(list, 2), 0);
    for (size_t i = 0; i < COUNT; i++) p->value[i] = sinf((float)i);
}

static float gradient_at(size_t i, uint64_t t)
{
    return i % 5 == 0 ? 0 : cosf((float)i + 3 * (float)t) / (float)(1 + i % 7);
}

static void adam__alpha_is_of_float32(void **state)
{
    (void)state;
    /* t = 1: lr sqrt(1 - 0.999) / (1 - 0.9), within float32's rounding of
     * 1 - 0.999, which double would not show */
    assert_float_equal(sm_adam_alpha(&keras, 1), 3.1622776e-4, 5e-9);
    assert_true(sm_adam_alpha(&keras, 1) ==
                1e-3f * sqrtf(1.0f - 0.999f) / (1.0f - 0.9f));
    /* the corrections fade */
    assert_float_equal(sm_adam_alpha(&keras, 100000), 1e-3, 1e-9);
}

static void adam__follows_the_rule(void **state)
{
    static double value[COUNT], m[COUNT], v[COUNT];
    sm_pool *const pool = pool_of(2);
    sm_parameters list;
    (void)state;
    fill(&list);
    sm_parameter *const p = list.items[0];
    for (size_t i = 0; i < COUNT; i++) {
        value[i] = p->value[i];
        m[i] = v[i] = 0;
    }
    for (uint64_t t = 1; t <= 5; t++) {
        double const alpha =
            1e-3 * sqrt(1 - pow(0.999, (double)t)) / (1 - pow(0.9, (double)t));
        for (size_t i = 0; i < COUNT; i++) {
            double const g = p->gradient[i] = gradient_at(i, t);
            m[i] += (g - m[i]) * 0.1;
            v[i] += (g * g - v[i]) * 0.001;
            value[i] -= alpha * m[i] / (sqrt(v[i]) + 1e-7);
        }
        sm_adam_update(&list, pool, sm_kernels_best(), &keras, t);
    }
    for (size_t i = 0; i < COUNT; i++)
        assert_float_equal(p->value[i], value[i], 5e-7);
    sm_parameters_free(&list);
    sm_pool_free(pool);
}

static void adam__same_bits_for_any_threads(void **state)
{
    static float first[COUNT];
    (void)state;
    for (int32_t threads = 1; threads <= 7; threads += 3) {
        sm_pool *const pool = pool_of(threads);
        sm_parameters list;
        fill(&list);
        for (uint64_t t = 1; t <= 3; t++) {
            for (size_t i = 0; i < COUNT; i++)
                list.items[0]->gradient[i] = gradient_at(i, t);
            sm_adam_update(&list, pool, sm_kernels_best(), &keras, t);
        }
        if (threads == 1)
            memcpy(first, list.items[0]->value, sizeof first);
        else
            assert_memory_equal(first, list.items[0]->value, sizeof first);
        sm_parameters_free(&list);
        sm_pool_free(pool);
    }
}

static void adam__finds_gradients_that_are_not_finite(void **state)
{
    static const float odd[] = {NAN, INFINITY, -INFINITY};
    static const size_t places[] = {0, 32767, 32768, COUNT - 1};
    sm_pool *const pool = pool_of(2);
    sm_parameters list;
    const char *name = NULL;
    (void)state;
    fill(&list);
    assert_true(sm_gradients_finite(&list, pool, &name));
    for (size_t i = 0; i < 3; i++)
        for (size_t j = 0; j < 4; j++) {
            list.items[0]->gradient[places[j]] = odd[i];
            assert_false(sm_gradients_finite(&list, pool, &name));
            assert_string_equal(name, "table");
            list.items[0]->gradient[places[j]] = 3.4e38f;
            assert_true(sm_gradients_finite(&list, pool, &name));
        }
    sm_parameters_free(&list);
    sm_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adam__alpha_is_of_float32),
        cmocka_unit_test(adam__follows_the_rule),
        cmocka_unit_test(adam__same_bits_for_any_threads),
        cmocka_unit_test(adam__finds_gradients_that_are_not_finite),
    };
    return cmocka_run_group_tests_name("adam", tests, NULL, NULL);
}
