/* A model's ranker learns its weights in training: when, to which bits, and
 * what becomes of them after a cancel, without memory, in files and later. */
#include "failing_allocator.h"

#include <unistd.h>

#include "api/checkpoint_parts.h"

enum { ITEMS = 400, ENOUGH = 300, FEW = 200, FEWEST = 60, FEATURES = 64 };

typedef struct shop {
    char titles[ITEMS][48], queries[ITEMS][48];
    siamese_text title_texts[ITEMS], query_texts[ITEMS];
    int64_t ids[ITEMS];
    char path[64];
} shop;

static shop s;

static int make_shop(void **state)
{
    static const char *const colours[] = {"red",   "blue", "green", "black",
                                          "white", "grey", "pink",  "brown",
                                          "gold",  "teal"};
    static const char *const things[] = {"desk",  "lamp",  "chair", "sofa",
                                         "shelf", "table", "bench", "stool",
                                         "rug",   "mirror"};
    static const char *const places[] = {"kitchen", "garden", "office",
                                         "bedroom"};
    (void)state;
    for (size_t i = 0; i < ITEMS; i++) {
        const char *const colour = colours[i % 10];
        const char *const thing = things[i / 10 % 10];
        const char *const place = places[i / 100];
        int const title = snprintf(s.titles[i], sizeof s.titles[i], "%s %s %s",
                                   colour, place, thing);
        int const query = snprintf(s.queries[i], sizeof s.queries[i],
                                   "%ss %s %s", thing, colour, place);
        s.title_texts[i] = (siamese_text){s.titles[i], (size_t)title};
        s.query_texts[i] = (siamese_text){s.queries[i], (size_t)query};
        s.ids[i] = 5000 + (int64_t)i;
    }
    strcpy(s.path, "/tmp/siamese-ranker-XXXXXX");
    int const file = mkstemp(s.path);
    assert_true(file >= 0);
    close(file);
    return 0;
}

static int free_shop(void **state)
{
    (void)state;
    remove(s.path);
    return 0;
}

/* ---- models ---- */

static void add_pairs(siamese_model *model, size_t count)
{
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = s.query_texts,
                                 .items = s.title_texts,
                                 .query_fields = 1,
                                 .item_fields = 1,
                                 .count = count};
    ok(siamese_model_add_pairs(model, &pairs));
}

static siamese_model *make_model(const char *preset, size_t queries)
{
    siamese_item_rows const rows = {.struct_size = sizeof rows,
                                    .count = ITEMS,
                                    .ids = s.ids,
                                    .titles = s.title_texts};
    siamese_model *model;
    ok(siamese_model_create(&model, preset, NULL));
    ok(siamese_model_set(model, "threads", "1"));
    ok(siamese_model_set(model, "embedding_dim", "16"));
    ok(siamese_model_set(model, "batch_size", "64"));
    ok(siamese_model_set(model, "epochs", "3"));
    ok(siamese_model_set(model, "min_steps", "0"));
    ok(siamese_model_add_items(model, &rows));
    add_pairs(model, queries);
    return model;
}

typedef struct weights {
    uint64_t queries;
    int uses_learned;
    double of[FEATURES];
} weights;

static weights weights_of(const siamese_model *model)
{
    siamese_ranker_info info = {.struct_size = sizeof info};
    siamese_ranker_feature feature = {.struct_size = sizeof feature};
    siamese_ranker *ranker;
    weights w = {0};
    ok(siamese_model_get_ranker(model, &ranker));
    ok(siamese_ranker_get_info(ranker, &info));
    w.queries = info.learned_queries;
    w.uses_learned = info.uses_learned;
    assert_in_range(info.features, 1, FEATURES);
    for (size_t i = 0; i < info.features; i++) {
        ok(siamese_ranker_describe_feature(ranker, i, &feature));
        w.of[i] = feature.weight;
    }
    siamese_ranker_free(ranker);
    return w;
}

static void assert_same(const weights *a, const weights *b)
{
    assert_int_equal(a->queries, b->queries);
    assert_memory_equal(a->of, b->of, sizeof a->of);
}

