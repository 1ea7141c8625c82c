/* lending.c: objects given back in, the same out to the next who asks. For the
 * scratch memory of vocabularies, towers, indexes and rankers. */
#include "common/lending.h"

#include "common/memory.h"

void sm_lending_init(sm_lending *list)
{
    pthread_mutex_init(&list->lock, NULL);
    list->first = NULL;
}

void sm_lending_destroy(sm_lending *list, void (*discard)(sm_lent *lent))
{
    while (list->first) {
        sm_lent *const lent = list->first;
        list->first = lent->next;
        discard(lent);
    }
    pthread_mutex_destroy(&list->lock);
}

sm_lent *sm_lending_take(sm_lending *list)
{
    pthread_mutex_lock(&list->lock);
    sm_lent *const lent = list->first;
    if (lent) list->first = lent->next;
    pthread_mutex_unlock(&list->lock);
    return lent;
}

void sm_lending_give(sm_lending *list, sm_lent *lent)
{
    pthread_mutex_lock(&list->lock);
    lent->next = list->first;
    list->first = lent;
    pthread_mutex_unlock(&list->lock);
}

/* ---- on the heap ---- */

sm_status sm_lending_create(sm_lending **out)
{
    sm_lending *const list = sm_calloc(1, sizeof *list);
    if (list == NULL) return sm_fail_memory();
    sm_lending_init(list);
    *out = list;
    return SIAMESE_OK;
}

void sm_lending_free(sm_lending *list, void (*discard)(sm_lent *lent))
{
    if (list == NULL) return;
    sm_lending_destroy(list, discard);
    sm_free(list);
}

sm_status sm_lending_borrow(sm_lending *list, size_t size, sm_lent **out)
{
    sm_lent *lent = sm_lending_take(list);
    if (lent == NULL) lent = sm_calloc(1, size);
    if (lent == NULL) return sm_fail_memory();
    *out = lent;
    return SIAMESE_OK;
}
