/* The optimisers against their rules in double precision and Keras 2.15's own
 * numbers; clipping; schedules; rows that lazy updates leave alone. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel_levels.h"
#include "train/optimizer.h"

enum {
    COUNT = 70001, /* more than two blocks, no multiple of a vector */
    ROWS = 9001,
    WIDTH = 7,
    STEPS = 5
};

static siamese_trainer_options options_of(int32_t optimizer)
{
    siamese_trainer_options o;
    assert_int_equal(siamese_trainer_options_init(&o, sizeof o), 0);
    o.optimizer = optimizer;
    return o;
}

static sm_pool *pool_of(int32_t threads)
{
    sm_pool *pool = NULL;
    assert_int_equal(sm_pool_create(&pool, threads), 0);
    return pool;
}

/* A dense parameter and a table. */
static void fill(const siamese_trainer_options *o, sm_parameters *list)
{
    size_t const shape[] = {COUNT};
    sm_parameter *dense, *table;
    memset(list, 0, sizeof *list);
    assert_int_equal(sm_parameters_add(list, "dense", 1, shape, &dense), 0);
    assert_int_equal(
        sm_parameters_add_table(list, "table", ROWS, WIDTH, &table), 0);
    assert_int_equal(sm_parameters_train(list, sm_optimizer_slots(o)), 0);
    sm_optimizer_start(o, list);
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; i < list->items[p]->count; i++)
            list->items[p]->value[i] = sinf((float)i);
}

static float gradient_at(size_t i, uint64_t t)
{
    return i % 5 == 0 ? 0 : cosf((float)i + 3 * (float)t) / (float)(1 + i % 7);
}

/* Step t touches every row that t + 1 divides. */
static int touches(size_t row, uint64_t t)
{
    return row % (t + 1) == 0;
}

static void write_gradients(sm_parameters *list, uint64_t t)
{
    static int32_t rows[ROWS];
    sm_parameter *const table = list->items[1];
    size_t count = 0;
    for (size_t i = 0; i < COUNT; i++)
        list->items[0]->gradient[i] = gradient_at(i, t);
    for (size_t r = 0; r < ROWS; r++)
        if (touches(r, t)) rows[count++] = (int32_t)r;
    assert_int_equal(sm_parameter_touch(table, rows, count), 0);
    for (size_t k = 0; k < count; k++)
        for (size_t j = 0; j < WIDTH; j++)
            table->gradient[k * WIDTH + j] =
                gradient_at((size_t)rows[k] * WIDTH + j, t);
}

static void run_step(const siamese_trainer_options *o, sm_parameters *list,
                     sm_pool *pool, const sm_kernels *kernels, uint64_t t,
                     float scale)
{
    sm_update const update = {o, kernels, (float)o->learning_rate, t, scale};
    sm_optimizer_update(&update, list, pool);
}

/* ---- the rules, one number after the other ---- */

typedef struct number {
    double value, first, second;
} number;

static void plain_step(const siamese_trainer_options *o, number *x, double g,
                       uint64_t t)
{
    double const rate = o->learning_rate;
    double const alpha = rate * sqrt(1 - pow(o->beta2, (double)t)) /
                         (1 - pow(o->beta1, (double)t));
    switch (o->optimizer) {
    case SIAMESE_OPTIMIZER_ADAGRAD:
        x->first += g * g;
        x->value -= rate * g / sqrt(x->first + o->epsilon);
        break;
    case SIAMESE_OPTIMIZER_SGD:
        x->first = o->momentum * x->first - rate * g;
        x->value += x->first;
        break;
    default:
        if (o->optimizer == SIAMESE_OPTIMIZER_ADAMW)
            x->value -= rate * o->weight_decay * x->value;
        x->first += (g - x->first) * (1 - o->beta1);
        x->second += (g * g - x->second) * (1 - o->beta2);
        if (o->correct_epsilon)
            x->value -=
                rate * x->first / (1 - pow(o->beta1, (double)t)) /
                (sqrt(x->second / (1 - pow(o->beta2, (double)t))) + o->epsilon);
        else
            x->value -= alpha * x->first / (sqrt(x->second) + o->epsilon);
    }
}