/* Of the whole shop, trained without a break. */
static weights straight(void)
{
    static weights once;
    if (once.queries == 0) {
        siamese_model *const model = make_model("small", ENOUGH);
        ok(siamese_model_train(model, NULL, NULL));
        once = weights_of(model);
        siamese_model_free(model);
    }
    return once;
}

/* ---- progress ---- */

typedef struct watch {
    siamese_model *model;
    int32_t stop_stage; /* where the run is ended; -1: nowhere */
    double stop_done;
    int cancels;    /* by siamese_model_cancel, not by the result */
    size_t learned; /* calls of the stage */
    double last;    /* share of it that was done */
    int fails;      /* memory runs out there */
} watch;

static int32_t look(void *user, const siamese_progress *p)
{
    watch *const w = user;
    if (p->stage == SIAMESE_STAGE_RANK) {
        assert_true(p->stage_done >= w->last && p->stage_done <= 1);
        assert_int_equal(p->step, 0);
        w->last = p->stage_done;
        w->learned++;
    }
    if (p->stage != w->stop_stage || p->stage_done < w->stop_done) return 0;
    if (w->fails) fail_from(0);
    if (w->fails) return 0;
    if (w->cancels) ok(siamese_model_cancel(w->model));
    return !w->cancels;
}

static siamese_status train(siamese_model *model, watch *w)
{
    w->model = model;
    return siamese_model_train(model, look, w);
}

/* ---- when ---- */

static void test_learning__takes_queries_enough(void **state)
{
    siamese_model *const model = make_model("small", ENOUGH);
    siamese_model *const other = make_model("small", FEW);
    siamese_model *const least = make_model("small", FEWEST - 1);
    watch w = {.stop_stage = -1}, few = w, nothing = w;
    (void)state;
    ok(train(model, &w));
    ok(train(other, &few));
    ok(train(least, &nothing));
    weights const a = weights_of(model), b = weights_of(other);
    /* a fifth of 300, of which each finds its item or teaches nothing */
    assert_in_range(a.queries, 40, 60);
    assert_true(a.uses_learned);
    assert_true(w.learned > 2 && w.last == 1);
    assert_int_equal(b.queries, 0);
    assert_false(b.uses_learned);
    /* these were looked at, and their words help */
    assert_true(few.learned > 2 && few.last == 1);
    assert_int_equal(nothing.learned, 0);
    siamese_model_free(model);
    siamese_model_free(other);
    siamese_model_free(least);
}

static void test_learning__is_off_by_options(void **state)
{
    static const char *const off[] = {"ranker.learned", "ranker.rerank"};
    (void)state;
    for (size_t i = 0; i < 2; i++) {
        siamese_model *const model = make_model("small", ENOUGH);
        watch w = {.stop_stage = -1};
        ok(siamese_model_set(model, off[i], "0"));
        ok(train(model, &w));
        assert_int_equal(w.learned, 0);
        assert_int_equal(weights_of(model).queries, 0);
        siamese_model_free(model);
    }
    siamese_model *const notebook = make_model("notebook", ENOUGH);
    watch w = {.stop_stage = -1};
    ok(train(notebook, &w));
    assert_int_equal(w.learned, 0);
    siamese_model_free(notebook);
}

static void test_learning__is_of_pairs_that_weigh_something(void **state)
{
    static float pair_weights[ENOUGH];
    siamese_model *const model = make_model("small", FEW / 2);
    siamese_pairs const pairs = {.struct_size = sizeof pairs,
                                 .queries = s.query_texts,
                                 .items = s.title_texts,
                                 .query_fields = 1,
                                 .item_fields = 1,
                                 .weights = pair_weights,
                                 .count = ENOUGH};
    (void)state;
    ok(siamese_model_add_pairs(model, &pairs));
    ok(siamese_model_train(model, NULL, NULL));
    assert_int_equal(weights_of(model).queries, 0);
    siamese_model_free(model);
}

/* ---- to which bits ---- */

static void test_learning__has_the_same_bits_by_any_threads(void **state)
{
    weights const one = straight();
    (void)state;
    siamese_model *const model = make_model("small", ENOUGH);
    ok(siamese_model_set(model, "threads", "2"));
    ok(siamese_model_train(model, NULL, NULL));
    weights const two = weights_of(model);
    assert_same(&one, &two);
    siamese_model_free(model);
}

