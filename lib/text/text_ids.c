/* text_ids.c: the words of a text in, token ids out: n-grams looked up, or
 * features hashed. For vocab_lookup and for counting. */
#include "text/text_ids.h"

#include <string.h>

#include "common/marked_id.h"
#include "common/size.h"
#include "text/features.h"

/* Whether the character n-grams of a word are features. */
static bool has_grams(const siamese_vocab_options *o, const sm_words *words,
                      size_t i)
{
    char const first =
        words->words[i].size ? words->bytes[words->words[i].offset] : '\0';
    return o->number_ngrams || first < '0' || first > '9';
}

/* Whether a word as it is written is a feature beside its stem. */
static bool is_not_its_stem(const sm_analysis *analysis, size_t i)
{
    const sm_words *const stems = analysis->words;
    const sm_words *const written = analysis->written;
    size_t const size = written->words[i].size;
    return size != stems->words[i].size ||
           memcmp(written->bytes + written->words[i].offset,
                  stems->bytes + stems->words[i].offset, size) != 0;
}

size_t sm_text_ids_count(const siamese_vocab *vocab,
                         const sm_analysis *analysis)
{
    const siamese_vocab_options *const o = &vocab->options;
    const sm_words *const words = analysis->words;
    if (o->hash_buckets == 0) return sm_gram_count(words, vocab->widths);
    size_t count = o->hash_words ? sm_gram_count(words, vocab->widths) : 0;
    for (size_t i = 0; o->written_words && i < words->count; i++)
        count += is_not_its_stem(analysis, i);
    count += analysis->compounds->count + analysis->quantities->count;
    if (o->char_ngrams[0] == 0) return count;
    for (size_t i = 0; i < words->count; i++)
        if (has_grams(o, words, i))
            count +=
                sm_character_gram_count(words->bytes + words->words[i].offset,
                                        words->words[i].size, o->char_ngrams);
    return count;
}

static size_t look_up(const siamese_vocab *vocab, const sm_words *words,
                      size_t limit, int32_t *ids)
{
    sm_gram_reader reader = {words, vocab->widths, 0, 0};
    sm_gram gram;
    size_t count = 0;
    while (count < limit && sm_gram_next(&reader, &gram)) {
        sm_token const token = sm_token_of(gram.bytes, gram.size);
        ids[count++] =
            (int32_t)sm_token_table_find(&vocab->table, &token, vocab->unknown);
    }
    return count;
}

/* Word i as a whole. */
static int32_t hash_word(const sm_words *words, size_t i, unsigned char tag,
                         size_t buckets)
{
    return sm_feature_id(sm_feature_hash(tag,
                                         words->bytes + words->words[i].offset,
                                         words->words[i].size),
                         buckets);
}

/* Each of the words. */
static size_t hash_words(const sm_words *words, unsigned char tag,
                         size_t buckets, size_t limit, int32_t *ids)
{
    size_t const count = sm_min(words->count, limit);
    for (size_t i = 0; i < count; i++)
        ids[i] = hash_word(words, i, tag, buckets);
    return count;
}

static size_t hash_written(const sm_analysis *analysis, size_t buckets,
                           size_t limit, int32_t *ids)
{
    const sm_words *const written = analysis->written;
    size_t count = 0;
    for (size_t i = 0; i < written->count && count < limit; i++)
        if (is_not_its_stem(analysis, i))
            ids[count++] = hash_word(written, i, SM_TAG_WORD, buckets);
    return count;
}

/* The words' n-grams. */
static size_t hash_grams(const siamese_vocab *vocab, const sm_words *words,
                         size_t limit, int32_t *ids)
{
    sm_gram_reader reader = {words, vocab->widths, 0, 0};
    sm_gram gram;
    size_t count = 0;
    while (count < limit && sm_gram_next(&reader, &gram))
        ids[count++] =
            sm_feature_id(sm_feature_hash(SM_TAG_WORD, gram.bytes, gram.size),
                          vocab->options.hash_buckets);
    return count;
}

/* The character n-grams of word i. */
static size_t hash_characters(const siamese_vocab_options *o,
                              const sm_words *words, size_t i, size_t limit,
                              int32_t *ids)
{
    return sm_character_gram_ids(words->bytes + words->words[i].offset,
                                 words->words[i].size, o->char_ngrams,
                                 o->hash_buckets, limit, ids);
}

