/* Every option of the loss through the trainer: a step's loss against a plain
 * reference over the encoded texts, and its gradient against the loss of
 * weights moved along it. */
#include <math.h>

#include "slow_machine.h"
#include "small_pairs.h"

enum { BATCH = 24, RANDOM = 5, COLUMNS = BATCH * 3 + RANDOM, DIM = 16 };

static small_pairs world;

/* Explicit negatives: i % 3 of pair i. */
static siamese_text negatives[SMALL_PAIRS * 2];
static int64_t negative_ids[SMALL_PAIRS * 2];
static float negative_probabilities[SMALL_PAIRS * 2];
static size_t negative_items[SMALL_PAIRS * 2];
static size_t offsets[SMALL_PAIRS + 1];
static siamese_pairs pairs;

static int setup(void **state)
{
    (void)state;
    small_pairs_create(&world);
    for (size_t i = 0; i < SMALL_PAIRS; i++) {
        offsets[i + 1] = offsets[i] + i % 3;
        for (size_t n = offsets[i]; n < offsets[i + 1]; n++) {
            size_t const item = (n * 37 + 11) % SMALL_PAIRS;
            negative_items[n] = item;
            negatives[n] = world.items[item];
            negative_ids[n] = world.item_ids[item];
            negative_probabilities[n] = 1.0f / (float)(1 + n % 7);
        }
    }
    pairs = world.pairs;
    pairs.item_ids = world.item_ids;
    pairs.weights = world.weights;
    pairs.item_probabilities = world.probabilities;
    pairs.negatives = negatives;
    pairs.negative_offsets = offsets;
    pairs.negative_ids = negative_ids;
    pairs.negative_probabilities = negative_probabilities;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    small_pairs_free(&world);
    return 0;
}

/* What a run of bits stands for. */
enum {
    HINGE = 1,
    MEAN = 2,
    SYMMETRIC = 4,
    HITS = 8,
    QUERIES = 16,
    HARD = 32,
    RANDOM_ITEMS = 64,
    COUNTED = 128,
    UNCORRECTED = 256,
    STREAMING = COUNTED | UNCORRECTED,
    EVERY = 512
};

static siamese_trainer_options options_of(int use)
{
    siamese_trainer_options o = small_options(1);
    o.temperature = 0.05;
    o.loss = (use & HINGE) ? SIAMESE_LOSS_HINGE : SIAMESE_LOSS_SOFTMAX;
    o.margin = 0.5;
    o.reduction = (use & MEAN) ? SIAMESE_REDUCTION_MEAN : SIAMESE_REDUCTION_SUM;
    o.symmetric = (use & SYMMETRIC) != 0;
    o.remove_accidental_hits = (use & HITS) != 0;
    o.mask_same_query = (use & QUERIES) != 0;
    o.hard_negatives = (use & HARD) ? 6 : 0;
    o.random_negatives = (use & RANDOM_ITEMS) ? RANDOM : 0;
    o.logq_buckets = 1000;
    o.logq = (use & STREAMING) == STREAMING ? SIAMESE_LOGQ_STREAMING
             : (use & COUNTED)              ? SIAMESE_LOGQ_COUNTED
             : (use & UNCORRECTED)          ? SIAMESE_LOGQ_NONE
                                            : SIAMESE_LOGQ_GIVEN;
    return o;
}

/* The catalogue is pair 8's item alone, so what is drawn is known. */
static const size_t only_item = 8;

static siamese_trainer *trainer_of(const siamese_tower *tower, int use)
{
    siamese_trainer_options const options = options_of(use);
    siamese_trainer *t = NULL;
    siamese_pairs const catalogue = {.struct_size = sizeof catalogue,
                                     .items = &world.items[only_item],
                                     .item_fields = 1,
                                     .item_ids = &world.item_ids[only_item],
                                     .count = 1};
    assert_int_equal(siamese_trainer_create(&t, tower, tower, &options), 0);
    assert_int_equal(siamese_trainer_add_pairs(t, &pairs), 0);
    assert_int_equal(siamese_trainer_add_items(t, &catalogue), 0);
    assert_int_equal(siamese_trainer_item_count(t), 1);
    return t;
}

static void batch_rows(size_t *rows)
{
    for (size_t i = 0; i < BATCH; i++) rows[i] = (i * 13 + 5) % SMALL_PAIRS;
}

/* ---- the reference ---- */

typedef struct reference {
    size_t columns;
    size_t items[COLUMNS];
    double p[COLUMNS];
    double s[BATCH][COLUMNS];
} reference;

static void add_column(reference *r, size_t item, double p)
{
    r->items[r->columns] = item;
    r->p[r->columns++] = p;
}