static void test_learning__draws_its_queries_by_the_seed(void **state)
{
    weights const one = straight();
    siamese_model *const model = make_model("small", ENOUGH);
    (void)state;
    ok(siamese_model_set(model, "trainer.seed", "2"));
    ok(siamese_model_train(model, NULL, NULL));
    weights const two = weights_of(model);
    assert_true(memcmp(one.of, two.of, sizeof one.of) != 0);
    siamese_model_free(model);
}

/* The towers are what they would be without it. */
static void test_learning__leaves_the_towers_as_they_were(void **state)
{
    siamese_model *const with = make_model("small", ENOUGH);
    siamese_model *const without = make_model("small", ENOUGH);
    siamese_tower *a, *b;
    float x[16], y[16];
    (void)state;
    ok(siamese_model_set(without, "ranker.learned", "0"));
    ok(siamese_model_train(with, NULL, NULL));
    ok(siamese_model_train(without, NULL, NULL));
    ok(siamese_model_get_query_tower(with, &a));
    ok(siamese_model_get_query_tower(without, &b));
    for (size_t i = 0; i < ITEMS; i += 37) {
        ok(siamese_tower_encode(a, &s.query_texts[i], 1, 1, x, 16));
        ok(siamese_tower_encode(b, &s.query_texts[i], 1, 1, y, 16));
        assert_memory_equal(x, y, sizeof x);
    }
    siamese_tower_free(a);
    siamese_tower_free(b);
    siamese_model_free(with);
    siamese_model_free(without);
}

/* ---- a cancel, and no memory ---- */

static void
test_cancel__while_it_learns_leaves_the_model_as_it_was(void **state)
{
    weights const wanted = straight();
    (void)state;
    for (int cancels = 0; cancels < 2; cancels++)
        for (double done = 0; done < 1; done += 0.4) {
            siamese_model *const model = make_model("small", ENOUGH);
            siamese_ranker *ranker;
            watch w = {.stop_stage = SIAMESE_STAGE_RANK,
                       .stop_done = done,
                       .cancels = cancels};
            assert_int_equal(train(model, &w), SIAMESE_E_CANCELLED);
            assert_int_equal(siamese_model_get_ranker(model, &ranker),
                             SIAMESE_E_NOT_FOUND);
            ok(siamese_model_train(model, NULL, NULL));
            weights const again = weights_of(model);
            assert_same(&wanted, &again);
            siamese_model_free(model);
        }
}

static void test_cancel__of_training_keeps_what_was_learned(void **state)
{
    weights const wanted = straight();
    siamese_model *const model = make_model("small", ENOUGH);
    watch w = {.stop_stage = SIAMESE_STAGE_TRAIN}, next = {.stop_stage = -1};
    (void)state;
    assert_int_equal(train(model, &w), SIAMESE_E_CANCELLED);
    assert_true(w.learned > 0);
    ok(train(model, &next));
    assert_int_equal(next.learned, 0);
    weights const again = weights_of(model);
    assert_same(&wanted, &again);
    siamese_model_free(model);
}

static void test_memory__that_runs_out_is_an_error_and_no_more(void **state)
{
    weights const wanted = straight();
    (void)state;
    for (double done = 0; done < 1; done += 0.4) {
        siamese_model *const model = make_model("small", ENOUGH);
        watch w = {
            .stop_stage = SIAMESE_STAGE_RANK, .stop_done = done, .fails = 1};
        assert_int_equal(train(model, &w), SIAMESE_E_MEMORY);
        fail_from(-1);
        ok(siamese_model_train(model, NULL, NULL));
        weights const again = weights_of(model);
        assert_same(&wanted, &again);
        siamese_model_free(model);
    }
}

/* ---- later ---- */

