/*
 * search.h: one search from texts or vectors to hits that know their items.
 *
 * A searcher is made of parts: the towers that encode queries and items, an
 * index, and items. A request says what is searched and how; hits are what came
 * of it. Each stage of a search is the searcher's business: encode the queries,
 * find the nearest vectors, look up their items.
 *
 *   request -- query tower --> vectors -- index --> rows -- items --> hits
 */
#ifndef LIBSIAMESE_SEARCH_H
#define LIBSIAMESE_SEARCH_H

#include <siamese/index.h>
#include <siamese/items.h>
#include <siamese/ranker.h>
#include <siamese/tower.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct siamese_searcher siamese_searcher;

/*
 * What a search has found. Hits stay as they are until siamese_hits_free,
 * whatever becomes of the searcher, the model or the items; what the functions
 * of hits return is valid as long. The hits of all queries stand one behind the
 * other, so that the array of query 0 goes on through all of them, and
 * siamese_hits_offsets says where each query's begin.
 */
typedef struct siamese_hits siamese_hits;

/* ---- what is searched, and how ---- */

/* Whether a search has a stage: as its searcher's ranker says; no; yes, where
 * the ranker has what it needs. */
enum { SIAMESE_RANK_AUTO = 0, SIAMESE_RANK_OFF = 1, SIAMESE_RANK_ON = 2 };

/*
 * A search of count queries, texts or vectors. Begin with
 * siamese_search_request_init, since a default need not be 0.
 */
typedef struct siamese_search_request {
    size_t struct_size;
    const siamese_text *texts; /* [count][fields], or NULL */
    size_t fields;             /* texts per query; default 1 */
    const float *vectors;      /* [count][dim] in place of texts, or NULL */
    size_t count;              /* the number of queries; default 0 */
    size_t k;                  /* results per query; 0: all that score
                                * min_score; default 10 */
    double min_score;          /* vectors of results score at least this,
                                * whatever a ranker makes of them, see
                                * siamese_hits_vector_scores; -1e20: any score,
                                * the default */
    const siamese_id_filter *filter; /* of the numbers of rows; NULL: none */
    size_t nprobe;  /* the lists to read; 0: as the index says, the default */
    int32_t exact;  /* 1: read every list; default 0 */
    int32_t dedupe; /* 1: an item that has several rows is found once, by its
                     * best, and every list is read where nprobe lists hold
                     * fewer than k items; default 0 */
    size_t dim;     /* of the vectors, held against the index that is searched,
                     * which another thread's siamese_model_reload may replace;
                     * 0: the host knows that it is the index's, the default */
    int32_t scan;   /* SIAMESE_SCAN_*; default AUTO: bounds where the index has
                     * codes and they take less time */
    int32_t rerank; /* SIAMESE_RANK_*: whether results of texts are ranked
                            * anew; default AUTO */
    int32_t spelling; /* the same: whether unknown words are corrected */
    int32_t feedback; /* the same: whether the index is scanned again */
    int32_t explain;  /* 1: hits know what each feature of the ranker adds to
                       * their scores, see siamese_hits_get_shares; default 0 */
    int32_t collapse_titles; /* 1: of hits with the same title the best alone;
                              * default 0 */
    double min_confidence;   /* 0 .. 1: hits are this confident at least, see
                            * siamese_hits_confidences; 0: off, the default */
    int32_t strict_nprobe; /* 1: nprobe lists are read and no others, even where
                            * a filter or dedupe leaves fewer than k results in
                            * them; default 0 */
} siamese_search_request;

/*
 * Fills in struct_size and the defaults, without queries and filter.
 *   struct_size  sizeof *request
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_search_request_init(
    siamese_search_request *request, size_t struct_size);

/* How a request searches, by name: k, min_score and the members from nprobe
 * on but dim, as siamese_X_options_set, _get and _describe of options.h do.
 * Threads: any. */
SIAMESE_API siamese_status siamese_search_request_set(
    siamese_search_request *request, const char *name, const char *value);
SIAMESE_API siamese_status siamese_search_request_get(
    const siamese_search_request *request, const char *name, char *buf,
    size_t size, size_t *needed);
SIAMESE_API siamese_status
siamese_search_request_describe(size_t i, siamese_option_info *info);

/* ---- a searcher ---- */

