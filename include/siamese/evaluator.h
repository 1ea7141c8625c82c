/*
 * evaluator.h: an evaluator measures how good rankings are.
 *
 * It takes judgements and either vectors, which it ranks by exact search, or
 * ready rankings. docs/metrics.md has the formula and source of each figure.
 */
#ifndef LIBSIAMESE_EVALUATOR_H
#define LIBSIAMESE_EVALUATOR_H

#include <siamese/index.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct siamese_evaluator siamese_evaluator;

/* ---- options ---- */

/* The figures of one query at one k, in this order. */
enum {
    SIAMESE_RANKING_RECALL = 0,
    SIAMESE_RANKING_PRECISION = 1,
    SIAMESE_RANKING_HIT = 2,
    SIAMESE_RANKING_MRR = 3,
    SIAMESE_RANKING_MAP = 4,
    SIAMESE_RANKING_NDCG = 5,        /* of the gains of the grades */
    SIAMESE_RANKING_NDCG_BINARY = 6, /* of a gain of 1 per relevant item */
    SIAMESE_RANKING_COUNT = 7
};

/* The gain of a grade g (Burges et al. 2005). */
enum {
    SIAMESE_GAIN_LINEAR = 0,     /* max(0, g - gain_zero) */
    SIAMESE_GAIN_EXPONENTIAL = 1 /* max(0, 2^(g - gain_zero) - 1) */
};

/* How items of equal scores are ranked. */
enum {
    SIAMESE_TIES_ORDER = 0,   /* in the order of rows or results */
    SIAMESE_TIES_EXPECTED = 1 /* a figure is its mean over all their orders */
};

typedef struct siamese_evaluator_options {
    size_t struct_size;
    double relevant;     /* the lowest grade that is relevant; default 1 */
    double gain_zero;    /* the grade that gains nothing; default 0 */
    int32_t gain;        /* SIAMESE_GAIN_*; default LINEAR */
    int32_t judged_only; /* 1: rank only the judged items of a query */
    int32_t metric;      /* SIAMESE_METRIC_*; default INNER_PRODUCT */
    int32_t threads;     /* of the search; 0: one per processor */
    int32_t kernel;      /* SIAMESE_KERNEL_*; default AUTO */
    int32_t ties;        /* SIAMESE_TIES_*; default ORDER */
} siamese_evaluator_options;

