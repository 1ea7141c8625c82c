/* index.h: vectors to nearest ids (FAISS IVF-flat) */
#ifndef LIBSIAMESE_INDEX_H
#define LIBSIAMESE_INDEX_H

#include <siamese/options.h>

#ifdef __cplusplus
extern "C" {
#endif

/*
 * Internally synchronised, with or without const: any of its functions but free
 * may run at once from many threads. A search sees the index before or after an
 * add, remove or train, never between.
 */
typedef struct siamese_index siamese_index;

enum { SIAMESE_METRIC_INNER_PRODUCT = 0, SIAMESE_METRIC_COSINE = 1 };

typedef struct siamese_index_options {
    size_t struct_size;
    size_t nlist;    /* lists of vectors; 0: by the size of the collection */
    size_t nprobe;   /* lists that a search reads; 0: by nlist */
    uint64_t seed;   /* of the k-means */
    int32_t metric;  /* SIAMESE_METRIC_* */
    int32_t threads; /* for train, add and many queries; 0: one a processor */
    int32_t kernel;  /* SIAMESE_KERNEL_* */
} siamese_index_options;

SIAMESE_API siamese_status siamese_index_options_init(
    siamese_index_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_index_options_set(
    siamese_index_options *options, const char *name, const char *value);
SIAMESE_API siamese_status
siamese_index_options_get(const siamese_index_options *options,
                          const char *name, char *buf, size_t size,
                          size_t *needed);
SIAMESE_API siamese_status
siamese_index_options_describe(size_t i, siamese_option_info *info);

typedef struct siamese_search_options {
    size_t struct_size;
    size_t nprobe; /* of this call; 0: the index's */
    int32_t exact; /* 1: read every list */
    double min_score; /* nothing below it is found; -1e20: any score */
    int32_t dedupe; /* 1: an id that has several vectors is found once */
} siamese_search_options;

SIAMESE_API siamese_status siamese_search_options_init(
    siamese_search_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_search_options_set(
    siamese_search_options *options, const char *name, const char *value);
SIAMESE_API siamese_status
siamese_search_options_get(const siamese_search_options *options,
                           const char *name, char *buf, size_t size,
                           size_t *needed);
SIAMESE_API siamese_status
siamese_search_options_describe(size_t i, siamese_option_info *info);

/*
 * An empty index for vectors of dim numbers (1 to 65536). Until it is trained it
 * has one list, so search is exact.
 */
SIAMESE_API siamese_status siamese_index_create(
    siamese_index **out, size_t dim, const siamese_index_options *options);

SIAMESE_API void siamese_index_free(siamese_index *index);

/*
 * Chooses the lists by k-means on vectors[count][dim] and moves what the index
 * holds into them. With nlist 0: one list, which is exact search, below 100,000
 * vectors, else about 4 sqrt(count) lists. SIAMESE_E_ARGUMENT if count is less
 * than a given nlist or a number is not finite.
 */
SIAMESE_API siamese_status siamese_index_train(siamese_index *index,
                                               const float *vectors,
                                               size_t count);

/*
 * Adds vectors[count][dim] under ids[count], each >= 0. An id may stand for
 * several vectors. With the cosine metric vectors are stored at length 1 (a
 * zero vector stays zero). SIAMESE_E_ARGUMENT names the row whose id is negative
 * or whose vector is not finite; then nothing is added.
 */
SIAMESE_API siamese_status siamese_index_add(siamese_index *index,
                                             const int64_t *ids,
                                             const float *vectors,
                                             size_t count);

/* Removes every vector of ids[count]; *removed (may be NULL): how many. */
SIAMESE_API siamese_status siamese_index_remove(siamese_index *index,
                                                const int64_t *ids,
                                                size_t count, size_t *removed);

/*
 * The k best of the lists nearest to each of queries[count][dim]: ids and scores
 * [count][k], higher score first, equal scores by lower id, *capacity* elements
 * in each. found[count] (may be NULL): how many of the k there are; the rest has
 * id -1 and score -infinity. A query's results are the same bits alone or in any
 * batch, with any number of threads. options may be NULL. With the option dedupe
 * an id counts once, by its best vector, and every list is read where nprobe
 * lists hold fewer than k ids. SIAMESE_E_ARGUMENT: k = 0, nprobe > nlist, a query
 * that is not finite.
 */
SIAMESE_API siamese_status siamese_index_search(
    const siamese_index *index, const float *queries, size_t count, size_t k,
    const siamese_search_options *options, int64_t *ids, float *scores,
    size_t capacity, size_t *found);

/* A set of ids that searches keep to, or leave out. It never changes: any number of
 * searches, of any indexes and threads, may use it at once. */
typedef struct siamese_id_filter siamese_id_filter;

enum { SIAMESE_FILTER_INCLUDE = 0, SIAMESE_FILTER_EXCLUDE = 1 };

/*
 * A filter of mode SIAMESE_FILTER_* for ids[count], each >= 0, as often as it likes;
 * they are copied. SIAMESE_E_ARGUMENT: a negative id, no such mode.
 */
SIAMESE_API siamese_status siamese_id_filter_create(siamese_id_filter **out,
                                                    int32_t mode,
                                                    const int64_t *ids,
                                                    size_t count);

/* When no search uses it any more. */
SIAMESE_API void siamese_id_filter_free(siamese_id_filter *filter);

/*
 * siamese_index_search among the ids that the filter lets pass; NULL: all. Where
 * the nprobe lists hold fewer than k of them, the query reads every list, and
 * its result is exact: fewer than k are found only if there are no more.
 */
SIAMESE_API siamese_status siamese_index_search_filtered(
    const siamese_index *index, const float *queries, size_t count, size_t k,
    const siamese_search_options *options, const siamese_id_filter *filter,
    int64_t *ids, float *scores, size_t capacity, size_t *found);

/*
 * All vectors that score min_score or more: those of query r are at offsets[r]
 * .. offsets[r + 1] - 1 of ids and scores, in search's order. offsets has count
 * + 1 elements. *needed (may be NULL) is the total; if more than capacity,
 * SIAMESE_E_RANGE, and offsets are filled in all the same. Of min_score and that
 * of the options the higher one holds.
 */
SIAMESE_API siamese_status siamese_index_range_search(
    const siamese_index *index, const float *queries, size_t count,
    float min_score, const siamese_search_options *options, size_t *offsets,
    int64_t *ids, float *scores, size_t capacity, size_t *needed);

/* The same among the ids that the filter lets pass, in the lists that are read. */
SIAMESE_API siamese_status siamese_index_range_search_filtered(
    const siamese_index *index, const float *queries, size_t count,
    float min_score, const siamese_search_options *options,
    const siamese_id_filter *filter, size_t *offsets, int64_t *ids,
    float *scores, size_t capacity, size_t *needed);

/*
 * The least nprobe with which the k best of queries[count][dim] are found to this
 * share on average, 0 < recall <= 1, against exact search, into *nprobe;
 * *reached (may be NULL): the share that it finds. It searches about log2(nlist)
 * times and changes nothing: siamese_index_set_nprobe uses the answer. Queries
 * should be like those to come. SIAMESE_E_ARGUMENT: no queries, k = 0, recall out
 * of range.
 */
SIAMESE_API siamese_status siamese_index_tune_nprobe(
    const siamese_index *index, const float *queries, size_t count, size_t k,
    double recall, size_t *nprobe, double *reached);

/*
 * The option nprobe from now on, as if the index had been made with it; it is saved
 * with the index. SIAMESE_E_OPTION if it is more than a given nlist.
 */
SIAMESE_API siamese_status siamese_index_set_nprobe(siamese_index *index,
                                                    size_t nprobe);

/*
 * The stored vector of an id into out[dim]; if it has several, the one that
 * compares lowest, number by number. SIAMESE_E_NOT_FOUND if it has none.
 */
SIAMESE_API siamese_status siamese_index_reconstruct(const siamese_index *index,
                                                     int64_t id, float *out,
                                                     size_t out_capacity);

/* Vectors in the index. */
SIAMESE_API size_t siamese_index_count(const siamese_index *index);

typedef struct siamese_index_info {
    size_t struct_size;
    size_t dim;
    size_t count;
    size_t nlist;   /* in force; 1 means exact search */
    size_t nprobe;  /* in force */
    int32_t metric; /* SIAMESE_METRIC_* */
} siamese_index_info;

/* What the index is now; info->struct_size must be set. */
SIAMESE_API siamese_status siamese_index_get_info(const siamese_index *index,
                                                  siamese_index_info *info);

/* The options it was made with, but nprobe, which may have been set since;
 * options->struct_size must be set. */
SIAMESE_API siamese_status siamese_index_get_options(
    const siamese_index *index, siamese_index_options *options);

/* Writes the index in FAISS's own file format, for other programs. */
SIAMESE_API siamese_status siamese_index_export_faiss(
    const siamese_index *index, const char *path);

#ifdef __cplusplus
}
#endif

#endif
