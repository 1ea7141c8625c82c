/* test_listwise.c: the loss of a learned ranking and its minimum, held to
 * finite differences, to closed forms and to brute force. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

#include "common/rng.h"
#include "search/listwise.h"

enum { DIM = 5, QUERIES = 12, ROWS = 9 };

typedef struct data {
    double features[QUERIES * ROWS * DIM];
    float gains[QUERIES * ROWS];
    size_t offsets[QUERIES + 1];
    double prior[DIM];
    sm_listwise problem;
} data;

/* Query 3 has no relevant candidate, query 5 no other, query 7 none at all. */
static void fill(data *d)
{
    sm_rng rng;
    size_t rows = 0;
    sm_rng_init(&rng, 5, 0);
    for (size_t q = 0; q < QUERIES; q++) {
        size_t const count = q == 7 ? 0 : 2 + sm_rng_below(&rng, ROWS - 1);
        d->offsets[q] = rows;
        for (size_t i = 0; i < count; i++, rows++) {
            bool const relevant = q == 5 || (q != 3 && i % 3 == 1);
            d->gains[rows] = relevant ? 0.5f + (float)sm_rng_uniform(&rng) : 0;
            for (size_t f = 0; f < DIM; f++)
                d->features[rows * DIM + f] = sm_rng_normal(&rng);
        }
    }
    d->offsets[QUERIES] = rows;
    for (size_t f = 0; f < DIM; f++) d->prior[f] = sm_rng_normal(&rng);
    d->problem = (sm_listwise){d->features, d->gains, d->offsets, QUERIES,
                               DIM,         0.1,      d->prior};
}

static void must(sm_status status)
{
    assert_int_equal(status, SIAMESE_OK);
}

/* The definition, written down as it is. */
static double brute_loss(const sm_listwise *p, const double *w)
{
    double total = 0, ridge = 0, queries = 0;
    for (size_t q = 0; q < p->count; q++) {
        double loss = 0, gain = 0, others = 0;
        for (size_t i = p->offsets[q]; i < p->offsets[q + 1]; i++) {
            double sum = 1;
            others += p->gains[i] == 0;
            gain += p->gains[i];
            for (size_t j = p->offsets[q]; j < p->offsets[q + 1]; j++) {
                double away = 0;
                for (size_t f = 0; f < p->dim; f++)
                    away += w[f] * (p->features[j * p->dim + f] -
                                    p->features[i * p->dim + f]);
                if (p->gains[j] == 0) sum += exp(away);
            }
            loss += p->gains[i] * log(sum);
        }
        if (gain == 0 || others == 0) continue;
        total += loss / gain;
        queries++;
    }
    for (size_t f = 0; f < p->dim; f++)
        ridge += (w[f] - p->prior[f]) * (w[f] - p->prior[f]);
    return total / queries + p->ridge * ridge / 2;
}

static void test_listwise__loss_is_its_definition(void **state)
{
    data d;
    double const weights[DIM] = {0.3, -1.2, 0.5, 2, -0.1};
    double loss;
    (void)state;
    fill(&d);
    assert_int_equal(sm_listwise_queries(&d.problem), QUERIES - 3);
    must(sm_listwise_loss(&d.problem, weights, &loss, NULL, NULL));
    assert_true(fabs(loss - brute_loss(&d.problem, weights)) < 1e-12);
}

static void test_listwise__derivatives_are_finite_differences(void **state)
{
    data d;
    double weights[DIM] = {0.3, -1.2, 0.5, 2, -0.1};
    double loss, up, down, gradient[DIM], hessian[DIM * DIM];
    double above[DIM], below[DIM];
    double const step = 1e-5;
    (void)state;
    fill(&d);
    must(sm_listwise_loss(&d.problem, weights, &loss, gradient, hessian));
    for (size_t f = 0; f < DIM; f++) {
        double const at = weights[f];
        weights[f] = at + step;
        must(sm_listwise_loss(&d.problem, weights, &up, above, NULL));
        weights[f] = at - step;
        must(sm_listwise_loss(&d.problem, weights, &down, below, NULL));
        weights[f] = at;
        assert_true(fabs((up - down) / (2 * step) - gradient[f]) < 1e-8);
        for (size_t g = 0; g < DIM; g++)
            assert_true(fabs((above[g] - below[g]) / (2 * step) -
                             hessian[f * DIM + g]) < 1e-7);
    }
}

/* Scores so far apart that exp of their difference is no number. */
static void test_listwise__large_scores_are_finite(void **state)
{
    static const double features[] = {0, 5000};
    static const float gains[] = {1, 0};
    static const size_t offsets[] = {0, 2};
    double const prior = 0;
    sm_listwise const problem = {features, gains, offsets, 1, 1, 1, &prior};
    double const one = 1;
    double loss, gradient, hessian;
    (void)state;
    must(sm_listwise_loss(&problem, &one, &loss, &gradient, &hessian));
    assert_true(loss == 5000.5);
    assert_true(gradient == 5001);
    assert_true(hessian == 1);
}

/* Of one feature, one relevant candidate at 1 and one other at 0 the minimum is
 * where ridge w = 1 / (1 + exp(w)); w = 1 for the ridge that this gives. */
static void test_listwise__minimum_is_the_closed_form(void **state)
{
    static const double features[] = {1, 0};
    static const float gains[] = {2, 0};
    static const size_t offsets[] = {0, 2};
    double const prior = 0, ridge = 1 / (1 + exp(1));
    sm_listwise const problem = {features, gains, offsets, 1, 1, ridge, &prior};
    double weight = -3;
    (void)state;
    must(sm_listwise_solve(&problem, &weight));
    assert_true(fabs(weight - 1) < 1e-7);
}

/* No step of any direction lowers the loss, wherever it began. */
static void test_listwise__minimum_is_the_lowest(void **state)
{
    data d;
    double weights[DIM] = {20, -30, 5, 7, -40}, again[DIM] = {0};
    (void)state;
    fill(&d);
    must(sm_listwise_solve(&d.problem, weights));
    must(sm_listwise_solve(&d.problem, again));
    double const least = brute_loss(&d.problem, weights);
    for (size_t f = 0; f < DIM; f++) {
        assert_true(fabs(weights[f] - again[f]) < 1e-6);
        for (int side = -1; side <= 1; side += 2) {
            double moved[DIM];
            memcpy(moved, weights, sizeof moved);
            moved[f] += side * 1e-3;
            assert_true(brute_loss(&d.problem, moved) > least);
        }
    }
}

/* Where nothing is to be learned the prior stays. */
static void test_listwise__prior_stays_without_queries(void **state)
{
    data d;
    double weights[DIM] = {1, 2, 3, 4, 5};
    (void)state;
    fill(&d);
    d.problem.count = 0;
    must(sm_listwise_solve(&d.problem, weights));
    for (size_t f = 0; f < DIM; f++)
        assert_true(fabs(weights[f] - d.prior[f]) < 1e-9);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_listwise__loss_is_its_definition),
        cmocka_unit_test(test_listwise__derivatives_are_finite_differences),
        cmocka_unit_test(test_listwise__large_scores_are_finite),
        cmocka_unit_test(test_listwise__minimum_is_the_closed_form),
        cmocka_unit_test(test_listwise__minimum_is_the_lowest),
        cmocka_unit_test(test_listwise__prior_stays_without_queries),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
