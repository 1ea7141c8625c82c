/* A source of pairs: the bits of pairs in memory, whatever its batches, and
 * after every interruption; failures with the host's words; what is refused. */
#include "paired_source.h"
#include "small_world.h"

static siamese_trainer_options source_options(void)
{
    siamese_trainer_options options = small_options(2);
    options.metrics = SIAMESE_METRICS_NONE;
    options.epochs = 3;
    options.cache = 0;
    options.remove_accidental_hits = 1;
    options.mask_same_query = 1;
    options.schedule = SIAMESE_SCHEDULE_LINEAR;
    return options;
}

static siamese_trainer *new_trainer(const siamese_trainer_options *options,
                                    int separate, int has_catalogue)
{
    siamese_trainer *t = NULL;
    siamese_pairs items = world.pairs;
    siamese_tower *const query = small_tower(&world, 1);
    siamese_tower *const item = separate ? small_tower(&world, 2) : query;
    assert_int_equal(siamese_trainer_create(&t, query, item, options), 0);
    items.queries = NULL;
    items.query_fields = 0;
    items.item_ids = has_catalogue == 2 ? world.item_ids : NULL;
    if (has_catalogue)
        assert_int_equal(siamese_trainer_add_items(t, &items), 0);
    siamese_tower_free(query);
    if (separate) siamese_tower_free(item);
    return t;
}

static void set_source(siamese_trainer *t, paired_source *s)
{
    siamese_source const source = source_of(s);
    assert_int_equal(siamese_trainer_set_source(t, &source), 0);
}

static siamese_pairs all_columns(void)
{
    siamese_pairs pairs = world.pairs;
    pairs.item_ids = world.item_ids;
    pairs.weights = world.weights;
    pairs.item_probabilities = world.probabilities;
    pairs.negatives = world.items;
    pairs.negative_offsets = world.offsets;
    pairs.negative_ids = world.item_ids;
    pairs.negative_probabilities = world.probabilities;
    return pairs;
}

static void learn_both(const siamese_trainer_options *o, int separate,
                       const siamese_pairs *pairs, int has_catalogue,
                       size_t batch)
{
    paired_source from = {.pairs = *pairs, .batch = batch, .fail_at = -1};
    siamese_trainer *const kept = new_trainer(o, separate, has_catalogue);
    siamese_trainer *const read = new_trainer(o, separate, has_catalogue);
    assert_int_equal(siamese_trainer_add_pairs(kept, pairs), 0);
    set_source(read, &from);
    assert_int_equal(siamese_trainer_fit(kept, NULL, NULL), 0);
    if (siamese_trainer_fit(read, NULL, NULL))
        fail_msg("%s", siamese_last_error());
    assert_same_weights(kept, read);
    siamese_progress a = {.struct_size = sizeof a}, b = a;
    assert_int_equal(siamese_trainer_get_progress(kept, &a), 0);
    assert_int_equal(siamese_trainer_get_progress(read, &b), 0);
    assert_true(a.step == b.step && a.epoch == b.epoch &&
                a.loss_mean == b.loss_mean && a.epoch_steps == b.epoch_steps);
    siamese_trainer_free(kept);
    siamese_trainer_free(read);
}

static void trainer_source__has_the_bits_of_memory(void **state)
{
    static const size_t buffers[] = {0, 1, 7, 100, 100000};
    static const size_t batches[] = {0, 1, 64, 1000};
    siamese_pairs const plain = world.pairs, full = all_columns();
    (void)state;
    for (size_t b = 0; b < sizeof buffers / sizeof *buffers; b++) {
        siamese_trainer_options o = source_options();
        o.shuffle_buffer = buffers[b];
        o.batch_size = b % 2 ? 37 : 64;
        learn_both(&o, (int)b % 2, b % 3 ? &full : &plain, 0, batches[b % 4]);
    }
}

static void trainer_source__has_them_with_every_option(void **state)
{
    siamese_pairs const plain = world.pairs, full = all_columns();
    siamese_trainer_options o = source_options();
    (void)state;
    o.logq = SIAMESE_LOGQ_STREAMING;
    o.cache = 1;
    learn_both(&o, 0, &full, 0, 0);
    o = source_options();
    o.random_negatives = 9;
    o.hard_negatives = 5;
    learn_both(&o, 1, &full, 2, 50);
    o.batch_size = 0;
    o.optimizer = SIAMESE_OPTIMIZER_ADAGRAD;
    o.min_steps = 11;
    learn_both(&o, 1, &plain, 1, 50);
    o = source_options();
    o.self_supervision = 1.5;
    o.symmetric = 1;
    learn_both(&o, 0, &plain, 1, 0);
    /* items of one id have several texts, as do those of the catalogue */
    learn_both(&o, 1, &full, 2, 11);
    o.shuffle_buffer = 100000;
    o.max_steps = 8;
    learn_both(&o, 1, &full, 2, 300);
}

