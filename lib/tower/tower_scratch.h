/* tower_scratch.h: scratch memory for encoding, lent to one thread at a time and
 * kept from call to call. */
#ifndef SM_TOWER_SCRATCH_H
#define SM_TOWER_SCRATCH_H

#include "nn/encoder.h"
#include "text/id_list.h"
#include "tower/tower_head.h"

/* Rows of one task of an encode: it bounds the scratch. */
enum { SM_ENCODE_ROWS = 256 };

typedef struct sm_tower_scratch {
    struct sm_tower_scratch *next;
    sm_id_list ids;
    size_t offsets[SM_ENCODE_ROWS + 1];
    sm_encoder_scratch *encoder;
    sm_head_scratch head;
} sm_tower_scratch;

typedef struct sm_tower_scratch_list sm_tower_scratch_list;

sm_status sm_tower_scratch_list_create(sm_tower_scratch_list **out);
void sm_tower_scratch_list_free(sm_tower_scratch_list *list);

/* Lends one for this encoder. Any thread; a list serves one encoder. */
sm_status sm_tower_scratch_borrow(sm_tower_scratch_list *list,
                                  const sm_encoder *encoder,
                                  sm_tower_scratch **out);
void sm_tower_scratch_return(sm_tower_scratch_list *list,
                             sm_tower_scratch *scratch);

#endif
