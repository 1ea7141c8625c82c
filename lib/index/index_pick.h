/* index_pick.h: scanning rows for so many queries that products are what takes
 * time, where the processor has fast ones of bytes. */
#ifndef SM_INDEX_PICK_H
#define SM_INDEX_PICK_H

#include "index/id_filter.h"
#include "index/index_left.h"

enum {
    SM_PICK_QUERIES = 128,
    SM_PICK_BLOCKS = 16, /* that are scanned at once */
};

typedef struct sm_picker {
    const sm_bound_kernels *bounds;  /* that can pick, or nothing is called */
    const siamese_id_filter *filter; /* NULL: every vector */
    sm_bound_pick picks[SM_PICK_QUERIES];
    uint16_t passing[SM_PICK_BLOCKS];
    uint8_t *room; /* of the kernels */
} sm_picker;

void sm_picker_lay_out(sm_picker *picker, sm_arena *arena, size_t queries,
                       size_t dim);

/* Whether this takes less time for so many queries than bounds of half of the
 * codes and what they leave. */
bool sm_picker_pays(const sm_picker *picker, size_t queries);

/* Hands over to `left` all rows whose upper bound is above what their query
 * has; `next` is read afterwards. */
sm_status sm_picker_scan(sm_picker *picker, sm_left *left, size_t count,
                         const sm_bounded_query *queries,
                         const sm_bound_query *const *codes,
                         const sm_bounded_rows *rows, const sm_codes *next);

#endif
