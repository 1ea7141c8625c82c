/* The store of pairs: rows kept once, with their borders, taken out again
 * whole, and a fingerprint that sees every change. */
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "pairs/pair_store.h"

static siamese_text text(const char *bytes)
{
    return (siamese_text){bytes, strlen(bytes)};
}

static uint64_t fingerprint(const sm_pair_store *store, size_t pairs,
                            size_t items)
{
    uint64_t made = 0;
    assert_int_equal(sm_pair_store_fingerprint(store, pairs, items, &made), 0);
    return made;
}

static uint32_t add(sm_text_rows *rows, const char *a, const char *b)
{
    siamese_text const row[] = {text(a), text(b)};
    uint32_t number = UINT32_MAX;
    assert_int_equal(sm_text_rows_add(rows, row, 2, &number), 0);
    return number;
}

static void text_rows__keep_each_row_once(void **state)
{
    sm_text_rows rows;
    siamese_text got[2];
    (void)state;
    sm_text_rows_init(&rows, 2);
    assert_int_equal(add(&rows, "oak", "shelf"), 0);
    assert_int_equal(add(&rows, "oaks", "helf"), 1);
    assert_int_equal(add(&rows, "", "oakshelf"), 2);
    assert_int_equal(add(&rows, "oakshelf", ""), 3);
    assert_int_equal(add(&rows, "", ""), 4);
    assert_int_equal(add(&rows, "oak", "shelf"), 0);
    assert_int_equal(add(&rows, "", ""), 4);
    sm_text_rows_get(&rows, 1, got);
    assert_int_equal(got[0].size, 4);
    assert_memory_equal(got[0].data, "oaks", 4);
    assert_int_equal(got[1].size, 4);
    assert_memory_equal(got[1].data, "helf", 4);
    sm_text_rows_get(&rows, 3, got);
    assert_int_equal(got[0].size, 8);
    assert_int_equal(got[1].size, 0);
    sm_text_rows_free(&rows);
}

static void text_rows__cut_undoes_additions(void **state)
{
    enum { COUNT = 3000, KEPT = 1000 };
    sm_text_rows rows;
    char bytes[32];
    (void)state;
    sm_text_rows_init(&rows, 2);
    for (int round = 0; round < 3; round++) {
        for (uint32_t i = 0; i < COUNT; i++) {
            snprintf(bytes, sizeof bytes, "%u of round %d", i,
                     i < KEPT ? 0 : round);
            assert_int_equal(add(&rows, bytes, "x"), i);
        }
        sm_text_rows_cut(&rows, KEPT);
        assert_int_equal(rows.count, KEPT);
    }
    sm_text_rows_free(&rows);
}

static sm_pair_store filled(const float *weights, const int64_t *ids,
                            size_t count)
{
    static const char *const words[] = {"lamp", "rug", "lamp", "hose"};
    static siamese_text texts[4];
    sm_pair_store store;
    for (size_t i = 0; i < 4; i++) texts[i] = text(words[i]);
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = texts,
                                 .items = texts,
                                 .query_fields = 1,
                                 .item_fields = 1,
                                 .item_ids = ids,
                                 .weights = weights,
                                 .count = count};
    sm_pair_store_init(&store, 1, 1);
    assert_int_equal(
        sm_pair_store_add(&store, NULL, NULL, &pairs, SM_PAIRS_WHOLE, "pairs"),
        0);
    return store;
}

static void pair_store__items_are_known_by_id_or_text(void **state)
{
    static const int64_t ids[] = {7, INT64_MIN, -1, 7};
    sm_pair_store by_text = filled(NULL, NULL, 4);
    sm_pair_store by_id = filled(NULL, ids, 4);
    (void)state;
    assert_int_equal(by_text.items.count, 3);
    assert_int_equal(sm_pair_store_get(&by_text, 0).item,
                     sm_pair_store_get(&by_text, 2).item);
    assert_int_equal(sm_pair_store_get(&by_text, 0).item_number,
                     sm_pair_store_get(&by_text, 2).item_number);
    assert_int_not_equal(sm_pair_store_get(&by_text, 0).item_number,
                         sm_pair_store_get(&by_text, 3).item_number);
    assert_int_equal(sm_pair_store_get(&by_id, 0).item,
                     sm_pair_store_get(&by_id, 2).item);
    assert_int_not_equal(sm_pair_store_get(&by_id, 0).item_number,
                         sm_pair_store_get(&by_id, 2).item_number);
    assert_int_equal(sm_pair_store_get(&by_id, 0).item_number,
                     sm_pair_store_get(&by_id, 3).item_number);
    sm_pair_store_free(&by_text);
    sm_pair_store_free(&by_id);
}

