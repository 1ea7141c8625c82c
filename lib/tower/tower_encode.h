/* tower_encode.h: rows to vectors, without training, for the floors below. */
#ifndef SM_TOWER_ENCODE_H
#define SM_TOWER_ENCODE_H

#include "tower/tower.h"

/*
 * Vectors of count rows into out[count][dim], on this pool; what
 * siamese_tower_encode does on the tower's own.
 */
sm_status sm_tower_encode_rows(const siamese_tower *tower, sm_pool *pool,
                               const siamese_text *rows, size_t count,
                               float *out);

#endif