/* A fit that may take so many steps more. */
static int32_t stop_after(void *user, const siamese_progress *progress)
{
    (void)progress;
    return --*(int *)user == 0;
}

static void trainer_source__goes_on_after_every_step(void **state)
{
    siamese_trainer_options o = source_options();
    siamese_pairs const pairs = all_columns();
    paired_source from = {.pairs = pairs, .fail_at = -1};
    siamese_trainer *whole, *t;
    siamese_status status;
    (void)state;
    o.self_supervision = 0.5;
    whole = new_trainer(&o, 0, 2);
    assert_int_equal(siamese_trainer_add_pairs(whole, &pairs), 0);
    assert_int_equal(siamese_trainer_fit(whole, NULL, NULL), 0);
    t = new_trainer(&o, 0, 2);
    do {
        siamese_bundle *bundle = NULL, *loaded = NULL;
        int steps = 1;
        set_source(t, &from);
        status = siamese_trainer_fit(t, stop_after, &steps);
        assert_true(status == SIAMESE_OK || status == SIAMESE_E_CANCELLED);
        /* through a file: the next trainer knows nothing of the source */
        assert_int_equal(siamese_bundle_create(&bundle), 0);
        assert_int_equal(siamese_bundle_set_trainer(bundle, t), 0);
        assert_int_equal(
            siamese_checkpoint_save("trainer_source.tmp", bundle, NULL), 0);
        siamese_bundle_free(bundle);
        siamese_trainer_free(t);
        assert_int_equal(
            siamese_checkpoint_load(&loaded, "trainer_source.tmp", NULL), 0);
        assert_int_equal(siamese_bundle_get_trainer(loaded, &t), 0);
        siamese_bundle_free(loaded);
        siamese_pairs items = world.pairs;
        items.queries = NULL;
        items.query_fields = 0;
        items.item_ids = world.item_ids;
        assert_int_equal(siamese_trainer_add_items(t, &items), 0);
    } while (status != SIAMESE_OK);
    remove("trainer_source.tmp");
    assert_same_weights(whole, t);
    siamese_trainer_free(whole);
    siamese_trainer_free(t);
}

static void trainer_source__fails_with_the_words_of_the_host(void **state)
{
    siamese_trainer_options const o = source_options();
    siamese_pairs const pairs = all_columns();
    paired_source from = {.pairs = pairs, .batch = 60};
    siamese_trainer *const whole = new_trainer(&o, 0, 0);
    siamese_trainer *const t = new_trainer(&o, 0, 0);
    long failures = 0;
    siamese_status status;
    (void)state;
    assert_int_equal(siamese_trainer_add_pairs(whole, &pairs), 0);
    assert_int_equal(siamese_trainer_fit(whole, NULL, NULL), 0);
    set_source(t, &from);
    do {
        from.calls = 0;
        from.fail_at = failures;
        from.is_silent = failures % 2 == 1;
        status = siamese_trainer_fit(t, NULL, NULL);
        if (status == SIAMESE_OK) break;
        assert_int_equal(status, SIAMESE_E_IO);
        assert_non_null(strstr(siamese_last_error(), "source: re"));
        assert_non_null(strstr(siamese_last_error(), from.is_silent
                                                         ? "failed with 7"
                                                         : "the disk is gone"));
        failures++;
    } while (failures < 100);
    /* a pass that counts, and what an epoch has left: 7 calls each */
    assert_in_range(failures, 14, 60);
    assert_same_weights(whole, t);
    siamese_trainer_free(whole);
    siamese_trainer_free(t);
}

static void refused(siamese_trainer *t, siamese_status wanted,
                    const char *named)
{
    siamese_status const status = siamese_trainer_fit(t, NULL, NULL);
    if (status != wanted || strstr(siamese_last_error(), named) == NULL)
        fail_msg("%d, %s: %s", (int)status, named, siamese_last_error());
}

