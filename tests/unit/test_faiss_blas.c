/* The BLAS function that FAISS finds inside the library, against its definition
 * in double precision. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "index/faiss_blas.h"
#include "random_numbers.h"

typedef struct product {
    char ta, tb;
    int32_t m, n, k;
    float alpha, beta;
} product;

static float *numbers(size_t count, uint32_t seed)
{
    float *const values = malloc((count + 1) * sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(test_lcg(&seed) >> 8) / 16777216.0f - 0.5f;
    return values;
}

static int is_plain(char flag)
{
    return flag == 'N' || flag == 'n';
}

/* C by columns, ldc m + 3, with NAN where beta leaves nothing. */
static float *multiply(const product *p, const float *a, int32_t lda,
                       const float *b, int32_t ldb, const float *before)
{
    int32_t const ldc = p->m + 3;
    float *const c = numbers((size_t)ldc * (size_t)p->n, 3);
    for (int32_t i = 0; i < ldc * p->n; i++)
        c[i] = p->beta == 0 ? NAN : before[i];
    sgemm_(&p->ta, &p->tb, &p->m, &p->n, &p->k, &p->alpha, a, &lda, b, &ldb,
           &p->beta, c, &ldc);
    return c;
}

static void check(const product *p)
{
    int32_t const lda = (is_plain(p->ta) ? p->m : p->k) + 2;
    int32_t const ldb = (is_plain(p->tb) ? p->k : p->n) + 1;
    int32_t const ldc = p->m + 3;
    float *const a = numbers((size_t)lda * (size_t)(p->m + p->k), 1);
    float *const b = numbers((size_t)ldb * (size_t)(p->n + p->k), 2);
    float *const before = numbers((size_t)ldc * (size_t)p->n, 3);
    float *const c = multiply(p, a, lda, b, ldb, before);
    for (int32_t j = 0; j < p->n; j++)
        for (int32_t i = 0; i < ldc; i++) {
            float const was = before[j * ldc + i], got = c[j * ldc + i];
            double sum = 0;
            if (i >= p->m) { /* between the columns nothing is written */
                assert_true(p->beta == 0 ? isnan(got) : got == was);
                continue;
            }
            for (int32_t l = 0; l < p->k; l++)
                sum +=
                    (double)(is_plain(p->ta) ? a[l * lda + i]
                                             : a[i * lda + l]) *
                    (double)(is_plain(p->tb) ? b[j * ldb + l] : b[l * ldb + j]);
            double const wanted =
                p->alpha * sum + (p->beta == 0 ? 0 : p->beta * was);
            assert_float_equal(got, wanted, 1e-6 * (p->k + 1));
        }
    free(a);
    free(b);
    free(c);
    free(before);
}

static void test_sgemm__equals_double_precision(void **state)
{
    static const int32_t shapes[][3] = {{1, 1, 1},    {3, 5, 7},
                                        {65, 40, 63}, {64, 64, 64},
                                        {70, 3, 200}, {9, 130, 65}};
    static const char flags[] = {'N', 'T', 'n', 't', 'C'};
    static const float scales[][2] = {{1, 0}, {-2, 1}, {0.5f, -0.25f}, {0, 2}};
    (void)state;
    for (size_t s = 0; s < 6; s++)
        for (size_t f = 0; f < 25; f++)
            for (size_t x = 0; x < 4; x++) {
                product const p = {flags[f % 5], flags[f / 5], shapes[s][0],
                                   shapes[s][1], shapes[s][2], scales[x][0],
                                   scales[x][1]};
                check(&p);
            }
}

static void test_sgemm__scales_alone_without_depth(void **state)
{
    (void)state;
    product const p = {'N', 'N', 5, 4, 0, 1, 0.5f};
    product const none = {'N', 'N', 0, 4, 3, 1, 0};
    check(&p);
    check(&none);
}

/* Of the first i columns of C, and of its first i rows alone. */
static void test_sgemm__bits_do_not_depend_on_the_size(void **state)
{
    enum { M = 150, N = 90, K = 130 };
    (void)state;
    float *const a = numbers(M * K, 5), *const b = numbers(N * K, 6);
    product const whole = {'T', 'N', M, N, K, -2, 0};
    float *const all = multiply(&whole, a, K, b, K, NULL);
    for (int32_t part = 1; part < N; part += 7) {
        product p = whole;
        p.m = part;
        p.n = N - part;
        float *const some = multiply(&p, a, K, b, K, NULL);
        for (int32_t j = 0; j < p.n; j++)
            assert_memory_equal(some + j * (p.m + 3), all + j * (M + 3),
                                (size_t)p.m * sizeof *all);
        free(some);
    }
    free(all);
    free(a);
    free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sgemm__equals_double_precision),
        cmocka_unit_test(test_sgemm__scales_alone_without_depth),
        cmocka_unit_test(test_sgemm__bits_do_not_depend_on_the_size),
    };
    return cmocka_run_group_tests_name("faiss_blas", tests, NULL, NULL);
}
