/* The order of results against qsort. */
#include "index_data.h"

#include "math/rank.h"

enum { MOST = 200 };

/* Few different scores, so that ids decide often. */
static size_t random_hits(hit *hits, uint32_t *seed)
{
    size_t const count = next_number(seed) % MOST;
    for (size_t i = 0; i < count; i++)
        hits[i] = (hit){(double)(next_number(seed) % 9) - 4.0,
                        (int64_t)(next_number(seed) % 50)};
    return count;
}

static void test_sort_equals_qsort(void **state)
{
    (void)state;
    uint32_t seed = 1;
    for (int round = 0; round < 500; round++) {
        hit hits[MOST];
        float scores[MOST];
        int64_t ids[MOST];
        size_t const count = random_hits(hits, &seed);
        for (size_t i = 0; i < count; i++) {
            scores[i] = (float)hits[i].score;
            ids[i] = hits[i].id;
        }
        sm_rank_sort(scores, ids, count);
        qsort(hits, count, sizeof *hits, by_rank);
        for (size_t i = 0; i < count; i++) {
            assert_true(scores[i] == (float)hits[i].score);
            assert_int_equal(ids[i], hits[i].id);
        }
    }
}

static void test_offer_keeps_the_first(void **state)
{
    (void)state;
    uint32_t seed = 2;
    for (int round = 0; round < 500; round++) {
        hit hits[MOST];
        float scores[MOST];
        int64_t ids[MOST];
        size_t const count = random_hits(hits, &seed);
        size_t const capacity = 1 + next_number(&seed) % 30;
        size_t kept = 0;
        for (size_t i = 0; i < count; i++)
            sm_rank_offer(scores, ids, capacity, &kept, (float)hits[i].score,
                          hits[i].id);
        assert_int_equal(kept, count < capacity ? count : capacity);
        sm_rank_sort(scores, ids, kept);
        qsort(hits, count, sizeof *hits, by_rank);
        for (size_t i = 0; i < kept; i++) {
            assert_true(scores[i] == (float)hits[i].score);
            assert_int_equal(ids[i], hits[i].id);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_sort_equals_qsort),
        cmocka_unit_test(test_offer_keeps_the_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
