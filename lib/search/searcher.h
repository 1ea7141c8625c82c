/* searcher.h: the searcher as the floor above it sees it. */
#ifndef SM_SEARCHER_H
#define SM_SEARCHER_H

#include "common/status.h"
#include "items/item_table.h"

/* Adds a reference; siamese_searcher_free drops one. */
siamese_searcher *sm_searcher_reference(siamese_searcher *searcher);

/*
 * Encodes rows of items by the tower of items, as siamese_searcher_add does:
 * field 0 reads titles, each further field the column of its name.
 *   rows  [count] numbers of rows, all in the table
 *   out   [count][siamese_tower_dim]
 */
sm_status sm_searcher_encode_rows(const siamese_tower *tower,
                                  const sm_item_table *table,
                                  const int64_t *rows, size_t count,
                                  float *out);

#endif
