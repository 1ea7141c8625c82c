/* Every kind of model and optimiser through the public API: vectors that do not
 * depend on the batch, training that does not depend on the threads, goes on
 * bit for bit from a checkpoint, and survives the lack of memory. A new kind is
 * a line of the tables below. */
#include <math.h>

#include "failing_allocator.h"
#include "small_pairs.h"

/* ---- the kinds: options by name ---- */

static const char *const models[] = {
    "encoder=lstm units=5",
    "encoder=lstm units=6 hidden=9 hidden_activation=gelu project=7 "
    "normalize=1",
    "encoder=gru units=4 layers=2 mask_zero=1 project=6",
    "encoder=transformer embedding_dim=8 heads=2 layers=2 feed_forward=12 "
    "dropout=0.1 normalize=1",
    "encoder=bag mask_zero=1",
    "encoder=bag pooling=sum project=10 project_activation=tanh",
    "encoder=bag pooling=weighted mask_zero=1 normalize=1",
};

static const char *const optimizers[] = {
    "optimizer=adam learning_rate=0.01",
    "optimizer=adam learning_rate=0.01 sparse_updates=1",
    "optimizer=adamw learning_rate=0.01 weight_decay=0.1 clip_value=0.5",
    "optimizer=adamw learning_rate=0.01 sparse_updates=1 clip_norm=3",
    "optimizer=adagrad learning_rate=0.1 schedule=linear schedule_end=0.1",
    "optimizer=sgd learning_rate=0.01 clip_norm=2",
    "optimizer=sgd learning_rate=0.01 momentum=0.8 schedule=cosine "
    "warmup_steps=3",
    "optimizer=sgd learning_rate=0.01 momentum=0.8 sparse_updates=1 "
    "clip_value=1",
};

/* One without dropout, whose gradients are all as large as its changes. */
static const char *const measured =
    "encoder=bag pooling=sum project=10 project_activation=tanh";

enum {
    MODELS = sizeof models / sizeof *models,
    OPTIMIZERS = sizeof optimizers / sizeof *optimizers
};

/* Sets "name=value name=value" through an options_set. */
#define SET_ALL(set, options, text)                                            \
    do {                                                                       \
        char copy_[300], *rest_ = copy_, *pair_;                               \
        snprintf(copy_, sizeof copy_, "%s", (text));                           \
        while ((pair_ = strsep(&rest_, " ")) != NULL) {                        \
            char *const value_ = strchr(pair_, '=');                           \
            assert_non_null(value_);                                           \
            *value_ = '\0';                                                    \
            assert_int_equal(set((options), pair_, value_ + 1), 0);            \
        }                                                                      \
    } while (0)

static small_pairs world;

static siamese_tower *model(const char *text, int32_t threads)
{
    siamese_tower_options options;
    siamese_tower *tower = NULL;
    siamese_tower_options_init(&options, sizeof options);
    options.threads = threads;
    options.seed = 3;
    SET_ALL(siamese_tower_options_set, &options, text);
    assert_int_equal(siamese_tower_create(&tower, &options), 0);
    assert_int_equal(siamese_tower_add_field(tower, "text", world.vocab, NULL),
                     0);
    return tower;
}

static siamese_trainer *trainer_of(const char *text, const char *optimizer,
                                   int32_t threads)
{
    siamese_trainer_options options = small_options(threads);
    siamese_tower *const tower = model(text, 1);
    siamese_trainer *trainer = NULL;
    options.epochs = 2;
    options.metrics = SIAMESE_METRICS_NONE;
    SET_ALL(siamese_trainer_options_set, &options, optimizer);
    assert_int_equal(siamese_trainer_create(&trainer, tower, tower, &options),
                     0);
    assert_int_equal(siamese_trainer_add_pairs(trainer, &world.pairs), 0);
    siamese_tower_free(tower);
    return trainer;
}

/* Each model with the first optimiser, then the last model with each. */
enum { CASES = MODELS + OPTIMIZERS };

static siamese_trainer *case_trainer(size_t i, int32_t threads)
{
    return i < MODELS ? trainer_of(models[i], optimizers[0], threads)
                      : trainer_of(models[MODELS - 1], optimizers[i - MODELS],
                                   threads);
}

