/* A run with every kind of state, stopped after each of its steps, written,
 * read and given its pairs again: it ends with the bits of one that never
 * stopped. */
#include "unit/saved_trainer.h"

#include "small_world.h"

/* What versions 2 and 3 add to a section without more options, what version 3
 * alone, and what follows the frequencies of logq=streaming. */
enum { ADDED_BYTES = 24, ADDED_BY_3 = 8, AFTER_FREQUENCIES = 16 };

/* ---- what a host gives a trainer, again after each load ---- */

static void give(siamese_trainer *t)
{
    siamese_pairs pairs = world.pairs, items = world.pairs;
    pairs.item_ids = world.item_ids;
    pairs.negatives = world.items + 7;
    pairs.negative_offsets = world.offsets;
    items.queries = NULL;
    assert_int_equal(siamese_trainer_add_pairs(t, &pairs), 0);
    assert_int_equal(siamese_trainer_add_items(t, &items), 0);
}

/* Other pairs of the same catalogue, in reverse. */
static void give_validation(siamese_trainer *t)
{
    siamese_text queries[SMALL_PAIRS];
    siamese_pairs pairs = world.pairs;
    for (size_t i = 0; i < 90; i++)
        queries[i] = world.queries[SMALL_PAIRS - 1 - i];
    pairs.queries = queries;
    pairs.count = 90;
    assert_int_equal(siamese_trainer_set_validation(t, &pairs, NULL), 0);
}

static siamese_trainer *new_trainer(const siamese_trainer_options *options,
                                    int separate)
{
    siamese_trainer *t = NULL;
    siamese_tower *const query = small_tower(&world, 1);
    siamese_tower *const item = small_tower(&world, 2);
    assert_int_equal(
        siamese_trainer_create(&t, query, separate ? item : query, options), 0);
    siamese_tower_free(query);
    siamese_tower_free(item);
    give(t);
    return t;
}

static siamese_trainer_options resume_options(void)
{
    siamese_trainer_options options = small_options(2);
    options.epochs = 3;
    options.cache = 0;
    options.remove_accidental_hits = 1;
    options.mask_same_query = 1;
    options.symmetric = 1;
    options.random_negatives = 20;
    options.metrics = SIAMESE_METRICS_NONE;
    return options;
}

/* Stopped after each step before anything else of it. */
static void stop_and_go(const siamese_trainer_options *options, int separate)
{
    siamese_trainer *const whole = new_trainer(options, separate);
    siamese_trainer *t = new_trainer(options, separate);
    siamese_progress end = {.struct_size = sizeof end}, now = end;
    assert_int_equal(siamese_trainer_fit(whole, NULL, NULL), 0);
    siamese_trainer_get_progress(whole, &end);
    for (uint64_t step = 1; step <= end.step; step++) {
        uint64_t at = step;
        saved s;
        sm_status const status = siamese_trainer_fit(t, stop_at, &at);
        assert_true(status == SIAMESE_E_CANCELLED || step == end.step);
        save(t, &s);
        siamese_trainer_free(t);
        assert_int_equal(load(&s, step % 2 ? 1 : 2, &t), 0);
        give(t);
        drop(&s);
    }
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    siamese_trainer_get_progress(t, &now);
    assert_int_equal(now.step, end.step);
    assert_same_weights(whole, t);
    siamese_trainer_free(whole);
    siamese_trainer_free(t);
}

static void trainer_resume__with_each_logq(void **state)
{
    siamese_trainer_options options = resume_options();
    (void)state;
    options.logq_buckets = 50; /* with collisions */
    for (int32_t logq = 0; logq <= SIAMESE_LOGQ_STREAMING; logq++) {
        options.logq = logq;
        stop_and_go(&options, logq % 2);
    }
}

