/* The retrieval loss: closed forms, a plain reference in double for each
 * option, finite differences, and the same bits for any number of threads. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "train/loss.h"
#include "random_numbers.h"

enum { MOST = 150, EXTRA = 7, DIM = 12, COLUMNS = MOST + EXTRA };

/* What a batch uses. */
enum {
    WEIGHTS = 1,
    PROBABILITIES = 2,
    HITS = 4,
    TEMPERATURE = 8,
    HARD = 16,
    QUERIES = 32,
    NEGATIVES = 64,
    SYMMETRIC = 128,
    MEAN = 256,
    HINGE = 512,
    EVERYTHING = 1023
};

typedef struct example {
    sm_loss_options options;
    sm_loss_batch batch;
    float queries[MOST * DIM], items[COLUMNS * DIM];
    float weights[MOST], probabilities[COLUMNS];
    uint32_t numbers[COLUMNS], query_numbers[MOST];
} example;

typedef struct answer {
    double sum;
    float dq[MOST * DIM], dc[COLUMNS * DIM];
} answer;

static double uniform(uint32_t *seed)
{
    return (test_lcg(seed) >> 8) / 16777216.0;
}

static void make(example *e, size_t count, int use, float scale)
{
    uint32_t seed = 7;
    size_t const columns = count + ((use & NEGATIVES) ? EXTRA : 0);
    *e =
        (example){.options = {.temperature = (use & TEMPERATURE) ? 0.5f : 1.0f,
                              .hard_negatives = (use & HARD) ? 4 : 0,
                              .kind = (use & HINGE) ? SIAMESE_LOSS_HINGE
                                                    : SIAMESE_LOSS_SOFTMAX,
                              .margin = 0.7f,
                              .reduction = (use & MEAN) ? SIAMESE_REDUCTION_MEAN
                                                        : SIAMESE_REDUCTION_SUM,
                              .symmetric = (use & SYMMETRIC) != 0}};
    for (size_t i = 0; i < columns * DIM; i++) {
        if (i < count * DIM)
            e->queries[i] = scale * (float)(uniform(&seed) - 0.5);
        e->items[i] = scale * (float)(uniform(&seed) - 0.5);
    }
    for (size_t i = 0; i < columns; i++) {
        if (i < count) e->weights[i] = (float)(3 * uniform(&seed));
        if (i < count) e->query_numbers[i] = (uint32_t)(i % 4);
        e->probabilities[i] = i == 1 ? 1e-9f : (float)uniform(&seed);
        e->numbers[i] = (uint32_t)(i % 5);
    }
    e->batch = (sm_loss_batch){count,
                               columns,
                               DIM,
                               e->queries,
                               e->items,
                               (use & WEIGHTS) ? e->weights : NULL,
                               (use & PROBABILITIES) ? e->probabilities : NULL,
                               (use & HITS) ? e->numbers : NULL,
                               (use & QUERIES) ? e->query_numbers : NULL};
}

/* Query i's logit of item j, as tfrs.tasks.Retrieval makes them. */
static double reference_logit(const example *e, size_t i, size_t j)
{
    const sm_loss_batch *const b = &e->batch;
    double s = 0;
    for (size_t d = 0; d < DIM; d++)
        s += (double)b->queries[i * DIM + d] * b->items[j * DIM + d];
    s /= e->options.temperature;
    if (b->probabilities) s -= log(fmin(fmax(b->probabilities[j], 1e-6), 1));
    if (j != i &&
        ((b->item_numbers && b->item_numbers[j] == b->item_numbers[i]) ||
         (b->query_numbers && j < b->count &&
          b->query_numbers[j] == b->query_numbers[i])))
        s -= 3.4028e36;
    return s;
}

/* Of s[count], all but the n highest negatives of row i become -inf. */
static void reference_cut(double *s, size_t count, size_t i, size_t n)
{
    double kept[COLUMNS];
    for (size_t j = 0; j < count; j++) {
        size_t before = 0; /* negatives that are taken before j */
        for (size_t k = 0; k < count; k++)
            before += k != i && (s[k] > s[j] || (s[k] == s[j] && k < j));
        kept[j] = j == i || before < n ? s[j] : -INFINITY;
    }
    memcpy(s, kept, count * sizeof *s);
}

