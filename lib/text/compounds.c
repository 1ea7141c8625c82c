/* compounds.c: the words of a text in, those that were learned joined or split
 * out. For the words of a look-up. */
#include "text/compounds.h"

#include <stdbool.h>
#include <string.h>

#include "text/features.h"
#include "text/utf8.h"

/* Bytes of a compound, and code points of its shorter part. */
enum { COMPOUND_SIZE = 64, SHORTEST = 3 };

static bool begins_digit(const char *word)
{
    return *word >= '0' && *word <= '9';
}

/* The stem of a word, without a stemmer itself, and whether it has an id. */
static sm_status find(const siamese_vocab *vocab, sm_stemmer *stemmer,
                      const char *word, size_t size, sm_gram *stem, bool *known)
{
    *stem = (sm_gram){word, size};
    if (stemmer)
        SM_RETURN_IF_ERROR(
            sm_stemmer_stem(stemmer, word, size, &stem->bytes, &stem->size));
    int32_t const id =
        sm_feature_id(sm_feature_hash(SM_TAG_WORD, stem->bytes, stem->size),
                      vocab->options.hash_buckets);
    *known = sm_feature_table_find(&vocab->features, (uint32_t)id - 1) != 0;
    return SIAMESE_OK;
}

/* ---- two words that are one ---- */

static sm_status join(const siamese_vocab *vocab, sm_text_scratch *scratch,
                      sm_gram a, sm_gram b)
{
    char both[COMPOUND_SIZE];
    sm_gram stem;
    bool known;
    if (a.size == 0 || b.size == 0 || a.size > sizeof both ||
        b.size > sizeof both - a.size)
        return SIAMESE_OK;
    /* compounds are of letters: 3 and 4 are not 34 */
    if (begins_digit(a.bytes + a.size - 1) || begins_digit(b.bytes))
        return SIAMESE_OK;
    memcpy(both, a.bytes, a.size);
    memcpy(both + a.size, b.bytes, b.size);
    SM_RETURN_IF_ERROR(
        find(vocab, scratch->stemmer, both, a.size + b.size, &stem, &known));
    return known ? sm_words_push(&scratch->compounds, stem.bytes, stem.size)
                 : SIAMESE_OK;
}

/* ---- a word that is two ---- */

/* Takes word[.. left) and word[left ..) if both are known. */
static sm_status cut(const siamese_vocab *vocab, sm_text_scratch *scratch,
                     sm_gram word, size_t left, bool *done)
{
    sm_words *const out = &scratch->compounds;
    char first[COMPOUND_SIZE];
    sm_gram stem, other;
    SM_RETURN_IF_ERROR(
        find(vocab, scratch->stemmer, word.bytes, left, &stem, done));
    if (!*done || stem.size > sizeof first) return SIAMESE_OK;
    memcpy(first, stem.bytes, stem.size); /* the next stem takes its place */
    SM_RETURN_IF_ERROR(find(vocab, scratch->stemmer, word.bytes + left,
                            word.size - left, &other, done));
    if (!*done) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_words_push(out, first, stem.size));
    return sm_words_push(out, other.bytes, other.size);
}

/* The two parts as long as each other as can be, of equal ones the longer
 * first. */
static sm_status split(const siamese_vocab *vocab, sm_text_scratch *scratch,
                       sm_gram word)
{
    unsigned char starts[COMPOUND_SIZE]; /* of its code points */
    size_t count = 0, length;
    bool done = false;
    if (word.size == 0 || word.size > COMPOUND_SIZE || begins_digit(word.bytes))
        return SIAMESE_OK;
    for (size_t at = 0; at < word.size; at += length) {
        starts[count++] = (unsigned char)at;
        sm_utf8_next((const unsigned char *)word.bytes + at, word.size - at,
                     &length);
    }
    for (size_t part = count / 2; part >= SHORTEST && !done; part--) {
        SM_RETURN_IF_ERROR(
            cut(vocab, scratch, word, starts[count - part], &done));
        if (!done && 2 * part < count)
            SM_RETURN_IF_ERROR(cut(vocab, scratch, word, starts[part], &done));
    }
    return SIAMESE_OK;
}

/* ---- both ---- */

static sm_gram word_at(const sm_words *words, size_t i)
{
    return (sm_gram){words->bytes + words->words[i].offset,
                     words->words[i].size};
}

sm_status sm_compounds(const siamese_vocab *vocab, sm_text_scratch *scratch,
                       sm_analysis *analysis)
{
    const sm_words *const raw = &scratch->raw;
    for (size_t i = 0; i + 1 < raw->count; i++)
        SM_RETURN_IF_ERROR(
            join(vocab, scratch, word_at(raw, i), word_at(raw, i + 1)));
    for (size_t i = 0; i < raw->count; i++) {
        sm_gram const word = word_at(analysis->words, i);
        sm_gram stem;
        bool known;
        SM_RETURN_IF_ERROR(
            find(vocab, NULL, word.bytes, word.size, &stem, &known));
        if (!known) SM_RETURN_IF_ERROR(split(vocab, scratch, word_at(raw, i)));
    }
    return SIAMESE_OK;
}