size_t sm_text_features(const siamese_vocab *vocab, const sm_analysis *analysis,
                        size_t limit, int32_t *ids)
{
    const siamese_vocab_options *const o = &vocab->options;
    const sm_words *const words = analysis->words;
    size_t count = 0;
    if (o->hash_words) count = hash_grams(vocab, words, limit, ids);
    if (o->written_words)
        count +=
            hash_written(analysis, o->hash_buckets, limit - count, ids + count);
    count += hash_words(analysis->quantities, SM_TAG_QUANTITY, o->hash_buckets,
                        limit - count, ids + count);
    for (size_t i = 0; i < words->count && count < limit; i++)
        if (o->char_ngrams[0] && has_grams(o, words, i))
            count += hash_characters(o, words, i, limit - count, ids + count);
    return count + hash_words(analysis->compounds, SM_TAG_WORD, o->hash_buckets,
                              limit - count, ids + count);
}

/* ---- the same, marked ---- */

/* Whether the only n-grams of words are the words. */
static bool single_words(const siamese_vocab *vocab)
{
    return vocab->widths[0] == 1 && vocab->widths[1] == 0;
}

/* All features of word i. */
static size_t hash_run(const siamese_vocab *vocab, const sm_analysis *analysis,
                       size_t i, int32_t *ids)
{
    const siamese_vocab_options *const o = &vocab->options;
    const sm_words *const words = analysis->words;
    size_t count = 0;
    if (o->hash_words && single_words(vocab))
        ids[count++] = hash_word(words, i, SM_TAG_WORD, o->hash_buckets);
    if (o->written_words && is_not_its_stem(analysis, i))
        ids[count++] =
            hash_word(analysis->written, i, SM_TAG_WORD, o->hash_buckets);
    if (o->char_ngrams[0] && has_grams(o, words, i))
        count += hash_characters(o, words, i, SIZE_MAX, ids + count);
    if (count) ids[0] = sm_id_marked(ids[0], true);
    return count;
}

/* Lone ids before the first run have no mark. */
static size_t marked_features(const siamese_vocab *vocab,
                              const sm_analysis *analysis, int32_t *ids)
{
    const siamese_vocab_options *const o = &vocab->options;
    size_t count = hash_words(analysis->quantities, SM_TAG_QUANTITY,
                              o->hash_buckets, SIZE_MAX, ids);
    if (o->hash_words && !single_words(vocab))
        count += hash_grams(vocab, analysis->words, SIZE_MAX, ids + count);
    for (size_t i = 0; i < analysis->words->count; i++)
        count += hash_run(vocab, analysis, i, ids + count);
    size_t const end =
        count + hash_words(analysis->compounds, SM_TAG_WORD, o->hash_buckets,
                           SIZE_MAX, ids + count);
    for (; count < end; count++) ids[count] = sm_id_marked(ids[count], true);
    return count;
}

size_t sm_text_marked_ids(const siamese_vocab *vocab,
                          const sm_analysis *analysis, int32_t *ids)
{
    const siamese_vocab_options *const o = &vocab->options;
    if (o->hash_buckets == 0)
        return look_up(vocab, analysis->words, SIZE_MAX, ids);
    size_t const count = marked_features(vocab, analysis, ids);
    return o->hash_min_count ? sm_text_learned(vocab, ids, count) : count;
}

/* ---- ids ---- */

size_t sm_text_learned(const siamese_vocab *vocab, int32_t *ids, size_t count)
{
    size_t kept = 0;
    bool begins = false;
    for (size_t i = 0; i < count; i++) {
        uint32_t const bucket = (uint32_t)sm_id_unmarked(ids[i]) - 1;
        int32_t const id = sm_feature_table_find(&vocab->features, bucket);
        begins |= sm_id_begins_run(ids[i]);
        ids[kept] = sm_id_marked(id, begins);
        kept += id != 0;
        begins &= id == 0;
    }
    return kept;
}

size_t sm_text_ids(const siamese_vocab *vocab, const sm_analysis *analysis,
                   size_t limit, int32_t *ids)
{
    const siamese_vocab_options *const o = &vocab->options;
    if (o->hash_buckets == 0)
        return look_up(vocab, analysis->words, limit, ids);
    size_t const count = sm_text_features(vocab, analysis, limit, ids);
    return o->hash_min_count ? sm_text_learned(vocab, ids, count) : count;
}