static double reference_row(const example *e, double *s, size_t count, size_t i)
{
    double highest = -INFINITY, sum = 0;
    if (e->options.hard_negatives)
        reference_cut(s, count, i, e->options.hard_negatives);
    if (e->options.kind == SIAMESE_LOSS_HINGE) {
        for (size_t j = 0; j < count; j++)
            if (j != i) sum += fmax(0, e->options.margin + s[j] - s[i]);
        return sum;
    }
    for (size_t j = 0; j < count; j++) highest = fmax(highest, s[j]);
    for (size_t j = 0; j < count; j++) sum += exp(s[j] - highest);
    return log(sum) + highest - s[i];
}

/* The sum over the batch, before any reduction. */
static double reference(const example *e)
{
    const sm_loss_batch *const b = &e->batch;
    double there = 0, back = 0, s[COLUMNS];
    for (size_t i = 0; i < b->count; i++) {
        double const w = b->weights ? b->weights[i] : 1;
        for (size_t j = 0; j < b->columns; j++) s[j] = reference_logit(e, i, j);
        there += w * reference_row(e, s, b->columns, i);
        if (!e->options.symmetric) continue;
        for (size_t j = 0; j < b->count; j++) s[j] = reference_logit(e, j, i);
        back += w * reference_row(e, s, b->count, i);
    }
    return e->options.symmetric ? (there + back) / 2 : there;
}

static void compute_in(int32_t precision, const example *e, int32_t threads,
                       int32_t level, answer *out)
{
    const sm_kernels *kernels = NULL;
    sm_pool *pool = NULL;
    sm_loss loss = {0};
    assert_int_equal(sm_kernels_select(level, &kernels), 0);
    assert_int_equal(sm_pool_create(&pool, threads), 0);
    sm_loss_size const size = {e->batch.count,
                               e->batch.columns,
                               DIM,
                               sm_pool_threads(pool),
                               e->options.symmetric,
                               sm_products_of(precision, kernels)};
    assert_int_equal(sm_loss_reserve(&loss, &size), 0);
    memset(out, 0, sizeof *out);
    assert_int_equal(sm_loss_compute(&loss, pool, kernels, &e->options,
                                     &e->batch, &out->sum, out->dq, out->dc),
                     0);
    double alone;
    assert_int_equal(sm_loss_compute(&loss, pool, kernels, &e->options,
                                     &e->batch, &alone, NULL, NULL),
                     0);
    assert_true(alone == out->sum || (isnan(alone) && isnan(out->sum)));
    sm_loss_free(&loss);
    sm_pool_free(pool);
}

static void compute(const example *e, int32_t threads, int32_t level,
                    answer *out)
{
    compute_in(SIAMESE_MATMUL_PRECISION_FLOAT32, e, threads, level, out);
}

static void loss__of_equal_vectors_is_n_ln_n(void **state)
{
    static example e;
    static answer a;
    (void)state;
    make(&e, 64, 0, 0);
    compute(&e, 1, SIAMESE_KERNEL_AUTO, &a);
    assert_float_equal(a.sum, 64 * log(64), 1e-9 * 64);
    make(&e, 1, 0, 1);
    compute(&e, 1, SIAMESE_KERNEL_AUTO, &a);
    assert_float_equal(a.sum, 0, 1e-7);
}

/* Two pairs, one number a vector: softmax by hand. */
static void loss__of_two_pairs_by_hand(void **state)
{
    static example e;
    static answer a;
    (void)state;
    make(&e, 2, 0, 0);
    e.queries[0] = 1; /* s = [[2, -1], [0, 0]] */
    e.items[0] = 2;
    e.items[DIM] = -1;
    compute(&e, 1, SIAMESE_KERNEL_AUTO, &a);
    double const p = 1 / (1 + exp(-3.0));
    assert_float_equal(a.sum, -log(p) + log(2), 1e-6);
    assert_float_equal(a.dq[0], (p - 1) * 2 + (1 - p) * -1, 1e-6);
    assert_float_equal(a.dc[0], p - 1, 1e-6);
    assert_float_equal(a.dc[DIM], 1 - p, 1e-6);
    assert_float_equal(a.dq[DIM], 0.5 * 2 - 0.5 * -1, 1e-6);
}

