/* The kernels of every level but AVX-512 to the last bit, against plain loops
 * with a level's lanes and rounding: 8 lanes and multiply-adds rounded once are
 * AVX2 and NEON, 4 lanes and two roundings the portable level, on every kind of
 * processor. So two machines that pass have the same bits. */
#include <float.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kernel_levels.h"
#include "math/half.h"
#include "math/kernels.h"
#include "random_numbers.h"

enum { LONGEST = 70, MOST_LANES = 8 };

static const sm_kernels *kernels; /* of the level under test */
static size_t lanes;              /* of it */
static test_random random_state = {77};

static float fma_of_level(float x, float y, float z)
{
    if (lanes == 8) return fmaf(x, y, z);
    float const product = x * y;
    return product + z;
}

static float larger(float x, float y)
{
    return x > y ? x : y;
}

static float smaller(float x, float y)
{
    return x < y ? x : y;
}

/* Half upon half. */
static float sum_of_lanes(const float *x)
{
    float y[MOST_LANES];
    memcpy(y, x, lanes * sizeof *x);
    for (size_t n = lanes / 2; n > 0; n /= 2)
        for (size_t i = 0; i < n; i++) y[i] += y[i + n];
    return y[0];
}

static void check(const char *what, size_t n, size_t i, float got, float wanted)
{
    if (memcmp(&got, &wanted, sizeof got) == 0) return;
    if (isnan(got) && isnan(wanted)) return;
    fail_msg("%s of %zu at level %s, %zu: %a, not %a", what, n, kernels->name,
             i, (double)got, (double)wanted);
}

static void check_all(const char *what, size_t n, const float *got,
                      const float *wanted)
{
    for (size_t i = 0; i < n; i++) check(what, n, i, got[i], wanted[i]);
}

static void random_floats(float *x, size_t n, double limit)
{
    test_random_floats(&random_state, limit, x, n);
}

static void for_each_level(void (*test)(void))
{
    for (int32_t level = 0; test_next_level(&level);) {
        if (level == SIAMESE_KERNEL_AVX512) continue;
        assert_int_equal(sm_kernels_select(level, &kernels), 0);
        lanes = level == SIAMESE_KERNEL_PORTABLE ? 4 : 8;
        test();
    }
}

/* ---- functions of one number ---- */

/* c[0] x^(n - 1) + ... + c[n - 1], by Horner's rule */
static float polynomial(const float *c, size_t n, float x)
{
    float p = c[0];
    for (size_t i = 1; i < n; i++) p = fma_of_level(p, x, c[i]);
    return p;
}

static float tanh_of_level(float x)
{
    static const float p[] = {-2.76076847742355e-16f, 2.00018790482477e-13f,
                              -8.60467152213735e-11f, 5.12229709037114e-08f,
                              1.48572235717979e-05f,  6.37261928875436e-04f,
                              4.89352455891786e-03f};
    static const float q[] = {1.19825839466702e-06f, 1.18534705686654e-04f,
                              2.26843463243900e-03f, 4.89352518554385e-03f};
    float const limit = 7.90531110763549805f;
    float const y = smaller(limit, larger(-limit, x));
    return y * polynomial(p, 7, y * y) / polynomial(q, 4, y * y);
}

static float sigmoid_of_level(float x)
{
    return fma_of_level(0.5f, tanh_of_level(0.5f * x), 0.5f);
}

static float exp_of_level(float x)
{
    static const float c[] = {1.9875691500e-4f, 1.3981999507e-3f,
                              8.3334519073e-3f, 4.1665795894e-2f,
                              1.6666665459e-1f, 5.0000001201e-1f};
    float const y = larger(-87.33654f, x);
    float const n = rintf(y * 1.44269504088896341f);
    float r = fma_of_level(n, -0.693359375f, y);
    r = fma_of_level(n, 2.12194440e-4f, r);
    float const p = fma_of_level(r * r, polynomial(c, 6, r), r) + 1.0f;
    return isnan(n) ? n : p * ldexpf(1, (int)n);
}

static void functions(void)
{
    enum { COUNT = 4001 };
    static float x[COUNT], y[COUNT], wanted[COUNT];
    for (size_t i = 0; i < COUNT; i++) x[i] = ((float)i - 2000.0f) * 0.005f;
    x[0] = NAN, x[1] = INFINITY, x[2] = -INFINITY, x[3] = -0.0f;
    x[4] = FLT_MAX, x[5] = 1e-40f, x[6] = -1e-40f;
    kernels->activate(SIAMESE_ACTIVATION_TANH, COUNT, x, y);
    for (size_t i = 0; i < COUNT; i++) wanted[i] = tanh_of_level(x[i]);
    check_all("tanh", COUNT, y, wanted);
    kernels->activate(SIAMESE_ACTIVATION_RELU, COUNT, x, y);
    for (size_t i = 0; i < COUNT; i++) wanted[i] = larger(0, x[i]);
    check_all("relu", COUNT, y, wanted);
    kernels->clip(COUNT, x, 3.0f, 0.7f, y);
    for (size_t i = 0; i < COUNT; i++)
        wanted[i] = 0.7f * smaller(3.0f, larger(-3.0f, x[i]));
    check_all("clip", COUNT, y, wanted);
    for (size_t i = 0; i < COUNT; i++)
        x[i] = ((float)i - 2000.0f) * (i < 2000 ? 0.044f : 0.05f * 0.8f);
    x[0] = NAN, x[1] = -INFINITY, x[2] = -0.0f;
    memcpy(y, x, sizeof y);
    kernels->exp_sum(COUNT, 0, y);
    for (size_t i = 0; i < COUNT; i++) wanted[i] = exp_of_level(x[i]);
    check_all("exp", COUNT, y, wanted);
}

