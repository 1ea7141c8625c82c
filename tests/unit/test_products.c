/* test_products.c: products of bfloat16 against their definition in
 * math/bfloat16.h, number by number, at every level and by every kind. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <math.h>
#include <siamese/siamese.h>

#include "common/memory.h"
#include "common/size.h"
#include "math/bfloat16.h"
#include "math/cpu.h"
#include "math/gemm.h"
#include "math/kernels_precision.h"
#include "math/products.h"
#include "math/products_any.h"
#include "math/products_same.h"
#include "random_numbers.h"

typedef struct product {
    size_t m, n, k;
    int ta, tb;
    float *a, *b; /* [m][k] and [k][n], or turned */
} product;

static float at_a(const product *p, size_t i, size_t l)
{
    return p->a[p->ta ? l * p->m + i : i * p->k + l];
}

static float at_b(const product *p, size_t l, size_t j)
{
    return p->b[p->tb ? j * p->k + l : l * p->n + j];
}

/* a_l b_l of rounded numbers, 0 behind the last */
static float addend(const product *p, size_t i, size_t j, size_t l)
{
    if (l >= p->k) return 0;
    return sm_bfloat16_round(at_a(p, i, l)) * sm_bfloat16_round(at_b(p, l, j));
}

static float by_chain(const product *p, size_t i, size_t j, float sum)
{
    for (size_t l = 0; l < sm_chunks(p->k, 32) * 32; l += 2) {
        sum += addend(p, i, j, l + 1);
        sum += addend(p, i, j, l);
    }
    return sum;
}

static float by_tiles(const product *p, size_t i, size_t j, float sum)
{
    for (size_t first = 0; first < p->k; first += 32) {
        float even = 0, odd = 0;
        for (size_t l = first; l < first + 32; l += 2) {
            even += addend(p, i, j, l);
            odd += addend(p, i, j, l + 1);
        }
        sum += even + odd;
    }
    return sum;
}

static float sum_of(const product *p, size_t i, size_t j, float start,
                    int32_t precision)
{
    return precision == SIAMESE_MATMUL_PRECISION_BFLOAT16
               ? by_chain(p, i, j, start)
               : by_tiles(p, i, j, start);
}

/* Memory for so many numbers, of ones that are not finite. */
static float *room(size_t numbers)
{
    float *const memory = sm_aligned_array(numbers, sizeof *memory);
    assert_non_null(memory);
    for (size_t i = 0; i < numbers; i++) memory[i] = NAN;
    return memory;
}

/* One of the four products of a layer, which begin with zeros, what C has, a
 * bias, or rows of a table. */
static void run_layer(const sm_kernels *by, int start, const product *p,
                      const float *table, const uint32_t *rows, float *c,
                      size_t ldc)
{
    size_t const a_row = p->ta ? 1 : p->k, a_column = p->ta ? p->m : 1;
    for (size_t i = 0; i < p->m; i++)
        for (size_t j = 0; j < p->n; j++) c[i * ldc + j] = table[j];
    if (start == 0)
        by->gemm(p->m, p->n, p->k, p->a, a_row, a_column, p->b, p->n, c, ldc);
    else if (start == 1)
        by->gemm_add(p->m, p->n, p->k, p->a, a_row, a_column, p->b, p->n, c,
                     ldc);
    else if (start == 2)
        by->gemm_bias(p->m, p->n, p->k, p->a, a_row, a_column, p->b, p->n,
                      table, c, ldc);
    else
        by->gemm_look_up(p->m, p->n, p->k, p->a, a_row, a_column, p->b, p->n,
                         table, rows, c, ldc);
}

