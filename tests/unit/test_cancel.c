/* Cancelling: whatever takes long looks at the flag that its thread watches.
 * The clock is not asked: each kind of work is shown to end where the flag is
 * set, and a loop is shown how often it looks. */
#include <pthread.h>

#include "common/cancel.h"
#include "common/pool.h"
#include "nn/distinct_rows.h"
#include "small_pairs.h"
#include "train/item_counts.h"
#include "train/mine.h"
#include "train/pairs_accuracy.h"
#include "pairs/sampler.h"

static small_pairs world;
static sm_pair_store store;
static siamese_tower *tower;
static sm_pool *pool;
static atomic_int cancelled;

static int setup(void **state)
{
    siamese_pairs pairs;
    (void)state;
    small_pairs_create(&world);
    tower = small_tower(&world, 1);
    sm_pair_store_init(&store, 1, 1);
    pairs = world.pairs;
    pairs.item_ids = world.item_ids;
    assert_int_equal(
        sm_pair_store_add(&store, NULL, NULL, &pairs, SM_PAIRS_WHOLE, "pairs"),
        0);
    pairs.queries = NULL;
    assert_int_equal(sm_pair_store_add(&store, NULL, NULL, &pairs,
                                       SM_PAIRS_CATALOGUE, "items"),
                     0);
    return sm_pool_create(&pool, 3);
}

static int teardown(void **state)
{
    (void)state;
    sm_pool_free(pool);
    sm_pair_store_free(&store);
    siamese_tower_free(tower);
    small_pairs_free(&world);
    return 0;
}

static void cancel__ends_what_its_thread_watches(void **state)
{
    atomic_int other = 1;
    (void)state;
    assert_int_equal(sm_cancel_check(), 0);
    assert_null(sm_cancel_watch(&cancelled));
    assert_int_equal(sm_cancel_check(), 0);
    assert_ptr_equal(sm_cancel_watch(&other), &cancelled);
    assert_int_equal(sm_cancel_check(), SIAMESE_E_CANCELLED);
    for (size_t i = 0; i < 5000; i++)
        assert_int_equal(sm_cancel_check_at(i),
                         i % 1024 ? 0 : SIAMESE_E_CANCELLED);
    assert_ptr_equal(sm_cancel_watch(NULL), &other);
    assert_int_equal(sm_cancel_check(), 0);
}

/* ---- the pool ---- */

/* The hundredth task cancels; every thread sees it before its next one. */
static sm_status cancel_at_100(void *context, size_t task, size_t worker)
{
    atomic_size_t *const ran = context;
    (void)worker;
    if (task == 100) atomic_store(&cancelled, 1);
    atomic_fetch_add(ran, 1);
    return SIAMESE_OK;
}

static void cancel__ends_a_run_of_the_pool(void **state)
{
    (void)state;
    for (int32_t threads = 1; threads < 4; threads++) {
        sm_pool *own = NULL;
        atomic_size_t ran = 0;
        assert_int_equal(sm_pool_create(&own, threads), 0);
        sm_cancel_watch(&cancelled);
        assert_int_equal(sm_pool_run(own, 1000000, cancel_at_100, &ran),
                         SIAMESE_E_CANCELLED);
        sm_cancel_watch(NULL);
        assert_true(ran > 90);
        assert_true(ran < 1000000);
        /* those that helped do not watch it any longer */
        ran = 0;
        assert_int_equal(sm_pool_run(own, 1000, cancel_at_100, &ran), 0);
        assert_int_equal(ran, 1000);
        atomic_store(&cancelled, 0);
        sm_pool_free(own);
    }
}

/* ---- the parts of a run ---- */

static sm_status add_pairs(void)
{
    sm_pair_store own;
    sm_pair_store_init(&own, 1, 1);
    sm_status const status = sm_pair_store_add(&own, NULL, NULL, &world.pairs,
                                               SM_PAIRS_WHOLE, "pairs");
    assert_int_equal(own.count, status == SIAMESE_OK ? SMALL_PAIRS : 0);
    sm_pair_store_free(&own);
    return status;
}

static sm_status find_fingerprint(void)
{
    uint64_t fingerprint;
    return sm_pair_store_fingerprint(&store, store.count, store.catalogue.count,
                                     &fingerprint);
}

static sm_status list_mined(void)
{
    sm_mined mined = {.count = 0};
    sm_status const status =
        sm_mined_update(&mined, &store, store.count, store.catalogue.count);
    /* a list that was not made is not taken for one that was */
    const atomic_int *const watched = sm_cancel_watch(NULL);
    assert_int_equal(
        sm_mined_update(&mined, &store, store.count, store.catalogue.count), 0);
    assert_int_equal(mined.items.count, 40);
    sm_cancel_watch(watched);
    sm_mined_free(&mined);
    return status;
}

static sm_generation_rules const generation_rules = {
    .share = 0.5, .fragments = {1, 3, 0.5}, .weight = 1};