static void test_functions__have_the_bits_of_plain_loops(void **state)
{
    (void)state;
    for_each_level(functions);
}

/* ---- sums ---- */

static void one_dot(const float *a, const float *b, size_t n)
{
    float sum[4][MOST_LANES] = {{0}}, total[MOST_LANES];
    size_t i = 0;
    for (; i + 4 * lanes <= n; i += 4 * lanes)
        for (size_t j = 0; j < 4 * lanes; j++) {
            float *const to = &sum[j / lanes][j % lanes];
            *to = fma_of_level(a[i + j], b[i + j], *to);
        }
    for (; i < n;
         i++) { /* whole vectors to the first sum, a rest to the next */
        size_t const rest = n - n % lanes;
        float *const to = &sum[i >= rest][i % lanes];
        *to = fma_of_level(a[i], b[i], *to);
    }
    for (size_t j = 0; j < lanes; j++)
        total[j] = (sum[0][j] + sum[1][j]) + (sum[2][j] + sum[3][j]);
    check("dot", n, 0, kernels->dot(a, b, n), sum_of_lanes(total));
}

static float one_score(const float *a, const float *b, size_t n)
{
    float sum[MOST_LANES] = {0};
    for (size_t i = 0; i < n; i++)
        sum[i % lanes] = fma_of_level(a[i], b[i], sum[i % lanes]);
    return sum_of_lanes(sum);
}

static void sums(void)
{
    enum { QUERIES = 3, ROWS = 13 };
    static float a[QUERIES * LONGEST], b[ROWS * LONGEST], c[QUERIES * ROWS];
    for (size_t n = 1; n <= LONGEST; n++) {
        random_floats(a, QUERIES * n, 1);
        random_floats(b, ROWS * n, 1);
        one_dot(a, b, n);
        kernels->scores(QUERIES, ROWS, n, a, b, NULL, c, ROWS);
        for (size_t i = 0; i < QUERIES * ROWS; i++)
            check("scores", n, i, c[i],
                  one_score(a + i / ROWS * n, b + i % ROWS * n, n));
    }
}

static void test_sums__have_the_bits_of_plain_loops(void **state)
{
    (void)state;
    for_each_level(sums);
}

/* ---- products and sums of rows: one chain for each element ---- */

static void chains(void)
{
    enum { M = 7, K = 9, ROWS = 5 };
    static const int32_t rows[ROWS] = {3, 0, 3, 2, 1};
    static float a[M * K], b[K * LONGEST], c[M * LONGEST], y[LONGEST];
    static float weights[ROWS], scales[4] = {0.5f, 0.037f, 1.25e-3f, 3};
    static uint16_t halves[4 * LONGEST];
    static int8_t bytes[4 * LONGEST];
    for (size_t n = 1; n <= LONGEST; n++) {
        random_floats(a, M * K, 1);
        random_floats(b, K * n, 1);
        random_floats(weights, ROWS, 1);
        kernels->gemm(M, n, K, a, K, 1, b, n, c, n);
        for (size_t i = 0; i < M * n; i++) {
            float sum = 0;
            for (size_t k = 0; k < K; k++)
                sum = fma_of_level(a[i / n * K + k], b[k * n + i % n], sum);
            check("gemm", n, i, c[i], sum);
        }
        for (size_t i = 0; i < 4 * n; i++) {
            halves[i] = sm_half_of_float(b[i]);
            bytes[i] = (int8_t)(b[i] * 127);
        }
        kernels->sum_rows(n, ROWS, rows, weights, b, y);
        for (size_t kind = 0; kind < 3; kind++) {
            if (kind == 1)
                kernels->sum_rows_float16(n, ROWS, rows, weights, halves, y);
            if (kind == 2)
                kernels->sum_rows_int8(n, ROWS, rows, weights, bytes, scales,
                                       y);
            for (size_t j = 0; j < n; j++) {
                float sum = 0;
                for (size_t r = 0; r < ROWS; r++) {
                    size_t const at = (size_t)rows[r] * n + j;
                    float const x = kind == 0 ? b[at]
                                    : kind == 1
                                        ? sm_half_to_float(halves[at])
                                        : (float)bytes[at] * scales[rows[r]];
                    sum = fma_of_level(weights[r], x, sum);
                }
                check("sum_rows", n, j, y[j], sum);
            }
        }
    }
}