/* The expected share of the columns, from the definition. */
static double share_of(size_t item, int use)
{
    double times = 0, all = SMALL_PAIRS + (double)offsets[SMALL_PAIRS];
    for (size_t i = 0; i < SMALL_PAIRS; i++)
        times += world.item_ids[i] == world.item_ids[item];
    for (size_t n = 0; n < offsets[SMALL_PAIRS]; n++)
        times += negative_ids[n] == world.item_ids[item];
    if (use & RANDOM_ITEMS) {
        double const drawn = (double)RANDOM * SMALL_PAIRS / BATCH;
        times += world.item_ids[only_item] == world.item_ids[item] ? drawn : 0;
        all += drawn;
    }
    return times / all;
}

static void find_columns(reference *r, const size_t *rows, int use)
{
    r->columns = 0;
    for (size_t i = 0; i < BATCH; i++)
        add_column(r, rows[i], world.probabilities[rows[i]]);
    for (size_t i = 0; i < BATCH; i++)
        for (size_t n = offsets[rows[i]]; n < offsets[rows[i] + 1]; n++)
            add_column(r, negative_items[n], negative_probabilities[n]);
    for (size_t n = 0; (use & RANDOM_ITEMS) && n < RANDOM; n++)
        add_column(r, only_item, 1);
    for (size_t j = 0; j < r->columns; j++)
        if ((use & STREAMING) == STREAMING || (use & UNCORRECTED))
            r->p[j] = 1; /* in the first step every gap is 1 */
        else if (use & COUNTED)
            r->p[j] = share_of(r->items[j], use);
}

static int same_query(size_t a, size_t b)
{
    return world.queries[a].size == world.queries[b].size &&
           memcmp(world.queries[a].data, world.queries[b].data,
                  world.queries[a].size) == 0;
}

static void find_logits(reference *r, const siamese_tower *tower,
                        const size_t *rows, int use)
{
    static float q[SMALL_PAIRS * DIM], c[SMALL_PAIRS * DIM];
    assert_int_equal(siamese_tower_encode(tower, world.queries, SMALL_PAIRS, 1,
                                          q, SMALL_PAIRS * DIM),
                     0);
    assert_int_equal(siamese_tower_encode(tower, world.items, SMALL_PAIRS, 1, c,
                                          SMALL_PAIRS * DIM),
                     0);
    for (size_t i = 0; i < BATCH; i++)
        for (size_t j = 0; j < r->columns; j++) {
            double s = 0;
            for (size_t d = 0; d < DIM; d++)
                s += (double)q[rows[i] * DIM + d] * c[r->items[j] * DIM + d];
            s = s / 0.05 - log(r->p[j]);
            if (i != j && (((use & HITS) && world.item_ids[r->items[j]] ==
                                                world.item_ids[rows[i]]) ||
                           ((use & QUERIES) && j < BATCH &&
                            same_query(rows[i], rows[j]))))
                s -= 1e30;
            r->s[i][j] = s;
        }
}

static int descending(const void *a, const void *b)
{
    double const x = *(const double *)a, y = *(const double *)b;
    return x < y ? 1 : x > y ? -1 : 0;
}

/* Of the negatives x[count] the hardest n, or all; ties do not change it. */
static double row_loss(double positive, double *x, size_t count, int use)
{
    double sum = (use & HINGE) ? 0 : 1;
    qsort(x, count, sizeof *x, descending);
    if ((use & HARD) && count > 6) count = 6;
    for (size_t j = 0; j < count; j++)
        sum += (use & HINGE) ? fmax(0, 0.5 + x[j] - positive)
                             : exp(x[j] - positive);
    return (use & HINGE) ? sum : log(sum);
}

static double reference_loss(const siamese_tower *tower, const size_t *rows,
                             int use)
{
    static reference r;
    double there = 0, back = 0, x[COLUMNS];
    find_columns(&r, rows, use);
    find_logits(&r, tower, rows, use);
    for (size_t i = 0; i < BATCH; i++) {
        double const w = world.weights[rows[i]];
        size_t count = 0;
        for (size_t j = 0; j < r.columns; j++)
            if (j != i) x[count++] = r.s[i][j];
        there += w * row_loss(r.s[i][i], x, count, use);
        count = 0;
        for (size_t j = 0; j < BATCH; j++)
            if (j != i) x[count++] = r.s[j][i];
        back += w * row_loss(r.s[i][i], x, count, use);
    }
    return (use & SYMMETRIC) ? (there + back) / 2 : there;
}

/* ---- tests ---- */

