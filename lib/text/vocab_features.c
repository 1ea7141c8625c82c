/* vocab_features.c: learned buckets in, a finished vocabulary of hashed
 * features out. For building, growing and reading one. */
#include "text/vocab_features.h"

#include <string.h>

#include "common/memory.h"
#include "text/vocab_tokens.h"

/* Ids that max_tokens allows; the pad is one of those. */
static size_t most_features(size_t max_tokens)
{
    return max_tokens ? max_tokens - 1 : SIZE_MAX;
}

sm_status sm_vocab_set_features(siamese_vocab *vocab, const uint32_t *buckets,
                                size_t count, sm_status code)
{
    sm_status status = SIAMESE_OK;
    sm_feature_table features = {0};
    sm_token_table table = {0};
    size_t const most = most_features(vocab->options.max_tokens);
    SM_CHECK(count <= most, code,
             "features: %zu are more than max_tokens allows, %zu", count, most);
    SM_TRY(sm_feature_table_create(&features, vocab->options.hash_buckets,
                                   buckets, count, code));
    SM_TRY(sm_vocab_start_table(vocab, &table, 0, 0));
    vocab->features = features;
    features = (sm_feature_table){0};
    sm_vocab_freeze(vocab, &table, NULL);
out:
    sm_feature_table_free(&features);
    sm_token_table_free(&table);
    return status;
}

sm_status sm_vocab_finish_features(siamese_vocab *vocab)
{
    sm_status status = SIAMESE_OK;
    const siamese_vocab_options *const o = &vocab->options;
    uint32_t *buckets = NULL;
    size_t count;
    uint64_t known;
    SM_TRY(sm_feature_counts_select(
        &vocab->feature_counts, o->hash_buckets, o->hash_min_count,
        most_features(o->max_tokens), &buckets, &count, &known));
    SM_TRY(sm_vocab_set_features(vocab, buckets, count, SIAMESE_E_INTERNAL));
    vocab->stats.unknown_tokens = vocab->stats.tokens - known;
out:
    sm_free(buckets);
    return status;
}

/* ---- growing ---- */

bool sm_vocab_keeps_features(const siamese_vocab *grown,
                             const siamese_vocab *old)
{
    const sm_feature_table *const from = &old->features;
    return from->count <= grown->features.count &&
           (from->count == 0 ||
            memcmp(from->buckets, grown->features.buckets,
                   from->count * sizeof *from->buckets) == 0);
}

/* The buckets of old, then those of fresh that it lacks, `most` of all. */
static size_t join(const sm_feature_table *old, const sm_feature_table *fresh,
                   size_t most, uint32_t *buckets)
{
    size_t count = old->count;
    if (count) memcpy(buckets, old->buckets, count * sizeof *buckets);
    for (size_t i = 0; i < fresh->count && count < most; i++)
        if (sm_feature_table_find(old, fresh->buckets[i]) == 0)
            buckets[count++] = fresh->buckets[i];
    return count;
}

sm_status sm_vocab_grow_features(siamese_vocab **out, const siamese_vocab *old,
                                 const siamese_vocab *fresh, size_t max_tokens)
{
    sm_status status = SIAMESE_OK;
    siamese_vocab_options options = old->options;
    siamese_vocab *vocab = NULL;
    uint32_t *buckets = NULL;
    size_t const kept = siamese_vocab_size(old);
    size_t count;
    SM_CHECK(max_tokens == 0 || kept <= max_tokens, SIAMESE_E_ARGUMENT,
             "max_tokens: %zu are fewer than the %zu ids there are", max_tokens,
             kept);
    options.max_tokens = max_tokens;
    /* each of them is at most the number of buckets: no overflow */
    buckets = sm_alloc_array(old->features.count + fresh->features.count,
                             sizeof *buckets);
    SM_CHECK_MEMORY(buckets);
    count = join(&old->features, &fresh->features, most_features(max_tokens),
                 buckets);
    SM_TRY(siamese_vocab_create(&vocab, &options));
    SM_TRY(sm_vocab_set_features(vocab, buckets, count, SIAMESE_E_INTERNAL));
    vocab->maker_kept = old->maker_kept;
    vocab->maker = old->maker;
    *out = vocab;
    vocab = NULL;
out:
    siamese_vocab_free(vocab);
    sm_free(buckets);
    return status;
}
