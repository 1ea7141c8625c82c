/* The retrieval loss: closed forms, a plain reference in double for each option,
 * finite differences, and the same bits for any number of threads. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "train/loss.h"

enum { MOST = 150, DIM = 12 };

/* A batch with every array in place; `use` says which options it takes. */
enum { WEIGHTS = 1, PROBABILITIES = 2, HITS = 4, TEMPERATURE = 8, HARD = 16 };

typedef struct example {
    sm_loss_options options;
    sm_loss_batch batch;
    float queries[MOST * DIM], items[MOST * DIM];
    float weights[MOST], probabilities[MOST];
    uint32_t numbers[MOST];
} example;

typedef struct answer {
    double sum;
    float dq[MOST * DIM], dc[MOST * DIM];
} answer;

static double uniform(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return (*seed >> 8) / 16777216.0;
}

static void make(example *e, size_t count, int use, float scale)
{
    uint32_t seed = 7;
    *e = (example){.options = {(use & TEMPERATURE) ? 0.5f : 1.0f,
                               (use & HARD) ? 4 : 0}};
    for (size_t i = 0; i < count * DIM; i++) {
        e->queries[i] = scale * (float)(uniform(&seed) - 0.5);
        e->items[i] = scale * (float)(uniform(&seed) - 0.5);
    }
    for (size_t i = 0; i < count; i++) {
        e->weights[i] = (float)(3 * uniform(&seed));
        e->probabilities[i] = i == 1 ? 1e-9f : (float)uniform(&seed);
        e->numbers[i] = (uint32_t)(i % 5);
    }
    e->batch = (sm_loss_batch){
        count,
        DIM,
        e->queries,
        e->items,
        (use & WEIGHTS) ? e->weights : NULL,
        (use & PROBABILITIES) ? e->probabilities : NULL,
        (use & HITS) ? e->numbers : NULL};
}

/* Row i's logits as tfrs.tasks.Retrieval makes them; -inf where left out. */
static void reference_row(const example *e, size_t i, double *s)
{
    const sm_loss_batch *const b = &e->batch;
    for (size_t j = 0; j < b->count; j++) {
        s[j] = 0;
        for (size_t d = 0; d < DIM; d++)
            s[j] += (double)b->queries[i * DIM + d] * b->items[j * DIM + d];
        s[j] /= e->options.temperature;
        if (b->probabilities)
            s[j] -= log(fmin(fmax(b->probabilities[j], 1e-6), 1));
        if (b->item_numbers && j != i &&
            b->item_numbers[j] == b->item_numbers[i])
            s[j] -= 3.4028e36;
    }
    size_t const n = e->options.hard_negatives;
    if (n == 0) return;
    double kept[MOST];
    for (size_t j = 0; j < b->count; j++) {
        size_t before = 0; /* negatives that are taken before j */
        for (size_t k = 0; k < b->count; k++)
            before += k != i && (s[k] > s[j] || (s[k] == s[j] && k < j));
        kept[j] = j == i || before < n ? s[j] : -INFINITY;
    }
    memcpy(s, kept, b->count * sizeof *s);
}

static double reference(const example *e)
{
    double total = 0, s[MOST];
    for (size_t i = 0; i < e->batch.count; i++) {
        reference_row(e, i, s);
        double highest = -INFINITY, sum = 0;
        for (size_t j = 0; j < e->batch.count; j++)
            highest = fmax(highest, s[j]);
        for (size_t j = 0; j < e->batch.count; j++)
            sum += exp(s[j] - highest);
        total += (e->batch.weights ? e->batch.weights[i] : 1) *
                 (log(sum) + highest - s[i]);
    }
    return total;
}

static void compute(const example *e, int32_t threads, int32_t level,
                    answer *out)
{
    const sm_kernels *kernels = NULL;
    sm_pool *pool = NULL;
    sm_loss loss = {0};
    assert_int_equal(sm_kernels_select(level, &kernels), 0);
    assert_int_equal(sm_pool_create(&pool, threads), 0);
    assert_int_equal(sm_loss_reserve(&loss, e->batch.count, DIM,
                                     sm_pool_threads(pool)),
                     0);
    memset(out, 0, sizeof *out);
    assert_int_equal(sm_loss_compute(&loss, pool, kernels, &e->options,
                                     &e->batch, &out->sum, out->dq, out->dc),
                     0);
    sm_loss_free(&loss);
    sm_pool_free(pool);
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
    e.queries[0] = 1;   /* s = [[2, -1], [0, 0]] */
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
    static const size_t counts[] = {1, 2, 5, 63, 64, 65, 150};
    static example e;
    static answer a;
    (void)state;
    for (int use = 0; use < 32; use++)
        for (size_t c = 0; c < 7; c++) {
            make(&e, counts[c], use, 2);
            compute(&e, 2, SIAMESE_KERNEL_AUTO, &a);
            assert_float_equal(a.sum, reference(&e),
                               2e-6 * (1 + fabs(a.sum)));
        }
}

