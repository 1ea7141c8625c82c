/* Tables in float16 and int8: rounding against its definition in double
 * precision, and sums of rows against those of the same numbers as floats. */
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
#include "math/half.h"
#include "nn/parameter_list.h"
#include "nn/table_precision.h"
#include "random_numbers.h"

enum { ROWS = 24, WIDEST = 300 };

static const int32_t packed[] = {SIAMESE_PRECISION_FLOAT16,
                                 SIAMESE_PRECISION_INT8};

static sm_parameter *table(sm_parameters *list, int32_t precision, size_t rows,
                           size_t width)
{
    sm_parameter *p;
    *list = (sm_parameters){.precision = precision};
    assert_int_equal(sm_parameters_add_table(list, "table", rows, width, &p),
                     0);
    return p;
}

static uint32_t bits_of(float x)
{
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    return bits;
}

/* ---- halves ---- */

/* By the definition of binary16. */
static double half_value(uint16_t half)
{
    int const exponent = half >> 10 & 31;
    double const fraction = half & 0x3ff;
    double const x =
        exponent ? ldexp(1024 + fraction, exponent - 25) : ldexp(fraction, -24);
    return half >> 15 ? -x : x;
}

static void half__is_every_binary16(void **state)
{
    (void)state;
    for (uint32_t i = 0; i < 1 << 16; i++) {
        uint16_t const half = (uint16_t)i;
        if (!sm_half_finite(half)) continue;
        float const x = sm_half_to_float(half);
        assert_true((double)x == half_value(half));
        assert_int_equal(bits_of(x) >> 31, half >> 15);
        assert_int_equal(sm_half_of_float(x), half);
    }
}

static void check_nearest(float x)
{
    uint16_t const half = sm_half_of_float(x);
    double const error = fabs(half_value(half) - (double)x);
    assert_true(sm_half_finite(half));
    assert_int_equal(bits_of(x) >> 31, half >> 15);
    if (fabsf(x) >= 65520) assert_int_equal(half & 0x7fff, 0x7bff);
    if (fabsf(x) >= 65520) return;
    for (int step = -1; step <= 1; step += 2) {
        int const magnitude = (half & 0x7fff) + step;
        if (magnitude < 0 || magnitude > 0x7bff) continue;
        double const other = half_value((uint16_t)magnitude);
        double const distance = fabs(other - fabs((double)x));
        assert_true(error < distance || (error == distance && half % 2 == 0));
    }
}

static void half__is_the_nearest_ties_to_even(void **state)
{
    test_random random = {3};
    (void)state;
    for (size_t i = 0; i < 200000; i++) {
        uint32_t const bits = (uint32_t)test_random_bits(&random);
        float x;
        memcpy(&x, &bits, sizeof x);
        if (isfinite(x)) check_nearest(x);
        check_nearest((float)test_random_real(&random, 2));
        check_nearest((float)test_random_real(&random, 1e-6));
    }
    /* the middles between all neighbours, and the floats beside them */
    for (uint16_t half = 0; half < 0x7bff; half++) {
        float const middle =
            (float)((half_value(half) + half_value(half + 1)) / 2);
        check_nearest(middle);
        check_nearest(-nextafterf(middle, 0));
        check_nearest(nextafterf(middle, INFINITY));
    }
    check_nearest(FLT_MAX);
    check_nearest(-65520);
}

/* ---- int8 ---- */

static void fill_rows(float *values, size_t width, uint64_t seed)
{
    test_random random = {seed};
    for (size_t r = 0; r < ROWS; r++)
        test_random_floats(&random, ldexp(1, (int)(5 * r) - 60),
                           values + r * width, width);
    for (size_t j = 0; j < width; j++) {
        values[j] = 0;
        values[width + j] = (float)j * 1e-45f; /* too small for a scale */
        values[2 * width + j] = j % 2 ? FLT_MAX : -FLT_MAX;
        values[3 * width + j] = j % 3 ? -0.0f : 1;
    }
}

