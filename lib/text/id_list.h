/* id_list.h: token ids of one text or many, one behind the other, in memory
 * that grows and stays. */
#ifndef SM_ID_LIST_H
#define SM_ID_LIST_H

#include <stdbool.h>

#include "common/status.h"

/* All zero is empty. */
typedef struct sm_id_list {
    int32_t *ids; /* [capacity], the first count are set */
    size_t count, capacity;
    bool marks_runs; /* asked for: hashed ids are those of common/marked_id.h,
                      * in any order, and those of a word are a run */
} sm_id_list;

void sm_id_list_free(sm_id_list *list);

/* Room for so many more ids behind the first count. */
sm_status sm_id_list_reserve(sm_id_list *list, size_t more);

#endif
