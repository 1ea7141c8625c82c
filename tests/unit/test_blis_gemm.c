/* BLIS as the library calls it: right, with bits that do not depend on the
 * number of rows, from many threads, and harmless when memory runs out. */
#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "math/blis_gemm.h"
#include "random_numbers.h"

/* Sanitizers map terabytes, so a limit on address space cannot be set. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define HAVE_SANITIZER 1
#else
#define HAVE_SANITIZER 0
#endif

#define MOST_ROWS 300
#define MOST_COLUMNS 400
#define MOST_DEPTH 300

static float *numbers(size_t count, uint32_t seed)
{
    float *const values = malloc(count * sizeof *values);
    assert_non_null(values);
    for (size_t i = 0; i < count; i++)
        values[i] = (float)(test_lcg(&seed) >> 8) / 16777216.0f - 0.5f;
    return values;
}

/* ---- against a sum in double ---- */

typedef struct shape {
    size_t m, n, k;
} shape;

static void check_product(shape s, int ta, int tb, float alpha, float beta)
{
    size_t const lda = (ta ? s.m : s.k) + 3, ldb = (tb ? s.k : s.n) + 1;
    size_t const ldc = s.n + 2;
    float *const a = numbers((ta ? s.k : s.m) * lda, 1);
    float *const b = numbers((tb ? s.n : s.k) * ldb, 2);
    float *const c = numbers(s.m * ldc, 3);
    float *const before = numbers(s.m * ldc, 3);
    if (beta == 0.0f)
        for (size_t i = 0; i < s.m * ldc; i++) c[i] = NAN;

    sm_blis_sgemm(ta, tb, s.m, s.n, s.k, alpha, a, lda, b, ldb, beta, c, ldc);

    for (size_t i = 0; i < s.m; i++) {
        for (size_t j = 0; j < s.n; j++) {
            double sum = 0.0;
            for (size_t p = 0; p < s.k; p++)
                sum += (double)(ta ? a[p * lda + i] : a[i * lda + p]) *
                       (double)(tb ? b[j * ldb + p] : b[p * ldb + j]);
            double const wanted =
                alpha * sum +
                (beta == 0.0f ? 0.0 : beta * before[i * ldc + j]);
            assert_float_equal(c[i * ldc + j], wanted, 2e-6 * (s.k + 1));
        }
        /* Nothing is written between the rows. */
        for (size_t j = s.n; j < ldc; j++)
            assert_true(beta == 0.0f ? isnan(c[i * ldc + j])
                                     : c[i * ldc + j] == before[i * ldc + j]);
    }
    free(a);
    free(b);
    free(c);
    free(before);
}

static void blis_gemm__equals_a_double_sum(void **state)
{
    (void)state;
    shape const shapes[] = {{1, 1, 1},    {1, 40, 33},  {7, 1, 64},
                            {8, 32, 8},   {65, 17, 100}, {130, 70, 300},
                            {3, 400, 16}, {17, 5, 0},   {40, 40, 1000}};
    for (size_t i = 0; i < sizeof shapes / sizeof *shapes; i++)
        for (int flags = 0; flags < 4; flags++) {
            check_product(shapes[i], flags & 1, flags >> 1, 1.0f, 0.0f);
            check_product(shapes[i], flags & 1, flags >> 1, 0.5f, 1.0f);
        }
}

static void blis_gemm__does_nothing_without_rows(void **state)
{
    (void)state;
    float c = 5.0f;
    sm_blis_sgemm(0, 0, 0, 1, 1, 1.0f, &c, 1, &c, 1, 0.0f, &c, 1);
    sm_blis_sgemm(0, 0, 1, 0, 1, 1.0f, &c, 1, &c, 1, 0.0f, &c, 1);
    assert_true(c == 5.0f);
}

/* ---- a row's bits do not depend on the number of rows ---- */

static const size_t columns[] = {1, 8, 32, 40, 64, 100, 256, 400};
static const size_t depths[] = {8, 16, 64, 100, 256, 300};