static void int8__is_within_half_a_scale(void **state)
{
    sm_parameters list;
    float values[ROWS * WIDEST], back[ROWS * WIDEST];
    size_t at;
    (void)state;
    for (size_t width = 2; width <= WIDEST; width += 149) {
        sm_parameter *const p =
            table(&list, SIAMESE_PRECISION_INT8, ROWS, width);
        fill_rows(values, width, width);
        sm_values_round(p, values);
        assert_true(sm_values_valid(p, &at));
        sm_values_read(p, 0, p->count, back);
        for (size_t r = 0; r < ROWS; r++) {
            double most = 0;
            double const s = p->scale[r];
            for (size_t j = 0; j < width; j++)
                most = fmax(most, fabs((double)values[r * width + j]));
            if (most / 127 < FLT_MIN) {
                assert_true(s == 0);
            } else {
                assert_true(s <= (double)(float)(most / 127));
                assert_true(s >= most / 127 * (1 - 0x1p-15));
            }
            for (size_t j = 0; j < width; j++) {
                size_t const i = r * width + j;
                /* exact: a float holds the product */
                assert_true((double)back[i] == (double)p->int8[i] * s);
                assert_true(fabs((double)back[i] - (double)values[i]) <=
                            (s > 0 ? s / 2 : 127 * (double)FLT_MIN));
            }
        }
        sm_parameters_free(&list);
    }
}

static void rounding__of_what_was_rounded_changes_nothing(void **state)
{
    float values[ROWS * 16], once[ROWS * 16], twice[ROWS * 16];
    sm_parameters list;
    (void)state;
    for (size_t f = 0; f < 2; f++) {
        sm_parameter *const p = table(&list, packed[f], ROWS, 16);
        fill_rows(values, 16, 9);
        sm_values_round(p, values);
        sm_values_read(p, 0, p->count, once);
        sm_values_round(p, once);
        sm_values_read(p, 0, p->count, twice);
        assert_memory_equal(once, twice, sizeof once);
        sm_parameters_free(&list);
    }
}

/* ---- both ---- */

static void values__are_read_and_assigned_in_any_part(void **state)
{
    enum { WIDTH = 7 };
    float values[ROWS * WIDTH], whole[ROWS * WIDTH], part[ROWS * WIDTH];
    sm_parameters list[2];
    test_random random = {4};
    (void)state;
    test_random_floats(&random, 1, values, ROWS * WIDTH);
    for (int32_t f = 0; f < 3; f++)
        for (int32_t g = 0; g < 3; g++) {
            sm_parameter *const p = table(&list[0], f, ROWS, WIDTH);
            sm_parameter *const q = table(&list[1], g, ROWS, WIDTH);
            sm_values_round(p, values);
            sm_values_read(p, 0, p->count, whole);
            for (size_t first = 0; first < p->count; first += 5) {
                size_t const n = (p->count - first) * 2 / 3;
                sm_values_read(p, first, n, part);
                assert_memory_equal(part, whole + first, n * sizeof *part);
            }
            sm_values_assign(q, p);
            sm_values_read(q, 0, q->count, part);
            sm_values_round(q, whole);
            sm_values_read(q, 0, q->count, whole);
            assert_memory_equal(part, whole, sizeof whole);
            sm_parameters_free(&list[0]);
            sm_parameters_free(&list[1]);
        }
}

static void check_sums(const sm_kernels *kernels, const sm_parameter *p,
                       const float *values, const int32_t *rows, size_t count,
                       const float *weights)
{
    size_t const width = p->shape[1], bytes = width * sizeof(float);
    float *const sum = malloc(bytes), *const expected = malloc(bytes);
    sm_values_sum(kernels, p, count, rows, weights, sum);
    kernels->sum_rows(width, count, rows, weights, values, expected);
    assert_memory_equal(sum, expected, bytes);
    free(sum);
    free(expected);
}