static void pair_store__fingerprint_sees_changes(void **state)
{
    static const float ones[] = {1, 1, 1, 1}, other[] = {1, 1, 1, 2};
    static const int64_t ids[] = {0, 1, 2, 3};
    sm_pair_store plain = filled(NULL, NULL, 4);
    sm_pair_store same = filled(ones, NULL, 4);
    sm_pair_store weighted = filled(other, NULL, 4);
    sm_pair_store named = filled(NULL, ids, 4);
    sm_pair_store fewer = filled(NULL, NULL, 3);
    uint64_t const print = fingerprint(&plain, 4, 0);
    (void)state;
    assert_true(print == fingerprint(&same, 4, 0));
    assert_true(print != fingerprint(&weighted, 4, 0));
    assert_true(print != fingerprint(&named, 4, 0));
    assert_true(print != fingerprint(&fewer, 3, 0));
    assert_true(fingerprint(&plain, 3, 0) == fingerprint(&fewer, 3, 0));
    sm_pair_store_free(&plain);
    sm_pair_store_free(&same);
    sm_pair_store_free(&weighted);
    sm_pair_store_free(&named);
    sm_pair_store_free(&fewer);
}

static void pair_store__items_alone_have_no_queries(void **state)
{
    siamese_text const items[] = {text("lamp"), text("lamp")};
    siamese_pairs pairs = {.struct_size = sizeof pairs,
                           .items = items,
                           .item_fields = 1,
                           .count = 2};
    sm_pair_store store;
    (void)state;
    sm_pair_store_init(&store, 1, 1);
    assert_int_equal(
        sm_pair_store_add(&store, NULL, NULL, &pairs, SM_PAIRS_WHOLE, "pairs"),
        SIAMESE_E_ARGUMENT);
    assert_int_equal(sm_pair_store_add(&store, NULL, NULL, &pairs,
                                       SM_PAIRS_ITEMS, "candidates"),
                     0);
    assert_int_equal(store.count, 2);
    assert_int_equal(store.items.count, 1);
    pairs.queries = items;
    assert_int_equal(sm_pair_store_add(&store, NULL, NULL, &pairs,
                                       SM_PAIRS_ITEMS, "candidates"),
                     SIAMESE_E_ARGUMENT);
    sm_pair_store_free(&store);
}

/* ---- beside plain lists ---- */

enum { STEPS = 60, MOST = 40, TEXTS = 23, IDS = 17 };

/* A pair as it was given. */
typedef struct given_pair {
    unsigned query, item;
    int64_t id;
    bool has_id;
    float weight, probability;
} given_pair;

static unsigned draw(unsigned *state, unsigned below)
{
    *state = *state * 1664525 + 1013904223;
    return (*state >> 8) % below;
}

static bool same_item(const given_pair *a, const given_pair *b)
{
    if (a->has_id != b->has_id) return false;
    return a->has_id ? a->id == b->id : a->item == b->item;
}

static siamese_text word(unsigned number)
{
    static char words[TEXTS][16];
    snprintf(words[number], sizeof words[number], "word %u", number);
    return text(words[number]);
}

