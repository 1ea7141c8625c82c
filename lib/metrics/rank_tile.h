/* rank_tile.h: one tile of items against a query: how many ids stand before
 * each of its judged items. */
#ifndef SM_RANK_TILE_H
#define SM_RANK_TILE_H

#include <stdbool.h>

#include "math/kernels.h"
#include "metrics/item_groups.h"
#include "metrics/judgements.h"

enum { SM_RANK_TILE = 1024 };

/* The best row so far of an id that may go on in the next tile. */
typedef struct sm_rank_best {
    float score;
    size_t row;
} sm_rank_best;

/* Columns first .. first + count - 1 of groups, all on one side of `alone`. */
typedef struct sm_rank_tile {
    const sm_item_groups *groups;
    const int64_t *ids; /* of the items; NULL: the row is the id */
    size_t first, count;
    bool expects_ties;
} sm_rank_tile;

/*
 * Adds the ids that stand before it to the rank of each judgement of
 * list[count] that is found, until that reaches limit: those of greater scores
 * and, of equal ones, of lower rows. Where ties are expected, equal ones go to
 * `tied`. scores[tile->count]: of one query. carry: of the query, between its
 * tiles. best: [SM_RANK_TILE], overwritten.
 */
void sm_rank_tile_count(const sm_kernels *kernels, const sm_rank_tile *tile,
                        const float *scores, sm_rank_best *carry,
                        sm_rank_best *best, uint64_t limit, sm_judgement *list,
                        size_t count);

/*
 * The same of one score, that of a column of a tile on the side of `alone`;
 * gives the number that another must be above to matter, as sm_rank_above.
 */
float sm_rank_one(const sm_rank_tile *tile, size_t column, float score,
                  uint64_t limit, sm_judgement *list, size_t count);

/* What does not score more changes no rank of the judgements: infinity, if all
 * are done. */
float sm_rank_above(const sm_judgement *list, size_t count, uint64_t limit);

#endif
