/*
 * Numbers that are none, or hardly any, at every door by which a host's numbers
 * come in: each function that takes floats or doubles as arrays, in structs, as
 * options or alone is a row below, with what it says of NaN and of the
 * infinities. Numbers that are finite, but huge, denormal or -0, it takes or
 * names; what it computes of them is finite.
 *
 * A call that fails leaves all handles as they were: their bytes in a file are
 * compared.
 */
#include <float.h>
#include <math.h>

#include "api/every_call.h"
#include "reliability.h"

enum { NUMBERS = 64 };

static float in[NUMBERS]; /* a door's array, good but for one number */
static double in_double[NUMBERS], alone; /* of doubles; or one alone */
static float scores[NUMBERS];            /* results that have to be finite */
static size_t results;

/* ---- the calls ---- */

static siamese_status search(const siamese_id_filter *filter)
{
    size_t found[2];
    results = 4;
    return siamese_index_search_filtered(w.index, in, 2, 2, NULL, filter, w.ids,
                                         scores, 4, found);
}

static siamese_status range(float min_score, const siamese_id_filter *filter)
{
    size_t offsets[3];
    siamese_status const status = siamese_index_range_search_filtered(
        w.index, in, 2, min_score, NULL, filter, offsets, w.ids, scores, 12,
        &results);
    return status;
}

static siamese_status hits_of(siamese_status status, siamese_hits *hits)
{
    for (size_t q = 0; q < siamese_hits_query_count(hits); q++)
        for (size_t i = 0; i < siamese_hits_count(hits, q); i++)
            scores[results++] = siamese_hits_scores(hits, q)[i];
    siamese_hits_free(hits);
    return status;
}

static siamese_status ask(const siamese_search_request *request, int of_model)
{
    siamese_hits *hits = NULL;
    results = 0;
    siamese_status const status =
        of_model ? siamese_model_search(w.model, request, &hits)
                 : siamese_searcher_search(w.searcher, request, &hits);
    return hits_of(status, hits);
}

static siamese_status ask_vectors(int of_model)
{
    siamese_search_request request;
    ok(siamese_search_request_init(&request, sizeof request));
    request.vectors = in;
    request.count = 1;
    request.k = 2;
    return ask(&request, of_model);
}

static siamese_status ask_limits(double min_score, double min_confidence,
                                 int of_model)
{
    siamese_search_request request = w.request;
    request.min_score = min_score;
    request.min_confidence = min_confidence;
    return ask(&request, of_model);
}

static siamese_status set_idf(void)
{
    siamese_vocab *vocab = every_vocab("output_mode", "tf_idf");
    siamese_status const status =
        siamese_vocab_set_idf(vocab, &w.tokens[1], in, 2);
    siamese_vocab_free(vocab);
    return status;
}

/* Pairs, or items, one of whose arrays is the door's. */
enum { WEIGHTS, PROBABILITIES, NEGATIVES };

static const siamese_pairs *with(siamese_pairs pairs, int array)
{
    static const size_t offsets[] = {0, 1, 2, 3, 4, 5, 6};
    static siamese_pairs kept;
    kept = pairs;
    if (array == WEIGHTS) kept.weights = in;
    if (array == PROBABILITIES) kept.item_probabilities = in;
    if (array == NEGATIVES) {
        kept.negatives = part_texts;
        kept.negative_offsets = offsets;
        kept.negative_probabilities = in;
    }
    return &kept;
}

static siamese_status evaluate(const siamese_pairs *pairs,
                               const siamese_pairs *items)
{
    return siamese_trainer_evaluate(w.trainer, pairs, items, every_ks, 2,
                                    w.doubles, 2);
}

static siamese_status measure(const float *queries, const float *items,
                              const double *grades)
{
    siamese_judgements judgements = w.judgements;
    siamese_vectors const vectors = {sizeof vectors, 2,    queries,
                                     items,          NULL, 4};
    judgements.grades = grades;
    return siamese_evaluator_add_vectors(w.evaluator, &judgements, &vectors,
                                         NULL, 0);
}

static siamese_status measure_rankings(const float *of, const double *grades)
{
    siamese_judgements judgements = w.judgements;
    siamese_rankings rankings = w.rankings;
    judgements.grades = grades;
    rankings.scores = of;
    return siamese_evaluator_add_rankings(w.evaluator, &judgements, &rankings,
                                          NULL, 0);
}

static siamese_item_rows priced(void)
{
    static siamese_column_values column;
    siamese_item_rows rows = w.new_rows;
    column = w.column;
    column.numbers = in_double;
    rows.columns = &column;
    return rows;
}