/* Some pairs, the last of which may be wrong; how many were taken. */
static size_t add_some(sm_pair_store *store, unsigned *state, given_pair *list)
{
    siamese_text queries[MOST], items[MOST];
    int64_t ids[MOST];
    float weights[MOST], probabilities[MOST];
    size_t const count = 1 + draw(state, MOST);
    bool const has_ids = draw(state, 3) > 0, has_weights = draw(state, 4) == 0;
    bool const is_wide = draw(state, 9) == 0, is_wrong = draw(state, 4) == 0;
    for (size_t i = 0; i < count; i++) {
        given_pair *const pair = &list[i];
        *pair = (given_pair){draw(state, TEXTS),
                             draw(state, TEXTS),
                             draw(state, IDS),
                             has_ids,
                             1,
                             1};
        if (is_wide) pair->id -= INT64_C(1) << 40;
        if (has_weights) pair->weight = (float)draw(state, 3);
        if (has_weights) pair->probability = 0.5F;
        queries[i] = word(pair->query);
        items[i] = word(pair->item);
        ids[i] = pair->id;
        weights[i] = pair->weight;
        probabilities[i] = pair->probability;
    }
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = queries,
                                 .items = items,
                                 .query_fields = 1,
                                 .item_fields = 1,
                                 .item_ids = has_ids ? ids : NULL,
                                 .weights = has_weights ? weights : NULL,
                                 .item_probabilities = probabilities,
                                 .count = count};
    if (is_wrong) probabilities[count - 1] = 2;
    assert_int_equal(
        sm_pair_store_add(store, NULL, NULL, &pairs, SM_PAIRS_WHOLE, "pairs"),
        is_wrong ? SIAMESE_E_ARGUMENT : SIAMESE_OK);
    return is_wrong ? 0 : count;
}

static void pair_store__gives_what_was_given(void **state)
{
    static given_pair list[STEPS * MOST];
    (void)state;
    for (unsigned seed = 1; seed <= 20; seed++) {
        unsigned random = seed;
        size_t count = 0;
        sm_pair_store store;
        sm_pair_store_init(&store, 1, 1);
        for (int step = 0; step < STEPS; step++)
            count += add_some(&store, &random, list + count);
        assert_int_equal(store.count, count);
        for (size_t i = 0; i < count; i++) {
            sm_pair const pair = sm_pair_store_get(&store, i);
            sm_pair const other = sm_pair_store_get(&store, i / 2);
            siamese_text const item =
                sm_text_rows_text(&store.items, pair.item, 0);
            assert_int_equal(item.size, word(list[i].item).size);
            assert_memory_equal(item.data, word(list[i].item).data, item.size);
            assert_true(pair.weight == list[i].weight &&
                        pair.probability == list[i].probability);
            assert_int_equal(pair.query == other.query,
                             list[i].query == list[i / 2].query);
            assert_int_equal(pair.item_number == other.item_number,
                             same_item(&list[i], &list[i / 2]));
        }
        sm_pair_store_free(&store);
    }
}

/* Texts, and with them ends and identities, of a batch that fails in its middle
 * are taken out again. */
static void identities__are_cut_in_each_form(void **state)
{
    int64_t const ids[] = {5, -7, 5, INT64_C(1) << 50};
    sm_identities identities = {.count = 0};
    uint32_t number;
    (void)state;
    for (uint32_t row = 0; row < 3; row++) {
        assert_int_equal(
            sm_identities_add(&identities, row, true, NULL, &number), 0);
        assert_int_equal(number, row);
    }
    for (int round = 0; round < 2; round++) {
        for (uint32_t i = 0; i < 4; i++) {
            static const uint32_t numbers[] = {3, 4, 3, 5};
            assert_int_equal(
                sm_identities_add(&identities, 3 + i, true, &ids[i], &number),
                0);
            assert_int_equal(number, numbers[i]);
            assert_int_equal(sm_identities_first(&identities, 3 + i), number);
            assert_true(sm_identities_get(&identities, number).value == ids[i]);
            assert_true(sm_identities_get(&identities, number).given);
        }
        assert_int_equal(
            sm_identities_find(&identities, (sm_identity){1, false}), 1);
        assert_int_equal(
            sm_identities_find(&identities, (sm_identity){1, true}),
            SM_ROW_NONE);
        assert_int_equal(sm_identities_first(&identities, 2), 2);
        sm_identities_cut(&identities, 3);
        assert_int_equal(
            sm_identities_find(&identities, (sm_identity){5, true}),
            SM_ROW_NONE);
    }
    sm_identities_free(&identities);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(text_rows__keep_each_row_once),
        cmocka_unit_test(text_rows__cut_undoes_additions),
        cmocka_unit_test(pair_store__items_are_known_by_id_or_text),
        cmocka_unit_test(pair_store__fingerprint_sees_changes),
        cmocka_unit_test(pair_store__gives_what_was_given),
        cmocka_unit_test(identities__are_cut_in_each_form),
        cmocka_unit_test(pair_store__items_alone_have_no_queries),
    };
    return cmocka_run_group_tests_name("pair_store", tests, NULL, NULL);
}
