/* Ties of the validation: against brute force over the vectors of a snapshot, a
 * tie is a miss, where FactorizedTopK has it as a hit; and scores that are all
 * the same are no reason to keep any weights. */
#include <ctype.h>
#include <math.h>

#include "small_pairs.h"

enum { TRAIN = 200, VALID = 60, ITEMS = 90, SPELLINGS = 3, DIM_MOST = 64 };

static small_pairs world;
static char warning[512];
static size_t warnings;

static void note(void *user, int32_t level, const char *message)
{
    (void)user;
    if (level != SIAMESE_LOG_WARN) return;
    warnings++;
    snprintf(warning, sizeof warning, "%s", message);
}

static int setup(void **state)
{
    (void)state;
    assert_int_equal(siamese_set_log(note, NULL, SIAMESE_LOG_WARN), 0);
    small_pairs_create(&world);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    small_pairs_free(&world);
    return 0;
}

/* Items of several spellings that read alike: each of them ties with the
 * others. */
typedef struct catalogue {
    char bytes[ITEMS * SPELLINGS][SMALL_TEXT];
    siamese_text texts[ITEMS * SPELLINGS];
    int64_t ids[ITEMS * SPELLINGS];
    size_t count;
} catalogue;

/* Every item once; those of an even number in more spellings. */
static void create_catalogue(catalogue *c)
{
    c->count = 0;
    for (size_t i = 0; i < ITEMS; i++)
        for (size_t s = 0; s < (i % 2 ? 1 : SPELLINGS); s++) {
            char *const to = c->bytes[c->count];
            snprintf(to, SMALL_TEXT, "%s", world.item_bytes[i]);
            for (size_t at = 0; s > 0 && to[at] && at < 4 * s; at++)
                to[at] = (char)toupper(to[at]);
            c->texts[c->count] = (siamese_text){to, strlen(to)};
            c->ids[c->count++] = (int64_t)(i / 2);
        }
}

static siamese_trainer *new_trainer(const siamese_trainer_options *options)
{
    siamese_trainer *t = NULL;
    siamese_tower *const query = small_tower(&world, 1);
    siamese_tower *const item = small_tower(&world, 2);
    siamese_pairs pairs = world.pairs;
    pairs.count = TRAIN;
    assert_int_equal(siamese_trainer_create(&t, query, item, options), 0);
    assert_int_equal(siamese_trainer_add_pairs(t, &pairs), 0);
    siamese_tower_free(query);
    siamese_tower_free(item);
    return t;
}

static siamese_progress progress_of(const siamese_trainer *t)
{
    siamese_progress p = {.struct_size = sizeof p};
    assert_int_equal(siamese_trainer_get_progress(t, &p), 0);
    return p;
}

static float *encode(const siamese_tower *tower, const siamese_text *texts,
                     size_t count)
{
    size_t const numbers = count * siamese_tower_dim(tower);
    float *const out = malloc(numbers * sizeof *out);
    assert_int_equal(siamese_tower_encode(tower, texts, count, 1, out, numbers),
                     0);
    return out;
}

static double dot(const float *a, const float *b, size_t dim)
{
    double sum = 0;
    for (size_t i = 0; i < dim; i++) sum += (double)a[i] * b[i];
    return sum;
}

static int same_text(siamese_text a, siamese_text b)
{
    return a.size == b.size && memcmp(a.data, b.data, a.size) == 0;
}

/* How many candidates are higher than the pair's own item, and how many that
 * are not it as high; own: of its id, or where ids is NULL of its text. */
static void rank(const catalogue *c, const double *scores, siamese_text text,
                 const int64_t *id, double own, size_t *higher, size_t *tied)
{
    *higher = *tied = 0;
    for (size_t j = 0; j < c->count; j++) {
        int const is_own = id ? c->ids[j] == *id : same_text(c->texts[j], text);
        *higher += scores[j] > own;
        *tied += scores[j] == own && !is_own;
    }
}

static void ties__as_brute_force_has_them(void **state)
{
    static const size_t ks[] = {1, 5, 10, 50, 100};
    static catalogue c;
    (void)state;
    create_catalogue(&c);
    for (int by_id = 0; by_id < 2; by_id++) {
        siamese_trainer_options options = small_options(2);
        siamese_pairs pairs = world.pairs, items = world.pairs;
        siamese_tower *query, *item;
        size_t hits[5] = {0}, tfrs[5] = {0}, tied_queries = 0, lost = 0;
        double accuracy[5];
        char tied_of[VALID] = {0};
        int64_t ids[VALID];
        options.restore_best = 0;
        options.metrics = SIAMESE_METRICS_NONE;
        options.topk_match =
            by_id ? SIAMESE_TOPK_MATCH_ID : SIAMESE_TOPK_MATCH_SCORE;
        siamese_trainer *const t = new_trainer(&options);
        for (size_t i = 0; i < VALID; i++) ids[i] = (int64_t)(i / 2);
        pairs.count = VALID;
        items.queries = NULL;
        items.items = c.texts;
        items.count = c.count;
        if (by_id) {
            pairs.item_ids = ids;
            items.item_ids = c.ids;
        }
        assert_int_equal(siamese_trainer_set_validation(t, &pairs, &items), 0);
        assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
        siamese_progress const p = progress_of(t);
        assert_int_equal(siamese_trainer_snapshot(t, &query, &item), 0);
        size_t const dim = siamese_tower_dim(query);
        float *const q = encode(query, world.queries, VALID);
        float *const v = encode(item, c.texts, c.count);
        for (size_t i = 0; i < VALID; i++) {
            double scores[ITEMS * SPELLINGS], own = -1e30;
            size_t higher, tied, first = 0;
            for (size_t j = 0; j < c.count; j++) {
                scores[j] = dot(q + i * dim, v + j * dim, dim);
                if ((by_id ? c.ids[j] == ids[i]
                           : same_text(c.texts[j], world.items[i])) &&
                    scores[j] > own)
                    own = scores[j];
            }
            rank(&c, scores, world.items[i], by_id ? &ids[i] : NULL, own,
                 &higher, &tied);
            for (size_t k = 0; k < 5; k++) {
                hits[k] += higher + tied < ks[k];
                tfrs[k] += higher < ks[k];
            }
            while (!same_text(world.queries[first], world.queries[i])) first++;
            tied_of[first] |= tied > 0 && higher < 100;
        }
        for (size_t i = 0; i < VALID; i++) tied_queries += (size_t)tied_of[i];
        assert_int_equal(
            siamese_trainer_evaluate(t, &pairs, &items, ks, 5, accuracy, 5), 0);
        for (size_t k = 0; k < 5; k++) {
            lost += tfrs[k] - hits[k];
            assert_true(p.validation_topk[k] == (double)hits[k] / VALID);
            assert_true(accuracy[k] == (double)tfrs[k] / VALID);
        }
        assert_int_equal(p.validation_tied, tied_queries);
        if (!by_id) assert_true(tied_queries > 0 && lost > 0);
        free(q);
        free(v);
        siamese_tower_free(query);
        siamese_tower_free(item);
        siamese_trainer_free(t);
    }
}