static void loss__equals_the_reference_for_each_option(void **state)
{
    static const size_t counts[] = {1, 2, 5, 65};
    static example e;
    static answer a;
    (void)state;
    for (int use = 0; use <= EVERYTHING; use++)
        for (size_t c = 0; c < 4; c++) {
            make(&e, counts[c], use, 2);
            compute(&e, 2, SIAMESE_KERNEL_AUTO, &a);
            assert_float_equal(a.sum, reference(&e), 2e-6 * (1 + fabs(a.sum)));
        }
    for (size_t count = 63; count <= MOST; count += count < 64 ? 1 : 86)
        for (int use = 0; use <= EVERYTHING; use += 31) {
            make(&e, count, use, 2);
            compute(&e, 2, SIAMESE_KERNEL_AUTO, &a);
            assert_float_equal(a.sum, reference(&e), 2e-6 * (1 + fabs(a.sum)));
        }
}

/* reference at x + step, and how far the float went */
static double reference_at(const example *e, float *x, double step,
                           double *went)
{
    float const kept = *x;
    *x = (float)(kept + step);
    double const value = reference(e);
    *went = (double)*x - kept;
    *x = kept;
    return value;
}

/*
 * d loss / d x by a difference of the reference, against the gradients. A hinge
 * has no derivative where a triplet is just at the margin: there the slopes of
 * both sides differ. Returns how many such places were passed over.
 */
static size_t check_gradient(example *e, const answer *a)
{
    int const hinge = e->options.kind == SIAMESE_LOSS_HINGE;
    double const h = hinge ? 1e-3 : 1e-2, middle = reference(e);
    double const reduced = e->options.reduction == SIAMESE_REDUCTION_MEAN
                               ? 1.0 / (double)e->batch.count
                               : 1;
    float *const sides[] = {e->queries, e->items};
    const float *const gradients[] = {a->dq, a->dc};
    size_t const rows[] = {e->batch.count, e->batch.columns};
    size_t kinks = 0;
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < rows[side] * DIM; i++) {
            double up, down;
            double const high = reference_at(e, &sides[side][i], h, &up);
            double const low = reference_at(e, &sides[side][i], -h, &down);
            if (hinge &&
                fabs((high - middle) / up - (low - middle) / down) > 1e-6) {
                kinks++;
                continue;
            }
            double const slope = reduced * (high - low) / (up - down);
            assert_float_equal(gradients[side][i], slope,
                               2e-3 * (1 + fabs(slope)));
        }
    return kinks;
}

static void loss__gradient_equals_differences_for_each_option(void **state)
{
    static example e;
    static answer a;
    size_t kinks = 0;
    (void)state;
    for (int use = 0; use <= EVERYTHING; use++) {
        /* the cut of hard negatives moves with x: it has its own test */
        if (use & HARD) continue;
        make(&e, 9, use, 1);
        compute(&e, 2, SIAMESE_KERNEL_AUTO, &a);
        kinks += check_gradient(&e, &a);
    }
    assert_true(kinks < 256 * 9);
}

/* Some negatives of each row and column stand far above the others, so the cut
 * is firm. */
static void loss__gradient_with_hard_negatives(void **state)
{
    static example e;
    static answer a;
    (void)state;
    for (int use = HARD; use <= EVERYTHING; use++) {
        if (!(use & HARD) || (use & (HITS | QUERIES | PROBABILITIES))) continue;
        make(&e, 9, use, 0.1f);
        e.options.hard_negatives = 2;
        /* logits near u_i v_j with u and v in steps: no two of a row or column
         * are close */
        for (size_t i = 0; i < e.batch.columns; i++) {
            if (i < 9) e.queries[i * DIM] = 1 + 0.25f * (float)(i * 4 % 9);
            e.items[i * DIM] = 1 - 0.25f * (float)(i * 7 % 16);
        }
        compute(&e, 1, SIAMESE_KERNEL_AUTO, &a);
        assert_float_equal(a.sum, reference(&e), 1e-5 * a.sum);
        assert_true(check_gradient(&e, &a) < 20);
    }
}

