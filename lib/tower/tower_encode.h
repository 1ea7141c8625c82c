/* tower_encode.h: rows to vectors, without training, for the floors below. */
#ifndef SM_TOWER_ENCODE_H
#define SM_TOWER_ENCODE_H

#include <stdbool.h>

#include "tower/tower.h"
#include "tower/tower_ids.h"

/*
 * Vectors of count rows into out[count][dim], on this pool; what
 * siamese_tower_encode does on the tower's own.
 */
sm_status sm_tower_encode_rows(const siamese_tower *tower, sm_pool *pool,
                               const siamese_text *rows, size_t count,
                               float *out);

/* Whether the tower's rows are rows of ids of one encoder. */
bool sm_tower_reads_ids(const siamese_tower *tower);

/* Those of count rows, to be encoded when they are wanted, and again. */
sm_status sm_tower_read_ids(const siamese_tower *tower, sm_pool *pool,
                            const siamese_text *rows, size_t count,
                            sm_tower_ids *ids);

/* Vectors of rows that were read: row r is ids[offsets[r]] ..
 * ids[offsets[r + 1] - 1]. The same bits as from their texts. */
sm_status sm_tower_encode_read(const siamese_tower *tower, sm_pool *pool,
                               const int32_t *ids, const size_t *offsets,
                               size_t count, float *out);

#endif