/* ---- encoding ---- */

static void models__encode_a_text_the_same_in_any_batch(void **state)
{
    (void)state;
    for (size_t m = 0; m < MODELS; m++) {
        static const int32_t threads[] = {1, 2, 7};
        float *first = NULL;
        for (size_t i = 0; i < 3; i++) {
            siamese_tower *const tower = model(models[m], threads[i]);
            size_t const dim = siamese_tower_dim(tower);
            size_t const numbers = SMALL_PAIRS * dim;
            float *const all = malloc(numbers * sizeof *all);
            float *const one = malloc(dim * sizeof *one);
            assert_int_equal(siamese_tower_encode(tower, world.items,
                                                  SMALL_PAIRS, 1, all, numbers),
                             0);
            for (size_t r = 0; r < SMALL_PAIRS; r += 7) {
                assert_int_equal(siamese_tower_encode(tower, world.items + r, 1,
                                                      1, one, dim),
                                 0);
                assert_memory_equal(one, all + r * dim, dim * sizeof *one);
            }
            if (first) assert_memory_equal(first, all, numbers * sizeof *all);
            if (first) free(all);
            if (!first) first = all;
            free(one);
            siamese_tower_free(tower);
        }
        free(first);
    }
}

/* Length 1 where asked; the bag of no tokens is zero, whatever comes after a
 * bias of zero. */
static void models__normalise_and_take_empty_texts(void **state)
{
    static const siamese_text empty = {"", 0};
    (void)state;
    for (size_t m = 0; m < MODELS; m++) {
        siamese_tower *const tower = model(models[m], 1);
        size_t const dim = siamese_tower_dim(tower);
        int const bag =
            strstr(models[m], "bag") && strstr(models[m], "mask_zero=1");
        int const unit = strstr(models[m], "normalize=1") != NULL;
        float v[32];
        assert_in_range(dim, 1, 32);
        for (size_t r = 0; unit && r < 20; r++) {
            double square = 0;
            assert_int_equal(
                siamese_tower_encode(tower, world.items + r, 1, 1, v, 32), 0);
            for (size_t j = 0; j < dim; j++) square += (double)v[j] * v[j];
            assert_float_equal(square, 1, 1e-6);
        }
        assert_int_equal(siamese_tower_encode(tower, &empty, 1, 1, v, 32), 0);
        for (size_t j = 0; j < dim; j++) {
            assert_true(isfinite(v[j]));
            if (bag) assert_true(v[j] == 0);
        }
        siamese_tower_free(tower);
    }
}

/* ---- training ---- */

static void models__train_to_the_same_bits_for_any_threads(void **state)
{
    static const int32_t threads[] = {1, 2, 7};
    (void)state;
    for (size_t c = 0; c < CASES; c++) {
        siamese_trainer *first = NULL;
        for (size_t i = 0; i < 3; i++) {
            siamese_trainer *const t = case_trainer(c, threads[i]);
            assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
            if (first) assert_same_weights(first, t);
            if (first) siamese_trainer_free(t);
            if (!first) first = t;
        }
        siamese_trainer_free(first);
    }
}

static int32_t note_loss(void *user, const siamese_progress *p)
{
    double *const losses = user;
    if (p->step == 1) losses[0] = p->loss_batch_sum;
    losses[1] = p->loss_mean;
    return 0;
}

static void models__learn(void **state)
{
    (void)state;
    for (size_t c = 0; c < CASES; c++) {
        siamese_trainer *const t = case_trainer(c, 2);
        double losses[2] = {0, 0};
        assert_int_equal(siamese_trainer_set_option(t, "epochs", "4"), 0);
        assert_int_equal(siamese_trainer_fit(t, note_loss, losses), 0);
        if (!(losses[1] < 0.98 * losses[0] / 64))
            fail_msg("case %zu: a loss of %g became %g", c, losses[0] / 64,
                     losses[1]);
        siamese_trainer_free(t);
    }
}

/* ---- going on from a checkpoint ---- */

typedef struct file {
    const siamese_bundle *bundle;
    unsigned char *bytes;
    size_t size;
} file;

