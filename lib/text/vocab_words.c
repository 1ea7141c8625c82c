/* vocab_words.c: a vocabulary and a text in, its words with their stems, and
 * its quantities, out. For the searcher's re-ranking. */
#include "text/vocab_words.h"

#include "text/text_ids.h"
#include "text/vocab_features.h"

static sm_status each(const sm_analysis *analysis, sm_take_word take,
                      void *context)
{
    const sm_words *const written = analysis->written;
    const sm_words *const stems = analysis->words;
    const sm_words *const quantities = analysis->quantities;
    for (size_t i = 0; i < written->count; i++) {
        const sm_word *const w = &written->words[i], *const s =
                                                         &stems->words[i];
        if (w->size == 0) continue;
        sm_vocab_word const word = {written->bytes + w->offset, w->size,
                                    stems->bytes + s->offset, s->size, false};
        SM_RETURN_IF_ERROR(take(context, &word));
    }
    for (size_t i = 0; i < quantities->count; i++) {
        const sm_word *const w = &quantities->words[i];
        const char *const text = quantities->bytes + w->offset;
        sm_vocab_word const word = {text, w->size, text, w->size, true};
        SM_RETURN_IF_ERROR(take(context, &word));
    }
    return SIAMESE_OK;
}

sm_status sm_vocab_each_word(const siamese_vocab *vocab,
                             const siamese_text *text, sm_take_word take,
                             void *context)
{
    sm_text_scratch *scratch;
    sm_analysis analysis;
    SM_RETURN_IF_ERROR(sm_vocab_borrow(vocab, &scratch));
    sm_status status = sm_analyze(&vocab->options, &vocab->map, scratch,
                                  text->data, text->size, &analysis);
    if (status == SIAMESE_OK) status = each(&analysis, take, context);
    sm_vocab_return(vocab, scratch);
    return status;
}

static sm_status knows(const siamese_vocab *vocab, sm_text_scratch *scratch,
                       const sm_analysis *analysis, bool *out)
{
    bool const hashes = vocab->options.hash_buckets > 0;
    size_t const count = sm_text_ids_count(vocab, analysis);
    if (count == 0 || (hashes && !sm_vocab_learns_features(vocab)))
        return SIAMESE_OK;
    scratch->ids.count = 0;
    SM_RETURN_IF_ERROR(sm_id_list_reserve(&scratch->ids, count));
    int32_t *const ids = scratch->ids.ids;
    if (hashes) {
        size_t const features = sm_text_features(vocab, analysis, count, ids);
        *out = sm_text_learned(vocab, ids, features) == features;
        return SIAMESE_OK;
    }
    size_t const tokens = sm_text_ids(vocab, analysis, count, ids);
    *out = true;
    for (size_t i = 0; i < tokens && *out; i++)
        *out = (size_t)ids[i] != vocab->unknown;
    return SIAMESE_OK;
}

sm_status sm_vocab_knows_word(const siamese_vocab *vocab,
                              const siamese_text *word, bool *out)
{
    sm_text_scratch *scratch;
    sm_analysis analysis;
    *out = false;
    if (vocab->pieces) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_vocab_borrow(vocab, &scratch));
    sm_status status = sm_analyze(&vocab->options, &vocab->map, scratch,
                                  word->data, word->size, &analysis);
    if (status == SIAMESE_OK) status = knows(vocab, scratch, &analysis, out);
    sm_vocab_return(vocab, scratch);
    return status;
}
