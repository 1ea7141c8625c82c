/* index_bounded.h: scanning lists by bounds: the codes of all vectors, then the
 * floats of those that the bounds do not exclude, the most promising first. The
 * hits are those of index_scan.h, to the last bit. */
#ifndef SM_INDEX_BOUNDED_H
#define SM_INDEX_BOUNDED_H

#include "index/index_pick.h"
#include "math/bounds.h"

enum {
    SM_BOUNDED_QUERIES = SM_PICK_QUERIES, /* at once; */
    SM_BOUNDED_HELD = 64,                 /* where the kernels cannot pick */
};

/* Blocks whose bounds are known. */
typedef struct sm_bounded_range {
    sm_bounded_rows rows;
    size_t block;      /* the first one */
    size_t begin, end; /* of the blocks that are held */
} sm_bounded_range;

enum { SM_BOUNDED_RANGES = 256 };

/* Vectors that a coarse bound left, whose codes are on their way. */
typedef struct sm_bounded_stage {
    size_t count;
    sm_bound_rows rows;
    sm_bounded_query queries[SM_BOUND_ROWS];
    sm_bounded_rows of[SM_BOUND_ROWS];
    size_t at[SM_BOUND_ROWS]; /* in these */
} sm_bounded_stage;

typedef struct sm_bounded {
    const sm_lists *lists;
    const sm_kernels *kernels;
    const sm_bound_kernels *bounds;
    const siamese_id_filter *filter; /* NULL: every vector */

    size_t count; /* queries */
    const sm_bound_query *codes[SM_BOUNDED_QUERIES];
    sm_bounded_query queries[SM_BOUNDED_QUERIES];

    size_t slots;     /* blocks times queries that can be held */
    size_t capacity;  /* blocks that can be held, of each query */
    size_t held;      /* and are */
    int32_t *dots;    /* [queries][capacity][SM_BOUND_ROWS] */
    float *tops;      /* [queries][capacity] */
    uint16_t *passed; /* [capacity]: rows of a block that the filter passes */
    uint32_t *found;  /* [capacity]: blocks to look at */
    uint8_t *room;    /* of the kernels */
    sm_bounded_stage stage;
    sm_left left;
    sm_picker picker;
    size_t ranges_held;
    sm_bounded_range ranges[SM_BOUNDED_RANGES];
} sm_bounded;

/* Memory for up to `most` queries at once. */
void sm_bounded_lay_out(sm_bounded *bounded, sm_arena *arena, size_t most,
                        size_t dim);

/*
 * Begins with queries[count]; sm_bounded_list takes lists, of which `next`
 * comes afterwards, or is itself; sm_bounded_end ends with these queries, of
 * which some vectors may still be on their way until sm_bounded_finish, which
 * scores what any queries[count] keep.
 */
void sm_bounded_begin(sm_bounded *bounded, size_t count,
                      const sm_bounded_query *queries);
sm_status sm_bounded_list(sm_bounded *bounded, size_t list, size_t next);
sm_status sm_bounded_end(sm_bounded *bounded);
sm_status sm_bounded_finish(sm_bounded *bounded, size_t count,
                            const sm_bounded_query *queries);

/* All lists, from beginning to finish. */
sm_status sm_bounded_everything(sm_bounded *bounded, size_t count,
                                const sm_bounded_query *queries);

/* The same of other vectors, whatever the filter says. */
sm_status sm_bounded_only(sm_bounded *bounded, const sm_bounded_rows *rows,
                          size_t count, const sm_bounded_query *queries);

#endif