/* The four functions of options.h. Threads: any. */
SIAMESE_API siamese_status siamese_evaluator_options_init(
    siamese_evaluator_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_evaluator_options_set(
    siamese_evaluator_options *options, const char *name, const char *value);
SIAMESE_API siamese_status siamese_evaluator_options_get(
    const siamese_evaluator_options *options, const char *name, char *buf,
    size_t size, size_t *needed);
SIAMESE_API siamese_status
siamese_evaluator_options_describe(size_t i, siamese_option_info *info);

/* ---- what is measured ---- */

/*
 * The judgements of some queries. Those of query q are elements offsets[q] ..
 * offsets[q + 1] - 1 of ids and grades. If an id has several for one query the
 * last one counts; an item without one is not relevant and gains nothing.
 */
typedef struct siamese_judgements {
    size_t struct_size;
    size_t queries;        /* the number of queries */
    const size_t *offsets; /* [queries + 1] in ascending order */
    const int64_t *ids;    /* [offsets[queries]] */
    const double *grades;  /* [offsets[queries]] finite numbers */
} siamese_judgements;

/*
 * The vectors of the judgements' queries and of all items. An id that several
 * items have counts once, at the rank of its best item.
 */
typedef struct siamese_vectors {
    size_t struct_size;
    size_t dim;              /* the size of a vector, at least 1 */
    const float *queries;    /* [judgements' queries][dim] */
    const float *items;      /* [item_count][dim] */
    const int64_t *item_ids; /* [item_count], or NULL: the row is the id */
    size_t item_count;
} siamese_vectors;

/*
 * Ready rankings, best first, as siamese_index_search gives them. Only with
 * SIAMESE_TIES_EXPECTED are scores read: neighbours of equal scores are a tie.
 * A tie ends with the results, so the last one should be given whole.
 */
typedef struct siamese_rankings {
    size_t struct_size;
    size_t depth;        /* results per query */
    const int64_t *ids;  /* [judgements' queries][depth] */
    const size_t *found; /* [queries] how many results count; NULL: all */
    const float *scores; /* [queries][depth], or NULL: no two are equal */
} siamese_rankings;

/* ---- measuring ---- */

/*
 * Creates an evaluator.
 *   out      receives the evaluator; free it with siamese_evaluator_free
 *   options  NULL means the defaults
 *   ks       [ks_count] the ranks to measure at, each at least 1; copied
 * Errors: SIAMESE_E_LIMIT for too many ks; SIAMESE_E_UNSUPPORTED for a kernel
 * level that this processor lacks.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_evaluator_create(
    siamese_evaluator **out, const siamese_evaluator_options *options,
    const size_t *ks, size_t ks_count);

/*
 * Measures queries by exact search: each item is scored by the option `metric`.
 * Equal scores stand in the order of rows, or as the option `ties` says. An
 * item that is missing, or whose score is not finite, is not found. Memory
 * grows with queries, items and judgements, never with their product. The ranks
 * are the same for any number of threads.
 *   judgements, vectors  are read during the call only
 *   values               [queries][ks_count][SIAMESE_RANKING_COUNT] receives
 *                        the figures of each query, NaN where it does not
 *                        count; may be NULL
 *   values_capacity      in numbers
 * Errors: SIAMESE_E_ARGUMENT names what is not valid; SIAMESE_E_RANGE if
 * values_capacity is too small. Nothing is then added.
 * Threads: one.
 */
SIAMESE_API siamese_status siamese_evaluator_add_vectors(
    siamese_evaluator *evaluator, const siamese_judgements *judgements,
    const siamese_vectors *vectors, double *values, size_t values_capacity);

/*
 * Measures queries whose rankings are ready. An id that comes again is left
 * out, and an item behind the last result is not found.
 *   rankings  are read during the call only
 *   the other parameters and errors are those of siamese_evaluator_add_vectors
 * Threads: one.
 */
SIAMESE_API siamese_status siamese_evaluator_add_rankings(
    siamese_evaluator *evaluator, const siamese_judgements *judgements,
    const siamese_rankings *rankings, double *values, size_t values_capacity);

/* How many queries and items the means are of. */
typedef struct siamese_evaluator_counts {
    size_t struct_size;
    size_t queries;        /* queries added */
    size_t relevant;       /* those of them that have a relevant item */
    size_t relevant_items; /* relevant items of all queries */
    size_t gaining;        /* queries whose judgements have a gain */
    size_t tied;           /* with TIES_EXPECTED, queries for which the order of
                            * a tie matters up to the largest k */
} siamese_evaluator_counts;

/*
 * Reads the means of all queries added so far: over those with a relevant item,
 * and for NDCG over those with a gain; NaN if there are none. Sums run in the
 * order of the queries, so the bits do not depend on how they were split over
 * calls.
 *   means           [ks_count][SIAMESE_RANKING_COUNT] receives the means
 *   means_capacity  in numbers
 *   counts          may be NULL; counts->struct_size must be set
 * Errors: SIAMESE_E_RANGE if means_capacity is too small.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_evaluator_get_means(
    const siamese_evaluator *evaluator, double *means, size_t means_capacity,
    siamese_evaluator_counts *counts);

/* Frees the evaluator; NULL is allowed. Threads: one. */
SIAMESE_API void siamese_evaluator_free(siamese_evaluator *evaluator);

/*
 * Returns the name of a figure, "recall" for SIAMESE_RANKING_RECALL and so on,
 * or "unknown". The text is static.
 * Threads: any.
 */
SIAMESE_API const char *siamese_ranking_name(int32_t figure);

#ifdef __cplusplus
}
#endif

#endif
