/* eval_found.c: blocks of results in, what each query found and missed out. For
 * the reports of eval and train. */
#include "eval/eval_found.h"

#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"

void eval_found_begin(eval_found *f, const cli_judgements *j, double relevant,
                      size_t depth)
{
    size_t const first = j->qids.count * EVAL_FOUND_FIRST;

    *f = (eval_found){.judgements = j, .relevant = relevant, .depth = depth};
    f->ids = cli_alloc(first, sizeof *f->ids);
    f->scores = cli_alloc(first, sizeof *f->scores);
    f->counts = cli_alloc(j->qids.count, sizeof *f->counts);
    f->ranks = cli_alloc(j->count, sizeof *f->ranks);
}

void eval_found_free(eval_found *f)
{
    free(f->ids);
    free(f->scores);
    free(f->counts);
    free(f->ranks);
    free(f->relevant_scores);
    free(f->other_scores);
    memset(f, 0, sizeof *f);
}

/* Where the judgement of an item stands in the list, or SIZE_MAX: a query's are
 * in the order of their items. */
static size_t judgement_of(const cli_judgements *j, size_t query, int64_t item)
{
    size_t low = j->offsets[query], high = j->offsets[query + 1];

    while (low < high) {
        size_t const middle = low + (high - low) / 2;
        if (j->list[middle].item < item)
            low = middle + 1;
        else
            high = middle;
    }
    return low < j->offsets[query + 1] && j->list[low].item == item ? low
                                                                    : SIZE_MAX;
}

static void take_score(eval_found *f, int is_relevant, double score)
{
    if (is_relevant) {
        f->relevant_scores =
            cli_grow(f->relevant_scores, f->relevant_count,
                     &f->relevant_capacity, sizeof *f->relevant_scores);
        f->relevant_scores[f->relevant_count++] = score;
    } else {
        f->other_scores = cli_grow(f->other_scores, f->other_count,
                                   &f->other_capacity, sizeof *f->other_scores);
        f->other_scores[f->other_count++] = score;
    }
}

static void take_query(eval_found *f, const eval_block *block, size_t q)
{
    const cli_judgements *const j = f->judgements;
    const int64_t *const ids = block->ids + q * block->width;
    const double *const scores = block->scores + q * block->width;
    size_t const query = block->first + q;
    size_t const count =
        block->found[q] < f->depth ? block->found[q] : f->depth;

    for (size_t i = 0; i < count; i++) {
        size_t const at = judgement_of(j, query, ids[i]);
        if (at != SIZE_MAX) f->ranks[at] = (uint32_t)(i + 1);
        take_score(f, at != SIZE_MAX && j->list[at].grade >= f->relevant,
                   scores[i]);
        if (i >= EVAL_FOUND_FIRST) continue;
        f->ids[query * EVAL_FOUND_FIRST + i] = (uint32_t)ids[i];
        f->scores[query * EVAL_FOUND_FIRST + i] = scores[i];
        f->counts[query] = i + 1;
    }
}

void eval_found_add(eval_found *f, const eval_block *block)
{
    for (size_t q = 0; q < block->count; q++) take_query(f, block, q);
}

size_t eval_found_relevant(const eval_found *f, size_t query, size_t *missed)
{
    const cli_judgements *const j = f->judgements;
    size_t count = 0;

    *missed = 0;
    for (size_t i = j->offsets[query]; i < j->offsets[query + 1]; i++) {
        if (j->list[i].grade < f->relevant) continue;
        count++;
        *missed += f->ranks[i] == 0;
    }
    return count;
}

size_t eval_found_rank(const eval_found *f, size_t query)
{
    const cli_judgements *const j = f->judgements;
    size_t best = 0;

    for (size_t i = j->offsets[query]; i < j->offsets[query + 1]; i++)
        if (j->list[i].grade >= f->relevant && f->ranks[i] > 0 &&
            (best == 0 || f->ranks[i] < best))
            best = f->ranks[i];
    return best;
}

/* ------------------------------------------------------------------------- */
/* The worst                                                                 */
/* ------------------------------------------------------------------------- */

typedef struct place {
    size_t query, rank, missed;
} place;

/* No rank is the lowest one. */
static int lowest_first(const void *a, const void *b)
{
    const place *const x = a, *const y = b;
    size_t const rank = x->rank - 1, other = y->rank - 1;

    if (rank != other) return rank > other ? -1 : 1;
    if (x->missed != y->missed) return x->missed > y->missed ? -1 : 1;
    return x->query < y->query ? -1 : 1;
}

size_t eval_found_worst(const eval_found *f, size_t *queries, size_t most)
{
    size_t const all = f->judgements->qids.count;
    place *const places = cli_alloc(all, sizeof *places);
    size_t n = 0;

    for (size_t q = 0; q < all; q++) {
        size_t missed;
        size_t const rank = eval_found_rank(f, q);
        if (eval_found_relevant(f, q, &missed) == 0 || rank == 1) continue;
        places[n++] = (place){q, rank, missed};
    }
    qsort(places, n, sizeof *places, lowest_first);
    if (n > most) n = most;
    for (size_t i = 0; i < n; i++) queries[i] = places[i].query;
    free(places);
    return n;
}

json_t *eval_found_json(const eval_found *f)
{
    json_int_t at[5] = {0};
    size_t missed;

    for (size_t q = 0; q < f->judgements->qids.count; q++) {
        size_t const rank = eval_found_rank(f, q);
        if (eval_found_relevant(f, q, &missed) == 0) continue;
        at[rank == 0    ? 4
           : rank == 1  ? 0
           : rank <= 3  ? 1
           : rank <= 10 ? 2
                        : 3]++;
    }
    return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I}", "1", at[0], "2-3", at[1],
                     "4-10", at[2], "after_10", at[3], "not_found", at[4],
                     "depth", (json_int_t)f->depth);
}
