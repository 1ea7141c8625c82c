/*
 * items_change.h: one change of items in two steps, so that an index may change
 * at the same moment: a stage does all that can fail and shows nothing, a
 * commit cannot fail.
 */
#ifndef SM_ITEMS_CHANGE_H
#define SM_ITEMS_CHANGE_H

#include "items/item_rows.h"

typedef struct sm_items_change {
    siamese_items *items;
    int64_t first; /* the new rows: first .. first + count - 1 */
    size_t count;
    int64_t *removed; /* [removed_count] rows that go, in ascending order */
    size_t removed_count;

    size_t chunk_count;        /* that the table has, with those written */
    size_t chunks_wanted;      /* that it will have */
    size_t blocks;             /* that were made for them */
    sm_item_table *table;      /* to be the items' own; NULL: theirs stays */
    sm_item_chunk *tail;       /* that new rows were written into, */
    const sm_item_bytes *last; /* and what it had before */
    uint64_t *hashes;          /* [count] of the new rows' ids */
} sm_items_change;

/*
 * Both hold other changes up until sm_items_commit or sm_items_abandon, which
 * must follow a success, and only that. Readers go on.
 *   replaces  rows of ids that are there go; else such an id is an error
 */
sm_status sm_items_stage(sm_items_change *change, siamese_items *items,
                         sm_item_rows *rows, int replaces);
sm_status sm_items_stage_removal(sm_items_change *change, siamese_items *items,
                                 const int64_t *ids,
                                 const siamese_text *text_ids, size_t count);

void sm_items_commit(sm_items_change *change);
void sm_items_abandon(sm_items_change *change);

#endif