/* From one run of bits that is looked at to the next. */
static int stride(int few, int on_slow)
{
    return is_slow_machine() ? on_slow : few;
}

/* A tower that has learned a little, so that logits differ. */
static siamese_tower *learned_tower(void)
{
    siamese_trainer_options options = small_options(1);
    siamese_tower *tower = NULL;
    options.epochs = 6;
    options.metrics = SIAMESE_METRICS_NONE;
    siamese_trainer *const t = small_trainer(&world, &options, 0);
    assert_int_equal(siamese_trainer_fit(t, NULL, NULL), 0);
    assert_int_equal(siamese_trainer_snapshot(t, &tower, NULL), 0);
    siamese_trainer_free(t);
    return tower;
}

static void losses__each_option_equals_the_reference(void **state)
{
    siamese_tower *const tower = learned_tower();
    siamese_step step = {.struct_size = sizeof step};
    size_t rows[BATCH];
    (void)state;
    batch_rows(rows);
    for (int use = 0; use < EVERY; use += stride(1, 11)) {
        siamese_trainer *const t = trainer_of(tower, use);
        assert_int_equal(siamese_trainer_step(t, rows, BATCH, &step), 0);
        double const expected = reference_loss(tower, rows, use);
        assert_float_equal(step.loss_sum, expected, 2e-5 * (1 + expected));
        assert_float_equal(step.loss_mean, step.loss_sum / BATCH, 1e-9);
        siamese_trainer_free(t);
    }
    siamese_tower_free(tower);
}

/* Weights plus h times a direction; the direction comes by parameter. */
static siamese_tower *moved(const siamese_tower *tower, float *const *along,
                            double h)
{
    siamese_tower *copy = NULL, *item = NULL;
    siamese_trainer *const t = trainer_of(tower, 0);
    assert_int_equal(siamese_trainer_snapshot(t, &copy, &item), 0);
    siamese_trainer_free(t);
    siamese_tower_free(item);
    for (size_t i = 0; i < siamese_tower_parameter_count(copy); i++) {
        siamese_parameter_info info = {.struct_size = sizeof info};
        assert_int_equal(siamese_tower_parameter_info(copy, i, &info), 0);
        float *const x = malloc(info.count * sizeof *x);
        assert_non_null(x);
        assert_int_equal(
            siamese_tower_parameter_get(copy, info.name, x, info.count, NULL),
            0);
        for (size_t j = 0; j < info.count; j++)
            x[j] += (float)(h * along[i][j]);
        assert_int_equal(
            siamese_tower_parameter_set(copy, info.name, x, info.count), 0);
        free(x);
    }
    return copy;
}

/* The gradient's norm is the loss's slope along it. */
static void check_slope(const siamese_tower *tower, const size_t *rows, int use)
{
    enum { MOST = 16 };
    float *along[MOST];
    double norm = 0;
    size_t const count = siamese_tower_parameter_count(tower);
    siamese_trainer *const t = trainer_of(tower, use);
    assert_true(count <= MOST);
    assert_int_equal(siamese_trainer_step(t, rows, BATCH, NULL), 0);
    for (size_t i = 0; i < count; i++) {
        siamese_parameter_info info = {.struct_size = sizeof info};
        assert_int_equal(siamese_tower_parameter_info(tower, i, &info), 0);
        along[i] = malloc(info.count * sizeof(float));
        assert_non_null(along[i]);
        assert_int_equal(siamese_trainer_get_gradient(t, SIAMESE_SIDE_QUERY,
                                                      info.name, along[i],
                                                      info.count, NULL),
                         0);
        for (size_t j = 0; j < info.count; j++)
            norm += (double)along[i][j] * along[i][j];
    }
    norm = sqrt(norm);
    double const h = 2e-3 / norm;
    siamese_tower *const up = moved(tower, along, h);
    siamese_tower *const down = moved(tower, along, -h);
    double slope =
        (reference_loss(up, rows, use) - reference_loss(down, rows, use)) /
        4e-3;
    if (use & MEAN) slope /= BATCH;
    assert_float_equal(norm, slope, 0.01 * norm);
    for (size_t i = 0; i < count; i++) free(along[i]);
    siamese_tower_free(up);
    siamese_tower_free(down);
    siamese_trainer_free(t);
}

static void losses__gradients_are_slopes(void **state)
{
    siamese_tower *const tower = learned_tower();
    size_t rows[BATCH];
    (void)state;
    batch_rows(rows);
    for (int use = 0; use < EVERY; use += stride(3, 51))
        check_slope(tower, rows, use);
    siamese_tower_free(tower);
}