/* Both parameters after some steps; a lazy table's rows only when touched. */
static void check_rule(const siamese_trainer_options *o)
{
    static number numbers[2][COUNT];
    sm_pool *const pool = pool_of(2);
    double const limit = o->clip_value > 0 ? o->clip_value : DBL_MAX;
    for (int32_t level = 0; test_next_level(&level);) {
        const sm_kernels *kernels;
        sm_parameters list;
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        fill(o, &list);
        for (size_t p = 0; p < 2; p++)
            for (size_t i = 0; i < list.items[p]->count; i++)
                numbers[p][i] =
                    (number){list.items[p]->value[i],
                             o->optimizer == SIAMESE_OPTIMIZER_ADAGRAD
                                 ? o->initial_accumulator
                                 : 0,
                             0};
        for (uint64_t t = 1; t <= STEPS; t++) {
            double const scale = t % 2 ? 1 : 0.25;
            write_gradients(&list, t);
            for (size_t p = 0; p < 2; p++)
                for (size_t i = 0; i < list.items[p]->count; i++) {
                    int const touched = p == 0 || touches(i / WIDTH, t);
                    double const g = touched ? gradient_at(i, t) : 0;
                    if (touched || !o->sparse_updates)
                        plain_step(o, &numbers[p][i],
                                   scale * fmax(-limit, fmin(limit, g)), t);
                }
            run_step(o, &list, pool, kernels, t, (float)scale);
        }
        for (size_t p = 0; p < 2; p++)
            for (size_t i = 0; i < list.items[p]->count; i++)
                assert_float_equal(list.items[p]->value[i], numbers[p][i].value,
                                   1e-6);
        sm_parameters_free(&list);
    }
    sm_pool_free(pool);
}

static void optimizer__follows_its_rule(void **state)
{
    (void)state;
    for (int32_t kind = 0; kind < 4; kind++)
        for (int32_t sparse = 0; sparse < 2; sparse++) {
            siamese_trainer_options o = options_of(kind);
            o.sparse_updates = sparse;
            o.correct_epsilon = sparse;
            o.epsilon = 1e-3; /* to be seen */
            o.learning_rate = 0.01;
            o.weight_decay = 0.3;
            check_rule(&o);
            o.momentum = 0.8;
            o.clip_value = 0.3;
            check_rule(&o);
        }
}

static void optimizer__same_bits_for_any_threads(void **state)
{
    (void)state;
    for (int32_t kind = 0; kind < 8; kind++) {
        static float first[COUNT + ROWS * WIDTH];
        siamese_trainer_options o = options_of(kind % 4);
        static const int32_t threads[] = {1, 2, 7};
        o.sparse_updates = kind / 4;
        o.momentum = 0.9;
        for (size_t i = 0; i < 3; i++) {
            sm_pool *const pool = pool_of(threads[i]);
            sm_parameters list;
            double square = 0;
            fill(&o, &list);
            for (uint64_t t = 1; t <= 3; t++) {
                write_gradients(&list, t);
                square = sm_gradients_square(&list, pool, FLT_MAX);
                run_step(&o, &list, pool, sm_kernels_best(), t,
                         (float)(1 / square));
            }
            for (size_t p = 0, at = 0; p < 2; at += list.items[p++]->count) {
                size_t const size = list.items[p]->count * sizeof(float);
                if (i == 0)
                    memcpy(first + at, list.items[p]->value, size);
                else
                    assert_memory_equal(first + at, list.items[p]->value, size);
            }
            sm_parameters_free(&list);
            sm_pool_free(pool);
        }
    }
}

/* ---- Keras ---- */

