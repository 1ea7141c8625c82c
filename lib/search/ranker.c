/* ranker.c: options in, a ranker out, the handle of what a search does behind
 * its scan. For hosts, the searcher, the checkpoint and the model. */
#include "search/ranker.h"

#include "common/memory.h"

#define RANKER(member) offsetof(siamese_ranker_options, member)

static const sm_option ranker_options[] = {
    {"rerank", SM_OPTION_FLAG, RANKER(rerank), "1", 0, 1, "0 | 1",
     "whether the first results are ranked anew by their words"},
    {"rerank_depth", SM_OPTION_SIZE, RANKER(rerank_depth), "100", 1, 1000,
     "1 .. 1000", "results that are ranked anew"},
    {"maxsim_weight", SM_OPTION_DOUBLE, RANKER(maxsim_weight), "0.8", 0, 100,
     "0 .. 100", "of the words' similarity, beside the cosine of the vectors"},
    {"spelling", SM_OPTION_FLAG, RANKER(spelling), "1", 0, 1, "0 | 1",
     "whether unknown words of queries are corrected"},
    {"feedback", SM_OPTION_SIZE, RANKER(feedback), "10", 0, 1000, "0 .. 1000",
     "results that a second scan is moved towards; 0: no second scan"},
    {"feedback_weight", SM_OPTION_DOUBLE, RANKER(feedback_weight), "0.4", 0, 10,
     "0 .. 10", "how far it is moved"},
    {"learned", SM_OPTION_FLAG, RANKER(learned), "1", 0, 1, "0 | 1",
     "whether results are ranked by learned weights where there are some"},
};

const sm_option_table sm_ranker_option_table = {
    "ranker", ranker_options, sizeof ranker_options / sizeof *ranker_options,
    sizeof(siamese_ranker_options)};

SM_OPTIONS_API(ranker, &sm_ranker_option_table)

bool sm_ranker_needs_words(const siamese_ranker_options *options)
{
    return options->rerank || options->spelling;
}

bool sm_ranker_does_anything(const siamese_ranker_options *options)
{
    return sm_ranker_needs_words(options) || options->feedback > 0;
}

sm_status sm_ranker_create(siamese_ranker **out,
                           const siamese_ranker_options *options,
                           const sm_linear_ranker *learned)
{
    siamese_ranker *const ranker = sm_calloc(1, sizeof *ranker);
    if (ranker == NULL) return sm_fail_memory();
    sm_status const status = sm_lending_create(&ranker->scratches);
    if (status != SIAMESE_OK) {
        sm_free(ranker);
        return status;
    }
    sm_references_init(&ranker->references);
    ranker->options = *options;
    ranker->fixed = sm_linear_fixed(options->maxsim_weight);
    if (learned) ranker->learned = *learned;
    sm_handle_created();
    *out = ranker;
    return SIAMESE_OK;
}

siamese_status siamese_ranker_create(siamese_ranker **out,
                                     const siamese_ranker_options *options)
{
    siamese_ranker_options own;
    SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_RETURN_IF_ERROR(sm_options_read(&sm_ranker_option_table, options, &own));
    return sm_ranker_create(out, &own, NULL);
}

siamese_ranker *sm_ranker_reference(const siamese_ranker *ranker)
{
    siamese_ranker *const own = (siamese_ranker *)(uintptr_t)ranker;
    sm_references_add(&own->references);
    return own;
}

void siamese_ranker_free(siamese_ranker *ranker)
{
    if (ranker == NULL || !sm_references_drop(&ranker->references)) return;
    sm_words_release(ranker->words);
    sm_lending_free(ranker->scratches, sm_rank_scratch_discard);
    sm_free(ranker);
    sm_handle_freed();
}

siamese_status siamese_ranker_get_options(const siamese_ranker *ranker,
                                          siamese_ranker_options *options)
{
    SM_REQUIRE(ranker != NULL, SIAMESE_E_ARGUMENT, "ranker: is NULL");
    return sm_options_write(&sm_ranker_option_table, &ranker->options, options);
}

/* ---- weights ---- */

const sm_linear_ranker *sm_ranker_weights(const siamese_ranker *ranker)
{
    return ranker->options.learned && ranker->learned.queries > 0
               ? &ranker->learned
               : &ranker->fixed;
}

siamese_status siamese_ranker_get_info(const siamese_ranker *ranker,
                                       siamese_ranker_info *info)
{
    siamese_ranker_info own = {.features = SM_FEATURES};
    SM_REQUIRE(ranker != NULL, SIAMESE_E_ARGUMENT, "ranker: is NULL");
    own.learned_queries = ranker->learned.queries;
    own.uses_learned = sm_ranker_weights(ranker) == &ranker->learned;
    return sm_struct_write(&own, sizeof own, info, "info");
}

siamese_status siamese_ranker_describe_feature(const siamese_ranker *ranker,
                                               size_t i,
                                               siamese_ranker_feature *feature)
{
    SM_REQUIRE(ranker != NULL, SIAMESE_E_ARGUMENT, "ranker: is NULL");
    SM_REQUIRE(i < SM_FEATURES, SIAMESE_E_NOT_FOUND, "i: there are %d features",
               (int)SM_FEATURES);
    siamese_ranker_feature const own = {
        .name = sm_feature_name(i),
        .help = sm_feature_help(i),
        .weight = (double)sm_ranker_weights(ranker)->weights[i]};
    return sm_struct_write(&own, sizeof own, feature, "feature");
}

/* ---- words ---- */

sm_status sm_ranker_with_words(siamese_ranker **out,
                               const siamese_ranker *ranker,
                               sm_catalogue_words *words)
{
    SM_RETURN_IF_ERROR(
        sm_ranker_create(out, &ranker->options, &ranker->learned));
    if (words) (*out)->words = sm_words_reference(words);
    return SIAMESE_OK;
}
