/* query_words.c: the text of a query in; its words with their vectors, and what
 * the catalogue knows of them, out. For the re-ranking. */
#include "search/query_words.h"

#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "search/word_vectors.h"
#include "text/vocab_words.h"
#include "tower/tower.h"

static sm_status keep(sm_rank_scratch *s, const char *text, size_t size,
                      size_t *place)
{
    char *const bytes =
        sm_grow(s->bytes, &s->bytes_capacity, s->bytes_used + size + 1, 1);
    if (bytes == NULL) return sm_fail_memory();
    s->bytes = bytes;
    memcpy(bytes + s->bytes_used, text, size);
    *place = s->bytes_used;
    s->bytes_used += size;
    return SIAMESE_OK;
}

static sm_status take_word(void *context, const sm_vocab_word *word)
{
    sm_rank_scratch *const s = context;
    size_t const used =
        word->is_quantity ? s->text_count - s->plain_texts : s->plain_texts;
    if (used ==
        (size_t)(word->is_quantity ? SM_QUERY_QUANTITIES : SM_QUERY_WORDS))
        return SIAMESE_OK;
    sm_query_text *const to = &s->texts[s->text_count];
    *to = (sm_query_text){.size = word->size,
                          .stem_size = word->stem_size,
                          .is_quantity = word->is_quantity};
    SM_RETURN_IF_ERROR(keep(s, word->text, word->size, &to->text));
    SM_RETURN_IF_ERROR(keep(s, word->stem, word->stem_size, &to->stem));
    s->text_count++;
    s->plain_texts += !word->is_quantity;
    return SIAMESE_OK;
}

static sm_status encode(sm_rank_scratch *s, const siamese_tower *query,
                        size_t padded)
{
    siamese_text texts[SM_QUERY_TERMS];
    size_t const dim = siamese_tower_dim(query), count = s->text_count;
    SM_RETURN_IF_ERROR(sm_rank_room(&s->vectors, &s->vector_capacity,
                                    count * dim, sizeof *s->vectors));
    SM_RETURN_IF_ERROR(sm_rank_room(&s->codes, &s->code_capacity, padded, 1));
    SM_RETURN_IF_ERROR(sm_rank_room(&s->wide, &s->wide_capacity, count * padded,
                                    sizeof *s->wide));
    for (size_t i = 0; i < count; i++)
        texts[i] =
            (siamese_text){s->bytes + s->texts[i].text, s->texts[i].size};
    SM_RETURN_IF_ERROR(
        siamese_tower_encode(query, texts, count, 1, s->vectors, count * dim));
    for (size_t i = 0; i < count; i++) {
        sm_word_codes_make(s->vectors + i * dim, dim, padded, s->codes,
                           &s->scales[i]);
        for (size_t d = 0; d < padded; d++)
            s->wide[i * padded + d] = s->codes[d];
    }
    return SIAMESE_OK;
}

sm_status sm_query_words_read(sm_rank_scratch *scratch,
                              const siamese_tower *query, siamese_text text,
                              size_t padded)
{
    const siamese_vocab *const vocab = sm_tower_field_vocab(query, 0);
    scratch->text_count = scratch->plain_texts = scratch->bytes_used = 0;
    if (vocab == NULL) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_vocab_each_word(vocab, &text, take_word, scratch));
    return scratch->text_count ? encode(scratch, query, padded) : SIAMESE_OK;
}

void sm_query_words_find(sm_rank_scratch *scratch,
                         const sm_catalogue_words *catalogue)
{
    double sum = 0;
    for (size_t i = 0; i < scratch->text_count; i++) {
        const sm_query_text *const from = &scratch->texts[i];
        const char *const text = scratch->bytes + from->text;
        sm_query_word *const word = &scratch->words[i];
        *word = (sm_query_word){
            .term =
                sm_words_find(catalogue, text, from->size, from->is_quantity),
            .stem = sm_words_find_stem(catalogue, scratch->bytes + from->stem,
                                       from->stem_size, from->is_quantity),
            .is_quantity = from->is_quantity,
            .text = text,
            .size = from->size};
        word->rows = sm_words_stem_rows(catalogue, word->stem);
        word->idf = sm_words_idf(catalogue, word->rows);
        word->weight = sqrtf(word->idf);
        sum += (double)word->weight;
    }
    for (size_t i = 0; i < scratch->text_count && sum > 0; i++)
        scratch->words[i].weight =
            (float)((double)scratch->words[i].weight / sum);
}