/* Small ones are those of floats. */
static void assert_layers(const product *p, const sm_kernels *kernels,
                          int32_t precision)
{
    const sm_kernels *const by = sm_kernels_of(precision, kernels);
    bool const small = p->n < 32 || p->k < 32;
    size_t const ldc = p->n + 1;
    float *const c = room(p->m * ldc), *const table = room(p->n);
    float *const of_floats = room(p->m * ldc);
    uint32_t *const rows = sm_calloc(p->m, sizeof *rows);
    assert_non_null(rows);
    for (size_t j = 0; j < p->n; j++) table[j] = (float)(j % 7) - 3;
    for (int start = 0; start < 4; start++) {
        run_layer(by, start, p, table, rows, c, ldc);
        run_layer(kernels, start, p, table, rows, of_floats, ldc);
        for (size_t i = 0; i < p->m; i++)
            for (size_t j = 0; j < p->n; j++) {
                float const from = start ? table[j] : 0;
                float const want = small ? of_floats[i * ldc + j]
                                         : sum_of(p, i, j, from, precision);
                assert_memory_equal(&c[i * ldc + j], &want, sizeof want);
            }
    }
    sm_aligned_free(c);
    sm_aligned_free(of_floats);
    sm_aligned_free(table);
    sm_free(rows);
}

/* Packed strips behind each kind of start. */
static void assert_starts(const product *p, const sm_products *by,
                          const sm_kernels *kernels, int32_t precision,
                          const float *strips)
{
    size_t const ldc = p->n + 3;
    float *const c = room(p->m * ldc), *const table = room(3 * p->n);
    uint32_t *const rows = sm_calloc(p->m, sizeof *rows);
    assert_non_null(rows);
    for (size_t i = 0; i < p->m; i++) rows[i] = (uint32_t)(7 * i % 3);
    for (size_t j = 0; j < 3 * p->n; j++) table[j] = (float)(j % 11) - 5;
    sm_start const starts[] = {
        {NULL, 0, NULL}, {c, ldc, NULL}, {table, 0, NULL}, {table, p->n, rows}};
    for (size_t s = 0; s < 4; s++) {
        for (size_t i = 0; i < p->m * ldc; i++)
            c[i] = s == 1 ? (float)(i % 13) - 6 : NAN;
        by->multiply_on(kernels, &starts[s], p->m, p->n, p->k, p->a, p->k,
                        strips, c, ldc);
        for (size_t i = 0; i < p->m; i++) {
            for (size_t j = 0; j < p->n; j++) {
                float const from =
                    s == 0   ? 0
                    : s == 1 ? (float)((i * ldc + j) % 13) - 6
                             : table[(s == 3 ? rows[i] * p->n : 0) + j];
                float const want = sum_of(p, i, j, from, precision);
                assert_memory_equal(&c[i * ldc + j], &want, sizeof want);
            }
            for (size_t j = p->n; j < ldc; j++)
                assert_true(s == 1 ? c[i * ldc + j] ==
                                         (float)((i * ldc + j) % 13) - 6
                                   : isnan(c[i * ldc + j]));
        }
    }
    sm_aligned_free(c);
    sm_aligned_free(table);
    sm_free(rows);
}

static void assert_product(const product *p, const sm_products *by,
                           const sm_kernels *kernels, int32_t precision)
{
    size_t right = 0, left = 0;
    size_t const ldc = p->n + 3;
    assert_true(by->right_numbers(p->n, p->k, &right));
    assert_true(by->left_numbers(p->m, p->k, &left));
    float *const strips = room(right), *const packed = room(left);
    float *const c = room(p->m * ldc);
    for (size_t s = 0; s * SM_STRIP < p->n; s++)
        by->pack(kernels, s, p->tb, p->n, p->k, p->b, p->tb ? p->k : p->n,
                 strips);
    if (!p->ta) assert_starts(p, by, kernels, precision, strips);
    /* from the second strip on apart, as a part of the columns */
    for (size_t j = 0; j < p->n; j += SM_STRIP)
        if (j <= SM_STRIP)
            by->multiply(kernels, p->m, j ? p->n - j : sm_min(SM_STRIP, p->n),
                         p->k, p->a, p->ta ? 1 : p->k, p->ta ? p->m : 1,
                         by->strips_from(strips, j, p->k), c + j, ldc, packed);
    for (size_t i = 0; i < p->m; i++) {
        for (size_t j = 0; j < p->n; j++) {
            float const want = sum_of(p, i, j, 0, precision);
            assert_memory_equal(&c[i * ldc + j], &want, sizeof want);
        }
        for (size_t j = p->n; j < ldc; j++) assert_true(isnan(c[i * ldc + j]));
    }
    sm_aligned_free(strips);
    sm_aligned_free(packed);
    sm_aligned_free(c);
}