/* Kiros et al. 2014 by hand: margin 1, scores [[2, 1.5], [0, 0.2]]. */
static void loss__hinge_by_hand(void **state)
{
    static example e;
    static answer a;
    (void)state;
    make(&e, 2, HINGE | SYMMETRIC, 0);
    e.options.margin = 1;
    e.queries[0] = e.queries[DIM + 1] = 1;
    e.items[0] = 2;
    e.items[DIM] = 1.5f;
    e.items[DIM + 1] = 0.2f;
    compute(&e, 1, SIAMESE_KERNEL_AUTO, &a);
    /* rows: 1 + 1.5 - 2 and 1 + 0 - 0.2; columns: 0 and 1 + 1.5 - 0.2 */
    assert_float_equal(a.sum, (0.5 + 0.8 + 0 + 2.3) / 2, 1e-6);
    assert_float_equal(a.dc[0], -0.5, 1e-6);
    assert_float_equal(a.dc[DIM], 0.5 + 0.5, 1e-6);
    assert_float_equal(a.dc[DIM + 1], -0.5 - 0.5, 1e-6);
    assert_float_equal(a.dc[1], 0.5, 1e-6);
}

/* The hardest negative alone: VSE++'s max of hinges. */
static void loss__hinge_with_one_hard_negative_is_the_largest(void **state)
{
    static example e;
    static answer a;
    double expected = 0;
    (void)state;
    make(&e, 20, HINGE | HARD, 2);
    e.options.hard_negatives = 1;
    for (size_t i = 0; i < 20; i++) {
        double most = 0;
        for (size_t j = 0; j < 20; j++)
            if (j != i)
                most = fmax(most, e.options.margin + reference_logit(&e, i, j) -
                                      reference_logit(&e, i, i));
        expected += most;
    }
    compute(&e, 1, SIAMESE_KERNEL_AUTO, &a);
    assert_float_equal(a.sum, expected, 1e-5 * expected);
}

static void loss__hard_negatives_take_ties_by_lower_column(void **state)
{
    static example e;
    static answer a;
    (void)state;
    make(&e, 70, HARD, 0);
    for (size_t i = 0; i < 70; i++) e.items[i * DIM + 1] = 1;
    compute(&e, 1, SIAMESE_KERNEL_AUTO, &a);
    /* all equal: the positive and the 4 lowest other columns stay */
    assert_float_equal(a.sum, 70 * log(5), 1e-4);
    for (size_t i = 0; i < 70; i++) e.queries[i * DIM + 1] = 0;
    for (size_t i = 0; i < 70; i++) e.queries[i * DIM + 2] = 1;
    compute(&e, 1, SIAMESE_KERNEL_AUTO, &a);
    /* columns 5 .. 69 are only ever their own row's positive: dc = p - 1 */
    for (size_t j = 5; j < 70; j++)
        assert_float_equal(a.dc[j * DIM + 2], 0.2 - 1, 1e-6);
    assert_float_equal(a.dc[2], 69 * 0.2 + 0.2 - 1, 1e-5);
    /* column 4 is kept by rows 0 .. 3 and its own */
    assert_float_equal(a.dc[4 * DIM + 2], 4 * 0.2 + 0.2 - 1, 1e-5);
}

static void loss__masked_items_get_no_gradient(void **state)
{
    static const int uses[] = {HITS, QUERIES, HITS | SYMMETRIC,
                               QUERIES | SYMMETRIC, HITS | HINGE | NEGATIVES};
    static example e;
    static answer a;
    (void)state;
    for (size_t u = 0; u < 5; u++) {
        make(&e, 8, uses[u], 1);
        for (size_t i = 0; i < e.batch.columns; i++) e.numbers[i] = 3;
        for (size_t i = 0; i < 8; i++) e.query_numbers[i] = 3;
        compute(&e, 1, SIAMESE_KERNEL_AUTO, &a);
        assert_float_equal(a.sum, 0, 1e-6);
        for (size_t i = 0; i < 8 * DIM; i++) {
            assert_true(a.dq[i] == 0);
            assert_true(a.dc[i] == 0);
        }
    }
}

/* What stands beside the pairs is a negative of every query, its own too. */
static void loss__same_query_spares_negatives(void **state)
{
    static example e;
    static answer a;
    (void)state;
    make(&e, 8, QUERIES | NEGATIVES, 0);
    for (size_t i = 0; i < 8; i++) e.query_numbers[i] = 3;
    compute(&e, 1, SIAMESE_KERNEL_AUTO, &a);
    assert_float_equal(a.sum, 8 * log(1 + EXTRA), 1e-5);
}