/* d loss / d x by a difference of the reference, against the gradients. */
static void check_gradient(example *e, const answer *a)
{
    double const h = 1e-2;
    float *const sides[] = {e->queries, e->items};
    const float *const gradients[] = {a->dq, a->dc};
    for (size_t side = 0; side < 2; side++)
        for (size_t i = 0; i < e->batch.count * DIM; i++) {
            float *const x = &sides[side][i];
            float const kept = *x;
            *x = (float)(kept + h);
            double const up = reference(e), high = *x;
            *x = (float)(kept - h);
            double const down = reference(e), low = *x;
            *x = kept;
            double const slope = (up - down) / (high - low);
            assert_float_equal(gradients[side][i], slope,
                               2e-3 * (1 + fabs(slope)));
        }
}

static void loss__gradient_equals_differences_for_each_option(void **state)
{
    static example e;
    static answer a;
    (void)state;
    /* the cut of hard negatives moves with x: it has its own test */
    for (int use = 0; use < HARD; use++) {
        make(&e, 9, use, 1);
        compute(&e, 2, SIAMESE_KERNEL_AUTO, &a);
        check_gradient(&e, &a);
    }
}

/* Two negatives of each row stand far above the others, so the cut is firm. */
static void loss__gradient_with_hard_negatives(void **state)
{
    static example e;
    static answer a;
    (void)state;
    make(&e, 9, WEIGHTS | TEMPERATURE | HARD, 0.5f);
    e.options.hard_negatives = 2;
    for (size_t i = 0; i < 9; i++) {
        e.queries[i * DIM] = 1;
        e.items[i * DIM] = i < 3 ? 3.0f : -3.0f;
    }
    /* rows 0..2 have exactly two negatives up there, the others three: give
     * those one that is lower still */
    e.items[2 * DIM] = 2.0f;
    compute(&e, 1, SIAMESE_KERNEL_AUTO, &a);
    assert_float_equal(a.sum, reference(&e), 1e-5 * a.sum);
    check_gradient(&e, &a);
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
    static example e;
    static answer a;
    (void)state;
    make(&e, 8, HITS, 1);
    for (size_t i = 0; i < 8; i++) e.numbers[i] = 3;
    compute(&e, 1, SIAMESE_KERNEL_AUTO, &a);
    assert_float_equal(a.sum, 0, 1e-6);
    for (size_t i = 0; i < 8 * DIM; i++) {
        assert_true(a.dq[i] == 0);
        assert_true(a.dc[i] == 0);
    }
}

static void loss__same_bits_for_any_threads_and_close_levels(void **state)
{
    static example e;
    static answer one, other;
    (void)state;
    make(&e, MOST, 31, 2);
    compute(&e, 1, SIAMESE_KERNEL_AUTO, &one);
    for (int32_t threads = 2; threads <= 7; threads += 5) {
        compute(&e, threads, SIAMESE_KERNEL_AUTO, &other);
        assert_memory_equal(&one, &other, sizeof one);
    }
    compute(&e, 1, SIAMESE_KERNEL_PORTABLE, &other);
    assert_float_equal(one.sum, other.sum, 1e-6 * one.sum);
}

static void loss__not_finite_shows(void **state)
{
    static const float odd[] = {NAN, INFINITY, -INFINITY};
    static example e;
    static answer a;
    (void)state;
    for (int use = 0; use < 32; use++)
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
    make(&e, 40, 31, 3000);
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
        cmocka_unit_test(loss__hard_negatives_take_ties_by_lower_column),
        cmocka_unit_test(loss__masked_items_get_no_gradient),
        cmocka_unit_test(loss__same_bits_for_any_threads_and_close_levels),
        cmocka_unit_test(loss__not_finite_shows),
        cmocka_unit_test(loss__stays_finite_for_large_logits),
    };
    return cmocka_run_group_tests_name("loss", tests, NULL, NULL);
}
