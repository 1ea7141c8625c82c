/* row_vectors.h: from the vectors of a tower's distinct rows to those of a
 * batch's pairs, which the loss is computed from: copies. row_gradients.h is
 * the way back. */
#ifndef SM_ROW_VECTORS_H
#define SM_ROW_VECTORS_H

#include "common/pool.h"

/* vectors[i] = distinct[map[i]], i < count, of dim numbers each. */
sm_status sm_row_vectors_copy(sm_pool *pool, const float *distinct,
                              const uint32_t *map, size_t count, size_t dim,
                              float *vectors);

#endif
