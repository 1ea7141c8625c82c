/* ragged.h: rows of ids of different lengths, one behind the other, cut at the
 * length that an encoder takes. */
#ifndef SM_RAGGED_H
#define SM_RAGGED_H

#include <stdint.h>

#include "common/size.h"

/* Row r: ids[offsets[r]] .. ids[offsets[r + 1] - 1], of them the first
 * length. */
typedef struct sm_ragged {
    const int32_t *ids;
    const size_t *offsets;
    size_t length;
} sm_ragged;

static inline size_t sm_ragged_length(const sm_ragged *rows, size_t row)
{
    return sm_min(rows->offsets[row + 1] - rows->offsets[row], rows->length);
}

#endif
