/* FactorizedTopK by item id: against brute force, between stores with other
 * texts, and that a step's figures are those of evaluate. */
#include <math.h>

#include "small_world.h"

enum { DIM = 16, KS = 5 };

static const size_t ks[KS] = {1, 5, 10, 50, 100};
static siamese_trainer *make_trainer(siamese_trainer_options options,
                                     const siamese_pairs *pairs)
{
    siamese_trainer *t = NULL;
    siamese_tower *const query = small_tower(&world, 1);
    siamese_tower *const item = small_tower(&world, 2);
    assert_int_equal(siamese_trainer_create(&t, query, item, &options), 0);
    assert_int_equal(siamese_trainer_add_pairs(t, pairs), 0);
    siamese_tower_free(query);
    siamese_tower_free(item);
    return t;
}

static siamese_trainer_options by_id(int32_t threads)
{
    siamese_trainer_options options = small_options(threads);
    options.topk_match = SIAMESE_TOPK_MATCH_ID;
    return options;
}

typedef struct vectors {
    float queries[SMALL_PAIRS * DIM], items[SMALL_PAIRS * DIM];
} vectors;

static void encode(const siamese_trainer *t, vectors *v)
{
    siamese_tower *query, *item;
    assert_int_equal(siamese_trainer_snapshot(t, &query, &item), 0);
    assert_int_equal(siamese_tower_dim(query), DIM);
    assert_int_equal(siamese_tower_encode(query, world.queries, SMALL_PAIRS, 1,
                                          v->queries, SMALL_PAIRS * DIM),
                     0);
    assert_int_equal(siamese_tower_encode(item, world.items, SMALL_PAIRS, 1,
                                          v->items, SMALL_PAIRS * DIM),
                     0);
    siamese_tower_free(query);
    siamese_tower_free(item);
}

static double score(const vectors *v, size_t query, size_t item)
{
    double s = 0;
    for (size_t d = 0; d < DIM; d++)
        s += (double)v->queries[query * DIM + d] * v->items[item * DIM + d];
    return s;
}

/* Hits of pairs 0 .. count - 1 among candidates first .. last - 1, the same
 * item by `ids`, or by texts where that is NULL. */
static void count_hits(const vectors *v, const int64_t *ids, size_t count,
                       size_t first, size_t last, size_t hits[KS])
{
    memset(hits, 0, KS * sizeof *hits);
    for (size_t i = 0; i < count; i++) {
        double best = -INFINITY;
        size_t higher = 0;
        for (size_t j = first; j < last; j++) {
            int const same =
                ids ? ids[i] == ids[j]
                    : strcmp(world.item_bytes[i], world.item_bytes[j]) == 0;
            if (same) best = fmax(best, score(v, i, j));
        }
        for (size_t j = first; j < last; j++)
            higher += score(v, i, j) > best + 1e-9;
        for (size_t k = 0; k < KS; k++)
            hits[k] += isfinite(best) && higher < ks[k];
    }
}

static void assert_hits(const double accuracy[KS], const size_t hits[KS],
                        size_t count)
{
    /* scores in double may break a tie of two floats: one pair's worth */
    for (size_t k = 0; k < KS; k++)
        assert_float_equal(accuracy[k] * (double)count, (double)hits[k], 1.5);
}

static void topk_by_id__is_brute_force(void **state)
{
    siamese_pairs pairs = world.pairs;
    static vectors v;
    double accuracy[KS], by_score[KS];
    size_t hits[KS];
    (void)state;
    pairs.item_ids = world.item_ids;
    siamese_trainer *const t = make_trainer(by_id(2), &pairs);
    siamese_trainer *const s = make_trainer(small_options(2), &pairs);
    encode(t, &v);
    assert_int_equal(
        siamese_trainer_evaluate(t, NULL, NULL, ks, KS, accuracy, KS), 0);
    count_hits(&v, world.item_ids, SMALL_PAIRS, 0, SMALL_PAIRS, hits);
    assert_hits(accuracy, hits, SMALL_PAIRS);
    /* 300 texts have 40 ids: a text of the same id is no miss any more */
    assert_int_equal(
        siamese_trainer_evaluate(s, NULL, NULL, ks, KS, by_score, KS), 0);
    assert_true(accuracy[2] > by_score[2]);
    siamese_trainer_free(t);
    siamese_trainer_free(s);
}

