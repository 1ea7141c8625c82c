/* text_scratch.c: a vocabulary's options in, the memory to take a text apart
 * out, lent and taken back. For each thread that reads texts. */
#include "text/text_scratch.h"

#include "common/memory.h"

/* Bytes, words, code points or ids that a scratch keeps between calls. */
enum { KEPT = 1 << 16 };

static void free_scratch(sm_lent *lent)
{
    sm_text_scratch *const scratch = (sm_text_scratch *)lent;
    sm_words_free(&scratch->raw);
    sm_words_free(&scratch->words);
    sm_words_free(&scratch->compounds);
    sm_words_free(&scratch->quantities);
    sm_code_points_free(&scratch->points);
    sm_code_points_free(&scratch->folded);
    sm_id_list_free(&scratch->ids);
    sm_stemmer_free(scratch->stemmer);
    sm_free(scratch);
}

static sm_status make_scratch(const sm_text_scratches *list,
                              sm_text_scratch **out)
{
    sm_text_scratch *const scratch = sm_calloc(1, sizeof *scratch);
    if (scratch == NULL) return sm_fail_memory();
    if (list->language) {
        sm_status const status =
            sm_stemmer_create(&scratch->stemmer, list->language);
        if (status != SIAMESE_OK) {
            free_scratch(&scratch->lent);
            return status;
        }
    }
    *out = scratch;
    return SIAMESE_OK;
}

sm_status sm_text_scratches_init(sm_text_scratches *list, int32_t language)
{
    sm_text_scratch *first;
    list->language = language;
    SM_RETURN_IF_ERROR(make_scratch(list, &first));
    sm_lending_init(&list->list);
    sm_lending_give(&list->list, &first->lent);
    list->is_there = true;
    return SIAMESE_OK;
}

void sm_text_scratches_free(sm_text_scratches *list)
{
    if (list->is_there) sm_lending_destroy(&list->list, free_scratch);
}

sm_status sm_text_scratch_borrow(sm_text_scratches *list, sm_text_scratch **out)
{
    sm_lent *const lent = sm_lending_take(&list->list);
    if (lent == NULL) return make_scratch(list, out);
    *out = (sm_text_scratch *)lent;
    return SIAMESE_OK;
}

static void trim(sm_words *words)
{
    if (words->bytes_capacity > KEPT || words->words_capacity > KEPT)
        sm_words_free(words);
}

void sm_text_scratch_return(sm_text_scratches *list, sm_text_scratch *scratch)
{
    if (scratch == NULL) return;
    trim(&scratch->raw);
    trim(&scratch->words);
    trim(&scratch->compounds);
    trim(&scratch->quantities);
    if (scratch->folded.capacity > KEPT) sm_code_points_free(&scratch->folded);
    if (scratch->points.capacity > KEPT) sm_code_points_free(&scratch->points);
    if (scratch->ids.capacity > KEPT) sm_id_list_free(&scratch->ids);
    sm_lending_give(&list->list, &scratch->lent);
}
