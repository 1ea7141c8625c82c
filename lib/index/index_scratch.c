/* index_scratch.c: a size in, memory lent to a thread out, and taken back. For
 * searches. */
#include "index/index_scratch.h"

#include "common/memory.h"

enum { BYTES_TO_KEEP = 1 << 22 }; /* a larger one is let go */

void sm_scratch_discard(sm_lent *lent)
{
    sm_scratch *const scratch = (sm_scratch *)lent;
    sm_aligned_free(scratch->memory);
    sm_free(scratch);
}

/* Of at least so many bytes; what it had is lost. */
static sm_status make_room(sm_scratch *scratch, size_t bytes)
{
    if (bytes <= scratch->size) return SIAMESE_OK;
    sm_aligned_free(scratch->memory);
    scratch->size = 0;
    scratch->memory = sm_aligned_array(bytes, 1);
    if (scratch->memory == NULL) return sm_fail_memory();
    scratch->size = bytes;
    return SIAMESE_OK;
}

static sm_status make(sm_scratch **out, size_t bytes)
{
    sm_scratch *const scratch = sm_calloc(1, sizeof *scratch);
    if (scratch == NULL) return sm_fail_memory();
    sm_status const status = make_room(scratch, bytes);
    if (status != SIAMESE_OK) {
        sm_scratch_discard(&scratch->lent);
        return status;
    }
    *out = scratch;
    return SIAMESE_OK;
}

/* When there is none, two are made: a second thread that searches beside the
 * first for the first time finds one. */
sm_status sm_scratch_take(sm_lending *list, size_t bytes, sm_scratch **out)
{
    sm_status status = SIAMESE_OK;
    sm_scratch *spare, *scratch = (sm_scratch *)sm_lending_take(list);
    if (scratch == NULL) {
        SM_TRY(make(&scratch, bytes));
        SM_TRY(make(&spare, bytes));
        sm_scratch_give(list, spare);
    }
    SM_TRY(make_room(scratch, bytes));
    *out = scratch;
    scratch = NULL;
out:
    if (scratch) sm_scratch_discard(&scratch->lent);
    return status;
}

void sm_scratch_give(sm_lending *list, sm_scratch *scratch)
{
    if (scratch->size > BYTES_TO_KEEP) {
        sm_scratch_discard(&scratch->lent);
        return;
    }
    sm_lending_give(list, &scratch->lent);
}
