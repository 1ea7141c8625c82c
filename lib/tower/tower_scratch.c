/* tower_scratch.c: memory to encode in, lent to a thread and taken back. For
 * tower_encode. */
#include "tower/tower_scratch.h"

#include "common/memory.h"

void sm_tower_scratch_discard(sm_lent *lent)
{
    sm_tower_scratch *const scratch = (sm_tower_scratch *)lent;
    for (size_t f = 0; f < scratch->encoder_count; f++)
        sm_encoder_scratch_free(scratch->encoders[f]);
    sm_free(scratch->encoders);
    sm_aligned_free(scratch->vectors);
    sm_id_list_free(&scratch->ids);
    sm_head_scratch_free(&scratch->head);
    sm_free(scratch);
}

sm_status sm_tower_scratch_borrow(sm_lending *list, sm_tower_scratch **out)
{
    sm_lent *lent;
    SM_RETURN_IF_ERROR(sm_lending_borrow(list, sizeof **out, &lent));
    *out = (sm_tower_scratch *)lent;
    return SIAMESE_OK;
}

void sm_tower_scratch_return(sm_lending *list, sm_tower_scratch *scratch)
{
    sm_lending_give(list, &scratch->lent);
}

/* ---- parts ---- */

sm_status sm_tower_scratch_encoder(sm_tower_scratch *scratch, size_t f,
                                   const sm_encoder *encoder,
                                   sm_encoder_scratch **out)
{
    if (f >= scratch->encoder_count) {
        sm_encoder_scratch **const grown = sm_realloc_array(
            scratch->encoders, f + 1, sizeof *scratch->encoders);
        if (grown == NULL) return sm_fail_memory();
        scratch->encoders = grown;
        while (scratch->encoder_count <= f)
            grown[scratch->encoder_count++] = NULL;
    }
    if (scratch->encoders[f] == NULL)
        SM_RETURN_IF_ERROR(
            encoder->type->scratch_create(&scratch->encoders[f]));
    *out = scratch->encoders[f];
    return SIAMESE_OK;
}

sm_status sm_tower_scratch_vectors(sm_tower_scratch *scratch, size_t width)
{
    if (width <= scratch->vectors_width) return SIAMESE_OK;
    scratch->vectors_width = 0;
    sm_aligned_free(scratch->vectors);
    scratch->vectors =
        sm_aligned_array(width, SM_ENCODE_ROWS * sizeof *scratch->vectors);
    if (scratch->vectors == NULL) return sm_fail_memory();
    scratch->vectors_width = width;
    return SIAMESE_OK;
}
