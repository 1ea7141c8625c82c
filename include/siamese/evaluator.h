/* evaluator.h: how good rankings are (docs/metrics.md has the formulas) */
#ifndef LIBSIAMESE_EVALUATOR_H
#define LIBSIAMESE_EVALUATOR_H

#include <siamese/index.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct siamese_evaluator siamese_evaluator;

/* The figures of one query at one k, in this order. */
enum {
    SIAMESE_RANKING_RECALL = 0,
    SIAMESE_RANKING_PRECISION = 1,
    SIAMESE_RANKING_HIT = 2,
    SIAMESE_RANKING_MRR = 3,
    SIAMESE_RANKING_MAP = 4,
    SIAMESE_RANKING_NDCG = 5,        /* of the grades' gains */
    SIAMESE_RANKING_NDCG_BINARY = 6, /* relevant items gain 1 */
    SIAMESE_RANKING_COUNT = 7
};

enum {
    SIAMESE_GAIN_LINEAR = 0,     /* max(0, grade - gain_zero) */
    SIAMESE_GAIN_EXPONENTIAL = 1 /* max(0, 2^(grade - gain_zero) - 1) */
};

/* What becomes of items of equal scores. */
enum {
    SIAMESE_TIES_ORDER = 0,   /* they stand in the order of rows or results */
    SIAMESE_TIES_EXPECTED = 1 /* each figure is its mean over all their orders */
};

typedef struct siamese_evaluator_options {
    size_t struct_size;
    double relevant;     /* the lowest grade that is relevant; default 1 */
    double gain_zero;    /* the grade that gains nothing; default 0 */
    int32_t gain;        /* SIAMESE_GAIN_*; default LINEAR */
    int32_t judged_only; /* rank a query's judged items alone; 0 */
    int32_t metric;      /* SIAMESE_METRIC_*, of vectors; INNER_PRODUCT */
    int32_t threads;     /* 0: one a processor */
    int32_t kernel;      /* SIAMESE_KERNEL_* */
    int32_t ties;        /* SIAMESE_TIES_*; default ORDER */
} siamese_evaluator_options;

SIAMESE_API siamese_status siamese_evaluator_options_init(
    siamese_evaluator_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_evaluator_options_set(
    siamese_evaluator_options *options, const char *name, const char *value);
SIAMESE_API siamese_status
siamese_evaluator_options_get(const siamese_evaluator_options *options,
                              const char *name, char *buf, size_t size,
                              size_t *needed);
SIAMESE_API siamese_status
siamese_evaluator_options_describe(size_t i, siamese_option_info *info);

/*
 * Judgements of `queries` queries: those of query q are offsets[q] ..
 * offsets[q + 1] - 1 of ids and grades. The last one of a query and id counts;
 * what has none is not relevant and gains nothing. Grades are finite.
 */
typedef struct siamese_judgements {
    size_t struct_size;
    size_t queries;
    const size_t *offsets; /* [queries + 1] */
    const int64_t *ids;    /* [offsets[queries]] */
    const double *grades;  /* [offsets[queries]] */
} siamese_judgements;

/*
 * Vectors of the judgements' queries and of all items. An id of several items
 * counts once, where its best one stands.
 */
typedef struct siamese_vectors {
    size_t struct_size;
    size_t dim;
    const float *queries;    /* [judgements' queries][dim] */
    const float *items;      /* [item_count][dim] */
    const int64_t *item_ids; /* [item_count], or NULL: the row is the id */
    size_t item_count;
} siamese_vectors;

/*
 * Ready rankings, as siamese_index_search gives them, best first. scores are read
 * with SIAMESE_TIES_EXPECTED alone: neighbours of equal scores are a tie, which
 * reaches no further than the results, so that the last one should be given whole.
 */
typedef struct siamese_rankings {
    size_t struct_size;
    size_t depth;        /* results a query */
    const int64_t *ids;  /* [judgements' queries][depth] */
    const size_t *found; /* [queries] results there are, or NULL: depth */
    const float *scores; /* [queries][depth], or NULL: no two are equal */
} siamese_rankings;

/* Measures at each of ks[ks_count], all > 0. options may be NULL. */
SIAMESE_API siamese_status siamese_evaluator_create(
    siamese_evaluator **out, const siamese_evaluator_options *options,
    const size_t *ks, size_t ks_count);

SIAMESE_API void siamese_evaluator_free(siamese_evaluator *evaluator);

/*
 * Measures queries by exact search: each item is scored by inner product or
 * cosine (the evaluator's `metric`). Equal scores stand in the order of rows, or,
 * with `ties` EXPECTED, the figures are their means over all orders of equal
 * scores, each as likely as the others (docs/metrics.md has the formulas). An item
 * whose score is not finite, or that is not there, is not found. Memory
 * grows with queries, items and judgements, never with their product; ranks are
 * the same for any number of threads. values[queries][ks_count]
 * [SIAMESE_RANKING_COUNT] (may be NULL): each query's figures, NaN where it does
 * not count. SIAMESE_E_ARGUMENT names what is not valid; then nothing is added.
 */
SIAMESE_API siamese_status siamese_evaluator_add_vectors(
    siamese_evaluator *evaluator, const siamese_judgements *judgements,
    const siamese_vectors *vectors, double *values, size_t values_capacity);

/*
 * The same for queries that are ranked already. An id that comes again is left
 * out; what is behind the last result is not found.
 */
SIAMESE_API siamese_status siamese_evaluator_add_rankings(
    siamese_evaluator *evaluator, const siamese_judgements *judgements,
    const siamese_rankings *rankings, double *values, size_t values_capacity);

typedef struct siamese_evaluator_counts {
    size_t struct_size;
    size_t queries;        /* added */
    size_t relevant;       /* of them, with a relevant item */
    size_t relevant_items; /* in all */
    size_t gaining;        /* queries whose judgements have a gain */
    size_t tied;           /* with TIES_EXPECTED: queries with items of equal
                            * scores, up to the largest k, whose order matters */
} siamese_evaluator_counts;

/*
 * The means over the queries added so far, means[ks_count]
 * [SIAMESE_RANKING_COUNT]: over those with a relevant item, and of NDCG over
 * those with a gain; NaN if there is none. Sums run in the order of queries, so
 * the bits do not depend on how they were split over calls. counts may be NULL.
 */
SIAMESE_API siamese_status siamese_evaluator_get_means(
    const siamese_evaluator *evaluator, double *means, size_t means_capacity,
    siamese_evaluator_counts *counts);

/* "recall" for SIAMESE_RANKING_RECALL and so on; "unknown" else. Static. */
SIAMESE_API const char *siamese_ranking_name(int32_t figure);

#ifdef __cplusplus
}
#endif

#endif
