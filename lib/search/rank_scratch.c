/* rank_scratch.c: memory lent to a thread that ranks, and taken back. For the
 * stages behind the scan. */
#include "search/rank_scratch.h"

#include <string.h>

#include "common/memory.h"
#include "common/size.h"

void sm_rank_scratch_discard(sm_lent *lent)
{
    sm_rank_scratch *const s = (sm_rank_scratch *)lent;
    sm_free(s->bytes);
    sm_aligned_free(s->vectors);
    sm_aligned_free(s->sums);
    sm_aligned_free(s->codes);
    sm_aligned_free(s->wide);
    sm_aligned_free(s->before);
    sm_aligned_free(s->candidates);
    sm_aligned_free(s->distinct);
    sm_aligned_free(s->seen);
    sm_aligned_free(s->places);
    sm_aligned_free(s->dots);
    sm_aligned_free(s->cosines);
    sm_aligned_free(s->term_scales);
    sm_aligned_free(s->best);
    sm_aligned_free(s->title_terms);
    sm_aligned_free(s->features);
    sm_aligned_free(s->order);
    sm_free(s);
}

sm_status sm_rank_scratch_borrow(sm_lending *list, sm_rank_scratch **out)
{
    sm_lent *lent;
    SM_RETURN_IF_ERROR(sm_lending_borrow(list, sizeof **out, &lent));
    *out = (sm_rank_scratch *)lent;
    return SIAMESE_OK;
}

void sm_rank_scratch_return(sm_lending *list, sm_rank_scratch *scratch)
{
    if (scratch) sm_lending_give(list, &scratch->lent);
}

sm_status sm_rank_room(void *array, size_t *capacity, size_t wanted,
                       size_t size)
{
    void *grown, *old;
    if (wanted <= *capacity) return SIAMESE_OK;
    memcpy(&old, array, sizeof old);
    grown = sm_aligned_calloc(sm_roomy(wanted), size);
    if (grown == NULL) return sm_fail_memory();
    sm_aligned_free(old);
    memcpy(array, &grown, sizeof grown);
    *capacity = sm_roomy(wanted);
    return SIAMESE_OK;
}
