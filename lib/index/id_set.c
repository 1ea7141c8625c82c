/* id_set.c: ids in, whether an id was among them out. For id_filter and for
 * hits without repetition. */
#include "index/id_set.h"

#include <string.h>

#include "common/memory.h"
#include "common/size.h"

enum { SMALLEST = 16 };

sm_status sm_id_set_create(sm_id_set *set, size_t most)
{
    size_t wanted, slots = SMALLEST;
    if (!sm_size_multiply(most, 2, &wanted)) return sm_fail_memory();
    while (slots < wanted)
        if (!sm_size_multiply(slots, 2, &slots)) return sm_fail_memory();
    set->slots = sm_alloc_array(slots, sizeof *set->slots);
    if (set->slots == NULL) return sm_fail_memory();
    memset(set->slots, 0xff, slots * sizeof *set->slots);
    set->mask = slots - 1;
    return SIAMESE_OK;
}

void sm_id_set_clear(sm_id_set *set)
{
    sm_free(set->slots);
    set->slots = NULL;
}