/*
 * Four weights after five steps of tf.keras.optimizers (Keras 2.15), built as
 * named, on [0.5, -1.25, 2, 0] with g(t) = [0.1 t, -0.02 t^2, 3 - t, 0].
 */
static const struct {
    const char *name;
    int32_t optimizer;
    double rate, weight_decay, accumulator, momentum, clip_value, clip_norm;
    float expected[4];
} keras[] = {
    {"Adam(0.01)",
     SIAMESE_OPTIMIZER_ADAM,
     0.01,
     0,
     0,
     0,
     0,
     0,
     {0.451492727f, -1.20506883f, 1.97194386f, 0}},
    {"AdamW(0.01, weight_decay=0.1)",
     SIAMESE_OPTIMIZER_ADAMW,
     0.01,
     0.1,
     0,
     0,
     0,
     0,
     {0.449095339f, -1.19892371f, 1.96204901f, 0}},
    {"AdamW(0.01)",
     SIAMESE_OPTIMIZER_ADAMW,
     0.01,
     0.004,
     0,
     0,
     0,
     0,
     {0.451396614f, -1.20482266f, 1.97154725f, 0}},
    {"Adagrad(0.1)",
     SIAMESE_OPTIMIZER_ADAGRAD,
     0.1,
     0,
     0.1,
     0,
     0,
     0,
     {0.231708974f, -1.03454816f, 1.96036673f, 0}},
    {"Adagrad(0.1, initial_accumulator_value=0)",
     SIAMESE_OPTIMIZER_ADAGRAD,
     0.1,
     0,
     0,
     0,
     0,
     0,
     {0.0899298489f, -0.797145963f, 1.95934892f, 0}},
    {"SGD(0.1)",
     SIAMESE_OPTIMIZER_SGD,
     0.1,
     0,
     0,
     0,
     0,
     0,
     {0.349999994f, -1.1400001f, 2, 0}},
    {"SGD(0.1, momentum=0.9)",
     SIAMESE_OPTIMIZER_SGD,
     0.1,
     0,
     0,
     0.9,
     0,
     0,
     {0.182968974f, -1.0547179f, 1.22708011f, 0}},
    {"SGD(0.1, clipvalue=0.25)",
     SIAMESE_OPTIMIZER_SGD,
     0.1,
     0,
     0,
     0,
     0.25,
     0,
     {0.394999981f, -1.17200005f, 2, 0}},
    {"SGD(0.1, global_clipnorm=0.5)",
     SIAMESE_OPTIMIZER_SGD,
     0.1,
     0,
     0,
     0,
     0,
     0.5,
     {0.428141862f, -1.20156479f, 1.99282765f, 0}},
};

static void optimizer__gives_keras_numbers(void **state)
{
    sm_pool *const pool = pool_of(1);
    (void)state;
    for (size_t k = 0; k < sizeof keras / sizeof *keras; k++) {
        static const float start[] = {0.5f, -1.25f, 2, 0};
        siamese_trainer_options o = options_of(keras[k].optimizer);
        sm_parameters list = {.count = 0};
        sm_parameter *p;
        size_t const shape[] = {4};
        o.learning_rate = keras[k].rate;
        o.weight_decay = keras[k].weight_decay;
        o.initial_accumulator = keras[k].accumulator;
        o.momentum = keras[k].momentum;
        o.clip_value = keras[k].clip_value;
        o.clip_norm = keras[k].clip_norm;
        assert_int_equal(sm_parameters_add(&list, "w", 1, shape, &p), 0);
        assert_int_equal(sm_parameters_train(&list, sm_optimizer_slots(&o)), 0);
        sm_optimizer_start(&o, &list);
        memcpy(p->value, start, sizeof start);
        for (uint64_t t = 1; t <= 5; t++) {
            float const step = (float)t;
            p->gradient[0] = 0.1f * step;
            p->gradient[1] = -0.02f * step * step;
            p->gradient[2] = 3 - step;
            p->gradient[3] = 0;
            double const norm = sqrt(sm_gradients_square(&list, pool, FLT_MAX));
            double const scale =
                o.clip_norm > 0 ? fmin(1, o.clip_norm / norm) : 1;
            run_step(&o, &list, pool, sm_kernels_best(), t, (float)scale);
        }
        for (size_t i = 0; i < 4; i++)
            if (!(fabsf(p->value[i] - keras[k].expected[i]) < 6e-7f))
                fail_msg("%s: weight %zu is %.9g, not %.9g", keras[k].name, i,
                         (double)p->value[i], (double)keras[k].expected[i]);
        sm_parameters_free(&list);
    }
    sm_pool_free(pool);
}

