/* evaluator.c: the handle that measures rankings, query by query, and keeps the
 * sums of their figures. */
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "common/memory.h"
#include "common/options.h"
#include "common/room.h"
#include "common/size.h"
#include "math/kernels.h"
#include "metrics/rank_metrics.h"
#include "metrics/rankings.h"
#include "metrics/ranks.h"

#define AT(member) offsetof(siamese_evaluator_options, member)

static const sm_option evaluator_options[] = {
    {"relevant", SM_OPTION_DOUBLE, AT(relevant), "1", 0, 1e6, "0 .. 1e6",
     "the lowest grade of a relevant item"},
    {"gain_zero", SM_OPTION_DOUBLE, AT(gain_zero), "0", 0, 1e6, "0 .. 1e6",
     "the grade that gains nothing"},
    {"gain", SM_OPTION_CHOICE, AT(gain), "linear", 0, 0, "linear | exponential",
     "of a grade g above gain_zero: g - gain_zero, or 2^(g - gain_zero) - 1"},
    {"judged_only", SM_OPTION_FLAG, AT(judged_only), "0", 0, 1, "0 | 1",
     "rank a query's judged items alone, as a re-ranker does"},
    {"metric", SM_OPTION_CHOICE, AT(metric), "inner_product", 0, 0,
     "inner_product | cosine", "the score of two vectors"},
    {"threads", SM_OPTION_INT32, AT(threads), "0", 0, 1024, "0 .. 1024",
     "threads of the search; 0: one a processor"},
    {"kernel", SM_OPTION_CHOICE, AT(kernel), "auto", 0, 0, SM_KERNEL_WORDS,
     "kernel level; scores differ by rounding between levels"},
    {"ties", SM_OPTION_CHOICE, AT(ties), "order", 0, 0, "order | expected",
     "equal scores: in the order of rows, or the mean over all their orders"},
};

static const sm_option_table option_table = {"evaluator", evaluator_options,
                                             sizeof evaluator_options /
                                                 sizeof evaluator_options[0],
                                             sizeof(siamese_evaluator_options)};

SM_OPTIONS_API(evaluator, &option_table)

/* A sum of so many gains is finite, whatever their number. */
static const double most_gain = 1e250;

struct siamese_evaluator {
    siamese_evaluator_options options;
    const sm_kernels *kernels;
    sm_pool *pool;
    size_t *ks; /* [ks_count] */
    size_t ks_count;
    size_t width; /* figures of a query */
    double *sums; /* [width] */
    siamese_evaluator_counts counts;
};

void siamese_evaluator_free(siamese_evaluator *evaluator)
{
    if (evaluator == NULL) return;
    sm_pool_free(evaluator->pool);
    sm_free(evaluator->ks);
    sm_free(evaluator->sums);
    sm_free(evaluator);
    sm_handle_freed();
}

