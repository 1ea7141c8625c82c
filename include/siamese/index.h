/*
 * index.h: an index finds the vectors that score highest against a query.
 *
 * It is FAISS's IVF-flat (Jegou et al. 2011; Johnson et al. 2019): vectors
 * stand in lists, and a query reads the nprobe lists that promise most. Until
 * it is trained it has one list, and search is exact. docs/index.md says more.
 *
 * The vectors of an index that was loaded with the option map stay in its file:
 * calls that need them may be SIAMESE_E_IO, a search that meets damaged codes
 * SIAMESE_E_FORMAT, and the first change brings them all into memory.
 *
 * An index locks itself: any of its functions but siamese_index_free may run at
 * once from many threads, with or without const. A search sees the index before
 * or after an add, a remove or a training, never between.
 */
#ifndef LIBSIAMESE_INDEX_H
#define LIBSIAMESE_INDEX_H

#include <siamese/options.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct siamese_index siamese_index;

/* ---- options ---- */

/* What a score is. With cosine, vectors and queries are brought to length 1. */
enum { SIAMESE_METRIC_INNER_PRODUCT = 0, SIAMESE_METRIC_COSINE = 1 };

/*
 * How vectors are scanned. BOUNDED keeps codes of 8 bits beside the vectors, of
 * which it computes upper bounds of all scores, and reads the floats only of
 * those vectors that a bound does not exclude; FLOAT reads the floats of every
 * vector. The results are the same, to the last bit.
 */
enum {
    SIAMESE_SCAN_AUTO = 0,
    SIAMESE_SCAN_FLOAT = 1,
    SIAMESE_SCAN_BOUNDED = 2
};

typedef struct siamese_index_options {
    size_t struct_size;
    size_t nlist;    /* the number of lists; 0: by the number of vectors */
    size_t nprobe;   /* the lists that a query reads; 0: by nlist */
    uint64_t seed;   /* of the k-means that chooses the lists; default 0 */
    int32_t metric;  /* SIAMESE_METRIC_*; default INNER_PRODUCT */
    int32_t threads; /* for train, add and many queries; 0: one per processor */
    int32_t kernel;  /* SIAMESE_KERNEL_*; default AUTO */
    int32_t scan;    /* SIAMESE_SCAN_*; whether the index keeps codes, about
                      * dim + 16 bytes a vector; default AUTO: from vectors of
                      * 32 numbers on, with kernels that are faster so. A
                      * checkpoint does not keep it */
} siamese_index_options;