/*
 * Creates a searcher of parts, which it keeps alive. While it lives the index
 * and the items change by its functions alone, or by the host's own where no
 * search or other change runs.
 *   out          receives the searcher; free it with siamese_searcher_free
 *   query, item  the towers of both sides; the same handle twice for a shared
 *                one. NULL: only vectors are searched, or added
 *   index        of vectors under the numbers of rows, of the towers' dim
 *   items        NULL: hits have the index's ids and nothing else, and nothing
 *                can be added
 * Errors: SIAMESE_E_ARGUMENT for different dims; SIAMESE_E_STATE for a tower
 * without fields.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_searcher_create(siamese_searcher **out,
                                                   siamese_tower *query,
                                                   siamese_tower *item,
                                                   siamese_index *index,
                                                   siamese_items *items);

/* Frees the searcher; NULL is allowed. Hits stay. Threads: one. */
SIAMESE_API void siamese_searcher_free(siamese_searcher *searcher);

/*
 * Searches. The hits of a query are the same bits alone or in any batch, with
 * any number of threads; a higher score comes first, and of equal scores the
 * lower row. With a ranker texts go through its stages, and scores are those by
 * which it ranks; min_score is held against siamese_hits_vector_scores all the
 * same. A text of which the query tower knows nothing, so that its vector is
 * zero, has no hits.
 *
 * With min_confidence and collapse_titles hits are those of the same request
 * without, from which the less confident ones are left out first, and then
 * those with the title of a better one; what ranks behind them moves up, until
 * there are k. Titles are the same if they differ in case, in white space or in
 * how Unicode composes them at the most; an item without a title is like no
 * other. Hits behind those that the ranker ranks anew, the first 100 by its
 * options, have the confidence 0, so that no more than these can stay.
 *   request  is read during the call
 *   out      receives the hits; free them with siamese_hits_free
 * Errors: SIAMESE_E_ARGUMENT for both texts and vectors or neither, for vectors
 * of another dim than those of the index, for more nprobe than lists, for k 0
 * without min_score, for min_confidence with vectors or with rerank off, and
 * for a query that is not finite; SIAMESE_E_STATE for texts without a query
 * tower, for min_confidence without a ranker that ranks anew, for
 * collapse_titles without items, and for a vector that has no item; otherwise
 * those of siamese_tower_encode.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_searcher_search(
    const siamese_searcher *searcher, const siamese_search_request *request,
    siamese_hits **out);

/*
 * Adds items, all of them or none, to items and index. The item tower reads
 * the title as its first field, and as each further field the column of that
 * field's name; a missing value, or a column that the items lack, is an absent
 * field.
 *   rows     is copied, as by siamese_items_add
 *   vectors  [rows->count][dim]; NULL: the item tower encodes them
 * Errors: those of siamese_items_add, siamese_index_add and
 * siamese_tower_encode; SIAMESE_E_STATE without items, or for NULL vectors
 * without an item tower.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_searcher_add(siamese_searcher *searcher,
                                                const siamese_item_rows *rows,
                                                const float *vectors);

/*
 * Replaces the items that are there, and adds the others, all of them or none.
 * A search finds an item by its old row or its new one, never by both and never
 * by none.
 *   the parameters and errors are those of siamese_searcher_add, but that an id
 *   may be there already
 * Threads: any.
 */
SIAMESE_API siamese_status
siamese_searcher_update(siamese_searcher *searcher,
                        const siamese_item_rows *rows, const float *vectors);

/*
 * Removes items from items and index.
 *   the parameters and errors are those of siamese_items_remove
 * Errors: SIAMESE_E_STATE without items.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_searcher_remove(siamese_searcher *searcher,
                                                   const int64_t *ids,
                                                   const siamese_text *text_ids,
                                                   size_t count,
                                                   size_t *removed);

/*
 * Each of these functions gives out a handle of its own, which the caller frees
 * with its type's function.
 * Errors: SIAMESE_E_NOT_FOUND if the searcher has no such part.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_searcher_get_query_tower(
    const siamese_searcher *searcher, siamese_tower **out);
SIAMESE_API siamese_status siamese_searcher_get_item_tower(
    const siamese_searcher *searcher, siamese_tower **out);
SIAMESE_API siamese_status siamese_searcher_get_index(
    const siamese_searcher *searcher, siamese_index **out);
SIAMESE_API siamese_status siamese_searcher_get_items(
    const siamese_searcher *searcher, siamese_items **out);

/*
 * Gives the searcher a ranker: searches of texts then go through its stages.
 * The searcher keeps a ranker of its own, made of this one, with the words of
 * its items: those of the ranker where they are of the same rows and of the
 * same tower, else new ones, which takes about as long as to encode the items.
 * Without an item tower whose first field reads texts, or without items, there
 * are no words, and results are neither ranked anew nor corrected.
 *   ranker  NULL: hits are as the index finds them
 * Errors: those of siamese_tower_encode. The searcher is then as before.
 * Threads: one: nothing else may use the searcher meanwhile.
 */
