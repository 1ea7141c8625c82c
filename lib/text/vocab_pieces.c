/* vocab_pieces.c: a text in, the ids of its pieces out. For vocab_lookup and
 * vocab_stats. */
#include "text/vocab_pieces.h"

static sm_status append_numbers(void *context, const int *numbers, size_t count)
{
    sm_id_list *const list = context;
    SM_RETURN_IF_ERROR(sm_id_list_reserve(list, count));
    for (size_t i = 0; i < count; i++)
        list->ids[list->count++] = numbers[i] + SM_FIRST_PIECE;
    return SIAMESE_OK;
}

sm_status sm_vocab_piece_ids(const siamese_vocab *vocab,
                             const siamese_text *text, sm_id_list *list)
{
    return sm_sentencepiece_encode(vocab->pieces, text->data, text->size,
                                   append_numbers, list);
}