static void trainer_source__that_changes_is_refused(void **state)
{
    siamese_trainer_options const o = source_options();
    paired_source from = {.pairs = world.pairs, .batch = 60, .fail_at = -1};
    siamese_trainer *const t = new_trainer(&o, 0, 0);
    int steps = 2;
    (void)state;
    set_source(t, &from);
    assert_int_equal(siamese_trainer_fit(t, stop_after, &steps),
                     SIAMESE_E_CANCELLED);
    from.pairs.count--;
    refused(t, SIAMESE_E_STATE, "fewer");
    refused(t, SIAMESE_E_STATE, "in the middle of an epoch over 300 pairs");
    from.pairs.count++;
    from.pairs.weights = world.weights;
    refused(t, SIAMESE_E_STATE, "in the middle of an epoch");
    from.pairs.weights = NULL;
    steps = 2;
    assert_int_equal(siamese_trainer_fit(t, stop_after, &steps),
                     SIAMESE_E_CANCELLED);
    from.pairs.weights = world.weights;
    refused(t, SIAMESE_E_STATE, "not those that were counted");
    from.pairs.weights = NULL;
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    siamese_trainer_free(t);
    /* and one that grows */
    siamese_trainer *const u = new_trainer(&o, 0, 0);
    from.pairs.count = 100;
    set_source(u, &from);
    steps = 1;
    assert_int_equal(siamese_trainer_fit(u, stop_after, &steps),
                     SIAMESE_E_CANCELLED);
    from.pairs.count = 101;
    refused(u, SIAMESE_E_STATE, "has more now");
    siamese_trainer_free(u);
}

static void trainer_source__refuses_what_needs_all_pairs(void **state)
{
    static const char *const cases[][3] = {
        {"mined_negatives", "2", "random_negatives"},
        {"logq", "counted", "streaming"},
        {"metrics", "epoch", "siamese_trainer_set_validation"},
        {"metrics", "step", "siamese_trainer_set_validation"}};
    paired_source from = {.pairs = world.pairs, .fail_at = -1};
    siamese_source const source = source_of(&from);
    siamese_trainer_options o;
    siamese_trainer *t;
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        o = source_options();
        assert_int_equal(
            siamese_trainer_options_set(&o, cases[c][0], cases[c][1]), 0);
        t = new_trainer(&o, 0, 1);
        assert_int_equal(siamese_trainer_set_source(t, &source),
                         SIAMESE_E_OPTION);
        assert_non_null(strstr(siamese_last_error(), cases[c][0]));
        assert_non_null(strstr(siamese_last_error(), cases[c][2]));
        siamese_trainer_free(t);
    }
    o = source_options();
    o.random_negatives = 3;
    t = new_trainer(&o, 0, 0);
    set_source(t, &from);
    refused(t, SIAMESE_E_STATE, "random_negatives");
    siamese_trainer_free(t);
    o = source_options();
    o.self_supervision = 1;
    t = new_trainer(&o, 0, 0);
    set_source(t, &from);
    refused(t, SIAMESE_E_STATE, "self_supervision");
    /* an item that the catalogue lacks */
    siamese_pairs items = world.pairs;
    items.queries = NULL;
    items.count = 7;
    assert_int_equal(siamese_trainer_add_items(t, &items), 0);
    refused(t, SIAMESE_E_STATE, "pair 7 of the source");
    siamese_trainer_free(t);
    /* metrics that are set later, a validation without candidates */
    o = source_options();
    t = new_trainer(&o, 0, 0);
    set_source(t, &from);
    assert_int_equal(siamese_trainer_add_pairs(t, &world.pairs),
                     SIAMESE_E_STATE);
    assert_int_equal(siamese_trainer_set_option(t, "metrics", "epoch"), 0);
    refused(t, SIAMESE_E_OPTION, "metrics");
    assert_int_equal(siamese_trainer_set_option(t, "metrics", "none"), 0);
    assert_int_equal(siamese_trainer_set_validation(t, &world.pairs, NULL), 0);
    refused(t, SIAMESE_E_STATE, "candidates");
    assert_int_equal(siamese_trainer_set_validation(t, &world.pairs, &items),
                     0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    siamese_trainer_free(t);
}

static void trainer_source__of_bad_pairs_names_them(void **state)
{
    siamese_trainer_options const o = source_options();
    paired_source from = {.pairs = all_columns(), .batch = 50, .fail_at = -1};
    siamese_trainer *const t = new_trainer(&o, 0, 0);
    (void)state;
    set_source(t, &from);
    from.pairs.count = 0;
    refused(t, SIAMESE_E_STATE, "its source is empty");
    from.pairs.count = SMALL_PAIRS;
    set_source(t, &from);
    world.weights[120] = -1;
    refused(t, SIAMESE_E_ARGUMENT, "behind pair 100: row 20: weight -1");
    world.weights[120] = 1;
    from.pairs.queries = NULL;
    refused(t, SIAMESE_E_ARGUMENT, "source");
    from.pairs.queries = world.queries;
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_int_equal(siamese_trainer_set_source(t, NULL), 0);
    refused(t, SIAMESE_E_STATE, "no pairs");
    siamese_source none = source_of(&from);
    none.rewind = NULL;
    assert_int_equal(siamese_trainer_set_source(t, &none), SIAMESE_E_ARGUMENT);
    assert_int_equal(from.released, 2);
    set_source(t, &from);
    siamese_trainer_free(t);
    assert_int_equal(from.released, 3);
}

