/* test_matrix.c: products with a layer's matrix have the bits of the kernels'
 * own, packed or not, at every level and in every precision. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

#include "common/memory.h"
#include "failing_allocator.h"
#include "kernel_levels.h"
#include "nn/matrix.h"
#include "random_numbers.h"

enum { MOST = 200, ROWS = 70, TABLE = 5 };

static float a[ROWS * MOST], b[MOST * (MOST + 3)], table[TABLE * MOST];
static float c[ROWS * (MOST + 1)], want[ROWS * (MOST + 1)];
static uint32_t rows[ROWS];

/* k, n, m; around a tile, a strip, and what is packed at once. */
static const size_t shapes[][3] = {{1, 1, 1},    {31, 64, 3},  {64, 31, 3},
                                   {32, 32, 1},  {64, 200, 2}, {129, 65, 65},
                                   {200, 96, 70}};
enum { SHAPES = sizeof shapes / sizeof *shapes };

static int fill(void **state)
{
    test_random random = {3};
    (void)state;
    test_random_floats(&random, 1, a, sizeof a / sizeof *a);
    test_random_floats(&random, 1, b, sizeof b / sizeof *b);
    test_random_floats(&random, 1, table, sizeof table / sizeof *table);
    for (size_t i = 0; i < ROWS; i++) rows[i] = (uint32_t)(i * 3 % TABLE);
    return 0;
}

/* Each start, beside the kernels' product that begins so. */
static void assert_products(const sm_matrix *w, size_t m)
{
    size_t const k = w->k, n = w->n, ldc = n + 1;
    sm_start const starts[] = {
        {NULL, 0, NULL}, {c, ldc, NULL}, {table, 0, NULL}, {table, n, rows}};
    for (size_t s = 0; s < 4; s++) {
        for (size_t i = 0; i < m * ldc; i++)
            c[i] = want[i] = (float)(i % 9) - 4;
        sm_matrix_multiply(w, &starts[s], m, a, k, c, ldc);
        if (s == 0)
            w->kernels->gemm(m, n, k, a, k, 1, b, w->ldb, want, ldc);
        else if (s == 1)
            w->kernels->gemm_add(m, n, k, a, k, 1, b, w->ldb, want, ldc);
        else if (s == 2)
            w->kernels->gemm_bias(m, n, k, a, k, 1, b, w->ldb, table, want,
                                  ldc);
        else
            w->kernels->gemm_look_up(m, n, k, a, k, 1, b, w->ldb, table, rows,
                                     want, ldc);
        assert_memory_equal(c, want, m * ldc * sizeof *c);
    }
}

/* One matrix after the other in the same memory. */
static void assert_shapes(const sm_kernels *kernels, bool packs)
{
    sm_matrix w = {.strips = NULL};
    for (size_t s = 0; s < SHAPES; s++) {
        size_t const k = shapes[s][0], n = shapes[s][1];
        for (size_t more = 0; more < 4; more += 3) {
            sm_matrix_update(&w, kernels, k, n, b, n + more);
            assert_int_equal(w.strips != NULL, packs && k >= 32 && n >= 32);
            assert_products(&w, shapes[s][2]);
        }
    }
    sm_matrix_free(&w);
}

static void each_precision(bool packs)
{
    for (int32_t level = 0; test_next_level(&level);) {
        const sm_kernels *kernels;
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        for (int32_t precision = SIAMESE_MATMUL_PRECISION_FLOAT32;
             precision <= SIAMESE_MATMUL_PRECISION_AMX_BFLOAT16; precision++)
            assert_shapes(sm_kernels_of(precision, kernels),
                          packs &&
                              precision != SIAMESE_MATMUL_PRECISION_FLOAT32);
    }
}

static void matrix__has_the_kernels_bits(void **state)
{
    (void)state;
    each_precision(true);
}

static void matrix__without_memory_is_multiplied_as_it_stands(void **state)
{
    siamese_allocator const failing = {.struct_size = sizeof failing,
                                       .allocate = allocate,
                                       .reallocate = reallocate,
                                       .deallocate = deallocate};
    (void)state;
    assert_int_equal(siamese_set_allocator(&failing), 0);
    fail_from(0);
    each_precision(false);
    fail_from(-1);
    assert_int_equal(siamese_set_allocator(NULL), 0);
}

/* Kernels of another precision, or values that changed. */
static void matrix__follows_what_changes(void **state)
{
    const sm_kernels *const of_floats = sm_kernels_best();
    const sm_kernels *const of_bfloat16 =
        sm_kernels_of(SIAMESE_MATMUL_PRECISION_BFLOAT16, of_floats);
    sm_matrix w = {.strips = NULL};
    (void)state;
    sm_matrix_update(&w, of_bfloat16, 64, 64, b, 64);
    assert_products(&w, 9);
    b[7] += 1;
    sm_matrix_update(&w, of_bfloat16, 64, 64, b, 64);
    assert_products(&w, 9);
    sm_matrix_update(&w, of_floats, 64, 64, b, 64);
    assert_null(w.strips);
    assert_products(&w, 9);
    sm_matrix_free(&w);
    assert_null(w.strips);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matrix__has_the_kernels_bits),
        cmocka_unit_test(matrix__without_memory_is_multiplied_as_it_stands),
        cmocka_unit_test(matrix__follows_what_changes),
    };
    return cmocka_run_group_tests(tests, fill, NULL);
}
