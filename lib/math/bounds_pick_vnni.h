/* bounds_pick_vnni.h: the kernel of bounds_pick_vnni_avx512.c, for the table of
 * bounds_vnni_avx512.c. */
#ifndef SM_BOUNDS_PICK_VNNI_H
#define SM_BOUNDS_PICK_VNNI_H

#include "math/bounds.h"

void sm_bound_pick_vnni(size_t m, size_t n, size_t dim,
                        const sm_bound_query *const *queries,
                        const sm_bound_full *blocks, const uint16_t *passing,
                        const sm_bound_full *next, sm_bound_pick *picks,
                        uint8_t *room);

#endif
