/* Mined negatives against brute force: ranks, protection, draws, threads. */
#include <math.h>

#include "common/memory.h"
#include "small_pairs.h"
#include "train/mine.h"
#include "metrics/topk.h"

enum {
    ITEMS = 40,
    QUERIES_MOST = SMALL_PAIRS,
    DIM = 2 * SMALL_UNITS,
    MOST = 8
};

static small_pairs world;
static sm_pair_store store;
static sm_item_list items;
static siamese_tower *query, *item;

/* All pairs by id, each odd one with a negative. */
static int setup(void **state)
{
    siamese_pairs pairs;
    (void)state;
    small_pairs_create(&world);
    query = small_tower(&world, 1);
    item = small_tower(&world, 2);
    pairs = world.pairs;
    pairs.item_ids = world.item_ids;
    pairs.negatives = world.items + 7;
    pairs.negative_ids = world.item_ids + 7;
    pairs.negative_offsets = world.offsets;
    sm_pair_store_init(&store, 1, 1);
    assert_int_equal(
        sm_pair_store_add(&store, NULL, NULL, &pairs, SM_PAIRS_WHOLE, "p"), 0);
    assert_int_equal(
        sm_pair_store_distinct(&store, NULL, SMALL_PAIRS, 0, &items), 0);
    assert_int_equal(items.count, ITEMS);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    sm_free(items.items);
    sm_pair_store_free(&store);
    siamese_tower_free(query);
    siamese_tower_free(item);
    small_pairs_free(&world);
    return 0;
}

static size_t ticks;

static sm_status tick(void *context, double done)
{
    assert_true(done > 0 && done <= 1);
    ticks++;
    return context ? sm_fail(SIAMESE_E_CANCELLED, "enough") : SIAMESE_OK;
}

static sm_status mine(int32_t threads, const sm_mine_rules *rules,
                      uint64_t epoch, uint32_t *numbers, void *context)
{
    const sm_kernels *kernels;
    sm_pool *pool;
    assert_int_equal(sm_kernels_select(SIAMESE_KERNEL_AUTO, &kernels), 0);
    assert_int_equal(sm_pool_create(&pool, threads), 0);
    sm_topk_accuracy_run const e = {query, item, pool, kernels, tick, context};
    sm_status const status =
        sm_mine(&e, rules, &store, SMALL_PAIRS, epoch, &items, numbers);
    sm_pool_free(pool);
    return status;
}

static void encode(const siamese_tower *tower, const sm_text_rows *rows,
                   size_t row, float *out)
{
    siamese_text text;
    sm_text_rows_get(rows, row, &text);
    assert_int_equal(siamese_tower_encode(tower, &text, 1, 1, out, DIM), 0);
}

/* Whether the pairs of the query say something of the item. */
static int is_judged(uint32_t q, uint32_t number)
{
    for (size_t i = 0; i < SMALL_PAIRS; i++) {
        sm_pair const own = sm_pair_store_get(&store, i);
        const sm_pair *const p = &own;
        if (p->query != q) continue;
        if (p->item_number == number) return 1;
        for (size_t n = 0; n < p->negative_count; n++)
            if (store.negatives.items[p->first_negative + n].number == number)
                return 1;
    }
    return 0;
}

/* Which items a pair may have: allowed[ITEMS]; gives how many. */
static size_t allow(const sm_pair *pair, const sm_mine_rules *rules,
                    unsigned char *allowed)
{
    const sm_kernels *kernels;
    float q[DIM], v[DIM], scores[ITEMS], own = 0;
    size_t count = 0;
    assert_int_equal(sm_kernels_select(SIAMESE_KERNEL_AUTO, &kernels), 0);
    encode(query, &store.queries, pair->query, q);
    for (size_t i = 0; i < ITEMS; i++) {
        encode(item, &store.items, items.items[i].row, v);
        scores[i] = sm_topk_score(kernels, q, v, DIM);
        if (items.items[i].number == pair->item_number) own = scores[i];
    }
    for (size_t i = 0; i < ITEMS; i++) {
        size_t rank = 1;
        for (size_t j = 0; j < ITEMS; j++)
            rank += scores[j] > scores[i] || (scores[j] == scores[i] && j < i);
        allowed[i] = rank >= rules->first && rank <= rules->last &&
                     scores[i] <= own - (1 - rules->below) * fabs(own) &&
                     !is_judged(pair->query, items.items[i].number);
        count += allowed[i];
    }
    return count;
}

static void mine__draws_what_brute_force_allows(void **state)
{
    static const sm_mine_rules cases[] = {{3, 1, 40, 1, 5},
                                          {2, 4, 12, 0.95, 5},
                                          {8, 1, 3, 0.5, 5},
                                          {1, 30, 400, 1, 5}};
    uint32_t numbers[SMALL_PAIRS * MOST];
    size_t all = 0, short_of = 0;
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        const sm_mine_rules *const rules = &cases[c];
        assert_int_equal(mine(2, rules, 3, numbers, NULL), 0);
        for (size_t i = 0; i < SMALL_PAIRS; i++) {
            unsigned char allowed[ITEMS];
            sm_pair const pair = sm_pair_store_get(&store, i);
            size_t const some = allow(&pair, rules, allowed);
            size_t const wanted =
                some < rules->negatives ? some : rules->negatives;
            for (size_t n = 0; n < rules->negatives; n++) {
                uint32_t const number = numbers[i * rules->negatives + n];
                if (n >= wanted) {
                    assert_int_equal(number, SM_MINED_NONE);
                    short_of++;
                    continue;
                }
                assert_in_range(number, 0, ITEMS - 1);
                assert_true(allowed[number]); /* once: */
                allowed[number] = 0;
                all++;
            }
        }
    }
    assert_true(all > 600 && short_of > 100 && ticks > 0);
}

static void mine__same_for_any_threads_other_each_epoch(void **state)
{
    static const sm_mine_rules rules = {4, 2, 35, 1, 9};
    uint32_t one[SMALL_PAIRS * 4], other[SMALL_PAIRS * 4];
    (void)state;
    assert_int_equal(mine(1, &rules, 3, one, NULL), 0);
    assert_int_equal(mine(2, &rules, 3, other, NULL), 0);
    assert_memory_equal(one, other, sizeof one);
    assert_int_equal(mine(7, &rules, 3, other, NULL), 0);
    assert_memory_equal(one, other, sizeof one);
    assert_int_equal(mine(1, &rules, 4, other, NULL), 0);
    assert_true(memcmp(one, other, sizeof one) != 0);
}

static void mine__can_be_cancelled(void **state)
{
    static const sm_mine_rules rules = {1, 1, 9, 1, 9};
    uint32_t numbers[SMALL_PAIRS];
    int stop = 1;
    (void)state;
    assert_int_equal(mine(1, &rules, 3, numbers, &stop), SIAMESE_E_CANCELLED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mine__draws_what_brute_force_allows),
        cmocka_unit_test(mine__same_for_any_threads_other_each_epoch),
        cmocka_unit_test(mine__can_be_cancelled),
    };
    return cmocka_run_group_tests_name("mine", tests, setup, teardown);
}