static void optimizer__alpha_of_adam_is_of_float32(void **state)
{
    siamese_trainer_options const o = options_of(SIAMESE_OPTIMIZER_ADAM);
    (void)state;
    /* t = 1: lr sqrt(1 - 0.999) / (1 - 0.9), within float32's rounding of
     * 1 - 0.999, which double would not show */
    assert_float_equal(sm_adam_alpha(&o, 1e-3f, 1), 3.1622776e-4, 5e-9);
    assert_true(sm_adam_alpha(&o, 1e-3f, 1) ==
                1e-3f * sqrtf(1.0f - 0.999f) / (1.0f - 0.9f));
    /* the corrections fade */
    assert_float_equal(sm_adam_alpha(&o, 1e-3f, 100000), 1e-3, 1e-9);
}

/* ---- schedules ---- */

/* tf.keras.optimizers.schedules: CosineDecay(0.3, 100, alpha=0.1) and
 * PolynomialDecay(0.3, 100, end_learning_rate=0.03) at step t - 1. */
static void schedule__falls_as_in_keras(void **state)
{
    static const struct {
        uint64_t t;
        double cosine, linear;
    } expected[] = {
        {1, 0.30000001192092896, 0.30000001192092896},
        {2, 0.29993337392807007, 0.2973000109195709},
        {26, 0.26045945286750793, 0.23250001668930054},
        {51, 0.16499999165534973, 0.16500000655651093},
        {100, 0.03006661869585514, 0.03269999846816063},
        {101, 0.030000001192092896, 0.029999999329447746},
        {151, 0.030000001192092896, 0.029999999329447746},
    };
    siamese_trainer_options o = options_of(SIAMESE_OPTIMIZER_ADAM);
    (void)state;
    o.learning_rate = 0.3;
    o.schedule_end = 0.1;
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        o.schedule = SIAMESE_SCHEDULE_COSINE;
        assert_float_equal(sm_learning_rate(&o, expected[i].t, 100),
                           expected[i].cosine, 1e-7);
        o.schedule = SIAMESE_SCHEDULE_LINEAR;
        assert_float_equal(sm_learning_rate(&o, expected[i].t, 100),
                           expected[i].linear, 1e-7);
        o.schedule = SIAMESE_SCHEDULE_CONSTANT;
        assert_true(sm_learning_rate(&o, expected[i].t, 100) == 0.3);
    }
}

/* CosineDecay(0, 90, alpha=0.1, warmup_target=0.3, warmup_steps=10): its
 * warm-up ends where ours does, at the tenth step. */
static void schedule__warms_up(void **state)
{
    siamese_trainer_options o = options_of(SIAMESE_OPTIMIZER_ADAM);
    (void)state;
    o.learning_rate = 0.3;
    o.schedule_end = 0.1;
    o.warmup_steps = 10;
    for (int32_t schedule = 0; schedule < 3; schedule++) {
        o.schedule = schedule;
        for (uint64_t t = 1; t <= 10; t++)
            assert_float_equal(sm_learning_rate(&o, t, 100), 0.03 * (double)t,
                               1e-12);
        /* a schedule that is over before it began */
        assert_float_equal(sm_learning_rate(&o, 11, 4), schedule ? 0.03 : 0.3,
                           1e-12);
    }
    o.schedule = SIAMESE_SCHEDULE_COSINE;
    assert_float_equal(sm_learning_rate(&o, 12, 100), 0.2999177873134613, 1e-7);
    assert_float_equal(sm_learning_rate(&o, 51, 100), 0.18844249844551086,
                       1e-7);
    assert_float_equal(sm_learning_rate(&o, 101, 100), 0.030000001192092896,
                       1e-7);
}