static int32_t write_file(void *user, const void *data, size_t size)
{
    file *const f = user;
    unsigned char *const grown = realloc(f->bytes, f->size + size);
    if (grown == NULL) return 1;
    f->bytes = grown;
    memcpy(f->bytes + f->size, data, size);
    f->size += size;
    return 0;
}

static int32_t save_and_stop(void *user, const siamese_progress *p)
{
    file *const f = user;
    if (p->step < 7) return 0;
    siamese_checkpoint_write(write_file, f, f->bundle, NULL);
    return 1;
}

static void models__go_on_bit_for_bit(void **state)
{
    (void)state;
    for (size_t c = 0; c < CASES; c++) {
        siamese_trainer *const whole = case_trainer(c, 2);
        siamese_trainer *const stopped = case_trainer(c, 1);
        siamese_trainer *resumed = NULL;
        siamese_bundle *bundle = NULL, *loaded = NULL;
        file f = {NULL, NULL, 0};
        assert_int_equal(siamese_trainer_fit(whole, NULL, NULL), 0);
        assert_int_equal(siamese_bundle_create(&bundle), 0);
        assert_int_equal(siamese_bundle_set_trainer(bundle, stopped), 0);
        f.bundle = bundle;
        assert_int_equal(siamese_trainer_fit(stopped, save_and_stop, &f),
                         SIAMESE_E_CANCELLED);
        assert_int_equal(
            siamese_checkpoint_load_memory(&loaded, f.bytes, f.size, NULL), 0);
        assert_int_equal(siamese_bundle_get_trainer(loaded, &resumed), 0);
        assert_int_equal(siamese_trainer_add_pairs(resumed, &world.pairs), 0);
        assert_int_equal(siamese_trainer_fit(resumed, NULL, NULL), 0);
        assert_same_weights(whole, resumed);
        siamese_trainer_free(resumed);
        siamese_bundle_free(loaded);
        siamese_bundle_free(bundle);
        siamese_trainer_free(stopped);
        siamese_trainer_free(whole);
        free(f.bytes);
    }
}

/* ---- memory that runs out ---- */

static int setup(void **state)
{
    siamese_allocator const hook = {sizeof hook, NULL, allocate, reallocate,
                                    deallocate};
    (void)state;
    assert_int_equal(siamese_set_allocator(&hook), 0);
    small_pairs_create(&world);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    small_pairs_free(&world);
    return 0;
}

/* A snapshot that encodes: of the tower as of the training. */
static siamese_status encode_snapshot(const siamese_trainer *t)
{
    siamese_tower *tower = NULL;
    float out[20 * 32];
    siamese_status status = siamese_trainer_snapshot(t, &tower, NULL);
    if (status == 0)
        status =
            siamese_tower_encode(tower, world.queries, 20, 1, out, 20 * 32);
    siamese_tower_free(tower);
    return status;
}

static void models__survive_the_lack_of_memory(void **state)
{
    (void)state;
    for (size_t c = 0; c < CASES; c++) {
        siamese_trainer *const t = case_trainer(c, 1);
        siamese_trainer *const whole = case_trainer(c, 1);
        siamese_status status;
        long at = 0;
        do {
            fail_after(at++);
            status = siamese_trainer_fit(t, NULL, NULL);
            if (status == 0) status = encode_snapshot(t);
            long const failed = failures;
            fail_after(-1);
            assert_int_equal(status, failed ? SIAMESE_E_MEMORY : SIAMESE_OK);
        } while (status != SIAMESE_OK);
        assert_true(at > 10);
        assert_int_equal(siamese_trainer_fit(whole, NULL, NULL), 0);
        assert_same_weights(t, whole);
        siamese_trainer_free(t);
        siamese_trainer_free(whole);
    }
}

/* ---- the rate and the norm of a step ---- */

static double norm_of(const float *x, const float *y, size_t count)
{
    double square = 0;
    for (size_t i = 0; i < count; i++) {
        double const d = (double)x[i] - (y ? (double)y[i] : 0);
        square += d * d;
    }
    return sqrt(square);
}

/* What plain descent changed the weights by over the norm of the gradients: the
 * learning rate, or less where the norm is clipped. */