/* The four functions of options.h. Threads: any. */
SIAMESE_API siamese_status
siamese_index_options_init(siamese_index_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_index_options_set(
    siamese_index_options *options, const char *name, const char *value);
SIAMESE_API siamese_status siamese_index_options_get(
    const siamese_index_options *options, const char *name, char *buf,
    size_t size, size_t *needed);
SIAMESE_API siamese_status
siamese_index_options_describe(size_t i, siamese_option_info *info);

typedef struct siamese_search_options {
    size_t struct_size;
    size_t nprobe;    /* the lists to read; 0: as the index says */
    int32_t exact;    /* 1: read every list; default 0 */
    double min_score; /* results score at least this; -1e20: any score */
    int32_t dedupe;   /* 1: an id of several vectors is found once, by its best
                       * vector; default 0 */
    int32_t scan;     /* SIAMESE_SCAN_*; default AUTO: BOUNDED where the index
                       * keeps codes and that takes less time */
    int32_t strict_nprobe; /* 1: nprobe lists are read and no others, even where
                            * a filter or dedupe leaves fewer than k results in
                            * them, as a shard must; default 0 */
} siamese_search_options;

/* The four functions of options.h. Threads: any. */
SIAMESE_API siamese_status siamese_search_options_init(
    siamese_search_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_search_options_set(
    siamese_search_options *options, const char *name, const char *value);
SIAMESE_API siamese_status siamese_search_options_get(
    const siamese_search_options *options, const char *name, char *buf,
    size_t size, size_t *needed);
SIAMESE_API siamese_status
siamese_search_options_describe(size_t i, siamese_option_info *info);

/* ---- filling an index ---- */

/*
 * Creates an empty index.
 *   out      receives the index; free it with siamese_index_free
 *   dim      the size of a vector, 1 .. 65536
 *   options  NULL means the defaults
 * Errors: SIAMESE_E_OPTION if nprobe is more than a given nlist;
 * SIAMESE_E_UNSUPPORTED for a kernel level that this processor lacks.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_index_create(
    siamese_index **out, size_t dim, const siamese_index_options *options);

/*
 * Adds vectors, all of them or none. An id may stand for several vectors. With
 * the cosine metric vectors are stored at length 1; a zero vector stays zero.
 *   ids      [count], each >= 0
 *   vectors  [count][dim]
 * Errors: SIAMESE_E_ARGUMENT names the row whose id is negative or whose vector
 * is not finite or too long for a score.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_index_add(siamese_index *index,
                                             const int64_t *ids,
                                             const float *vectors,
                                             size_t count);

/*
 * Removes every vector of some ids; ids without a vector are ignored.
 *   ids      [count]
 *   removed  receives the number of vectors removed; may be NULL
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_index_remove(siamese_index *index,
                                                const int64_t *ids,
                                                size_t count, size_t *removed);

/*
 * Replaces the vectors of some ids, all or none: every vector that these ids
 * had goes, the given ones come, and a search sees either those or these. An id
 * that had none is added; one that is given several times has several vectors.
 *   ids      [count], each >= 0
 *   vectors  [count][dim]
 *   removed  receives the number of vectors that went; may be NULL
 * Errors: as siamese_index_add; after one, the index is as before.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_index_update(siamese_index *index,
                                                const int64_t *ids,
                                                const float *vectors,
                                                size_t count, size_t *removed);

/*
 * Chooses the lists by k-means and moves the vectors of the index into them.
 * With nlist 0 there is one list, which is exact search, below 100,000 vectors,
 * and about 4 sqrt(count) lists from there on.
 *   vectors  [count][dim] vectors like those that the index holds or will hold
 * Errors: SIAMESE_E_ARGUMENT if count is less than a given nlist or a number is
 * not finite; SIAMESE_E_LIMIT for more than 2^31 - 1 vectors.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_index_train(siamese_index *index,
                                               const float *vectors,
                                               size_t count);

/*
 * Receives the share of a call that is done, 0 .. 1, on the thread that made
 * the call, with no lock held. A result other than 0 cancels the call.
 */
typedef int32_t (*siamese_index_progress_fn)(void *user, double done);

/*
 * Does siamese_index_train, tells how far it is, and can be cancelled.
 *   progress  is called some dozens of times; NULL means not at all
 *   user      is handed to progress; may be NULL
 *   the other parameters are those of siamese_index_train
 * Errors: SIAMESE_E_CANCELLED after a result other than 0, with the index as
 * before; otherwise as siamese_index_train.
 * Threads: any. The callback may search and change the index.
 */
SIAMESE_API siamese_status siamese_index_train_with_progress(
    siamese_index *index, const float *vectors, size_t count,
    siamese_index_progress_fn progress, void *user);

/* Frees the index; NULL is allowed. Threads: one. */
SIAMESE_API void siamese_index_free(siamese_index *index);

/* ---- searching ---- */

/*
 * Finds the k best vectors for each query, in the lists that are read. A higher
 * score comes first, and of equal scores the lower id. The results of a query
 * have the same bits alone or in any batch, with any number of threads. With
 * `dedupe`, but without `strict_nprobe`, every list is read where nprobe lists
 * hold fewer than k ids.
 *   queries   [count][dim]
 *   k         the number of results per query, at least 1
 *   options   NULL means the defaults
 *   ids       [count][k] receives the ids; -1 where there are fewer than k
 *   scores    [count][k] receives the scores; -infinity where there are fewer
 *   capacity  of ids and of scores, in elements
 *   found     [count] receives the number of results per query; may be NULL
 * Errors: SIAMESE_E_ARGUMENT for a k of 0, for more nprobe than lists, for a
 * query that is not finite, and for the scan BOUNDED where the index has no
 * codes; SIAMESE_E_RANGE if capacity is too small.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_index_search(
    const siamese_index *index, const float *queries, size_t count, size_t k,
    const siamese_search_options *options, int64_t *ids, float *scores,
    size_t capacity, size_t *found);

/*
 * Finds all vectors that score at least min_score. The results of query r are
 * elements offsets[r] .. offsets[r + 1] - 1 of ids and scores, in the order of
 * siamese_index_search.
 *   queries    [count][dim]
 *   min_score  the higher one of this and the option min_score holds
 *   options    NULL means the defaults
 *   offsets    [count + 1] is filled in with SIAMESE_E_RANGE too
 *   ids        [capacity] receives the ids
 *   scores     [capacity] receives the scores
 *   capacity   of ids and of scores, in elements
 *   needed     receives the number of results; may be NULL
 * Errors: SIAMESE_E_RANGE if there are more results than capacity; otherwise as
 * siamese_index_search.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_index_range_search(
    const siamese_index *index, const float *queries, size_t count,
    float min_score, const siamese_search_options *options, size_t *offsets,
    int64_t *ids, float *scores, size_t capacity, size_t *needed);

/* ---- searching among some ids ---- */

/*
 * A set of ids that searches keep to or leave out. It never changes, so
 * searches of any threads and indexes may share it.
 */
typedef struct siamese_id_filter siamese_id_filter;

enum { SIAMESE_FILTER_INCLUDE = 0, SIAMESE_FILTER_EXCLUDE = 1 };

/*
 * Creates a filter.
 *   out   receives the filter; free it with siamese_id_filter_free
 *   mode  SIAMESE_FILTER_*
 *   ids   [count], each >= 0; repeats are allowed
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_id_filter_create(siamese_id_filter **out,
                                                    int32_t mode,
                                                    const int64_t *ids,
                                                    size_t count);

/* Frees the filter when no search uses it any more; NULL is allowed.
 * Threads: one. */
SIAMESE_API void siamese_id_filter_free(siamese_id_filter *filter);

/*
 * Does siamese_index_search among the ids that a filter lets pass. Where the
 * lists that are read hold fewer than k of them, the query reads every list:
 * fewer than k results mean that the index has no more. With the option
 * strict_nprobe it does not.
 *   filter  NULL lets every id pass
 *   the other parameters and errors are those of siamese_index_search
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_index_search_filtered(
    const siamese_index *index, const float *queries, size_t count, size_t k,
    const siamese_search_options *options, const siamese_id_filter *filter,
    int64_t *ids, float *scores, size_t capacity, size_t *found);

/*
 * Does siamese_index_range_search among the ids that a filter lets pass, in the
 * lists that are read.
 *   filter  NULL lets every id pass
 *   the other parameters and errors are those of siamese_index_range_search
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_index_range_search_filtered(
    const siamese_index *index, const float *queries, size_t count,
    float min_score, const siamese_search_options *options,
    const siamese_id_filter *filter, size_t *offsets, int64_t *ids,
    float *scores, size_t capacity, size_t *needed);

/* ---- how many lists to read ---- */

/*
 * Finds the least nprobe that reaches a recall: the share of the k best of
 * exact search that is found, on average over queries. It searches about
 * log2(nlist) times and changes nothing; siamese_index_set_nprobe uses the
 * result.
 *   queries  [count][dim] queries like those to come; count is at least 1
 *   k        at least 1
 *   recall   in (0, 1]
 *   nprobe   receives the number of lists
 *   reached  receives the recall at that number; may be NULL
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_index_tune_nprobe(
    const siamese_index *index, const float *queries, size_t count, size_t k,
    double recall, size_t *nprobe, double *reached);

/*
 * Does siamese_index_tune_nprobe, tells how far it is, and can be cancelled.
 *   progress  is called after each search of the queries; NULL means not at all
 *   user      is handed to progress; may be NULL
 *   the other parameters are those of siamese_index_tune_nprobe
 * Errors: SIAMESE_E_CANCELLED after a result other than 0; otherwise as
 * siamese_index_tune_nprobe.
 * Threads: any. The callback may search and change the index.
 */
SIAMESE_API siamese_status siamese_index_tune_nprobe_with_progress(
    const siamese_index *index, const float *queries, size_t count, size_t k,
    double recall, siamese_index_progress_fn progress, void *user,
    size_t *nprobe, double *reached);

/*
 * Sets the option nprobe, as if the index had been created with it; a
 * checkpoint saves it.
 *   nprobe  0 means by the number of lists
 * Errors: SIAMESE_E_OPTION if it is more than a given nlist.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_index_set_nprobe(siamese_index *index,
                                                    size_t nprobe);

/* ---- one collection in several indexes ---- */

/*
 * A collection may be divided among indexes, shards, in one process or in many:
 * each has the centroids of one training (siamese_index_set_centroids) and the
 * vectors of its ids, a search asks all of them, and shards.h makes of their
 * results those of one index of the whole collection, to the last bit.
 */

/*
 * Reads the centroids of the lists, the vectors of the coarse quantiser: the
 * direction of one says which vectors belong to its list, and its inner product
 * with a query how much the list promises. With the metric COSINE they have
 * length 1, otherwise the length of the longest vector that the list had in
 * training. An index of one list has the zero vector.
 *   out       [nlist][dim] receives them; siamese_index_get_info tells both
 *   capacity  of out, in floats
 *   needed    receives the number of floats; may be NULL
 * Errors: SIAMESE_E_RANGE if capacity is too small.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_index_get_centroids(
    const siamese_index *index, float *out, size_t capacity, size_t *needed);

/*
 * Trains an index without vectors by giving it the centroids of its lists.
 * Indexes with the same centroids, of the same metric and kernel level, put a
 * vector into the same list and read the same lists for a query, whatever else
 * they hold. One centroid, whatever its numbers, makes exact search.
 *   centroids  [nlist][dim] as siamese_index_get_centroids reads them, or of
 *              the host's own making
 *   nlist      the number of lists, at least 1
 *   dim        the size of a centroid, held against the index's
 * Errors: SIAMESE_E_STATE if the index holds vectors; SIAMESE_E_ARGUMENT for
 * another dim than the index's, for another nlist than a given option nlist,
 * and for a centroid, whose row it names, that is not finite or too long for a
 * score. The index is then as before.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_index_set_centroids(siamese_index *index,
                                                       const float *centroids,
                                                       size_t nlist,
                                                       size_t dim);

/* ---- what an index holds ---- */

/* Returns the number of vectors. Threads: any. */
SIAMESE_API size_t siamese_index_count(const siamese_index *index);

/*
 * Reads the stored vector of an id. If the id has several, it is the one that
 * compares lowest, number by number.
 *   out           [dim] receives the vector
 *   out_capacity  in floats
 * Errors: SIAMESE_E_NOT_FOUND if the id has no vector; SIAMESE_E_RANGE if
 * out_capacity is too small.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_index_reconstruct(const siamese_index *index,
                                                     int64_t id, float *out,
                                                     size_t out_capacity);

/*
 * Reads all stored vectors of an id, the one that compares lowest, number by
 * number, first. The time it takes does not depend on what else is there.
 *   out           [vectors of the id][dim] receives them
 *   out_capacity  in floats
 *   needed        receives the number of floats; may be NULL
 * Errors: SIAMESE_E_NOT_FOUND if the id has no vector; SIAMESE_E_RANGE if
 * out_capacity is too small.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_index_get_vectors(const siamese_index *index,
                                                     int64_t id, float *out,
                                                     size_t out_capacity,
                                                     size_t *needed);

/*
 * Tells how many vectors an id has. The time it takes does not depend on what
 * else is there.
 *   vectors  receives the number of vectors; 0: the index does not contain the
 *            id
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_index_contains(const siamese_index *index,
                                                  int64_t id, size_t *vectors);

/*
 * Lists the ids that have vectors, each once, ascending.
 *   ids       [capacity] receives the ids
 *   capacity  in elements
 *   needed    receives the number of ids; may be NULL
 * Errors: SIAMESE_E_RANGE if capacity is too small.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_index_get_ids(const siamese_index *index,
                                                 int64_t *ids, size_t capacity,
                                                 size_t *needed);

/* What an index is at the moment. */
typedef struct siamese_index_info {
    size_t struct_size;
    size_t dim;     /* the size of a vector */
    size_t count;   /* the number of vectors */
    size_t nlist;   /* the lists in force; 1 means exact search */
    size_t nprobe;  /* the lists that a query reads */
    int32_t metric; /* SIAMESE_METRIC_* */
    size_t memory; /* bytes that vectors, ids, codes, centroids and the table of
                     * ids take, with what they hold in reserve */
} siamese_index_info;

/*
 * Reads what the index is at the moment.
 *   info  info->struct_size must be set
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_index_get_info(const siamese_index *index,
                                                  siamese_index_info *info);

/*
 * Reads the options that the index was created with, and the nprobe that may
 * have been set since.
 *   options  options->struct_size must be set
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_index_get_options(
    const siamese_index *index, siamese_index_options *options);

/*
 * Writes the index in FAISS's own file format, for other programs.
 *   path  of the file, with a NUL; an older file is replaced
 * Errors: SIAMESE_E_IO names the path and the reason.
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_index_export_faiss(const siamese_index *index, const char *path);

#ifdef __cplusplus
}
#endif

#endif