static void trainer_resume__with_hinge_and_hard_negatives(void **state)
{
    siamese_trainer_options options = resume_options();
    (void)state;
    options.loss = SIAMESE_LOSS_HINGE;
    options.margin = 0.2;
    options.hard_negatives = 3;
    options.reduction = SIAMESE_REDUCTION_MEAN;
    stop_and_go(&options, 1);
}

static void trainer_resume__with_self_supervision(void **state)
{
    siamese_trainer_options options = resume_options();
    (void)state;
    options.self_supervision = 1.5;
    options.shuffle_buffer = 1000000;
    options.logq = SIAMESE_LOGQ_COUNTED;
    stop_and_go(&options, 1);
    options.random_negatives = 0;
    options.epochs = 1;
    options.min_steps = 20;
    options.max_steps = 23;
    options.batch_size = 0;
    stop_and_go(&options, 0);
}

static void trainer_resume__with_mined_negatives(void **state)
{
    siamese_trainer_options options = resume_options();
    (void)state;
    options.self_supervision = 0.5;
    options.mined_negatives = 3;
    options.mine_from = 0.3;
    options.mine_first = 2;
    options.mine_last = 12;
    stop_and_go(&options, 1);
    stop_and_go(&options, 0);
}

/* Numbers that are no items' are seen once the items are there. */
static void trainer_resume__odd_mined_negatives_are_refused(void **state)
{
    siamese_trainer_options options = resume_options();
    siamese_trainer *other;
    uint32_t const number = 1000000000;
    uint64_t at = 7;
    saved s;
    (void)state;
    options.mined_negatives = 1;
    options.mine_from = 0;
    siamese_trainer *const t = new_trainer(&options, 0);
    assert_int_equal(siamese_trainer_fit(t, stop_at, &at), SIAMESE_E_CANCELLED);
    save(t, &s);
    memcpy(s.state.bytes + s.state.size - sizeof number, &number,
           sizeof number);
    assert_int_equal(load(&s, 1, &other), 0);
    give(other);
    assert_int_equal(siamese_trainer_fit(other, NULL, NULL), SIAMESE_E_STATE);
    siamese_trainer_free(other);
    s.state.size -= sizeof number;
    assert_int_equal(load(&s, 1, &other), SIAMESE_E_FORMAT);
    drop(&s);
    siamese_trainer_free(t);
}

static void trainer_resume__other_catalogues_are_seen(void **state)
{
    siamese_trainer_options const options = resume_options();
    siamese_trainer *const t = new_trainer(&options, 0);
    siamese_trainer *other;
    siamese_pairs items = world.pairs;
    uint64_t at = 2;
    saved s;
    (void)state;
    assert_int_equal(siamese_trainer_fit(t, stop_at, &at), SIAMESE_E_CANCELLED);
    save(t, &s);
    for (size_t fewer = 0; fewer < 2; fewer++) {
        assert_int_equal(load(&s, 1, &other), 0);
        siamese_pairs pairs = world.pairs;
        pairs.item_ids = world.item_ids;
        pairs.negatives = world.items + 7;
        pairs.negative_offsets = world.offsets;
        assert_int_equal(siamese_trainer_add_pairs(other, &pairs), 0);
        items.queries = NULL;
        items.count = SMALL_PAIRS - fewer;
        assert_int_equal(siamese_trainer_add_items(other, &items), 0);
        assert_int_equal(siamese_trainer_fit(other, NULL, NULL),
                         fewer ? SIAMESE_E_STATE : SIAMESE_OK);
        siamese_trainer_free(other);
    }
    drop(&s);
    siamese_trainer_free(t);
}

/* ---- validation ---- */

/* What stops a run: a call of a stage, once that many of them were let pass. */
typedef struct stop {
    int32_t stage;
    size_t pass, seen;
} stop;

static int32_t stop_in_stage(void *user, const siamese_progress *p)
{
    stop *const s = user;
    return p->stage == s->stage && s->seen++ >= s->pass;
}