enum { ITEMS, SEARCHER, MODEL };

/* The rows may be there of a call before. */
static siamese_status add_items(int to)
{
    siamese_item_rows const rows = priced();
    if (to == ITEMS) {
        ok(siamese_items_remove(w.things, every_new_ids, NULL, 3, NULL));
        return siamese_items_add(w.things, &rows, NULL, 0);
    }
    if (to == SEARCHER) {
        ok(siamese_searcher_remove(w.searcher, every_new_ids, NULL, 3, NULL));
        return siamese_searcher_add(w.searcher, &rows, NULL);
    }
    ok(siamese_model_remove_items(w.model, every_new_ids, NULL, 3, NULL));
    return siamese_model_add_items(w.model, &rows);
}

static siamese_status update_items(int of)
{
    siamese_item_rows const rows = priced();
    return of == ITEMS   ? siamese_items_update(w.things, &rows, NULL, 0)
           : of == MODEL ? siamese_model_update_items(w.model, &rows)
                         : siamese_searcher_update(w.searcher, &rows, NULL);
}

static siamese_status where(void)
{
    char text[64];
    snprintf(text, sizeof text, "price < %g", alone);
    siamese_id_filter *filter = NULL;
    siamese_status const status =
        siamese_items_create_where_filter(&filter, w.things, text, NULL, NULL);
    siamese_id_filter_free(filter);
    return status;
}

/* Two shards that have found one item each. */
static siamese_status merge(int ranges)
{
    static const size_t offsets[2] = {0, 1};
    static const size_t *const both[2] = {offsets, offsets};
    static const int64_t *const ids[2] = {every_ids, every_ids + 1};
    const float *const found[2] = {in, in + 1};
    size_t all[2];
    results = ranges ? 2 : 1;
    return ranges ? siamese_hits_merge_range(both, ids, found, 2, 1, 0, all,
                                             w.ids, scores, 2, NULL, NULL)
                  : siamese_hits_merge(ids, found, 2, 1, 1, 0, w.ids, scores, 1,
                                       NULL, NULL);
}

/* ---- the doors ---- */

enum {
    ARGUMENT = SIAMESE_E_ARGUMENT,
    OPTION = SIAMESE_E_OPTION,
    NONE = SIAMESE_E_NOT_FINITE
};

typedef struct door {
    const char *name;
    int what; /* the numbers: */
    size_t count;
    siamese_status (*call)(void);
    siamese_status nan, infinite; /* of NaN; of the infinities */
    int small;                    /* 1: takes zeros and denormal numbers */
} door;

enum { FLOATS, DOUBLES, ALONE };

