/* item_groups.c: ids of rows in, which rows are one item out. For ranks. */
#include "metrics/item_groups.h"

#include <stdbool.h>
#include <stdlib.h>

#include "common/assert.h"
#include "common/memory.h"

void sm_item_groups_free(sm_item_groups *groups)
{
    sm_free(groups->sorted);
    sm_free(groups->columns);
    *groups = (sm_item_groups){0};
}

static int by_id_and_row(const void *a, const void *b)
{
    const sm_item_row *const x = a, *const y = b;
    if (x->id != y->id) return x->id < y->id ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static int by_row(const void *a, const void *b)
{
    size_t const x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* Rows of one id from sorted[at] on. */
static size_t length_at(const sm_item_groups *groups, size_t at)
{
    size_t end = at + 1;
    while (end < groups->count &&
           groups->sorted[end].id == groups->sorted[at].id)
        end++;
    return end - at;
}

static void order_columns(sm_item_groups *groups)
{
    size_t shared = 0;
    for (size_t at = 0, n; at < groups->count; at += n) {
        n = length_at(groups, at);
        if (n == 1) groups->columns[groups->alone++] = groups->sorted[at].row;
    }
    for (size_t at = 0, n; at < groups->count; at += n) {
        n = length_at(groups, at);
        for (size_t i = at; n > 1 && i < at + n; i++)
            groups->columns[groups->alone + shared++] = groups->sorted[i].row;
    }
    qsort(groups->columns, groups->alone, sizeof *groups->columns, by_row);
}

sm_status sm_item_groups_create(sm_item_groups *out, const int64_t *ids,
                                size_t count)
{
    sm_status status = SIAMESE_OK;
    sm_item_groups made = {.count = count};
    bool sorted = true;
    made.sorted = sm_alloc_array(count, sizeof *made.sorted);
    SM_CHECK_MEMORY(made.sorted);
    made.columns = sm_alloc_array(count, sizeof *made.columns);
    SM_CHECK_MEMORY(made.columns);
    for (size_t i = 0; i < count; i++) {
        made.sorted[i] = (sm_item_row){ids ? ids[i] : (int64_t)i, i};
        sorted &= i == 0 || made.sorted[i - 1].id <= made.sorted[i].id;
    }
    if (!sorted) qsort(made.sorted, count, sizeof *made.sorted, by_id_and_row);
    for (size_t i = 1; i < count; i++)
        sm_assert(by_id_and_row(&made.sorted[i - 1], &made.sorted[i]) < 0);
    order_columns(&made);
    *out = made;
    made = (sm_item_groups){0};
out:
    sm_item_groups_free(&made);
    return status;
}

void sm_item_groups_find(const sm_item_groups *groups, int64_t id,
                         size_t *first, size_t *count)
{
    size_t low = 0, high = groups->count;
    while (low < high) {
        size_t const middle = low + (high - low) / 2;
        if (groups->sorted[middle].id < id)
            low = middle + 1;
        else
            high = middle;
    }
    *first = low;
    *count = low < groups->count && groups->sorted[low].id == id
                 ? length_at(groups, low)
                 : 0;
}