/* Stopped in every call of training or validation in turn, saved and loaded. */
static void validate_and_go(const siamese_trainer_options *options,
                            int separate, int32_t stage)
{
    siamese_trainer *const whole = new_trainer(options, separate);
    siamese_trainer *t = new_trainer(options, separate);
    siamese_progress end = {.struct_size = sizeof end}, now = end;
    size_t stops = 0;
    give_validation(whole);
    give_validation(t);
    assert_int_equal(siamese_trainer_fit(whole, NULL, NULL), 0);
    siamese_trainer_get_progress(whole, &end);
    for (;;) {
        stop at = {stage, stage == SIAMESE_STAGE_TRAIN, 0};
        saved s;
        sm_status const status = siamese_trainer_fit(t, stop_in_stage, &at);
        if (status == SIAMESE_OK) break;
        assert_int_equal(status, SIAMESE_E_CANCELLED);
        save(t, &s);
        siamese_trainer_free(t);
        assert_int_equal(load(&s, stops++ % 2 ? 1 : 2, &t), 0);
        assert_int_equal(siamese_trainer_fit(t, NULL, NULL), SIAMESE_E_STATE);
        give(t);
        assert_int_equal(siamese_trainer_fit(t, NULL, NULL), SIAMESE_E_STATE);
        give_validation(t);
        drop(&s);
    }
    assert_true(stops > 4);
    siamese_trainer_get_progress(t, &now);
    assert_same_weights(whole, t);
    assert_int_equal(now.step, end.step);
    assert_int_equal(now.best_step, end.best_step);
    assert_int_equal(now.stopped_early, end.stopped_early);
    assert_true(now.best_value == end.best_value);
    assert_true(now.validation_loss == end.validation_loss);
    assert_int_equal(now.validations_without_best,
                     end.validations_without_best);
    assert_memory_equal(now.validation_topk, end.validation_topk,
                        sizeof end.validation_topk);
    siamese_trainer_free(whole);
    siamese_trainer_free(t);
}

static void trainer_resume__with_validation(void **state)
{
    (void)state;
    for (int use = 0; use < 8; use++) {
        siamese_trainer_options options = resume_options();
        options.epochs = 8;
        options.validate_every = (use & 1) ? 3 : 0;
        options.monitor =
            (use & 2) ? SIAMESE_MONITOR_LOSS : SIAMESE_MONITOR_TOP_10;
        options.patience = 2;
        options.min_delta = (use & 4) ? 0.5 : 0;
        validate_and_go(&options, use % 2, SIAMESE_STAGE_TRAIN);
        options.patience = 5;
        if (use & 1) validate_and_go(&options, 0, SIAMESE_STAGE_VALIDATE);
    }
}

/* A finished run has the best weights once in its file. */
static void trainer_resume__stores_the_best_only_beside_others(void **state)
{
    siamese_trainer_options options = resume_options();
    siamese_trainer *other;
    saved running, finished;
    uint64_t at = 13;
    (void)state;
    options.monitor = SIAMESE_MONITOR_LOSS;
    options.min_delta = 1e6;
    siamese_trainer *const t = new_trainer(&options, 0);
    give_validation(t);
    assert_int_equal(siamese_trainer_fit(t, stop_at, &at), SIAMESE_E_CANCELLED);
    save(t, &running);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    save(t, &finished);
    size_t count;
    free(trainer_weights(t, &count));
    assert_int_equal(running.state.size,
                     finished.state.size + count * sizeof(float));
    /* it goes on from there with the best at hand */
    assert_int_equal(load(&finished, 1, &other), 0);
    give(other);
    give_validation(other);
    assert_int_equal(siamese_trainer_set_option(other, "epochs", "5"), 0);
    assert_int_equal(siamese_trainer_fit(other, NULL, NULL), 0);
    assert_same_weights(t, other);
    siamese_trainer_free(other);
    drop(&running);
    drop(&finished);
    siamese_trainer_free(t);
}

