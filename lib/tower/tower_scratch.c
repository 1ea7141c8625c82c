#include "tower/tower_scratch.h"

#include <pthread.h>

#include "common/memory.h"

struct sm_tower_scratch_list {
    pthread_mutex_t mutex;
    sm_tower_scratch *first;
};

static void free_scratch(sm_tower_scratch *scratch)
{
    sm_encoder_scratch_free(scratch->encoder);
    sm_id_list_free(&scratch->ids);
    sm_head_scratch_free(&scratch->head);
    sm_free(scratch);
}

sm_status sm_tower_scratch_list_create(sm_tower_scratch_list **out)
{
    sm_tower_scratch_list *const list = sm_calloc(1, sizeof *list);
    if (list == NULL) return sm_fail_memory();
    pthread_mutex_init(&list->mutex, NULL);
    *out = list;
    return SIAMESE_OK;
}

void sm_tower_scratch_list_free(sm_tower_scratch_list *list)
{
    if (list == NULL) return;
    while (list->first) {
        sm_tower_scratch *const scratch = list->first;
        list->first = scratch->next;
        free_scratch(scratch);
    }
    pthread_mutex_destroy(&list->mutex);
    sm_free(list);
}

sm_status sm_tower_scratch_borrow(sm_tower_scratch_list *list,
                                  const sm_encoder *encoder,
                                  sm_tower_scratch **out)
{
    pthread_mutex_lock(&list->mutex);
    sm_tower_scratch *scratch = list->first;
    if (scratch) list->first = scratch->next;
    pthread_mutex_unlock(&list->mutex);
    if (scratch == NULL) scratch = sm_calloc(1, sizeof *scratch);
    if (scratch == NULL) return sm_fail_memory();
    if (scratch->encoder == NULL) {
        sm_status const status =
            encoder->type->scratch_create(&scratch->encoder);
        if (status != SIAMESE_OK) {
            sm_tower_scratch_return(list, scratch);
            return status;
        }
    }
    *out = scratch;
    return SIAMESE_OK;
}

void sm_tower_scratch_return(sm_tower_scratch_list *list,
                             sm_tower_scratch *scratch)
{
    pthread_mutex_lock(&list->mutex);
    scratch->next = list->first;
    list->first = scratch;
    pthread_mutex_unlock(&list->mutex);
}