static double measured_rate(siamese_trainer *t, const size_t *rows,
                            double *gradient_norm)
{
    size_t count, at = 0;
    siamese_tower *tower = NULL;
    float *const before = trainer_weights(t, &count);
    float *const gradient = malloc(count * sizeof *gradient);
    assert_int_equal(siamese_trainer_step(t, rows, 64, NULL), 0);
    float *const after = trainer_weights(t, &count);
    assert_int_equal(siamese_trainer_snapshot(t, &tower, NULL), 0);
    for (size_t i = 0; i < siamese_tower_parameter_count(tower); i++) {
        siamese_parameter_info info = {.struct_size = sizeof info};
        assert_int_equal(siamese_tower_parameter_info(tower, i, &info), 0);
        assert_int_equal(siamese_trainer_get_gradient(t, SIAMESE_SIDE_QUERY,
                                                      info.name, gradient + at,
                                                      info.count, NULL),
                         0);
        at += info.count;
    }
    assert_int_equal(at, count);
    *gradient_norm = norm_of(gradient, NULL, count);
    double const rate = norm_of(before, after, count) / *gradient_norm;
    siamese_tower_free(tower);
    free(before);
    free(after);
    free(gradient);
    return rate;
}

/* 300 pairs in batches of 64 and 2 epochs: a schedule of ten steps. */
static void trainer__keeps_to_the_schedule_of_its_epochs(void **state)
{
    siamese_trainer *const t = trainer_of(measured,
                                          "optimizer=sgd learning_rate=0.02 "
                                          "schedule=linear schedule_end=0.5 "
                                          "warmup_steps=4",
                                          1);
    static const double shares[] = {0.25,
                                    0.5,
                                    0.75,
                                    1,
                                    1,
                                    1 - 1 / 12.0,
                                    1 - 2 / 12.0,
                                    1 - 3 / 12.0,
                                    1 - 4 / 12.0,
                                    1 - 5 / 12.0,
                                    0.5,
                                    0.5};
    siamese_progress told = {.struct_size = sizeof told};
    size_t rows[64];
    double norm;
    (void)state;
    assert_int_equal(siamese_trainer_get_progress(t, &told), 0);
    assert_true(told.learning_rate == 0);
    for (size_t step = 0; step < 12; step++) {
        for (size_t i = 0; i < 64; i++) rows[i] = (step * 64 + i) % 300;
        assert_float_equal(measured_rate(t, rows, &norm), 0.02 * shares[step],
                           0.02 * 1e-3);
        assert_int_equal(siamese_trainer_get_progress(t, &told), 0);
        assert_float_equal(told.learning_rate, 0.02 * shares[step], 1e-15);
    }
    siamese_trainer_free(t);
}

static void trainer__clips_the_norm_over_all_parameters(void **state)
{
    siamese_trainer *const t = trainer_of(
        measured, "optimizer=sgd learning_rate=0.01 clip_norm=0.5", 1);
    siamese_trainer *const loose = trainer_of(
        measured, "optimizer=sgd learning_rate=0.01 clip_norm=1e6", 1);
    size_t rows[64];
    double norm;
    (void)state;
    for (size_t i = 0; i < 64; i++) rows[i] = i;
    double const rate = measured_rate(t, rows, &norm);
    assert_true(norm > 1);
    /* the step is as long as a gradient of that norm makes it */
    assert_float_equal(rate * norm, 0.01 * 0.5, 1e-6);
    assert_float_equal(measured_rate(loose, rows, &norm), 0.01, 1e-5);
    siamese_trainer_free(t);
    siamese_trainer_free(loose);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models__encode_a_text_the_same_in_any_batch),
        cmocka_unit_test(models__normalise_and_take_empty_texts),
        cmocka_unit_test(models__train_to_the_same_bits_for_any_threads),
        cmocka_unit_test(models__learn),
        cmocka_unit_test(models__go_on_bit_for_bit),
        cmocka_unit_test(models__survive_the_lack_of_memory),
        cmocka_unit_test(trainer__keeps_to_the_schedule_of_its_epochs),
        cmocka_unit_test(trainer__clips_the_norm_over_all_parameters),
    };
    return cmocka_run_group_tests_name("models", tests, setup, teardown);
}