/* ---- gradients ---- */

static void gradients__norm_is_of_all_and_of_the_clipped(void **state)
{
    siamese_trainer_options const o = options_of(SIAMESE_OPTIMIZER_ADAM);
    sm_pool *const pool = pool_of(2);
    sm_parameters list;
    double square = 0, clipped = 0;
    (void)state;
    fill(&o, &list);
    write_gradients(&list, 2);
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; i < list.items[p]->count; i++) {
            double const g = p == 0 || touches(i / WIDTH, 2)
                                 ? fabs((double)gradient_at(i, 2))
                                 : 0;
            square += g * g;
            clipped += fmin(g, 0.5f) * fmin(g, 0.5f);
        }
    assert_true(clipped < 0.99 * square);
    assert_float_equal(sm_gradients_square(&list, pool, FLT_MAX) / square, 1,
                       1e-12);
    assert_float_equal(sm_gradients_square(&list, pool, 0.5f) / clipped, 1,
                       1e-12);
    sm_parameters_free(&list);
    sm_pool_free(pool);
}

/* 1 or 0 at every level, -1 if they differ. */
static int finite_at_all_levels(const sm_parameters *list, sm_pool *pool,
                                const char **name)
{
    int found = -1;
    for (int32_t level = 0; test_next_level(&level);) {
        const sm_kernels *kernels;
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        int const now = sm_gradients_finite(list, pool, kernels, name);
        if (level > 1 && now != found) return -1;
        found = now;
    }
    return found;
}

static void gradients__that_are_not_finite_are_found(void **state)
{
    /* the last one has a square above FLT_MAX */
    static const float odd[] = {NAN, INFINITY, -INFINITY, -1.9e19f};
    static const size_t places[] = {0, 32767, 32768, 33000};
    static const char *const names[] = {"dense", "table"};
    siamese_trainer_options const o = options_of(SIAMESE_OPTIMIZER_ADAM);
    sm_pool *const pool = pool_of(2);
    sm_parameters list;
    const char *name = NULL;
    (void)state;
    fill(&o, &list);
    write_gradients(&list, 0);
    assert_int_equal(finite_at_all_levels(&list, pool, &name), 1);
    for (size_t p = 0; p < 2; p++)
        for (size_t i = 0; i < 4; i++)
            for (size_t j = 0; j < 4; j++) {
                float *const at = &list.items[p]->gradient[places[j]];
                *at = odd[i];
                assert_int_equal(finite_at_all_levels(&list, pool, &name), 0);
                assert_string_equal(name, names[p]);
                *at = 1.8e19f;
                assert_int_equal(finite_at_all_levels(&list, pool, &name), 1);
            }
    sm_parameters_free(&list);
    sm_pool_free(pool);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(optimizer__follows_its_rule),
        cmocka_unit_test(optimizer__same_bits_for_any_threads),
        cmocka_unit_test(optimizer__gives_keras_numbers),
        cmocka_unit_test(optimizer__alpha_of_adam_is_of_float32),
        cmocka_unit_test(schedule__falls_as_in_keras),
        cmocka_unit_test(schedule__warms_up),
        cmocka_unit_test(gradients__norm_is_of_all_and_of_the_clipped),
        cmocka_unit_test(gradients__that_are_not_finite_are_found),
    };
    return cmocka_run_group_tests_name("optimizer", tests, NULL, NULL);
}