static void topk_by_id__matches_other_texts_of_candidates(void **state)
{
    siamese_pairs pairs = world.pairs, candidates = world.pairs;
    static vectors v;
    double accuracy[KS];
    size_t hits[KS];
    (void)state;
    pairs.item_ids = world.item_ids;
    pairs.count = 60;
    siamese_trainer *const t = make_trainer(by_id(1), &pairs);
    encode(t, &v);
    /* items 60 and on, in which the ids return with other texts */
    candidates.queries = NULL;
    candidates.items += 60;
    candidates.item_ids = world.item_ids + 60;
    candidates.count = SMALL_PAIRS - 60;
    assert_int_equal(
        siamese_trainer_evaluate(t, &pairs, &candidates, ks, KS, accuracy, KS),
        0);
    count_hits(&v, world.item_ids, 60, 60, SMALL_PAIRS, hits);
    assert_hits(accuracy, hits, 60);
    assert_true(accuracy[4] > 0);
    /* only ids of the first 20 items are there: others are misses */
    candidates.count = 20;
    assert_int_equal(
        siamese_trainer_evaluate(t, &pairs, &candidates, ks, KS, accuracy, KS),
        0);
    count_hits(&v, world.item_ids, 60, 60, 80, hits);
    assert_hits(accuracy, hits, 60);
    assert_float_equal(accuracy[4] * 60, 20, 1e-9);
    siamese_trainer_free(t);
}

/* Without ids equal texts are equal items, in whichever store; an id on one
 * side only is no match. */
static void topk_by_id__falls_back_to_texts(void **state)
{
    siamese_pairs pairs = world.pairs, candidates = world.pairs;
    static vectors v;
    double accuracy[KS];
    size_t hits[KS];
    (void)state;
    pairs.count = 100;
    siamese_trainer *const t = make_trainer(by_id(1), &pairs);
    encode(t, &v);
    candidates.queries = NULL;
    candidates.items += 30;
    candidates.count = 200;
    assert_int_equal(
        siamese_trainer_evaluate(t, &pairs, &candidates, ks, KS, accuracy, KS),
        0);
    count_hits(&v, NULL, 100, 30, 230, hits);
    assert_hits(accuracy, hits, 100);
    assert_true(accuracy[4] > 0);
    candidates.item_ids = world.item_ids + 30;
    assert_int_equal(
        siamese_trainer_evaluate(t, &pairs, &candidates, ks, KS, accuracy, KS),
        0);
    for (size_t k = 0; k < KS; k++) assert_true(accuracy[k] == 0);
    siamese_trainer_free(t);
}

/* One step an epoch, no shuffle: metrics=step is the evaluation of the weights
 * before the step. */
static void topk_by_id__a_step_has_the_figures_of_evaluate(void **state)
{
    siamese_trainer_options options = by_id(2);
    siamese_pairs pairs = world.pairs;
    siamese_progress p = {.struct_size = sizeof p};
    double before[KS];
    (void)state;
    pairs.item_ids = world.item_ids;
    options.batch_size = 1024;
    options.shuffle_buffer = 0;
    options.metrics = SIAMESE_METRICS_STEP;
    options.epochs = 6;
    siamese_trainer *const t = make_trainer(options, &pairs);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_int_equal(
        siamese_trainer_evaluate(t, NULL, NULL, ks, KS, before, KS), 0);
    assert_int_equal(siamese_trainer_set_option(t, "epochs", "7"), 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_int_equal(siamese_trainer_get_progress(t, &p), 0);
    for (size_t k = 0; k < KS; k++) assert_true(p.topk[k] == before[k]);
    assert_true(before[2] > 0 && before[0] < 1);
    siamese_trainer_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(topk_by_id__is_brute_force),
        cmocka_unit_test(topk_by_id__matches_other_texts_of_candidates),
        cmocka_unit_test(topk_by_id__falls_back_to_texts),
        cmocka_unit_test(topk_by_id__a_step_has_the_figures_of_evaluate),
    };
    return cmocka_run_group_tests_name("trainer_topk", tests, setup, teardown);
}