SIAMESE_API siamese_status siamese_searcher_set_ranker(
    siamese_searcher *searcher, const siamese_ranker *ranker);

/*
 * Gives out the searcher's own ranker, which the caller frees. It goes on to
 * follow the searcher's items.
 * Errors: SIAMESE_E_NOT_FOUND if the searcher has none.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_searcher_get_ranker(
    const siamese_searcher *searcher, siamese_ranker **out);

/*
 * Creates a filter of the rows that some items have at the moment. An item that
 * is updated has a new row, which the filter does not know.
 *   out       receives the filter; free it with siamese_id_filter_free
 *   mode      SIAMESE_FILTER_*
 *   ids       [count] if ids are integers, else NULL
 *   text_ids  [count] if ids are texts, else NULL
 *   missing   receives the number of ids without a row; may be NULL
 * Errors: SIAMESE_E_STATE for ids of the other kind.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_items_create_filter(
    siamese_id_filter **out, const siamese_items *items, int32_t mode,
    const int64_t *ids, const siamese_text *text_ids, size_t count,
    size_t *missing);

/*
 * Creates a filter of the rows of which an expression over the columns is true
 * at the moment, such as
 *
 *   brand = "Black & Decker" and (price < 50 or not stock in (0, 1))
 *
 *   test    column = value, != (or <>), <, <=, > and >=; column in (value, ...)
 *           and column not in (...); column is missing and is not missing
 *   joined  by not, and, or, which bind in this order, and by brackets; words
 *           may have any case
 *   column  its name; "id" and "title" too. A name that is not of letters,
 *           digits and _, or is one of these words, stands in `backticks`
 *   value   a number, 49.90 or -1e3, or a text in "quotes" or 'quotes', in
 *           which a quote of its own kind is doubled
 *
 * Texts are compared byte by byte, so that = is the same text and < the order
 * of code points; numbers exactly. A text of the items is compared with a
 * number as the decimal number that it is; one that is none counts as missing.
 * As in SQL a comparison with what is missing is neither true nor false:
 * neither it nor its `not` lets the row pass.
 *   out         receives the filter; free it with siamese_id_filter_free. It
 *               keeps to these rows, and knows none that comes later
 *   expression  at most 1 MiB, with a NUL
 *   within      of these rows only those that this filter lets pass; NULL: all
 *   found       receives the number of rows that pass; may be NULL
 * Errors: SIAMESE_E_ARGUMENT for an expression that cannot be read,
 * SIAMESE_E_NOT_FOUND for a column that the items lack, SIAMESE_E_STATE for a
 * text held against numbers; each says at which byte, from 1. SIAMESE_E_LIMIT
 * for one that is too long.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_items_create_where_filter(
    siamese_id_filter **out, const siamese_items *items, const char *expression,
    const siamese_id_filter *within, size_t *found);

/* ---- hits ---- */

/* Frees the hits; NULL is allowed. Threads: one. */
SIAMESE_API void siamese_hits_free(siamese_hits *hits);

/* Returns the number of queries; 0 for NULL. Threads: any. */
SIAMESE_API size_t siamese_hits_query_count(const siamese_hits *hits);

/*
 * Returns the number of hits of a query; 0 for a query that is not there.
 * Threads: any.
 */
SIAMESE_API size_t siamese_hits_count(const siamese_hits *hits, size_t query);

/*
 * Returns where the hits of each query begin among those of all: query q has
 * those from offsets[q] to offsets[q + 1] - 1. [queries + 1] numbers; NULL for
 * NULL.
 * Threads: any.
 */
SIAMESE_API const size_t *siamese_hits_offsets(const siamese_hits *hits);

/*
 * Returns whether the query tower knew anything of a query: 0 if its text has
 * the vector zero, else 1. It is 0 for a query that is not there.
 * Threads: any.
 */