static void loss__same_bits_for_any_threads_and_close_levels(void **state)
{
    static example e;
    static answer one, other;
    (void)state;
    for (int use = 0; use <= EVERYTHING; use += 31) {
        make(&e, MOST, use, 2);
        compute(&e, 1, SIAMESE_KERNEL_AUTO, &one);
        for (int32_t threads = 2; threads <= 7; threads += 5) {
            compute(&e, threads, SIAMESE_KERNEL_AUTO, &other);
            assert_memory_equal(&one, &other, sizeof one);
        }
        compute(&e, 1, SIAMESE_KERNEL_PORTABLE, &other);
        assert_float_equal(one.sum, other.sum, 1e-6 * one.sum);
    }
}

/* a and b [count] are apart by less than `share` of a's length. */
static void assert_near(const float *a, const float *b, size_t count,
                        double share)
{
    double length = 0, apart = 0;
    for (size_t i = 0; i < count; i++) {
        length += (double)a[i] * a[i];
        apart += ((double)a[i] - b[i]) * ((double)a[i] - b[i]);
    }
    assert_true(sqrt(apart) < share * sqrt(length));
}

/* Of 8 bits' rounding, in each of two factors, and of the loss's exponents. */
static void loss__by_bfloat16_is_near(void **state)
{
    static example e;
    static answer exact, one, other;
    (void)state;
    for (int use = 0; use <= EVERYTHING; use += 31)
        for (int32_t precision = SIAMESE_MATMUL_PRECISION_BFLOAT16;
             precision <= SIAMESE_MATMUL_PRECISION_AMX_BFLOAT16; precision++) {
            make(&e, MOST, use & ~HARD, 2);
            compute(&e, 1, SIAMESE_KERNEL_AUTO, &exact);
            compute_in(precision, &e, 1, SIAMESE_KERNEL_AUTO, &one);
            compute_in(precision, &e, 3, SIAMESE_KERNEL_AUTO, &other);
            assert_memory_equal(&one, &other, sizeof one);
            assert_float_equal(one.sum, exact.sum, 0.01 * exact.sum);
            assert_near(exact.dq, one.dq, e.batch.count * DIM, 0.02);
            assert_near(exact.dc, one.dc, e.batch.columns * DIM, 0.02);
        }
}

static void loss__not_finite_shows(void **state)
{
    static const float odd[] = {NAN, INFINITY, -INFINITY};
    static example e;
    static answer a;
    (void)state;
    for (int use = 0; use <= EVERYTHING; use += 3)
        for (size_t i = 0; i < 3; i++) {
            make(&e, 70, use, 1);
            e.items[66 * DIM + 3] = odd[i];
            compute(&e, 2, SIAMESE_KERNEL_AUTO, &a);
            assert_false(isfinite(a.sum));
        }
}

static void loss__stays_finite_for_large_logits(void **state)
{
    static example e;
    static answer a;
    (void)state;
    make(&e, 40, EVERYTHING & ~HINGE, 3000);
    compute(&e, 1, SIAMESE_KERNEL_AUTO, &a);
    assert_true(isfinite(a.sum));
    assert_float_equal(a.sum, reference(&e), 1e-5 * a.sum);
    for (size_t i = 0; i < 40 * DIM; i++)
        assert_true(isfinite(a.dq[i]) && isfinite(a.dc[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(loss__of_equal_vectors_is_n_ln_n),
        cmocka_unit_test(loss__of_two_pairs_by_hand),
        cmocka_unit_test(loss__equals_the_reference_for_each_option),
        cmocka_unit_test(loss__gradient_equals_differences_for_each_option),
        cmocka_unit_test(loss__gradient_with_hard_negatives),
        cmocka_unit_test(loss__hinge_by_hand),
        cmocka_unit_test(loss__hinge_with_one_hard_negative_is_the_largest),
        cmocka_unit_test(loss__hard_negatives_take_ties_by_lower_column),
        cmocka_unit_test(loss__masked_items_get_no_gradient),
        cmocka_unit_test(loss__same_query_spares_negatives),
        cmocka_unit_test(loss__same_bits_for_any_threads_and_close_levels),
        cmocka_unit_test(loss__by_bfloat16_is_near),
        cmocka_unit_test(loss__not_finite_shows),
        cmocka_unit_test(loss__stays_finite_for_large_logits),
    };
    return cmocka_run_group_tests_name("loss", tests, NULL, NULL);
}