/* ---- what a host does while it is asked ---- */

typedef struct busy_source {
    paired_source pairs;
    siamese_trainer *trainer, *other;
    size_t calls, cancel_at;
} busy_source;

/* Cancels the fit, then uses other handles, as a host that reads by them. */
static void be_busy(busy_source *s)
{
    siamese_tower *tower = NULL;
    float vector[64];
    if (++s->calls != s->cancel_at) return;
    assert_int_equal(siamese_trainer_cancel(s->trainer), 0);
    assert_int_equal(siamese_trainer_snapshot(s->other, &tower, NULL), 0);
    assert_int_equal(
        siamese_tower_encode(tower, world.queries, 1, 1, vector, 64), 0);
    siamese_tower_free(tower);
    assert_int_equal(siamese_trainer_fit(s->other, NULL, NULL), 0);
}

static int32_t busy_read(void *context, siamese_pairs *pairs, char *error,
                         size_t error_size)
{
    busy_source *const s = context;
    siamese_source const from = source_of(&s->pairs);
    be_busy(s);
    return from.read(from.context, pairs, error, error_size);
}

static int32_t busy_rewind(void *context, char *error, size_t error_size)
{
    busy_source *const s = context;
    siamese_source const from = source_of(&s->pairs);
    be_busy(s);
    return from.rewind(from.context, error, error_size);
}

/* A cancel is of the run that reads, and that run still hears it behind a run
 * of another trainer in the callback. */
static void trainer_source__keeps_a_cancel_to_its_own_run(void **state)
{
    siamese_trainer_options const o = source_options();
    (void)state;
    for (size_t at = 1; at <= 12; at++) {
        busy_source s = {
            .pairs = {.pairs = world.pairs, .batch = 50, .fail_at = -1},
            .cancel_at = at};
        siamese_source const source = {.struct_size = sizeof source,
                                       .context = &s,
                                       .read = busy_read,
                                       .rewind = busy_rewind};
        s.trainer = new_trainer(&o, 0, 0);
        s.other = new_trainer(&o, 0, 0);
        assert_int_equal(siamese_trainer_add_pairs(s.other, &world.pairs), 0);
        assert_int_equal(siamese_trainer_set_source(s.trainer, &source), 0);
        assert_int_equal(siamese_trainer_fit(s.trainer, NULL, NULL),
                         SIAMESE_E_CANCELLED);
        assert_int_equal(s.calls, at);
        assert_int_equal(siamese_trainer_fit(s.trainer, NULL, NULL), 0);
        assert_same_weights(s.trainer, s.other);
        siamese_trainer_free(s.trainer);
        siamese_trainer_free(s.other);
    }
}

/* Pairs that come after an empty first reading are found by the next fit. */
static void trainer_source__that_was_empty_is_read_again(void **state)
{
    siamese_trainer_options const o = source_options();
    paired_source from = {.pairs = world.pairs, .batch = 50, .fail_at = -1};
    siamese_trainer *const t = new_trainer(&o, 0, 0);
    siamese_trainer *const kept = new_trainer(&o, 0, 0);
    (void)state;
    from.pairs.count = 0;
    set_source(t, &from);
    refused(t, SIAMESE_E_STATE, "its source is empty");
    from.pairs.count = world.pairs.count;
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_int_equal(siamese_trainer_add_pairs(kept, &world.pairs), 0);
    assert_int_equal(siamese_trainer_fit(kept, NULL, NULL), 0);
    assert_same_weights(t, kept);
    siamese_trainer_free(t);
    siamese_trainer_free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trainer_source__has_the_bits_of_memory),
        cmocka_unit_test(trainer_source__has_them_with_every_option),
        cmocka_unit_test(trainer_source__goes_on_after_every_step),
        cmocka_unit_test(trainer_source__fails_with_the_words_of_the_host),
        cmocka_unit_test(trainer_source__that_changes_is_refused),
        cmocka_unit_test(trainer_source__refuses_what_needs_all_pairs),
        cmocka_unit_test(trainer_source__of_bad_pairs_names_them),
        cmocka_unit_test(trainer_source__keeps_a_cancel_to_its_own_run),
        cmocka_unit_test(trainer_source__that_was_empty_is_read_again),
    };
    return cmocka_run_group_tests_name("trainer_source", tests, setup,
                                       teardown);
}