/* ---- scores that are all the same ---- */

/* Validation pairs whose candidates are one item in many spellings. */
static void set_blank_validation(siamese_trainer *t)
{
    static char bytes[8][SMALL_TEXT];
    siamese_text texts[8];
    siamese_pairs pairs = world.pairs, items = world.pairs;
    for (size_t i = 0; i < 8; i++) {
        snprintf(bytes[i], SMALL_TEXT, "%s", world.item_bytes[0]);
        bytes[i][i % 4] = (char)toupper(bytes[i][i % 4]);
        bytes[i][4 + i / 4] = (char)toupper(bytes[i][4 + i / 4]);
        texts[i] = (siamese_text){bytes[i], strlen(bytes[i])};
    }
    pairs.items = items.items = texts;
    items.queries = NULL;
    pairs.count = 5;
    items.count = 8;
    assert_int_equal(siamese_trainer_set_validation(t, &pairs, &items), 0);
}

static void ties__are_no_reason_to_keep_weights(void **state)
{
    (void)state;
    for (int32_t metric = 0; metric < 2; metric++) {
        siamese_trainer_options options = small_options(1);
        options.epochs = 4;
        options.metrics = SIAMESE_METRICS_NONE;
        options.monitor =
            metric ? SIAMESE_MONITOR_TOP_100 : SIAMESE_MONITOR_TOP_1;
        siamese_trainer *const plain = new_trainer(&options);
        siamese_trainer *const t = new_trainer(&options);
        set_blank_validation(t);
        warnings = 0;
        assert_int_equal(siamese_trainer_fit(plain, NULL, NULL), 0);
        assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
        siamese_progress const p = progress_of(t);
        assert_true(p.validation_topk[0] == 0);
        assert_int_equal(p.validation_step, p.step);
        assert_int_equal(p.best_step, 0);
        assert_int_equal(p.best_restored, 0);
        assert_int_equal(p.validations_without_best, 4);
        assert_int_equal(p.validation_tied, 5);
        assert_same_weights(t, plain);
        assert_int_equal(warnings, 1);
        assert_non_null(strstr(warning, "of 5 queries 5 score their item"));
        assert_non_null(strstr(warning, "says nothing"));
        siamese_trainer_free(plain);
        siamese_trainer_free(t);
    }
}

/* It is no better validation, so patience ends as with any other. */
static void ties__use_up_patience(void **state)
{
    siamese_trainer_options options = small_options(1);
    (void)state;
    options.epochs = 9;
    options.patience = 2;
    options.metrics = SIAMESE_METRICS_NONE;
    siamese_trainer *const t = new_trainer(&options);
    set_blank_validation(t);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_int_equal(progress_of(t).epoch, 2);
    assert_int_equal(progress_of(t).stopped_early, 1);
    siamese_trainer_free(t);
}

static void ties__stand_in_a_checkpoint(void **state)
{
    siamese_trainer_options options = small_options(1);
    siamese_bundle *bundle = NULL;
    siamese_trainer *loaded = NULL;
    (void)state;
    options.metrics = SIAMESE_METRICS_NONE;
    siamese_trainer *const t = new_trainer(&options);
    set_blank_validation(t);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_int_equal(siamese_bundle_create(&bundle), 0);
    assert_int_equal(siamese_bundle_set_trainer(bundle, t), 0);
    assert_int_equal(
        siamese_checkpoint_save("validation_ties.siamese", bundle, NULL), 0);
    siamese_bundle_free(bundle);
    assert_int_equal(
        siamese_checkpoint_load(&bundle, "validation_ties.siamese", NULL), 0);
    remove("validation_ties.siamese");
    assert_int_equal(siamese_bundle_get_trainer(bundle, &loaded), 0);
    siamese_bundle_free(bundle);
    siamese_progress const p = progress_of(loaded);
    assert_int_equal(p.validation_tied, 5);
    assert_int_equal(p.best_step, 0);
    assert_int_equal(p.validation_step, p.step);
    siamese_trainer_free(loaded);
    siamese_trainer_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(ties__as_brute_force_has_them),
        cmocka_unit_test(ties__are_no_reason_to_keep_weights),
        cmocka_unit_test(ties__use_up_patience),
        cmocka_unit_test(ties__stand_in_a_checkpoint),
    };
    return cmocka_run_group_tests_name("validation_ties", tests, setup,
                                       teardown);
}