/* Bits do not depend on the number of threads. */
static void losses__same_bits_for_any_threads(void **state)
{
    siamese_tower *const tower = learned_tower();
    (void)state;
    for (int use = 7; use < EVERY; use += stride(63, 189)) {
        siamese_trainer *const one = trainer_of(tower, use);
        siamese_trainer *const more = trainer_of(tower, use);
        siamese_trainer *const seven = trainer_of(tower, use);
        assert_int_equal(siamese_trainer_set_option(more, "threads", "2"), 0);
        assert_int_equal(siamese_trainer_set_option(seven, "threads", "7"), 0);
        assert_int_equal(siamese_trainer_fit(one, NULL, NULL), 0);
        assert_int_equal(siamese_trainer_fit(more, NULL, NULL), 0);
        assert_int_equal(siamese_trainer_fit(seven, NULL, NULL), 0);
        assert_same_weights(one, more);
        assert_same_weights(one, seven);
        siamese_trainer_free(one);
        siamese_trainer_free(more);
        siamese_trainer_free(seven);
    }
    siamese_tower_free(tower);
}

static void losses__odd_negatives_are_refused(void **state)
{
    siamese_tower *const tower = small_tower(&world, 1);
    siamese_trainer *const t = trainer_of(tower, 0);
    static size_t wrong[SMALL_PAIRS + 1];
    siamese_pairs p = pairs;
    (void)state;
    p.negative_offsets = NULL;
    assert_int_equal(siamese_trainer_add_pairs(t, &p), SIAMESE_E_ARGUMENT);
    memcpy(wrong, offsets, sizeof wrong);
    p.negative_offsets = wrong;
    wrong[0] = 1;
    assert_int_equal(siamese_trainer_add_pairs(t, &p), SIAMESE_E_ARGUMENT);
    wrong[0] = 0;
    wrong[7] = 1000;
    assert_int_equal(siamese_trainer_add_pairs(t, &p), SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), "row 7"));
    p = pairs;
    p.negatives = NULL;
    assert_int_equal(siamese_trainer_add_pairs(t, &p), SIAMESE_E_ARGUMENT);
    p = pairs;
    negative_probabilities[3] = 0;
    assert_int_equal(siamese_trainer_add_pairs(t, &p), SIAMESE_E_ARGUMENT);
    assert_non_null(strstr(siamese_last_error(), "negative 3"));
    negative_probabilities[3] = 0.25f;
    assert_int_equal(siamese_trainer_add_items(t, &pairs), SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_trainer_pair_count(t), SMALL_PAIRS);
    assert_int_equal(siamese_trainer_item_count(t), 1);
    siamese_trainer_free(t);
    siamese_tower_free(tower);
}

/* Negatives and the catalogue are no candidates of the training metric. */
static void losses__negatives_are_no_candidates(void **state)
{
    siamese_tower *const tower = learned_tower();
    siamese_trainer_options const options = options_of(0);
    siamese_trainer *without = NULL, *with = NULL;
    size_t const ks[] = {1, 7, 30};
    double a[3], b[3];
    siamese_pairs few = pairs, plain;
    (void)state;
    few.count = 40;
    plain = few;
    plain.negatives = NULL;
    plain.negative_offsets = NULL;
    plain.negative_ids = NULL;
    plain.negative_probabilities = NULL;
    assert_int_equal(siamese_trainer_create(&without, tower, tower, &options),
                     0);
    assert_int_equal(siamese_trainer_add_pairs(without, &plain), 0);
    assert_int_equal(siamese_trainer_evaluate(without, NULL, NULL, ks, 3, a, 3),
                     0);
    assert_int_equal(siamese_trainer_create(&with, tower, tower, &options), 0);
    assert_int_equal(siamese_trainer_add_pairs(with, &few), 0);
    siamese_pairs items = plain;
    items.queries = NULL;
    items.items += 60;
    items.item_ids += 60;
    assert_int_equal(siamese_trainer_add_items(with, &items), 0);
    assert_int_equal(siamese_trainer_evaluate(with, NULL, NULL, ks, 3, b, 3),
                     0);
    assert_memory_equal(a, b, sizeof a);
    siamese_trainer_free(with);
    siamese_trainer_free(without);
    siamese_tower_free(tower);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(losses__each_option_equals_the_reference),
        cmocka_unit_test(losses__gradients_are_slopes),
        cmocka_unit_test(losses__same_bits_for_any_threads),
        cmocka_unit_test(losses__odd_negatives_are_refused),
        cmocka_unit_test(losses__negatives_are_no_candidates),
    };
    return cmocka_run_group_tests_name("trainer_losses", tests, setup,
                                       teardown);
}
