/* BLIS's micro-kernels, called by name, and the products made of them: each
 * element is one chain of multiply-adds over k, whatever stands beside it. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "kernel_levels.h"
#include "math/blis_tiles.h"
#include "math/gemm.h"
#include "random_numbers.h"

enum { MOST_DEPTH = 600, MOST_ROWS = 12, MOST_COLUMNS = 32 };

static const float unusual[] = {0.0f,   -0.0f,   INFINITY, -INFINITY, NAN,
                                1e-40f, -1e-40f, 3e38f,    -3e38f,    1.0f};

static void fill(float *values, size_t count, uint32_t seed)
{
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(test_lcg(&seed) >> 8) / 16777216.0f - 0.5f;
}

static float *numbers(size_t count, uint32_t seed)
{
    size_t const lines = (count + 15) / 16;
    float *const values = aligned_alloc(64, (lines ? lines : 1) * 64);
    assert_non_null(values);
    fill(values, count, seed);
    return values;
}

/* A panel that ends so many numbers before a page that cannot be read. */
typedef struct guarded {
    char *pages;
    size_t size;
    float *panel;
} guarded;

static guarded guard(size_t count, size_t slack)
{
    size_t const page = (size_t)getpagesize();
    size_t const used =
        ((count + slack) * sizeof(float) + page - 1) / page * page;
    guarded g = {.size = used + page};
    g.pages = mmap(NULL, g.size, PROT_READ | PROT_WRITE,
                   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(g.pages != MAP_FAILED);
    assert_int_equal(mprotect(g.pages + used, page, PROT_NONE), 0);
    g.panel = (float *)(void *)(g.pages + used) - count - slack;
    return g;
}

/* The element at (i, j) of a tile, by the definition. */
static float chain(const sm_tile *tile, size_t k, const float *a,
                   const float *b, size_t i, size_t j)
{
    float sum = 0;
    for (size_t p = 0; p < k; p++) {
        float const x = a[p * tile->rows + i], y = b[p * tile->columns + j];
        if (tile->fused) {
            sum = fmaf(x, y, sum);
        } else {
            float const product = x * y;
            sum = sum + product;
        }
    }
    return sum;
}

static int same_bits(float x, float y)
{
    return memcmp(&x, &y, sizeof x) == 0 || (isnan(x) && isnan(y));
}

static void check_tile(const sm_tile *tile, size_t k, size_t ldc,
                       const float *a, const float *b)
{
    float *const c = numbers(tile->rows * ldc + 1, 3);
    float *const before = numbers(tile->rows * ldc + 1, 3);
    tile->multiply(k, a, b, c, ldc);
    for (size_t i = 0; i < tile->rows; i++)
        for (size_t j = 0; j < ldc; j++) {
            float const wanted = j < tile->columns ? chain(tile, k, a, b, i, j)
                                                   : before[i * ldc + j];
            if (!same_bits(c[i * ldc + j], wanted))
                fail_msg("%s: k %zu, (%zu, %zu): %a, not %a", tile->name, k, i,
                         j, (double)c[i * ldc + j], (double)wanted);
        }
    free(c);
    free(before);
}

static void for_each_tile(void (*test)(const sm_tile *tile))
{
    for (size_t t = 0; t < sm_tile_count; t++) {
        if (sm_tiles[t].runs())
            test(&sm_tiles[t]);
        else
            print_message("# %s does not run here\n", sm_tiles[t].name);
    }
}

static void chains_of(const sm_tile *tile)
{
    int const all = getenv("SIAMESE_TEST_LONG") != NULL;
    float *const a = numbers(MOST_DEPTH * MOST_ROWS + SM_TILE_SLACK, 1);
    float *const b = numbers(MOST_DEPTH * MOST_COLUMNS + SM_TILE_SLACK, 2);
    for (size_t k = 1; k <= MOST_DEPTH; k += all || k < 40 ? 1 : 37) {
        check_tile(tile, k, tile->columns, a, b);
        check_tile(tile, k, tile->columns + 5, a, b);
    }
    free(a);
    free(b);
}

static void test_tile__elements_are_one_chain_over_k(void **state)
{
    (void)state;
    for_each_tile(chains_of);
}

static void unusual_numbers_of(const sm_tile *tile)
{
    size_t const k = 9, kinds = sizeof unusual / sizeof *unusual;
    float *const a = numbers(k * tile->rows + SM_TILE_SLACK, 4);
    float *const b = numbers(k * tile->columns + SM_TILE_SLACK, 5);
    for (size_t place = 0; place < k * tile->rows; place += 5)
        for (size_t kind = 0; kind < kinds; kind++) {
            float const own = a[place];
            a[place] = unusual[kind];
            b[place % (k * tile->columns)] = unusual[(kind + place) % kinds];
            check_tile(tile, k, tile->columns, a, b);
            a[place] = own;
        }
    free(a);
    free(b);
}

static void test_tile__keeps_what_is_not_finite_to_its_row(void **state)
{
    (void)state;
    for_each_tile(unusual_numbers_of);
}

static void reads_of(const sm_tile *tile)
{
    size_t const depths[] = {1, 2, 3, 4, 5, 7, 8, 16, 31, 64};
    for (size_t d = 0; d < sizeof depths / sizeof *depths; d++) {
        size_t const k = depths[d], slack = SM_TILE_SLACK;
        /* both panels begin on a cache line, the slack fills up to the page */
        size_t const of_a = (k * tile->rows + 15) / 16 * 16;
        size_t const of_b = (k * tile->columns + 15) / 16 * 16;
        guarded const a = guard(of_a, slack), b = guard(of_b, slack);
        fill(a.panel, of_a + slack, 6);
        fill(b.panel, of_b + slack, 7);
        check_tile(tile, k, tile->columns, a.panel, b.panel);
        munmap(a.pages, a.size);
        munmap(b.pages, b.size);
    }
}

static void test_tile__reads_no_further_than_the_slack(void **state)
{
    (void)state;
    for_each_tile(reads_of);
}

static void test_tile__belongs_to_a_level_with_its_rounding(void **state)
{
    (void)state;
    for (size_t t = 0; t < sm_tile_count; t++) {
        const sm_tile *const tile = &sm_tiles[t];
        const sm_kernels *kernels;
        assert_int_equal(SM_STRIP % tile->columns, 0);
        if (!tile->level) continue;
        assert_int_equal(tile->fused, tile->level != SIAMESE_KERNEL_PORTABLE);
        if (sm_kernels_select(tile->level, &kernels) == SIAMESE_OK)
            assert_int_equal(tile->columns, kernels->panel);
    }
}

/* ---- products of strips ---- */

typedef struct product {
    size_t m, n, k;
    int ta, tb;
    const float *a, *b;
} product;

/* C's rows from `first` on, and NAN beside them. */
static float *by_strips(const sm_kernels *kernels, const product *p,
                        const float *strips, size_t first, size_t rows)
{
    size_t const ldc = p->n + 3;
    size_t of_room;
    assert_true(sm_packed_numbers(rows, p->k, &of_room));
    float *const c = numbers(rows * ldc, 9);
    float *const room = numbers(of_room, 10);
    for (size_t i = 0; i < rows * ldc; i++) c[i] = NAN;
    sm_gemm_strips(kernels, rows, p->n, p->k, p->a + first * (p->ta ? 1 : p->k),
                   p->ta ? 1 : p->k, p->ta ? p->m : 1, strips, c, ldc, room);
    free(room);
    return c;
}

static float *pack(const sm_kernels *kernels, const product *p)
{
    size_t of_strips;
    assert_true(sm_packed_numbers(p->n, p->k, &of_strips));
    float *const strips = numbers(of_strips, 8);
    for (size_t s = 0; s * SM_STRIP < p->n; s++)
        sm_strip_pack(kernels, s, p->tb, p->n, p->k, p->b, p->tb ? p->k : p->n,
                      strips);
    return strips;
}

/* The same by the level's plain kernel, over B as it stands. */
static float *by_kernel(const sm_kernels *kernels, const product *p)
{
    float *const c = numbers(p->m * p->n, 11);
    float *const b = numbers(p->k * p->n, 12);
    for (size_t i = 0; i < p->k; i++)
        for (size_t j = 0; j < p->n; j++)
            b[i * p->n + j] = p->tb ? p->b[j * p->k + i] : p->b[i * p->n + j];
    kernels->gemm(p->m, p->n, p->k, p->a, p->ta ? 1 : p->k, p->ta ? p->m : 1, b,
                  p->n, c, p->n);
    free(b);
    return c;
}

static void check_rows(const sm_kernels *kernels, const product *p,
                       const float *strips, const float *wanted, size_t first,
                       size_t rows)
{
    size_t const ldc = p->n + 3;
    float *const c = by_strips(kernels, p, strips, first, rows);
    for (size_t i = 0; i < rows; i++) {
        if (memcmp(c + i * ldc, wanted + (first + i) * p->n,
                   p->n * sizeof *c) != 0)
            fail_msg("%s: row %zu of %zu from %zu, n %zu, k %zu, %d %d",
                     kernels->name, i, rows, first, p->n, p->k, p->ta, p->tb);
        for (size_t j = p->n; j < ldc; j++) assert_true(isnan(c[i * ldc + j]));
    }
    free(c);
}

static void check_products(const sm_kernels *kernels)
{
    static const size_t columns[] = {1, 7, 8, 64, 65, 129, 160, 391, 517};
    static const size_t depths[] = {1, 2, 16, 47, 64, 65, 128, 300, 1030};
    size_t const m = 73;
    float *const a = numbers(m * 1030, 21), *const b = numbers(517 * 1030, 22);
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        for (size_t j = 0; j < sizeof depths / sizeof *depths; j++) {
            int const t = (int)(i + j) % 4;
            product const p = {m, columns[i], depths[j], t & 1, t >> 1, a, b};
            float *const strips = pack(kernels, &p);
            float *const wanted = by_kernel(kernels, &p);
            check_rows(kernels, &p, strips, wanted, 0, m);
            size_t const step = p.n * p.k < 10000 ? 1 : 23;
            for (size_t rows = 1; rows < m; rows += step)
                check_rows(kernels, &p, strips, wanted, m - rows, rows);
            free(strips);
            free(wanted);
        }
    free(a);
    free(b);
}

/* At each level: those of BLIS's tiles, and of the plain kernel around them. */
static void test_strips__have_the_bits_of_the_plain_kernel(void **state)
{
    (void)state;
    for (int32_t level = 0; test_next_level(&level);) {
        const sm_kernels *kernels = NULL;
        assert_int_equal(sm_kernels_select(level, &kernels), SIAMESE_OK);
        check_products(kernels);
    }
}

/* Every second number of A's rows: neither rows nor columns stand together. */
static void test_strips__take_an_a_of_any_strides(void **state)
{
    enum { M = 30, N = 300, K = 140 };
    (void)state;
    float *const a = numbers(2 * M * K, 31), *const b = numbers(N * K, 32);
    float *const together = numbers(M * K, 33);
    product const p = {M, N, K, 0, 1, together, b};
    for (size_t i = 0; i < M * K; i++) together[i] = a[2 * i];
    for (int32_t level = 0; test_next_level(&level);) {
        const sm_kernels *kernels = NULL;
        assert_int_equal(sm_kernels_select(level, &kernels), SIAMESE_OK);
        float *const strips = pack(kernels, &p);
        float *const wanted = by_kernel(kernels, &p);
        float *const c = numbers(M * N, 34);
        float *const room = numbers(M * K + SM_TILE_SLACK, 35);
        sm_gemm_strips(kernels, M, N, K, a, 2 * K, 2, strips, c, N, room);
        assert_memory_equal(c, wanted, M * N * sizeof *c);
        free(strips);
        free(wanted);
        free(c);
        free(room);
    }
    free(a);
    free(b);
    free(together);
}

static void test_strips__of_no_depth_are_zeros(void **state)
{
    (void)state;
    float const none = 0;
    product const p = {20, 70, 0, 0, 0, &none, &none};
    for (int32_t level = 0; test_next_level(&level);) {
        const sm_kernels *kernels = NULL;
        assert_int_equal(sm_kernels_select(level, &kernels), SIAMESE_OK);
        float *const strips = pack(kernels, &p);
        float *const c = by_strips(kernels, &p, strips, 0, 20);
        for (size_t i = 0; i < 20; i++)
            for (size_t j = 0; j < 70; j++)
                assert_true(same_bits(c[i * 73 + j], 0.0f));
        free(strips);
        free(c);
    }
}

static void test_packed_numbers__tell_an_overflow(void **state)
{
    (void)state;
    size_t all;
    assert_false(sm_packed_numbers(SIZE_MAX / 2, 3, &all));
    assert_false(sm_packed_numbers(SIZE_MAX - 1, 1, &all));
    assert_true(sm_packed_numbers(0, 5, &all));
    assert_true(all >= SM_TILE_SLACK);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_tile__elements_are_one_chain_over_k),
        cmocka_unit_test(test_tile__keeps_what_is_not_finite_to_its_row),
        cmocka_unit_test(test_tile__reads_no_further_than_the_slack),
        cmocka_unit_test(test_tile__belongs_to_a_level_with_its_rounding),
        cmocka_unit_test(test_strips__have_the_bits_of_the_plain_kernel),
        cmocka_unit_test(test_strips__take_an_a_of_any_strides),
        cmocka_unit_test(test_strips__of_no_depth_are_zeros),
        cmocka_unit_test(test_packed_numbers__tell_an_overflow),
    };
    return cmocka_run_group_tests_name("blis_tiles", tests, NULL, NULL);
}