static const size_t shapes[][3] = {{1, 1, 1},    {3, 5, 2},     {16, 16, 32},
                                   {17, 33, 31}, {70, 64, 64},  {18, 200, 160},
                                   {33, 70, 95}, {64, 129, 33}, {5, 48, 257}};

/* Each shape, both sides as they stand and turned. */
static void each_product(const sm_products *by, const sm_kernels *kernels,
                         int32_t precision)
{
    for (size_t s = 0; s < sizeof shapes / sizeof *shapes; s++)
        for (int turned = 0; turned < 4; turned++) {
            product p = {shapes[s][0], shapes[s][1], shapes[s][2], turned & 1,
                         turned >> 1,  NULL,         NULL};
            p.a = room(p.m * p.k);
            p.b = room(p.k * p.n);
            test_random random = {1 + s};
            test_random_floats(&random, 2, p.a, p.m * p.k);
            test_random_floats(&random, 2, p.b, p.k * p.n);
            p.a[0] = 1e-39f; /* a zero */
            assert_product(&p, by, kernels, precision);
            if (!p.tb) assert_layers(&p, kernels, precision);
            sm_aligned_free(p.a);
            sm_aligned_free(p.b);
        }
}

static void each_level(int32_t precision, const sm_products *any)
{
    for (int32_t level = 0; level <= SIAMESE_KERNEL_NEON; level++) {
        const sm_kernels *kernels;
        if (!sm_kernels_available(level)) continue;
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        each_product(any, kernels, precision);
        each_product(sm_products_of(precision, kernels), kernels, precision);
    }
}

static void products__of_bfloat16_are_chains(void **state)
{
    (void)state;
    each_level(SIAMESE_MATMUL_PRECISION_BFLOAT16, &sm_products_chain_any);
}

static void products__of_amx_are_of_tiles(void **state)
{
    (void)state;
    each_level(SIAMESE_MATMUL_PRECISION_AMX_BFLOAT16, &sm_products_tiles_any);
}

/* Numbers that are not finite stay so, and a tie goes to the even side. */
static void products__round_to_the_nearest(void **state)
{
    (void)state;
    assert_true(sm_bfloat16_round(1.0f) == 1.0f);
    assert_true(sm_bfloat16_round(0x1.01p0f) == 1.0f);
    assert_true(sm_bfloat16_round(0x1.03p0f) == 0x1.04p0f);
    assert_true(sm_bfloat16_round(-0x1.010002p0f) == -0x1.02p0f);
    assert_true(sm_bfloat16_round(0x1.fffffep127f) == INFINITY);
    assert_true(sm_bfloat16_round(-INFINITY) == -INFINITY);
    assert_true(isnan(sm_bfloat16_round(NAN)));
    assert_true(sm_bfloat16_round(0x1p-126f) == 0x1p-126f);
    assert_true(sm_bfloat16_round(0x1.8p-127f) == 0);
    assert_true(signbit(sm_bfloat16_round(-0x1.8p-127f)));
}

static void assert_not_finite(int32_t precision, float odd)
{
    const sm_kernels *const kernels = sm_kernels_best();
    const sm_products *const by = sm_products_of(precision, kernels);
    float a[64], b[64], c = 0;
    size_t right, left;
    for (size_t l = 0; l < 64; l++) a[l] = b[l] = 1;
    a[37] = odd;
    assert_true(by->right_numbers(1, 64, &right));
    assert_true(by->left_numbers(1, 64, &left));
    float *const strips = room(right), *const packed = room(left);
    by->pack(kernels, 0, 1, 1, 64, b, 64, strips);
    by->multiply(kernels, 1, 1, 64, a, 64, 1, strips, &c, 1, packed);
    assert_false(isfinite(c));
    sm_aligned_free(strips);
    sm_aligned_free(packed);
}