/* Those that tests/api/float_doors.awk lists, and numbers in conditions. */
#define DOORS(XX)                                                              \
    XX(evaluator_add_vectors_judgements_grades, DOUBLES, 3, ARGUMENT,          \
       ARGUMENT, 1,                                                            \
       measure(in, in + 4, in_double))                                         \
    XX(evaluator_add_vectors_vectors_queries, FLOATS, 4, SIAMESE_OK,           \
       SIAMESE_OK, 1,                                                          \
       measure(in, in + 8, every_grades))                                      \
    XX(evaluator_add_vectors_vectors_items, FLOATS, 8, SIAMESE_OK,             \
       SIAMESE_OK, 1,                                                          \
       measure(in + 8, in, every_grades))                                      \
    XX(evaluator_add_rankings_judgements_grades, DOUBLES, 3, ARGUMENT,         \
       ARGUMENT, 1,                                                            \
       measure_rankings(NULL, in_double))                                      \
    XX(evaluator_add_rankings_rankings_scores, FLOATS, 2, SIAMESE_OK,          \
       SIAMESE_OK, 1,                                                          \
       measure_rankings(in, every_grades))                                     \
    XX(index_add_vectors, FLOATS, 12, ARGUMENT, ARGUMENT, 1,                   \
       siamese_index_add(w.index, every_ids, in, 3))                           \
    XX(index_update_vectors, FLOATS, 12, ARGUMENT, ARGUMENT, 1,                \
       siamese_index_update(w.index, every_ids, in, 3, NULL))                  \
    XX(index_train_vectors, FLOATS, 12, ARGUMENT, ARGUMENT, 1,                 \
       siamese_index_train(w.plain, in, 3))                                    \
    XX(index_train_with_progress_vectors, FLOATS, 12, ARGUMENT, ARGUMENT, 1,   \
       siamese_index_train_with_progress(w.plain, in, 3, NULL, NULL))          \
    XX(index_set_centroids_centroids, FLOATS, 8, ARGUMENT, ARGUMENT, 1,        \
       siamese_index_set_centroids(w.bare, in, 2, 4))                          \
    XX(hits_merge_shard_scores, FLOATS, 2, ARGUMENT, ARGUMENT, 1,              \
       merge(0))                                                               \
    XX(hits_merge_range_shard_scores, FLOATS, 2, ARGUMENT, ARGUMENT, 1,        \
       merge(1))                                                               \
    XX(index_search_queries, FLOATS, 8, ARGUMENT, ARGUMENT, 1,                 \
       (results = 4, siamese_index_search(w.index, in, 2, 2, NULL, w.ids,      \
        scores, 4, NULL)))                                                     \
    XX(index_search_filtered_queries, FLOATS, 8, ARGUMENT, ARGUMENT, 1,        \
       search(w.filter))                                                       \
    XX(index_range_search_queries, FLOATS, 8, ARGUMENT, ARGUMENT, 1,           \
       siamese_index_range_search(w.index, in, 2, -9, NULL, w.sizes, w.ids,    \
                                  scores, 12, &results))                       \
    XX(index_range_search_min_score, ALONE, 1, ARGUMENT, SIAMESE_OK, 1,        \
       siamese_index_range_search(w.index, in, 2, (float)alone, NULL,          \
                                  w.sizes, w.ids, scores, 12, &results))       \
    XX(index_range_search_filtered_queries, FLOATS, 8, ARGUMENT, ARGUMENT, 1,  \
       range(-9, w.filter))                                                    \
    XX(index_range_search_filtered_min_score, ALONE, 1, ARGUMENT, SIAMESE_OK,  \
       1,                                                                      \
       range((float)alone, w.filter))                                          \
    XX(index_tune_nprobe_queries, FLOATS, 8, ARGUMENT, ARGUMENT, 1,            \
       siamese_index_tune_nprobe(w.index, in, 2, 2, 0.9, w.sizes, &alone))     \
    XX(index_tune_nprobe_recall, ALONE, 1, ARGUMENT, ARGUMENT, 0,              \
       siamese_index_tune_nprobe(w.index, in, 2, 2, alone, w.sizes, NULL))     \
    XX(index_tune_nprobe_with_progress_queries, FLOATS, 8, ARGUMENT,           \
       ARGUMENT, 1,                                                            \
       siamese_index_tune_nprobe_with_progress(w.index, in, 2, 2, 0.9, NULL,   \
                                               NULL, w.sizes, &alone))         \
    XX(index_tune_nprobe_with_progress_recall, ALONE, 1, ARGUMENT, ARGUMENT,   \
       0,                                                                      \
       siamese_index_tune_nprobe_with_progress(w.index, in, 2, 2, alone,       \
                                               NULL, NULL, w.sizes, NULL))     \
    XX(items_add_rows_columns_numbers, DOUBLES, 3, SIAMESE_OK, SIAMESE_OK, 1,  \
       add_items(ITEMS))                                                       \
    XX(items_update_rows_columns_numbers, DOUBLES, 3, SIAMESE_OK, SIAMESE_OK,  \
       1,                                                                      \
       update_items(ITEMS))                                                    \
    XX(searcher_add_rows_columns_numbers, DOUBLES, 3, SIAMESE_OK, SIAMESE_OK,  \
       1,                                                                      \
       add_items(SEARCHER))                                                    \
    XX(searcher_update_rows_columns_numbers, DOUBLES, 3, SIAMESE_OK,           \
       SIAMESE_OK, 1,                                                          \
       update_items(SEARCHER))                                                 \
    XX(model_add_items_rows_columns_numbers, DOUBLES, 3, SIAMESE_OK,           \
       SIAMESE_OK, 1,                                                          \
       add_items(MODEL))                                                       \
    XX(model_update_items_rows_columns_numbers, DOUBLES, 3, SIAMESE_OK,        \
       SIAMESE_OK, 1,                                                          \
       update_items(MODEL))                                                    \
    XX(searcher_add_vectors, FLOATS, 12, ARGUMENT, ARGUMENT, 1,                \
       siamese_searcher_add(w.searcher, &w.new_rows, in))                      \
    XX(searcher_update_vectors, FLOATS, 12, ARGUMENT, ARGUMENT, 1,             \
       siamese_searcher_update(w.searcher, &w.item_rows, in))                  \
    XX(searcher_search_request_vectors, FLOATS, 4, ARGUMENT, ARGUMENT, 1,      \
       ask_vectors(0))                                                         \
    XX(searcher_search_request_min_score, ALONE, 1, OPTION, OPTION, 1,         \
       ask_limits(alone, 0, 0))                                                \
    XX(searcher_search_request_min_confidence, ALONE, 1, OPTION, OPTION, 1,    \
       ask_limits(-1e20, alone, 0))                                            \
    XX(model_search_request_vectors, FLOATS, 4, ARGUMENT, ARGUMENT, 1,         \
       ask_vectors(1))                                                         \
    XX(model_search_request_min_score, ALONE, 1, OPTION, OPTION, 1,            \
       ask_limits(alone, 0, 1))                                                \
    XX(model_search_request_min_confidence, ALONE, 1, OPTION, OPTION, 1,       \
       ask_limits(-1e20, alone, 1))                                            \
    XX(tower_parameter_set_values, FLOATS, 8, NONE, NONE, 1,                   \
       siamese_tower_parameter_set(w.tower, "fw_bias", in, 8))                 \
    XX(vocab_set_idf_idf, FLOATS, 2, NONE, NONE, 1,                            \
       set_idf())                                                              \
    XX(trainer_add_pairs_pairs_weights, FLOATS, 6, ARGUMENT, ARGUMENT, 0,      \
       siamese_trainer_add_pairs(w.trainer, with(w.pairs, WEIGHTS)))           \
    XX(trainer_add_pairs_pairs_item_probabilities, FLOATS, 6, ARGUMENT,        \
       ARGUMENT, 0,                                                            \
       siamese_trainer_add_pairs(w.trainer, with(w.pairs, PROBABILITIES)))     \
    XX(trainer_add_pairs_pairs_negative_probabilities, FLOATS, 6, ARGUMENT,    \
       ARGUMENT, 0,                                                            \
       siamese_trainer_add_pairs(w.trainer, with(w.pairs, NEGATIVES)))         \
    XX(trainer_add_items_items_weights, FLOATS, 6, ARGUMENT, ARGUMENT, 0,      \
       siamese_trainer_add_items(w.trainer, with(w.items, WEIGHTS)))           \
    XX(trainer_add_items_items_item_probabilities, FLOATS, 6, ARGUMENT,        \
       ARGUMENT, 0,                                                            \
       siamese_trainer_add_items(w.trainer, with(w.items, PROBABILITIES)))     \
    XX(trainer_add_items_items_negative_probabilities, FLOATS, 6, ARGUMENT,    \
       ARGUMENT, 0,                                                            \
       siamese_trainer_add_items(w.trainer, with(w.items, NEGATIVES)))         \
    XX(trainer_set_validation_pairs_weights, FLOATS, 6, ARGUMENT, ARGUMENT,    \
       0,                                                                      \
       siamese_trainer_set_validation(w.trainer, with(w.pairs, WEIGHTS),       \
                                      NULL))                                   \
    XX(trainer_set_validation_pairs_item_probabilities, FLOATS, 6, ARGUMENT,   \
       ARGUMENT, 0,                                                            \
       siamese_trainer_set_validation(w.trainer, with(w.pairs,                 \
                                      PROBABILITIES), NULL))                   \
    XX(trainer_set_validation_pairs_negative_probabilities, FLOATS, 6,         \
       ARGUMENT, ARGUMENT, 0,                                                  \
       siamese_trainer_set_validation(w.trainer, with(w.pairs, NEGATIVES),     \
                                      NULL))                                   \
    XX(trainer_set_validation_candidates_weights, FLOATS, 6, ARGUMENT,         \
       ARGUMENT, 0,                                                            \
       siamese_trainer_set_validation(w.trainer, &w.pairs, with(w.items,       \
                                      WEIGHTS)))                               \
    XX(trainer_set_validation_candidates_item_probabilities, FLOATS, 6,        \
       ARGUMENT, ARGUMENT, 0,                                                  \
       siamese_trainer_set_validation(w.trainer, &w.pairs, with(w.items,       \
                                      PROBABILITIES)))                         \
    XX(trainer_set_validation_candidates_negative_probabilities, FLOATS, 6,    \
       ARGUMENT, ARGUMENT, 0,                                                  \
       siamese_trainer_set_validation(w.trainer, &w.pairs, with(w.items,       \
                                      NEGATIVES)))                             \
    XX(trainer_evaluate_pairs_weights, FLOATS, 6, ARGUMENT, ARGUMENT, 0,       \
       evaluate(with(w.pairs, WEIGHTS), NULL))                                 \
    XX(trainer_evaluate_pairs_item_probabilities, FLOATS, 6, ARGUMENT,         \
       ARGUMENT, 0,                                                            \
       evaluate(with(w.pairs, PROBABILITIES), NULL))                           \
    XX(trainer_evaluate_pairs_negative_probabilities, FLOATS, 6, ARGUMENT,     \
       ARGUMENT, 0,                                                            \
       evaluate(with(w.pairs, NEGATIVES), NULL))                               \
    XX(trainer_evaluate_candidates_weights, FLOATS, 6, ARGUMENT, ARGUMENT, 0,  \
       evaluate(&w.pairs, with(w.items, WEIGHTS)))                             \
    XX(trainer_evaluate_candidates_item_probabilities, FLOATS, 6, ARGUMENT,    \
       ARGUMENT, 0,                                                            \
       evaluate(&w.pairs, with(w.items, PROBABILITIES)))                       \
    XX(trainer_evaluate_candidates_negative_probabilities, FLOATS, 6,          \
       ARGUMENT, ARGUMENT, 0,                                                  \
       evaluate(&w.pairs, with(w.items, NEGATIVES)))                           \
    XX(model_add_pairs_pairs_weights, FLOATS, 6, ARGUMENT, ARGUMENT, 0,        \
       siamese_model_add_pairs(w.trained, with(w.pairs, WEIGHTS)))             \
    XX(model_add_pairs_pairs_item_probabilities, FLOATS, 6, ARGUMENT,          \
       ARGUMENT, 0,                                                            \
       siamese_model_add_pairs(w.trained, with(w.pairs, PROBABILITIES)))       \
    XX(model_add_pairs_pairs_negative_probabilities, FLOATS, 6, ARGUMENT,      \
       ARGUMENT, 0,                                                            \
       siamese_model_add_pairs(w.trained, with(w.pairs, NEGATIVES)))           \
    XX(model_set_validation_pairs_weights, FLOATS, 6, ARGUMENT, ARGUMENT, 0,   \
       siamese_model_set_validation(w.trained, with(w.pairs, WEIGHTS), NULL))  \
    XX(model_set_validation_pairs_item_probabilities, FLOATS, 6, ARGUMENT,     \
       ARGUMENT, 0,                                                            \
       siamese_model_set_validation(w.trained, with(w.pairs, PROBABILITIES),   \
                                    NULL))                                     \
    XX(model_set_validation_pairs_negative_probabilities, FLOATS, 6,           \
       ARGUMENT, ARGUMENT, 0,                                                  \
       siamese_model_set_validation(w.trained, with(w.pairs, NEGATIVES),       \
                                    NULL))                                     \
    XX(model_set_validation_candidates_weights, FLOATS, 6, ARGUMENT,           \
       ARGUMENT, 0,                                                            \
       siamese_model_set_validation(w.trained, &w.pairs, with(w.items,         \
                                    WEIGHTS)))                                 \
    XX(model_set_validation_candidates_item_probabilities, FLOATS, 6,          \
       ARGUMENT, ARGUMENT, 0,                                                  \
       siamese_model_set_validation(w.trained, &w.pairs, with(w.items,         \
                                    PROBABILITIES)))                           \
    XX(model_set_validation_candidates_negative_probabilities, FLOATS, 6,      \
       ARGUMENT, ARGUMENT, 0,                                                  \
       siamese_model_set_validation(w.trained, &w.pairs, with(w.items,         \
                                    NEGATIVES)))                               \
    XX(where_filter, ALONE, 1, ARGUMENT, ARGUMENT, 1,                          \
       where())