SIAMESE_API int32_t siamese_hits_known(const siamese_hits *hits, size_t query);

/*
 * Each of these functions returns an array of siamese_hits_count numbers for a
 * query, the best first; NULL for a query that is not there. Rows are the ids
 * of the index. Ids are those of the items, or the rows where there are no
 * items; they are NULL if ids are texts.
 * Threads: any.
 */
SIAMESE_API const int64_t *siamese_hits_rows(const siamese_hits *hits,
                                             size_t query);
SIAMESE_API const float *siamese_hits_scores(const siamese_hits *hits,
                                             size_t query);
SIAMESE_API const int64_t *siamese_hits_ids(const siamese_hits *hits,
                                            size_t query);

/*
 * Each of these functions returns an array of siamese_hits_count numbers for a
 * query, in the order of siamese_hits_scores; NULL for a query that is not
 * there. Vector scores are those by which the index found the hits: without a
 * ranker they are the scores. Confidences are numbers of 0 .. 1, the larger the
 * better a title answers the words of the query; NULL where no ranker ranked
 * the hits.
 * Threads: any.
 */
SIAMESE_API const float *siamese_hits_vector_scores(const siamese_hits *hits,
                                                    size_t query);
SIAMESE_API const float *siamese_hits_confidences(const siamese_hits *hits,
                                                  size_t query);

/*
 * Reads what the score of hit i of a query is made of: feature f of
 * siamese_ranker_describe_feature added shares[f], its weight times its value,
 * and all of them together are the score. A hit behind those that the ranker
 * ranked anew has all of its score from the first feature, that of the index.
 *   shares    [capacity] receives them
 *   capacity  in numbers
 *   needed    receives the number of features; may be NULL
 * Errors: SIAMESE_E_NOT_FOUND for a hit that is not there; SIAMESE_E_STATE if
 * the request did not ask to explain, and where no ranker ranked the hits;
 * SIAMESE_E_RANGE if capacity is too small.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_hits_get_shares(const siamese_hits *hits,
                                                   size_t query, size_t i,
                                                   float *shares,
                                                   size_t capacity,
                                                   size_t *needed);

/*
 * Returns what a query was searched as too, with words of the catalogue in
 * place of words that neither catalogue nor training knew, and a NUL behind it;
 * the vector that was searched is the mean of both texts' vectors. NULL for a
 * query that was not corrected or is not there. It lives as long as the hits.
 * Threads: any.
 */
SIAMESE_API const char *siamese_hits_corrected(const siamese_hits *hits,
                                               size_t query);

/*
 * Each of these functions returns a text of hit i of a query, with a NUL behind
 * it: the item's title; its id, if ids are texts. NULL for a hit that is not
 * there, without items, and where ids are integers.
 * Threads: any.
 */
SIAMESE_API const char *siamese_hits_title(const siamese_hits *hits,
                                           size_t query, size_t i);
SIAMESE_API const char *siamese_hits_text_id(const siamese_hits *hits,
                                             size_t query, size_t i);

/*
 * Each of these functions reads one column of all hits of all queries, in the
 * order of siamese_hits_offsets.
 *   column    its name; "title", and "id" by the kind of the ids, may be named
 *             too
 *   values    [capacity] receives them. Texts point into the hits, and each has
 *             a NUL behind it; a missing text is empty, a missing integer 0, a
 *             missing number NaN
 *   present   [capacity] receives 1 where there is a value and 0 where it is
 *             missing; may be NULL
 *   capacity  of values and of present
 *   needed    receives the number of hits; may be NULL
 * Errors: SIAMESE_E_NOT_FOUND if there is no such column, and without items;
 * SIAMESE_E_STATE if it is of another type; SIAMESE_E_RANGE if capacity is too
 * small.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_hits_get_texts(
    const siamese_hits *hits, const char *column, siamese_text *values,
    unsigned char *present, size_t capacity, size_t *needed);
SIAMESE_API siamese_status siamese_hits_get_integers(
    const siamese_hits *hits, const char *column, int64_t *values,
    unsigned char *present, size_t capacity, size_t *needed);
SIAMESE_API siamese_status siamese_hits_get_numbers(
    const siamese_hits *hits, const char *column, double *values,
    unsigned char *present, size_t capacity, size_t *needed);

#ifdef __cplusplus
}
#endif

#endif
