/* The pairs of a step, given and generated: which queries the generated ones
 * have, for any number of threads, and from step to step of other sizes. */
#include "small_store.h"
#include "train/step_pairs.h"

/* ---- one field ---- */

/* Fragments that are equal, or equal to a given query, are the same query. */
static void step_pairs__equal_queries_have_one_number(void **state)
{
    sm_pair_store own;
    siamese_text const items[] = {{"x", 1}, {" x", 2}, {"q", 1}, {" \n", 2}};
    siamese_text const query = {"q", 1};
    siamese_pairs pairs = {.struct_size = sizeof pairs,
                           .queries = &query,
                           .items = items,
                           .query_fields = 1,
                           .item_fields = 1,
                           .count = 1};
    sm_generated_pairs made = {
        .rules = {.share = 1, .fragments = {1, 1, 1}, .weight = 1}};
    static const size_t rows[] = {1, 2, 3, 0};
    sm_batch const batch = {rows, 4, {1, 4, &made, NULL}};
    sm_step_pairs step;
    siamese_text text;
    sm_pool *pool;
    (void)state;
    assert_int_equal(sm_pool_create(&pool, 1), 0);
    sm_pair_store_init(&own, 1, 1);
    sm_step_pairs_init(&step, 1);
    assert_int_equal(
        sm_pair_store_add(&own, NULL, NULL, &pairs, SM_PAIRS_WHOLE, "p"), 0);
    pairs.queries = NULL;
    pairs.count = 4;
    assert_int_equal(
        sm_pair_store_add(&own, NULL, NULL, &pairs, SM_PAIRS_CATALOGUE, "p"),
        0);
    assert_int_equal(sm_generated_pairs_update(&made, &own, NULL, 1, 4), 0);
    assert_int_equal(made.count, 3); /* the last has no word */
    assert_int_equal(sm_generated_pairs_draw(&made, 0), 0);
    for (size_t n = 0; n < 2; n++) {
        assert_int_equal(sm_step_pairs_read(&step, pool, &own, &batch), 0);
        assert_int_equal(step.pairs[0].query, 1); /* behind the one given */
        assert_int_equal(step.pairs[1].query, 1);
        assert_int_equal(step.pairs[2].query, 0);
        assert_int_equal(step.pairs[3].query, 0);
        sm_step_pairs_query(&step, &own, 1, &text);
        assert_int_equal(text.size, 1);
        assert_memory_equal(text.data, "x", 1);
        sm_step_pairs_query(&step, &own, 2, &text);
        assert_memory_equal(text.data, "q", 1);
    }
    sm_step_pairs_free(&step);
    sm_generated_pairs_free(&made);
    sm_pair_store_free(&own);
    sm_pool_free(pool);
}

/* ---- many, of two fields ---- */

/* Pair i of the batch is what it is alone, and its query is the fragment, in
 * its field. */
static void check_pair(const sm_step_pairs *step, const sm_batch *batch,
                       size_t i)
{
    size_t const row = batch->rows[i];
    const sm_generated_pairs *const made = batch->source.generated;
    const sm_pair *const pair = &step->pairs[i];
    siamese_text texts[2];
    char fragment[256];
    sm_pair alone;
    sm_step_pairs_query(step, &store, i, texts);
    if (row < batch->source.pairs) {
        alone = sm_pair_store_get(&store, row);
        assert_int_equal(pair->query, alone.query);
    } else {
        size_t const size = sm_generated_pairs_get(
            made, &store, row - batch->source.pairs, &alone, fragment);
        size_t const field = made->rules.query_field;
        assert_int_equal(texts[field].size, size);
        assert_memory_equal(texts[field].data, fragment, size);
        assert_int_equal(texts[1 - field].size, 0);
    }
    assert_int_equal(pair->item, alone.item);
    assert_int_equal(pair->item_number, alone.item_number);
    assert_true(pair->weight == alone.weight);
}

/* The second batch has fewer pairs, the third more. A batch without generated
 * pairs comes first, which tells nothing of their field. */
static void check_steps(sm_pool *pool, const sm_generated_pairs *made,
                        uint32_t *queries)
{
    enum { MOST = 600 };
    static const size_t counts[] = {300, 1, MOST};
    size_t rows[MOST];
    sm_step_pairs step;
    sm_step_pairs_init(&step, 2);
    for (size_t i = 0; i < MOST; i++)
        rows[i] = i * 7919 % (60 + (made->count ? made->count : 1));
    sm_batch given = {rows, 0, {60, 200, NULL, NULL}};
    while (given.count < MOST && rows[given.count] < 60) given.count++;
    assert_int_equal(sm_step_pairs_read(&step, pool, &store, &given), 0);
    for (size_t n = 0; n < 3; n++) {
        sm_batch const batch = {rows, counts[n], {60, 200, made, NULL}};
        assert_int_equal(sm_step_pairs_read(&step, pool, &store, &batch), 0);
        for (size_t i = 0; i < batch.count; i++) check_pair(&step, &batch, i);
    }
    for (size_t i = 0; i < MOST; i++) queries[i] = step.pairs[i].query;
    sm_step_pairs_free(&step);
}

static void step_pairs__are_the_same_for_any_threads(void **state)
{
    uint32_t queries[600], again[600];
    (void)state;
    for (size_t field = 0; field < 2; field++) {
        sm_generated_pairs made = {.rules = {.share = 12.5,
                                             .fragments = {1, 5, 0.5},
                                             .weight = 0.25f,
                                             .query_field = field,
                                             .seed = 9}};
        assert_int_equal(
            sm_generated_pairs_update(&made, &store, NULL, 60, 200), 0);
        assert_int_equal(sm_generated_pairs_draw(&made, 3), 0);
        for (int32_t threads = 1; threads < 4; threads++) {
            sm_pool *pool;
            assert_int_equal(sm_pool_create(&pool, threads), 0);
            check_steps(pool, &made, threads == 1 ? queries : again);
            if (threads > 1)
                assert_memory_equal(again, queries, sizeof queries);
            sm_pool_free(pool);
        }
        sm_generated_pairs_free(&made);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(step_pairs__equal_queries_have_one_number),
        cmocka_unit_test(step_pairs__are_the_same_for_any_threads),
    };
    return cmocka_run_group_tests_name("step_pairs", tests, small_store_setup,
                                       small_store_teardown);
}