#define CALL(name, what, count, nan, infinite, small, call)                 \
    static siamese_status door_##name(void)                                    \
    {                                                                          \
        return call;                                                           \
    }
DOORS(CALL)
#define ROW(name, what, count, nan, infinite, small, call)                  \
    {#name, what, count, door_##name, nan, infinite, small},
static const door doors[] = {DOORS(ROW)};

/* Each argument of a public function has its row, and no other. */
#define NAME(name, what, count, nan, infinite, small, call) IS_##name,
enum { DOORS(NAME) ALL };
#define XX(name) IS_##name,
static const int listed[] = {
#include FLOAT_DOORS
};
_Static_assert(sizeof listed / sizeof *listed == ALL - 1,
               "a row of an argument that is none");

/* ---- going through them ---- */

/* Good numbers everywhere: of weights and probabilities too. */
static void make_numbers(void)
{
    for (size_t i = 0; i < NUMBERS; i++) {
        in[i] = 0.125f * (float)(1 + i % 7);
        in_double[i] = in[i];
    }
    alone = 0.5;
    memset(scores, 0, sizeof scores);
    results = 0;
}

static siamese_status put(const door *d, double number, size_t at)
{
    make_numbers();
    if (d->what == FLOATS) in[at] = (float)number;
    if (d->what == DOUBLES) in_double[at] = number;
    if (d->what == ALONE) alone = number;
    siamese_status const status = d->call();
    for (size_t i = 0; status == SIAMESE_OK && i < results; i++)
        if (!isfinite(scores[i]))
            fail_msg("%s, %g: result %zu is %g", d->name, number, i,
                     (double)scores[i]);
    return status;
}

/* All handles in one file. */
static image all_bytes(void)
{
    image to = write_bundle(w.bundle);
    ok(siamese_model_write(w.model, image_write, &to, NULL));
    ok(siamese_model_write(w.trained, image_write, &to, NULL));
    return to;
}

/* All numbers that are none, in the first place and in the last; returns how
 * many calls there were, and whether one of them took its number. */
static long put_bad(const door *d, int *taken)
{
    static const double bad[] = {NAN, INFINITY, -INFINITY};
    size_t const step = d->count > 1 ? d->count - 1 : 1;
    long tried = 0;
    for (size_t b = 0; b < 3; b++)
        for (size_t at = 0; at < d->count; at += step) {
            siamese_status const status = put(d, bad[b], at);
            if (status != (b ? d->infinite : d->nan))
                fail_msg("%s, %g: %s (%s)", d->name, bad[b],
                         siamese_status_name(status), siamese_last_error());
            *taken |= status == SIAMESE_OK;
            tried++;
        }
    return tried;
}

static void test_numbers_that_are_none__are_named_and_change_nothing(void **s)
{
    long tried = 0;
    (void)s;
    for (size_t i = 0; i < sizeof doors / sizeof *doors; i++) {
        int taken = 0;
        every_world_make();
        image before = all_bytes();
        tried += put_bad(&doors[i], &taken);
        image after = all_bytes();
        if (!taken && (before.size != after.size ||
                       memcmp(before.bytes, after.bytes, before.size) != 0))
            fail_msg("%s: a failure changed something", doors[i].name);
        free(before.bytes);
        free(after.bytes);
        every_world_free();
    }
    reliability_count("numbers that are none, at a door", tried);
}

/* What there is goes on, and computes numbers that are finite. */
static void check_goes_on(void)
{
    float vectors[PART_TEXTS * PART_DIM];
    ok(siamese_tower_encode(w.tower, part_texts, PART_TEXTS, 1, vectors,
                            PART_TEXTS * PART_DIM));
    for (size_t v = 0; v < PART_TEXTS * PART_DIM; v++)
        assert_true(isfinite(vectors[v]));
    make_numbers();
    ok(search(NULL));
    for (size_t r = 0; r < results; r++) assert_true(isfinite(scores[r]));
    for (int of_model = 0; of_model < 2; of_model++) {
        ok(ask_vectors(of_model));
        for (size_t r = 0; r < results; r++) assert_true(isfinite(scores[r]));
    }
}

/* Huge, denormal, and zeros of both signs. */
static void test_numbers_at_the_edge__are_taken_or_named(void **s)
{
    static const double edges[] = {1e30, -1e30, FLT_MAX, 1e-42, -0.0, 0};
    long tried = 0;
    (void)s;
    for (size_t i = 0; i < sizeof doors / sizeof *doors; i++)
        for (size_t e = 0; e < sizeof edges / sizeof *edges; e++) {
            const door *const d = &doors[i];
            every_world_make();
            siamese_status const status = put(d, edges[e], d->count - 1);
            int const must = d->small && fabs(edges[e]) < 1;
            if (status != SIAMESE_OK &&
                (must || (status != ARGUMENT && status != NONE &&
                          status != d->infinite)))
                fail_msg("%s, %g: %s (%s)", d->name, edges[e],
                         siamese_status_name(status), siamese_last_error());
            check_goes_on();
            tried++;
            every_world_free();
        }
    reliability_count("numbers at the edge, at a door", tried);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_numbers_that_are_none__are_named_and_change_nothing),
        cmocka_unit_test(test_numbers_at_the_edge__are_taken_or_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
