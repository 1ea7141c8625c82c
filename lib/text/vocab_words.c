/* vocab_words.c: a vocabulary and a text in, its words with their stems, and
 * its quantities, out. For the searcher's re-ranking. */
#include "text/vocab_words.h"

#include "text/vocab_handle.h"

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