static void sum__has_the_bits_of_the_floats(void **state)
{
    static const size_t widths[] = {2,  3,  8,   16,  17,  31,
                                    64, 72, 128, 130, 256, WIDEST};
    static const size_t counts[] = {0, 1, 5, 40};
    float values[ROWS * WIDEST], weights[40];
    int32_t rows[40];
    test_random random = {6};
    (void)state;
    test_random_floats(&random, 1, weights, 40);
    for (size_t i = 0; i < 40; i++)
        rows[i] = (int32_t)test_random_below(&random, ROWS);
    for (size_t w = 0; w < sizeof widths / sizeof *widths; w++)
        for (size_t f = 0; f < 2; f++) {
            sm_parameters list;
            sm_parameter *const p = table(&list, packed[f], ROWS, widths[w]);
            test_random_floats(&random, 1, values, p->count);
            sm_values_round(p, values);
            sm_values_read(p, 0, p->count, values);
            for (int32_t level = 0; test_next_level(&level);) {
                const sm_kernels *kernels;
                assert_int_equal(sm_kernels_select(level, &kernels), 0);
                for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
                    check_sums(kernels, p, values, rows, counts[c], NULL);
                    check_sums(kernels, p, values, rows, counts[c], weights);
                }
            }
            sm_parameters_free(&list);
        }
}

static void list__counts_bytes_and_spares_single_numbers(void **state)
{
    sm_parameters list = {.precision = SIAMESE_PRECISION_INT8};
    size_t const shape[2] = {3, 5};
    sm_parameter *wide, *narrow, *dense;
    (void)state;
    assert_int_equal(sm_parameters_add_table(&list, "a", 10, 6, &wide), 0);
    assert_int_equal(sm_parameters_add_table(&list, "b", 10, 1, &narrow), 0);
    assert_int_equal(sm_parameters_add(&list, "c", 2, shape, &dense), 0);
    assert_int_equal(wide->precision, SIAMESE_PRECISION_INT8);
    assert_int_equal(narrow->precision, SIAMESE_PRECISION_FLOAT32);
    assert_int_equal(dense->precision, SIAMESE_PRECISION_FLOAT32);
    assert_int_equal(list.bytes, 10 * (6 + 4) + 10 * 4 + 15 * 4);
    list.most = list.bytes + 19;
    assert_int_equal(sm_parameters_add_table(&list, "d", 2, 6, &wide),
                     SIAMESE_E_LIMIT);
    list.most++;
    assert_int_equal(sm_parameters_add_table(&list, "d", 2, 6, &wide), 0);
    sm_parameters_free(&list);
}

static void check_invalid(const sm_parameter *p, size_t expected)
{
    size_t at;
    assert_false(sm_values_valid(p, &at));
    assert_int_equal(at, expected);
}

static void valid__is_what_rounding_makes(void **state)
{
    static const float scales[] = {NAN,    INFINITY, -1,        -0.0f,
                                   1e-40f, FLT_MAX,  1.0000001f};
    sm_parameters list;
    size_t at;
    (void)state;
    sm_parameter *p = table(&list, SIAMESE_PRECISION_INT8, 3, 4);
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++) {
        p->scale[1] = scales[i];
        check_invalid(p, 4);
    }
    p->scale[1] = 1;
    p->int8[6] = -127;
    assert_true(sm_values_valid(p, &at));
    p->int8[6] = -128;
    check_invalid(p, 6);
    sm_parameters_free(&list);
    p = table(&list, SIAMESE_PRECISION_FLOAT16, 3, 4);
    p->half[5] = 0xfbff;
    assert_true(sm_values_valid(p, &at));
    p->half[5] = 0x7c00;
    check_invalid(p, 5);
    p->half[5] = 0xfe01;
    check_invalid(p, 5);
    sm_parameters_free(&list);
    p = table(&list, SIAMESE_PRECISION_FLOAT32, 3, 4);
    p->value[11] = NAN;
    check_invalid(p, 11);
    sm_parameters_free(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(half__is_every_binary16),
        cmocka_unit_test(half__is_the_nearest_ties_to_even),
        cmocka_unit_test(int8__is_within_half_a_scale),
        cmocka_unit_test(rounding__of_what_was_rounded_changes_nothing),
        cmocka_unit_test(values__are_read_and_assigned_in_any_part),
        cmocka_unit_test(sum__has_the_bits_of_the_floats),
        cmocka_unit_test(list__counts_bytes_and_spares_single_numbers),
        cmocka_unit_test(valid__is_what_rounding_makes),
    };
    return cmocka_run_group_tests_name("table_precision", tests, NULL, NULL);
}
