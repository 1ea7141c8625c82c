/* items.h: the items handle as the floors above it see it. */
#ifndef SM_ITEMS_H
#define SM_ITEMS_H

#include "items/item_table.h"

/* Adds a reference; siamese_items_free drops one. */
siamese_items *sm_items_reference(siamese_items *items);

/* The table as it is, a reference of the caller's own, and how many rows there
 * were ever; for hits, which read it for as long as they live. */
sm_item_table *sm_items_table(const siamese_items *items, int64_t *next_row);

/* The same, and the numbers of all its rows, ascending, for sm_free. */
sm_status sm_items_snapshot(const siamese_items *items, sm_item_table **table,
                            int64_t *next_row, int64_t **rows, size_t *count);

/* Puts back a table that the items had before columns were added, and no row
 * since; it takes the caller's reference. */
void sm_items_set_back(siamese_items *items, sm_item_table *table);

/* Other items with the same rows under the same numbers. */
sm_status sm_items_clone(siamese_items **out, const siamese_items *items);

/* The options that they were made with. */
const siamese_items_options *sm_items_options(const siamese_items *items);

/* All rows of some ids, to be freed by sm_free, and how many ids have none. */
sm_status sm_items_rows_of(const siamese_items *items, const int64_t *ids,
                           const siamese_text *text_ids, size_t count,
                           int64_t **rows, size_t *row_count, size_t *missing);

#endif
