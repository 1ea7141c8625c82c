/* rank_tile.c: scores of a tile of items in, how many stand before each judged
 * one out. For ranks. */
#include "metrics/rank_tile.h"

#include <math.h>
#include <stdbool.h>

/* Columns of the tile whose rows are below `row`; the rows ascend. */
static size_t rows_below(const sm_rank_tile *tile, size_t row)
{
    const size_t *const columns = tile->groups->columns + tile->first;
    size_t low = 0, high = tile->count;
    while (low < high) {
        size_t const middle = low + (high - low) / 2;
        if (columns[middle] < row)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Equal scores stand before it in lower rows only, or are a tie with it. */
static void count_alone(const sm_kernels *kernels, const sm_rank_tile *tile,
                        const float *scores, sm_judgement *j)
{
    float const just_less = nextafterf(j->score, -INFINITY);
    if (tile->expects_ties) {
        size_t const greater =
            kernels->count_greater(tile->count, scores, j->score);
        j->rank += greater;
        j->tied +=
            kernels->count_greater(tile->count, scores, just_less) - greater;
        return;
    }
    size_t const below = rows_below(tile, j->row);
    j->rank +=
        kernels->count_greater(below, scores, just_less) +
        kernels->count_greater(tile->count - below, scores + below, j->score);
}

static int64_t id_at(const sm_rank_tile *tile, size_t column)
{
    size_t const row = tile->groups->columns[column];
    return tile->ids ? tile->ids[row] : (int64_t)row;
}

/*
 * The best row of each id into best[], the lowest of equal ones; gives how
 * many. An id that goes on behind the tile is left to the next one, in carry.
 */
static size_t best_rows(const sm_rank_tile *tile, const float *scores,
                        sm_rank_best *carry, sm_rank_best *best)
{
    const sm_item_groups *const groups = tile->groups;
    size_t n = 0;
    for (size_t i = 0; i < tile->count; i++) {
        size_t const column = tile->first + i;
        size_t const row = groups->columns[column];
        int64_t const id = id_at(tile, column);
        if (column == groups->alone || id_at(tile, column - 1) != id)
            *carry = (sm_rank_best){-INFINITY, row};
        if (scores[i] > carry->score) *carry = (sm_rank_best){scores[i], row};
        if (column + 1 == groups->count || id_at(tile, column + 1) != id)
            best[n++] = *carry;
    }
    return n;
}

static void count_best(const sm_rank_best *best, size_t n, bool expects_ties,
                       sm_judgement *j)
{
    for (size_t i = 0; i < n; i++) {
        bool const equal = best[i].score == j->score;
        j->rank += best[i].score > j->score ||
                   (equal && !expects_ties && best[i].row < j->row);
        j->tied += (uint64_t)(equal && expects_ties);
    }
}

void sm_rank_tile_count(const sm_kernels *kernels, const sm_rank_tile *tile,
                        const float *scores, sm_rank_best *carry,
                        sm_rank_best *best, uint64_t limit, sm_judgement *list,
                        size_t count)
{
    bool const alone = tile->first < tile->groups->alone;
    size_t const n = alone ? 0 : best_rows(tile, scores, carry, best);
    for (size_t i = 0; i < count; i++) {
        if (!list[i].found || list[i].rank >= limit) continue;
        if (alone)
            count_alone(kernels, tile, scores, &list[i]);
        else
            count_best(best, n, tile->expects_ties, &list[i]);
    }
}

float sm_rank_above(const sm_judgement *list, size_t count, uint64_t limit)
{
    float least = INFINITY;
    for (size_t i = 0; i < count; i++)
        if (list[i].found && list[i].rank < limit)
            least = fminf(least, list[i].score);
    return nextafterf(least, -INFINITY);
}

/* A row's number decides where equal ones are in order. */
float sm_rank_one(const sm_rank_tile *tile, size_t column, float score,
                  uint64_t limit, sm_judgement *list, size_t count)
{
    size_t const row = tile->groups->columns[tile->first + column];
    for (size_t i = 0; i < count; i++) {
        sm_judgement *const j = &list[i];
        if (!j->found || j->rank >= limit) continue;
        bool const equal = score == j->score;
        j->rank +=
            score > j->score || (equal && !tile->expects_ties && row < j->row);
        j->tied += (uint64_t)(equal && tile->expects_ties);
    }
    return sm_rank_above(list, count, limit);
}
