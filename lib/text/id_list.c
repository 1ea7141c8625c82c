/* id_list.c: ids in, a growing list of them out. For whatever reads texts one
 * behind the other. */
#include "text/id_list.h"

#include "common/memory.h"
#include "common/size.h"

void sm_id_list_free(sm_id_list *list)
{
    sm_free(list->ids);
    *list = (sm_id_list){0};
}

sm_status sm_id_list_reserve(sm_id_list *list, size_t more)
{
    size_t wanted;
    if (!sm_size_add(list->count, more, &wanted)) return sm_fail_memory();
    if (wanted <= list->capacity && list->ids) return SIAMESE_OK;
    int32_t *const grown =
        sm_grow(list->ids, &list->capacity, wanted, sizeof *list->ids);
    if (grown == NULL) return sm_fail_memory();
    list->ids = grown;
    return SIAMESE_OK;
}