/* The number of products of m rows whose bits differ from those of all. */
static int count_unequal(size_t n, size_t k, int transpose_b, size_t step)
{
    float *const a = numbers(MOST_ROWS * k, 11);
    float *const b = numbers(n * k, 12);
    float *const all = numbers(MOST_ROWS * n, 13);
    float *const some = numbers(MOST_ROWS * n, 14);
    size_t const ldb = transpose_b ? k : n;
    int unequal = 0;
    sm_blis_sgemm(0, transpose_b, MOST_ROWS, n, k, 1.0f, a, k, b, ldb, 0.0f,
                  all, n);
    for (size_t m = 1; m < MOST_ROWS; m += step) {
        sm_blis_sgemm(0, transpose_b, m, n, k, 1.0f, a, k, b, ldb, 0.0f, some,
                      n);
        unequal += memcmp(all, some, m * n * sizeof *all) != 0;
        /* The same rows from the other end: another place in the tiles. */
        size_t const first = MOST_ROWS - m;
        sm_blis_sgemm(0, transpose_b, m, n, k, 1.0f, a + first * k, k, b, ldb,
                      0.0f, some, n);
        unequal +=
            memcmp(all + first * n, some, m * n * sizeof *all) != 0;
    }
    free(a);
    free(b);
    free(all);
    free(some);
    return unequal;
}

static int rows_are_invariant(void)
{
    int const everything = getenv("SIAMESE_TEST_LONG") != NULL;
    int unequal = 0;
    for (size_t i = 0; i < sizeof columns / sizeof *columns; i++)
        for (size_t j = 0; j < sizeof depths / sizeof *depths; j++) {
            int const every_row = everything || (i + j) % 8 == 3;
            for (int tb = 0; tb < 2; tb++)
                unequal += count_unequal(columns[i], depths[j], tb,
                                         every_row ? 1 : 37);
        }
    return unequal == 0;
}

/* BLIS chooses its kernels once in a process: each choice gets its own. */
static int run_forked(int arch, int (*test)(void))
{
    pid_t const child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        alarm(300); /* an architecture that BLIS has not stands still */
        sm_blis_force_arch(arch);
        _exit(test() ? 0 : 1);
    }
    int result = -1;
    assert_int_equal(waitpid(child, &result, 0), child);
    assert_true(WIFEXITED(result));
    return WEXITSTATUS(result) == 0;
}

static void check_arch(int arch, const char *feature_missing)
{
    if (feature_missing) {
        print_message("# needs %s\n", feature_missing);
        skip();
    }
    assert_true(run_forked(arch, rows_are_invariant));
}

#if defined(__x86_64__)
#define NEEDS(feature)                                                         \
    (__builtin_cpu_supports(feature) ? NULL : (const char *)(feature))
#else
#define NEEDS(feature) (feature)
#endif

static void blis_gemm__rows_are_invariant_on_skx(void **state)
{
    (void)state;
    check_arch(0, NEEDS("avx512bw"));
}

static void blis_gemm__rows_are_invariant_on_haswell(void **state)
{
    (void)state;
    check_arch(3, NEEDS("fma"));
}

static void blis_gemm__rows_are_invariant_on_zen3(void **state)
{
    (void)state;
    check_arch(6, NEEDS("fma"));
}

static void blis_gemm__rows_are_invariant_on_zen(void **state)
{
    (void)state;
    check_arch(8, NEEDS("fma"));
}

static void blis_gemm__rows_are_invariant_on_this_machine(void **state)
{
    (void)state;
    check_arch(-1, NULL);
}

static int a_product_is_right(void)
{
    float *const a = numbers(50 * 60, 31), *const b = numbers(60 * 70, 32);
    float *const c = numbers(50 * 70, 33);
    int wrong = 0;
    sm_blis_sgemm(0, 0, 50, 70, 60, 1.0f, a, 60, b, 70, 0.0f, c, 70);
    for (size_t i = 0; i < 50; i++)
        for (size_t j = 0; j < 70; j++) {
            double sum = 0.0;
            for (size_t p = 0; p < 60; p++)
                sum += (double)a[i * 60 + p] * b[p * 70 + j];
            wrong += !(fabs(sum - c[i * 70 + j]) < 1e-5);
        }
    free(a);
    free(b);
    free(c);
    return wrong == 0;
}

/* Processors whose own kernels the embedded copy leaves out; see
 * tools/embed_blis.sh. */
static void blis_gemm__serves_processors_by_the_kernels_of_others(void **state)
{
    (void)state;
    if (NEEDS("fma")) skip();
    int const knl = 1, penryn = 5, excavator = 9, bulldozer = 12;
    int const archs[] = {knl, penryn, excavator, bulldozer};
    for (size_t i = 0; i < sizeof archs / sizeof *archs; i++)
        assert_true(run_forked(archs[i], a_product_is_right));
}

/* ---- many threads ---- */

typedef struct worker {
    const float *a, *b, *wanted;
    int unequal;
} worker;

static void *work(void *argument)
{
    worker *const w = argument;
    float *const c = malloc(64 * 96 * sizeof *c);
    for (int round = 0; c && round < 200; round++) {
        sm_blis_sgemm(0, 0, 64, 96, 80, 1.0f, w->a, 80, w->b, 96, 0.0f, c, 96);
        w->unequal += memcmp(c, w->wanted, 64 * 96 * sizeof *c) != 0;
    }
    w->unequal += c == NULL;
    free(c);
    return NULL;
}