/* Whatever is turned in the last bytes is refused or harmless. */
static void trainer_resume__damaged_validation(void **state)
{
    siamese_trainer_options options = resume_options();
    siamese_trainer *other;
    size_t refused = 0;
    uint64_t at = 11;
    saved s;
    (void)state;
    siamese_trainer *const t = new_trainer(&options, 0);
    give_validation(t);
    assert_int_equal(siamese_trainer_fit(t, stop_at, &at), SIAMESE_E_CANCELLED);
    save(t, &s);
    size_t count;
    free(trainer_weights(t, &count));
    size_t const end = s.state.size, begin = end - count * 4 - 14 * 8;
    for (size_t bit = 8 * begin; bit < 8 * end; bit += bit % 1024 ? 7 : 97) {
        s.state.bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
        sm_status const status = load(&s, 1, &other);
        refused += status != SIAMESE_OK;
        if (status == SIAMESE_OK) siamese_trainer_free(other);
        s.state.bytes[bit / 8] ^= (unsigned char)(1u << bit % 8);
    }
    assert_true(refused > 50);
    for (size_t cut = begin; cut < end; cut += 61) {
        s.state.size = cut;
        assert_int_equal(load(&s, 1, &other), SIAMESE_E_FORMAT);
    }
    drop(&s);
    siamese_trainer_free(t);
}

/* ---- the section ---- */

/* A section of version 1 ends with the moments, one of version 2 with the
 * validation. */
static void trainer_resume__reads_versions_1_and_2(void **state)
{
    siamese_trainer_options const options = small_options(1);
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    siamese_trainer *other;
    saved s;
    (void)state;
    save(t, &s);
    assert_int_equal(load(&s, 1, &other), 0);
    siamese_trainer_free(other);
    s.version = 1;
    assert_int_equal(load(&s, 1, &other), SIAMESE_E_FORMAT);
    s.state.size -= ADDED_BYTES;
    assert_int_equal(load(&s, 1, &other), 0);
    siamese_trainer_free(other);
    s.version = 2;
    s.state.size += ADDED_BYTES - ADDED_BY_3;
    assert_int_equal(load(&s, 1, &other), 0);
    assert_same_weights(t, other);
    siamese_trainer_free(other);
    drop(&s);
    siamese_trainer_free(t);
}

/* Frequencies of steps that were not yet, or gaps that are none. */
static void trainer_resume__odd_frequencies_are_refused(void **state)
{
    siamese_trainer_options options = resume_options();
    float const gap = -1;
    saved s;
    (void)state;
    options.logq = SIAMESE_LOGQ_STREAMING;
    options.logq_buckets = 50;
    siamese_trainer *const t = new_trainer(&options, 0);
    siamese_trainer *other;
    save(t, &s);
    memcpy(s.state.bytes + s.state.size - AFTER_FREQUENCIES - sizeof gap, &gap,
           sizeof gap);
    assert_int_equal(load(&s, 1, &other), SIAMESE_E_FORMAT);
    assert_non_null(strstr(siamese_last_error(), "frequency 99"));
    drop(&s);
    siamese_trainer_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(trainer_resume__with_each_logq),
        cmocka_unit_test(trainer_resume__with_hinge_and_hard_negatives),
        cmocka_unit_test(trainer_resume__with_self_supervision),
        cmocka_unit_test(trainer_resume__with_mined_negatives),
        cmocka_unit_test(trainer_resume__odd_mined_negatives_are_refused),
        cmocka_unit_test(trainer_resume__other_catalogues_are_seen),
        cmocka_unit_test(trainer_resume__with_validation),
        cmocka_unit_test(trainer_resume__stores_the_best_only_beside_others),
        cmocka_unit_test(trainer_resume__damaged_validation),
        cmocka_unit_test(trainer_resume__reads_versions_1_and_2),
        cmocka_unit_test(trainer_resume__odd_frequencies_are_refused),
    };
    return cmocka_run_group_tests_name("trainer_resume", tests, setup,
                                       teardown);
}
