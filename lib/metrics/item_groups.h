/* item_groups.h: the rows of items that have the same id, which stand for one
 * item in a ranking. */
#ifndef SM_ITEM_GROUPS_H
#define SM_ITEM_GROUPS_H

#include "common/status.h"

typedef struct sm_item_row {
    int64_t id;
    size_t row;
} sm_item_row;

/*
 * columns: the rows whose id is theirs alone, ascending; behind them the
 * others, rows of one id together and ascending.
 */
typedef struct sm_item_groups {
    size_t count;
    sm_item_row *sorted; /* [count] by id, then row */
    size_t *columns;     /* [count] */
    size_t alone;        /* columns whose id is theirs alone */
} sm_item_groups;

/* ids[count], or NULL: the row is the id. */
sm_status sm_item_groups_create(sm_item_groups *groups, const int64_t *ids,
                                size_t count);
void sm_item_groups_free(sm_item_groups *groups);

/* The rows of `id`: *count of them, sorted[*first] and on. */
void sm_item_groups_find(const sm_item_groups *groups, int64_t id,
                         size_t *first, size_t *count);

#endif
