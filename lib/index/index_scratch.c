/* index_scratch.c: a size in, memory lent to a thread out, and taken back. For
 * searches. */
#include "index/index_scratch.h"

#include "common/memory.h"

enum { BYTES_TO_KEEP = 1 << 22 }; /* a larger one is let go */

static void discard(sm_scratch *scratch)
{
    if (scratch == NULL) return;
    sm_aligned_free(scratch->memory);
    sm_free(scratch);
}

void sm_scratch_list_init(sm_scratch_list *list)
{
    pthread_mutex_init(&list->lock, NULL);
    list->first = NULL;
}

void sm_scratch_list_destroy(sm_scratch_list *list)
{
    while (list->first) {
        sm_scratch *const scratch = list->first;
        list->first = scratch->next;
        discard(scratch);
    }
    pthread_mutex_destroy(&list->lock);
}

static sm_scratch *pop(sm_scratch_list *list)
{
    pthread_mutex_lock(&list->lock);
    sm_scratch *const scratch = list->first;
    if (scratch) list->first = scratch->next;
    pthread_mutex_unlock(&list->lock);
    return scratch;
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
        discard(scratch);
        return status;
    }
    *out = scratch;
    return SIAMESE_OK;
}

/* When there is none, two are made: a second thread that searches beside the
 * first for the first time finds one. */
sm_status sm_scratch_take(sm_scratch_list *list, size_t bytes, sm_scratch **out)
{
    sm_status status = SIAMESE_OK;
    sm_scratch *spare, *scratch = pop(list);
    if (scratch == NULL) {
        SM_TRY(make(&scratch, bytes));
        SM_TRY(make(&spare, bytes));
        sm_scratch_give(list, spare);
    }
    SM_TRY(make_room(scratch, bytes));
    *out = scratch;
    scratch = NULL;
out:
    discard(scratch);
    return status;
}

void sm_scratch_give(sm_scratch_list *list, sm_scratch *scratch)
{
    if (scratch->size > BYTES_TO_KEEP) {
        discard(scratch);
        return;
    }
    pthread_mutex_lock(&list->lock);
    scratch->next = list->first;
    list->first = scratch;
    pthread_mutex_unlock(&list->lock);
}
