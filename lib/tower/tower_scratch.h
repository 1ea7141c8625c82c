/* tower_scratch.h: scratch memory for encoding, lent to one thread at a time
 * and kept from call to call. */
#ifndef SM_TOWER_SCRATCH_H
#define SM_TOWER_SCRATCH_H

#include "common/lending.h"
#include "nn/encoder.h"
#include "text/id_list.h"
#include "tower/tower_head.h"

/* Most rows of one task of an encode: it bounds the scratch. */
enum { SM_ENCODE_ROWS = 512 };

typedef struct sm_tower_scratch {
    sm_lent lent;
    sm_id_list ids;
    size_t offsets[SM_ENCODE_ROWS + 1];
    sm_encoder_scratch **encoders; /* of the fields; made when asked for */
    size_t encoder_count;
    float *vectors; /* of one field [SM_ENCODE_ROWS][vectors_width] */
    size_t vectors_width;
    sm_head_scratch head;
} sm_tower_scratch;

/* For sm_lending_free. */
void sm_tower_scratch_discard(sm_lent *lent);

/* Lends one. Any thread; a list serves one tower. */
sm_status sm_tower_scratch_borrow(sm_lending *list, sm_tower_scratch **out);
void sm_tower_scratch_return(sm_lending *list, sm_tower_scratch *scratch);

/* The scratch of field f's encoder, and room for the vectors of a field. */
sm_status sm_tower_scratch_encoder(sm_tower_scratch *scratch, size_t f,
                                   const sm_encoder *encoder,
                                   sm_encoder_scratch **out);
sm_status sm_tower_scratch_vectors(sm_tower_scratch *scratch, size_t width);

#endif