static sm_status list_generated(void)
{
    sm_generated_pairs made = {.rules = generation_rules};
    sm_status const status = sm_generated_pairs_update(
        &made, &store, NULL, store.count, store.catalogue.count);
    const atomic_int *const watched = sm_cancel_watch(NULL);
    assert_int_equal(sm_generated_pairs_update(&made, &store, NULL, store.count,
                                               store.catalogue.count),
                     0);
    assert_int_equal(made.count, 20);
    sm_cancel_watch(watched);
    sm_generated_pairs_free(&made);
    return status;
}

static sm_status draw_generated(void)
{
    sm_generated_pairs made = {.rules = generation_rules};
    const atomic_int *const watched = sm_cancel_watch(NULL);
    assert_int_equal(
        sm_generated_pairs_update(&made, &store, NULL, store.count, 0), 0);
    sm_cancel_watch(watched);
    sm_status const status = sm_generated_pairs_draw(&made, 1);
    sm_generated_pairs_free(&made);
    return status;
}

static sm_status count_items(void)
{
    sm_item_counts counts = {.times = NULL};
    sm_batch_source const drawn = {store.count, store.catalogue.count, NULL,
                                   NULL};
    sm_status const status = sm_item_counts_update(&counts, &store, drawn);
    /* half a count is not taken for a whole one */
    const atomic_int *const watched = sm_cancel_watch(NULL);
    assert_int_equal(sm_item_counts_update(&counts, &store, drawn), 0);
    assert_true(counts.times[0] == SMALL_PAIRS / 40 + 1);
    sm_cancel_watch(watched);
    sm_item_counts_free(&counts);
    return status;
}

static sm_status skip_elements(void)
{
    sm_sampler sampler;
    assert_int_equal(sm_sampler_create(&sampler, 5000, 100, 1, 0), 0);
    sm_status const status = sm_sampler_skip(&sampler, 4000);
    sm_sampler_free(&sampler);
    return status;
}

static sm_status list_candidates(void)
{
    sm_candidates list = {0};
    sm_status const status = sm_pairs_candidates(&list, &store, 1);
    sm_candidates_free(&list);
    return status;
}

static sm_status read_candidates(void)
{
    sm_candidates list = {0};
    sm_candidate_rows rows = {.count = 0};
    const atomic_int *const watched = sm_cancel_watch(NULL);
    assert_int_equal(sm_pairs_candidates(&list, &store, 1), 0);
    sm_cancel_watch(watched);
    sm_status const status =
        sm_candidate_rows_create(&rows, &list, tower, pool);
    sm_candidate_rows_free(&rows);
    sm_candidates_free(&list);
    return status;
}

static sm_status find_distinct(void)
{
    int32_t const ids[] = {1, 2};
    size_t const offsets[] = {0, 1, 2};
    sm_distinct_rows rows = {.count = 0};
    sm_status const status =
        sm_distinct_rows_find(&rows, NULL, ids, offsets, 2, SIZE_MAX);
    sm_distinct_rows_free(&rows);
    return status;
}

static sm_status no_tick(void *context, double done)
{
    (void)context, (void)done;
    return SIAMESE_OK;
}

static sm_status evaluate(void)
{
    size_t const k = 1;
    uint64_t hits = 0;
    const sm_kernels *kernels;
    const atomic_int *const watched = sm_cancel_watch(NULL);
    assert_int_equal(sm_kernels_select(SIAMESE_KERNEL_AUTO, &kernels), 0);
    sm_cancel_watch(watched);
    sm_topk_accuracy_run const e = {tower, tower, pool, kernels, no_tick, NULL};
    return sm_pairs_accuracy(&e, &store, &store, 0, &k, 1, &hits, NULL);
}

static sm_status mine(void)
{
    uint32_t *const numbers = malloc(SMALL_PAIRS * sizeof *numbers);
    sm_mine_rules const rules = {1, 1, 20, 1, 1};
    sm_mined mined = {.count = 0};
    const sm_kernels *kernels;
    const atomic_int *const watched = sm_cancel_watch(NULL);
    assert_int_equal(sm_kernels_select(SIAMESE_KERNEL_AUTO, &kernels), 0);
    assert_int_equal(sm_mined_update(&mined, &store, store.count, 0), 0);
    sm_cancel_watch(watched);
    sm_topk_accuracy_run const e = {tower, tower, pool, kernels, no_tick, NULL};
    sm_status const status =
        sm_mine(&e, &rules, &store, store.count, 0, &mined.items, numbers);
    sm_mined_free(&mined);
    free(numbers);
    return status;
}

static void cancel__ends_each_part_of_a_run(void **state)
{
    static sm_status (*const parts[])(void) = {
        add_pairs,       find_fingerprint, list_mined,    list_generated,
        draw_generated,  count_items,      skip_elements, list_candidates,
        read_candidates, find_distinct,    evaluate,      mine};
    (void)state;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        sm_cancel_watch(&cancelled);
        assert_int_equal(parts[i](), 0);
        atomic_store(&cancelled, 1);
        assert_int_equal(parts[i](), SIAMESE_E_CANCELLED);
        atomic_store(&cancelled, 0);
        sm_cancel_watch(NULL);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cancel__ends_what_its_thread_watches),
        cmocka_unit_test(cancel__ends_a_run_of_the_pool),
        cmocka_unit_test(cancel__ends_each_part_of_a_run),
    };
    return cmocka_run_group_tests_name("cancel", tests, setup, teardown);
}