static void test_weights__stay_in_files_and_trainings_to_come(void **state)
{
    weights const wanted = straight();
    siamese_model *model = make_model("small", ENOUGH);
    watch w = {.stop_stage = -1};
    (void)state;
    ok(siamese_model_train(model, NULL, NULL));
    ok(siamese_model_save(model, s.path, NULL));
    ok(siamese_model_finish(model));
    siamese_model_free(model);
    ok(siamese_model_open(&model, s.path, NULL));
    weights const read = weights_of(model);
    assert_same(&wanted, &read);
    add_pairs(model, ENOUGH);
    ok(siamese_model_grow(model, 0));
    ok(train(model, &w));
    assert_int_equal(w.learned, 0);
    weights const trained = weights_of(model);
    assert_same(&wanted, &trained);
    ok(siamese_model_set(model, "ranker.learned", "0"));
    ok(siamese_model_rebuild(model, NULL, NULL));
    weights const fixed = weights_of(model);
    assert_int_equal(fixed.queries, wanted.queries);
    assert_false(fixed.uses_learned);
    siamese_model_free(model);
}

/* Of a file that was written in the midst of the first training. */
static void
test_weights__are_in_a_file_before_the_first_generation(void **state)
{
    weights const wanted = straight();
    siamese_model *model = make_model("small", ENOUGH);
    watch w = {.stop_stage = SIAMESE_STAGE_TRAIN}, next = {.stop_stage = -1};
    (void)state;
    assert_int_equal(train(model, &w), SIAMESE_E_CANCELLED);
    ok(siamese_model_save(model, s.path, NULL));
    siamese_model_free(model);
    ok(siamese_model_open(&model, s.path, NULL));
    add_pairs(model, ENOUGH);
    ok(train(model, &next));
    assert_int_equal(next.learned, 0);
    weights const again = weights_of(model);
    assert_same(&wanted, &again);
    siamese_model_free(model);
}

/* Scores are sums of learned shares, and confidences rise with them. */
static void test_hits__are_ranked_by_the_weights(void **state)
{
    siamese_model *const model = make_model("small", ENOUGH);
    siamese_search_request request;
    siamese_hits *hits;
    float shares[FEATURES];
    size_t count;
    (void)state;
    ok(siamese_model_train(model, NULL, NULL));
    ok(siamese_search_request_init(&request, sizeof request));
    request.texts = s.query_texts;
    request.count = 20;
    request.k = 30;
    request.explain = 1;
    ok(siamese_model_search(model, &request, &hits));
    for (size_t q = 0; q < 20; q++) {
        const float *const scores = siamese_hits_scores(hits, q);
        const float *const sure = siamese_hits_confidences(hits, q);
        for (size_t i = 0; i < 30; i++) {
            float sum = 0;
            ok(siamese_hits_get_shares(hits, q, i, shares, FEATURES, &count));
            for (size_t f = 0; f < count; f++) sum += shares[f];
            assert_true(sum == scores[i]);
            assert_true(sure[i] >= 0 && sure[i] <= 1);
            assert_true(i == 0 || sure[i] <= sure[i - 1]);
        }
    }
    siamese_hits_free(hits);
    siamese_model_free(model);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_learning__takes_queries_enough),
        cmocka_unit_test(test_learning__is_off_by_options),
        cmocka_unit_test(test_learning__is_of_pairs_that_weigh_something),
        cmocka_unit_test(test_learning__has_the_same_bits_by_any_threads),
        cmocka_unit_test(test_learning__draws_its_queries_by_the_seed),
        cmocka_unit_test(test_learning__leaves_the_towers_as_they_were),
        cmocka_unit_test(
            test_cancel__while_it_learns_leaves_the_model_as_it_was),
        cmocka_unit_test(test_cancel__of_training_keeps_what_was_learned),
        cmocka_unit_test(test_memory__that_runs_out_is_an_error_and_no_more),
        cmocka_unit_test(test_weights__stay_in_files_and_trainings_to_come),
        cmocka_unit_test(
            test_weights__are_in_a_file_before_the_first_generation),
        cmocka_unit_test(test_hits__are_ranked_by_the_weights),
    };
    siamese_allocator const allocator = {sizeof allocator, NULL, allocate,
                                         reallocate, deallocate};
    if (siamese_set_allocator(&allocator) != SIAMESE_OK) return 1;
    return cmocka_run_group_tests(tests, make_shop, free_shop);
}