static int four_threads_agree(void)
{
    float *const a = numbers(64 * 80, 21), *const b = numbers(80 * 96, 22);
    float *const wanted = numbers(64 * 96, 23);
    sm_blis_sgemm(0, 0, 64, 96, 80, 1.0f, a, 80, b, 96, 0.0f, wanted, 96);
    pthread_t threads[4];
    worker workers[4];
    int unequal = 0;
    for (int i = 0; i < 4; i++) {
        workers[i] = (worker){a, b, wanted, 0};
        if (pthread_create(&threads[i], NULL, work, &workers[i]) != 0)
            return 0;
    }
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], NULL);
        unequal += workers[i].unequal;
    }
    free(a);
    free(b);
    free(wanted);
    return unequal == 0;
}

static void blis_gemm__is_right_from_four_threads(void **state)
{
    (void)state;
    assert_true(four_threads_agree());
}

/* ---- no memory, odd environments ---- */

static size_t address_space(void)
{
    FILE *const file = fopen("/proc/self/statm", "r");
    size_t pages = 0;
    if (file == NULL) return 0;
    if (fscanf(file, "%zu", &pages) != 1) pages = 0;
    fclose(file);
    return pages * (size_t)getpagesize();
}

static int leave_bytes(size_t bytes)
{
    struct rlimit const limit = {address_space() + bytes, RLIM_INFINITY};
    return setrlimit(RLIMIT_AS, &limit) == 0;
}

static int first_reserve_fails_cleanly(void)
{
    if (!leave_bytes(4 << 20)) return 0;
    if (sm_blis_reserve(1) != SIAMESE_E_MEMORY) return 0;
    struct rlimit const none = {RLIM_INFINITY, RLIM_INFINITY};
    setrlimit(RLIMIT_AS, &none);
    return sm_blis_reserve(2) == SIAMESE_OK && four_threads_agree();
}

/* Four threads on two slots, without memory for a third. */
static int reserved_calls_succeed_without_memory(void)
{
    float *const room = numbers(1 << 20, 1);
    if (sm_blis_reserve(2) != SIAMESE_OK) return 0;
    free(room);
    /* Thread stacks are small, so that only BLIS feels the limit. */
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, 1 << 18);
    pthread_setattr_default_np(&attributes);
    if (!leave_bytes(12 << 20)) return 0;
    if (sm_blis_reserve(100) != SIAMESE_E_MEMORY) return 0;
    return four_threads_agree();
}

static void blis_host__reserve_fails_without_memory(void **state)
{
    (void)state;
    if (HAVE_SANITIZER) skip();
    assert_true(run_forked(-1, first_reserve_fails_cleanly));
}

static void blis_host__reserved_calls_need_no_memory(void **state)
{
    (void)state;
    if (HAVE_SANITIZER) skip();
    assert_true(run_forked(-1, reserved_calls_succeed_without_memory));
}

static int works_with_wrong_environment(void)
{
    setenv("BLIS_ARCH_TYPE", "99", 1);
    setenv("BLIS_NUM_THREADS", "64", 1);
    return sm_blis_reserve(1) == SIAMESE_OK && four_threads_agree();
}

static void blis_host__ignores_the_environment(void **state)
{
    (void)state;
    assert_true(run_forked(-1, works_with_wrong_environment));
}

/* The forking tests come first: they need a BLIS that has not begun. */
int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blis_host__reserve_fails_without_memory),
        cmocka_unit_test(blis_host__reserved_calls_need_no_memory),
        cmocka_unit_test(blis_host__ignores_the_environment),
        cmocka_unit_test(blis_gemm__rows_are_invariant_on_skx),
        cmocka_unit_test(blis_gemm__rows_are_invariant_on_haswell),
        cmocka_unit_test(blis_gemm__rows_are_invariant_on_zen3),
        cmocka_unit_test(blis_gemm__rows_are_invariant_on_zen),
        cmocka_unit_test(blis_gemm__rows_are_invariant_on_this_machine),
        cmocka_unit_test(
            blis_gemm__serves_processors_by_the_kernels_of_others),
        cmocka_unit_test(blis_gemm__equals_a_double_sum),
        cmocka_unit_test(blis_gemm__does_nothing_without_rows),
        cmocka_unit_test(blis_gemm__is_right_from_four_threads),
    };
    return cmocka_run_group_tests_name("blis_gemm", tests, NULL, NULL);
}