siamese_status
siamese_evaluator_create(siamese_evaluator **out,
                         const siamese_evaluator_options *options,
                         const size_t *ks, size_t ks_count)
{
    sm_status status = SIAMESE_OK;
    siamese_evaluator *e = NULL;
    SM_CHECK(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_CHECK(ks != NULL && ks_count > 0, SIAMESE_E_ARGUMENT,
             "ks: there is none");
    for (size_t k = 0; k < ks_count; k++)
        SM_CHECK(ks[k] > 0, SIAMESE_E_ARGUMENT, "ks: element %zu is 0", k);
    e = sm_calloc(1, sizeof *e);
    SM_CHECK_MEMORY(e);
    sm_handle_created();
    SM_TRY(sm_options_read(&option_table, options, &e->options));
    SM_TRY(sm_kernels_select(e->options.kernel, &e->kernels));
    SM_TRY(sm_pool_create(&e->pool, e->options.threads));
    e->ks_count = ks_count;
    SM_CHECK(sm_size_multiply(ks_count, SIAMESE_RANKING_COUNT, &e->width),
             SIAMESE_E_LIMIT, "ks: %zu are too many", ks_count);
    e->ks = sm_alloc_array(ks_count, sizeof *e->ks);
    SM_CHECK_MEMORY(e->ks);
    memcpy(e->ks, ks, ks_count * sizeof *e->ks);
    e->sums = sm_calloc(e->width, sizeof *e->sums);
    SM_CHECK_MEMORY(e->sums);
    e->counts.struct_size = sizeof e->counts;
    *out = e;
    e = NULL;
out:
    siamese_evaluator_free(e);
    return status;
}

/* ---- adding queries ---- */

static sm_status check_values(const siamese_evaluator *e, size_t queries,
                              const double *values, size_t capacity)
{
    size_t needed;
    if (values == NULL && capacity == 0) return SIAMESE_OK;
    if (!sm_size_multiply(queries, e->width, &needed)) needed = SIZE_MAX;
    return sm_room("values", values, capacity, needed, NULL);
}

static sm_status check_gains(const siamese_evaluator *e,
                             const sm_judgements *judgements)
{
    for (size_t q = 0; q < judgements->queries; q++)
        for (size_t i = judgements->offsets[q]; i < judgements->offsets[q + 1];
             i++)
            SM_REQUIRE(sm_gain(&e->options, judgements->list[i].grade) <=
                           most_gain,
                       SIAMESE_E_ARGUMENT,
                       "judgements: the gain of grade %g of query %zu is too "
                       "large",
                       judgements->list[i].grade, q);
    return SIAMESE_OK;
}

static uint64_t deepest(const siamese_evaluator *e)
{
    uint64_t most = 0;
    for (size_t k = 0; k < e->ks_count; k++)
        if (e->ks[k] > most) most = e->ks[k];
    return most;
}

/* A figure that does not count is NaN. */
static void add_query(siamese_evaluator *e, const double *values,
                      sm_rank_count count)
{
    for (size_t i = 0; i < e->width; i++)
        if (!isnan(values[i])) e->sums[i] += values[i];
    e->counts.queries++;
    e->counts.relevant += count.relevant > 0;
    e->counts.relevant_items += count.relevant;
    e->counts.gaining += (size_t)count.has_gain;
    e->counts.tied += (size_t)count.is_tied;
}

/* Measures ranked judgements; nothing fails once the first query is added. */
static sm_status measure(siamese_evaluator *e, const sm_judgements *judgements,
                         double *values)
{
    sm_status status = SIAMESE_OK;
    sm_rank_buffers buffers = {0};
    double *const own = sm_alloc_array(e->width, sizeof *own);
    SM_CHECK_MEMORY(own);
    buffers.ranked = sm_alloc_array(judgements->most, sizeof *buffers.ranked);
    SM_CHECK_MEMORY(buffers.ranked);
    buffers.ideal = sm_alloc_array(judgements->most, sizeof *buffers.ideal);
    SM_CHECK_MEMORY(buffers.ideal);
    for (size_t q = 0; q < judgements->queries; q++) {
        size_t const begin = judgements->offsets[q];
        double *const at = values ? values + q * e->width : own;
        sm_rank_count const count =
            sm_rank_metrics(&e->options, judgements->list + begin,
                            judgements->offsets[q + 1] - begin, e->ks,
                            e->ks_count, &buffers, at);
        add_query(e, at, count);
    }
out:
    sm_free(own);
    sm_free(buffers.ranked);
    sm_free(buffers.ideal);
    return status;
}

/* vectors or rankings, the other is NULL. */
static sm_status add(siamese_evaluator *e, const siamese_judgements *user,
                     const siamese_vectors *vectors,
                     const siamese_rankings *rankings, double *values,
                     size_t capacity)
{
    sm_status status = SIAMESE_OK;
    sm_judgements judgements = {0};
    SM_TRY(sm_judgements_create(&judgements, user));
    SM_TRY(check_gains(e, &judgements));
    SM_TRY(check_values(e, judgements.queries, values, capacity));
    if (vectors) {
        sm_rank_search const search = {e->pool, e->kernels, &e->options,
                                       deepest(e)};
        SM_TRY(sm_ranks_by_vectors(&search, &judgements, vectors));
    } else
        SM_TRY(sm_ranks_by_rankings(&e->options, &judgements, rankings));
    SM_TRY(measure(e, &judgements, values));
out:
    sm_judgements_free(&judgements);
    return status;
}

siamese_status siamese_evaluator_add_vectors(
    siamese_evaluator *evaluator, const siamese_judgements *judgements,
    const siamese_vectors *vectors, double *values, size_t values_capacity)
{
    SM_REQUIRE(evaluator != NULL, SIAMESE_E_ARGUMENT, "evaluator: is NULL");
    SM_REQUIRE(vectors != NULL, SIAMESE_E_ARGUMENT, "vectors: is NULL");
    return add(evaluator, judgements, vectors, NULL, values, values_capacity);
}

siamese_status siamese_evaluator_add_rankings(
    siamese_evaluator *evaluator, const siamese_judgements *judgements,
    const siamese_rankings *rankings, double *values, size_t values_capacity)
{
    SM_REQUIRE(evaluator != NULL, SIAMESE_E_ARGUMENT, "evaluator: is NULL");
    SM_REQUIRE(rankings != NULL, SIAMESE_E_ARGUMENT, "rankings: is NULL");
    return add(evaluator, judgements, NULL, rankings, values, values_capacity);
}

/* ---- the means ---- */

siamese_status siamese_evaluator_get_means(const siamese_evaluator *evaluator,
                                           double *means, size_t means_capacity,
                                           siamese_evaluator_counts *counts)
{
    const siamese_evaluator *const e = evaluator;
    SM_REQUIRE(e != NULL, SIAMESE_E_ARGUMENT, "evaluator: is NULL");
    SM_RETURN_IF_ERROR(sm_room("means", means, means_capacity, e->width, NULL));
    if (counts)
        SM_RETURN_IF_ERROR(
            sm_struct_write(&e->counts, sizeof e->counts, counts, "counts"));
    for (size_t i = 0; i < e->width; i++) {
        bool const graded = i % SIAMESE_RANKING_COUNT == SIAMESE_RANKING_NDCG;
        size_t const n = graded ? e->counts.gaining : e->counts.relevant;
        means[i] = n ? e->sums[i] / (double)n : NAN;
    }
    return SIAMESE_OK;
}

const char *siamese_ranking_name(int32_t figure)
{
    static const char *const names[SIAMESE_RANKING_COUNT] = {
        "recall", "precision", "hit", "mrr", "map", "ndcg", "ndcg_binary"};
    return figure >= 0 && figure < SIAMESE_RANKING_COUNT ? names[figure]
                                                         : "unknown";
}
