/* rank_scratch.c: memory lent to a thread that ranks, and taken back. For the
 * stages behind the scan. */
#include "search/rank_scratch.h"

#include <pthread.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"

struct sm_rank_scratches {
    pthread_mutex_t lock;
    sm_rank_scratch *first; /* of those that nobody has */
};

sm_status sm_rank_scratches_create(sm_rank_scratches **out)
{
    sm_rank_scratches *const list = sm_calloc(1, sizeof *list);
    if (list == NULL) return sm_fail_memory();
    pthread_mutex_init(&list->lock, NULL);
    *out = list;
    return SIAMESE_OK;
}

static void discard(sm_rank_scratch *s)
{
    sm_free(s->bytes);
    sm_aligned_free(s->vectors);
    sm_aligned_free(s->sums);
    sm_aligned_free(s->codes);
    sm_aligned_free(s->wide);
    sm_aligned_free(s->candidates);
    sm_aligned_free(s->distinct);
    sm_aligned_free(s->seen);
    sm_aligned_free(s->dots);
    sm_aligned_free(s->best);
    sm_aligned_free(s->reverse);
    sm_aligned_free(s->reverse_word);
    sm_aligned_free(s->ranked);
    sm_free(s);
}

void sm_rank_scratches_free(sm_rank_scratches *list)
{
    if (list == NULL) return;
    while (list->first) {
        sm_rank_scratch *const scratch = list->first;
        list->first = scratch->next;
        discard(scratch);
    }
    pthread_mutex_destroy(&list->lock);
    sm_free(list);
}

sm_status sm_rank_scratch_borrow(sm_rank_scratches *list, sm_rank_scratch **out)
{
    pthread_mutex_lock(&list->lock);
    sm_rank_scratch *scratch = list->first;
    if (scratch) list->first = scratch->next;
    pthread_mutex_unlock(&list->lock);
    if (scratch == NULL) scratch = sm_calloc(1, sizeof *scratch);
    if (scratch == NULL) return sm_fail_memory();
    *out = scratch;
    return SIAMESE_OK;
}

void sm_rank_scratch_return(sm_rank_scratches *list, sm_rank_scratch *scratch)
{
    if (scratch == NULL) return;
    pthread_mutex_lock(&list->lock);
    scratch->next = list->first;
    list->first = scratch;
    pthread_mutex_unlock(&list->lock);
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
