/*
 * ranker.h: what a search does beyond finding the nearest vectors: it corrects
 * the spelling of queries by the words of the catalogue, asks again with what
 * the first answers have in common, and ranks the first results anew, word by
 * word.
 *
 * A ranker is the settings of these stages, and, once a searcher has it, the
 * words of the searcher's items. docs/search.md says what each stage does.
 */
#ifndef LIBSIAMESE_RANKER_H
#define LIBSIAMESE_RANKER_H

#include <siamese/options.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct siamese_ranker siamese_ranker;

/* What a ranker does. Begin with siamese_ranker_options_init. */
typedef struct siamese_ranker_options {
    size_t struct_size;
    int32_t rerank;         /* 1: rank the first results anew; default 1 */
    size_t rerank_depth;    /* how many of them; default 100 */
    double maxsim_weight;   /* of the words' similarity, beside the cosine of
                             * the vectors; default 0.8 */
    int32_t spelling;       /* 1: correct words that are not known; default 1 */
    size_t feedback;        /* results that a second scan is moved towards;
                             * 0: no second scan; default 10 */
    double feedback_weight; /* how far; default 0.4 */
    int32_t learned; /* 1: rank by learned weights where the ranker has some, in
                      * place of cosine and maxsim; default 1 */
} siamese_ranker_options;

/* See options.h. Threads: any. */
SIAMESE_API siamese_status siamese_ranker_options_init(
    siamese_ranker_options *options, size_t struct_size);
SIAMESE_API siamese_status siamese_ranker_options_set(
    siamese_ranker_options *options, const char *name, const char *value);
SIAMESE_API siamese_status siamese_ranker_options_get(
    const siamese_ranker_options *options, const char *name, char *buf,
    size_t size, size_t *needed);
SIAMESE_API siamese_status
siamese_ranker_options_describe(size_t i, siamese_option_info *info);

/*
 * Creates a ranker.
 *   out      receives the ranker; free it with siamese_ranker_free
 *   options  NULL means the defaults
 * Errors: SIAMESE_E_OPTION for an option that is out of range.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_ranker_create(
    siamese_ranker **out, const siamese_ranker_options *options);

/* Frees the ranker; NULL is allowed. Threads: one. */
SIAMESE_API void siamese_ranker_free(siamese_ranker *ranker);

/*
 * Reads the options that the ranker was created with.
 *   options  options->struct_size must be set
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_ranker_get_options(
    const siamese_ranker *ranker, siamese_ranker_options *options);

/* What a ranker ranks the first results by. */
typedef struct siamese_ranker_info {
    size_t struct_size;
    size_t features;          /* that a score is made of */
    uint64_t learned_queries; /* held back in a training, from which the weights
                               * were learned; 0: none are */
    int32_t uses_learned;     /* 1: by those weights; 0: by cosine and maxsim,
                               * since there are none or `learned` is 0 */
} siamese_ranker_info;

/*
 * Reads what a ranker ranks by.
 *   info  info->struct_size must be set
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_ranker_get_info(const siamese_ranker *ranker,
                                                   siamese_ranker_info *info);

/* A feature: a number of a query and a title. Its texts are static. */
typedef struct siamese_ranker_feature {
    size_t struct_size;
    const char *name; /* "maxsim" */
    const char *help; /* what it is */
    double weight;    /* a score is the sum of weight times feature */
} siamese_ranker_feature;

/*
 * Describes feature i = 0, 1, ..., with the weight that is in force.
 *   feature  feature->struct_size must be set
 * Errors: SIAMESE_E_NOT_FOUND after the last one.
 * Threads: any.
 */
SIAMESE_API siamese_status siamese_ranker_describe_feature(
    const siamese_ranker *ranker, size_t i, siamese_ranker_feature *feature);

#ifdef __cplusplus
}
#endif

#endif