static void test_chains__have_the_bits_of_plain_loops(void **state)
{
    (void)state;
    for_each_level(chains);
}

/* ---- rows and cells ---- */

static void one_softmax(size_t n)
{
    float x[LONGEST], wanted[LONGEST], sum[MOST_LANES] = {0};
    random_floats(x, n, 5);
    float highest = x[0];
    for (size_t i = 1; i < n; i++) highest = larger(highest, x[i]);
    for (size_t i = 0; i < n; i++) {
        wanted[i] = exp_of_level((x[i] - highest) * 0.5f);
        sum[i % lanes] += wanted[i];
    }
    float const scale = 1 / sum_of_lanes(sum);
    for (size_t i = 0; i < n; i++) wanted[i] *= scale;
    kernels->softmax(1, n, 0.5f, x);
    check_all("softmax", n, x, wanted);
}

static void one_norm(size_t n)
{
    float x[LONGEST], y[LONGEST], gamma[LONGEST], beta[LONGEST];
    float sum[MOST_LANES] = {0}, squares[MOST_LANES] = {0};
    random_floats(x, n, 5);
    random_floats(gamma, n, 1);
    random_floats(beta, n, 1);
    for (size_t i = 0; i < n; i++) sum[i % lanes] += x[i];
    float const mean = sum_of_lanes(sum) / (float)n;
    for (size_t i = 0; i < n; i++) {
        float const d = x[i] - mean;
        squares[i % lanes] = fma_of_level(d, d, squares[i % lanes]);
    }
    float const scale = 1 / sqrtf(sum_of_lanes(squares) / (float)n + 1e-5f);
    kernels->layer_norm(1, n, x, gamma, beta, 1e-5f, NULL, NULL, y);
    for (size_t i = 0; i < n; i++)
        check("layer_norm", n, i, y[i],
              fma_of_level((x[i] - mean) * scale, gamma[i], beta[i]));
}

static void one_lstm_step(size_t units)
{
    enum { MOST = 32 };
    float z[4 * MOST], gates[4 * MOST], before[MOST], c[MOST], h[MOST];
    random_floats(z, 4 * units, 4);
    random_floats(before, units, 2);
    memcpy(gates, z, sizeof gates);
    kernels->lstm_forward(1, units, gates, before, c, h);
    for (size_t j = 0; j < units; j++) {
        float const i = sigmoid_of_level(z[j]);
        float const f = sigmoid_of_level(z[units + j]);
        float const g = tanh_of_level(z[2 * units + j]);
        float const o = sigmoid_of_level(z[3 * units + j]);
        float const after = fma_of_level(f, before[j], i * g);
        check("gate i", units, j, gates[j], i);
        check("gate f", units, j, gates[units + j], f);
        check("gate g", units, j, gates[2 * units + j], g);
        check("gate o", units, j, gates[3 * units + j], o);
        check("c", units, j, c[j], after);
        check("h", units, j, h[j], o * tanh_of_level(after));
    }
}

static void one_adam_step(size_t n)
{
    float value[LONGEST], old[LONGEST], g[LONGEST], m[LONGEST], v[LONGEST];
    float m0[LONGEST], v0[LONGEST];
    random_floats(value, n, 1);
    random_floats(g, n, 1);
    random_floats(m, n, 0.1);
    for (size_t i = 0; i < n; i++) v[i] = m[i] * m[i];
    memcpy(old, value, sizeof old);
    memcpy(m0, m, sizeof m0);
    memcpy(v0, v, sizeof v0);
    kernels->adam(n, value, g, m, v, 0.003f, 0.1f, 0.001f, 1e-7f);
    for (size_t i = 0; i < n; i++) {
        float const m1 = fma_of_level(g[i] - m0[i], 0.1f, m0[i]);
        float const v1 = fma_of_level(g[i] * g[i] - v0[i], 0.001f, v0[i]);
        check("m", n, i, m[i], m1);
        check("v", n, i, v[i], v1);
        check("value", n, i, value[i],
              old[i] - 0.003f * m1 / (sqrtf(v1) + 1e-7f));
    }
}

static void rows_and_cells(void)
{
    for (size_t n = 1; n <= LONGEST; n++) {
        one_softmax(n);
        one_norm(n);
        one_adam_step(n);
    }
    for (size_t units = 8; units <= 32; units += 8) one_lstm_step(units);
}

static void test_rows_and_cells__have_the_bits_of_plain_loops(void **state)
{
    (void)state;
    for_each_level(rows_and_cells);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_functions__have_the_bits_of_plain_loops),
        cmocka_unit_test(test_sums__have_the_bits_of_plain_loops),
        cmocka_unit_test(test_chains__have_the_bits_of_plain_loops),
        cmocka_unit_test(test_rows_and_cells__have_the_bits_of_plain_loops),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