static void products__keep_what_is_not_finite(void **state)
{
    (void)state;
    for (int32_t precision = 0; precision < 3; precision++) {
        assert_not_finite(precision, NAN);
        assert_not_finite(precision, INFINITY);
        assert_not_finite(precision, -INFINITY);
    }
}

/* Products of -0 alone, from -0 on. */
static void assert_zero(const sm_products *by, const sm_kernels *kernels,
                        int32_t precision, size_t k)
{
    float a[96] = {0}, b[96], c = -0.0f;
    for (size_t l = 0; l < 96; l++) b[l] = -1;
    product const p = {1, 1, k, 0, 0, a, b};
    float const want = sum_of(&p, 0, 0, c, precision);
    by->multiply_now(kernels, 1, 1, k, a, k, 1, b, 1, &c, 1, true);
    assert_memory_equal(&c, &want, sizeof c);
}

static void products__end_with_zeros(void **state)
{
    const sm_kernels *const kernels = sm_kernels_best();
    (void)state;
    for (size_t k = 1; k <= 96; k++)
        for (int32_t precision = SIAMESE_MATMUL_PRECISION_BFLOAT16;
             precision <= SIAMESE_MATMUL_PRECISION_AMX_BFLOAT16; precision++) {
            assert_zero(sm_products_of(precision, kernels), kernels, precision,
                        k);
            assert_zero(precision == SIAMESE_MATMUL_PRECISION_BFLOAT16
                            ? &sm_products_chain_any
                            : &sm_products_tiles_any,
                        kernels, precision, k);
        }
}

/* What a processor's instructions are held to before they are used. */
static void products__are_compared_by_their_bits(void **state)
{
    const sm_kernels *const kernels = sm_kernels_best();
    const sm_products *const chain =
        sm_products_of(SIAMESE_MATMUL_PRECISION_BFLOAT16, kernels);
    const sm_products *const tiles =
        sm_products_of(SIAMESE_MATMUL_PRECISION_AMX_BFLOAT16, kernels);
    const sm_products *const floats =
        sm_products_of(SIAMESE_MATMUL_PRECISION_FLOAT32, kernels);
    (void)state;
    assert_true(sm_products_same(chain, &sm_products_chain_any, kernels));
    assert_true(sm_products_same(tiles, &sm_products_tiles_any, kernels));
    assert_false(sm_products_same(chain, tiles, kernels));
    assert_false(sm_products_same(chain, floats, kernels));
    assert_false(sm_products_same(tiles, floats, kernels));
}

/* What `auto` becomes: never a kind that float kernels would have to compute,
 * and of floats below AVX-512. */
static void products__the_fastest_are_by_instructions(void **state)
{
    const sm_kernels *kernels;
    (void)state;
    for (int32_t level = SIAMESE_KERNEL_PORTABLE; level <= SIAMESE_KERNEL_NEON;
         level++) {
        if (sm_kernels_select(level, &kernels) != SIAMESE_OK) continue;
        int32_t const fastest = sm_products_fastest(kernels);
        const sm_products *const by = sm_products_of(fastest, kernels);
        assert_ptr_not_equal(by, &sm_products_chain_any);
        assert_ptr_not_equal(by, &sm_products_tiles_any);
        if (level != SIAMESE_KERNEL_AVX512)
            assert_int_equal(fastest, SIAMESE_MATMUL_PRECISION_FLOAT32);
        else if (sm_cpu_doubles_bfloat16())
            assert_int_not_equal(fastest, SIAMESE_MATMUL_PRECISION_FLOAT32);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(products__round_to_the_nearest),
        cmocka_unit_test(products__of_bfloat16_are_chains),
        cmocka_unit_test(products__of_amx_are_of_tiles),
        cmocka_unit_test(products__keep_what_is_not_finite),
        cmocka_unit_test(products__end_with_zeros),
        cmocka_unit_test(products__are_compared_by_their_bits),
        cmocka_unit_test(products__the_fastest_are_by_instructions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
