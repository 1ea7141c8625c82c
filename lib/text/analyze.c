/* analyze.c: a text and a vocabulary's options in, its words out, as written
 * and as stems. For vocab's counting and look-up. */
#include "text/analyze.h"

#include <stdbool.h>

#include "text/quantities.h"
#include "text/tokenize.h"
#include "text/utf8.h"

/* ---- Keras's rules ---- */

static sm_status keras_words(const sm_byte_map *map, sm_words *words,
                             const char *data, size_t size)
{
    sm_token_reader reader = sm_token_reader_of(map, data, size);
    sm_token token;
    while (sm_token_next(&reader, &token)) {
        SM_RETURN_IF_ERROR(sm_words_reserve(words, token.size));
        sm_token_copy(&token, sm_words_end(words));
        SM_RETURN_IF_ERROR(sm_words_add(words, token.size));
    }
    return SIAMESE_OK;
}

/* The text as one word, white space and all. */
static sm_status keras_text(int32_t mode, sm_words *words, const char *data,
                            size_t size)
{
    SM_RETURN_IF_ERROR(sm_words_reserve(words, size));
    return sm_words_add(words,
                        sm_standardize(mode, data, size, sm_words_end(words)));
}

/* ---- splits that are not at white space ---- */

/* All of it is one word. Keras has the empty text be the empty token, which is
 * id 0, and leaves it out of rows of numbers; it is no feature either. */
static sm_status join(const siamese_vocab_options *options, sm_words *words)
{
    bool const empty_counts = options->output_mode == SIAMESE_OUTPUT_INT &&
                              options->hash_buckets == 0;
    size_t const used = words->used;
    sm_words_clear(words);
    if (used == 0 && !empty_counts) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_words_reserve(words, used));
    return sm_words_add(words, used);
}

static sm_status split_characters(const sm_words *raw, sm_words *words)
{
    const unsigned char *const bytes = (const unsigned char *)raw->bytes;
    size_t size;
    for (size_t i = 0; i < raw->used; i += size) {
        int32_t const point = sm_utf8_next(bytes + i, raw->used - i, &size);
        SM_RETURN_IF_ERROR(sm_words_reserve(words, 4));
        SM_RETURN_IF_ERROR(
            sm_words_add(words, sm_utf8_write(point, sm_words_end(words))));
    }
    return SIAMESE_OK;
}

static sm_status stem_words(sm_stemmer *stemmer, const sm_words *raw,
                            sm_words *words)
{
    for (size_t i = 0; i < raw->count; i++) {
        const char *stem;
        size_t size;
        SM_RETURN_IF_ERROR(sm_stemmer_stem(stemmer,
                                           raw->bytes + raw->words[i].offset,
                                           raw->words[i].size, &stem, &size));
        SM_RETURN_IF_ERROR(sm_words_push(words, stem, size));
    }
    return SIAMESE_OK;
}

/* ---- all of it ---- */

static sm_status unicode_words(const siamese_vocab_options *options,
                               sm_text_scratch *scratch, const char *data,
                               size_t size)
{
    bool const reads = options->quantities != SIAMESE_QUANTITIES_NONE;
    bool const replaces = options->quantities == SIAMESE_QUANTITIES_REPLACE;
    sm_code_points *const folded = &scratch->folded;
    sm_unicode_rules const rules = {options->strip_accents,
                                    reads ? folded : NULL};
    folded->count = 0;
    SM_RETURN_IF_ERROR(
        sm_unicode_words(&scratch->raw, &scratch->points, &rules, data, size));
    if (!reads) return SIAMESE_OK;
    scratch->points.count = 0; /* it is free again */
    SM_RETURN_IF_ERROR(sm_quantities(&scratch->quantities, folded->points,
                                     folded->count, options->packs != 0,
                                     replaces ? &scratch->points : NULL));
    if (!replaces) return SIAMESE_OK;
    sm_words_clear(&scratch->raw);
    return sm_cut_words(&scratch->raw, scratch->points.points,
                        scratch->points.count);
}

sm_status sm_analyze(const siamese_vocab_options *options,
                     const sm_byte_map *map, sm_text_scratch *scratch,
                     const char *data, size_t size, sm_analysis *out)
{
    sm_words *const raw = &scratch->raw, *const words = &scratch->words;
    sm_words_clear(raw);
    sm_words_clear(words);
    sm_words_clear(&scratch->compounds);
    sm_words_clear(&scratch->quantities);
    if (options->normalizer == SIAMESE_NORMALIZER_UNICODE)
        SM_RETURN_IF_ERROR(unicode_words(options, scratch, data, size));
    else if (options->split == SIAMESE_SPLIT_WHITESPACE)
        SM_RETURN_IF_ERROR(keras_words(map, raw, data, size));
    else
        SM_RETURN_IF_ERROR(keras_text(options->standardize, raw, data, size));

    *out = (sm_analysis){raw, raw, &scratch->compounds, &scratch->quantities};
    if (options->split == SIAMESE_SPLIT_NONE) return join(options, raw);
    if (options->split == SIAMESE_SPLIT_WHITESPACE && !scratch->stemmer)
        return SIAMESE_OK;
    out->words = words;
    if (!scratch->stemmer) out->written = words;
    return scratch->stemmer ? stem_words(scratch->stemmer, raw, words)
                            : split_characters(raw, words);
}
