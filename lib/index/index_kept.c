/* index_kept.c: vectors and what their scores lie between in, those that may be
 * among the k best out. For index_left.
 *
 * k different vectors whose scores are above a number leave no place for one
 * whose score is not.
 */
#include "index/index_kept.h"

#include <float.h>
#include <math.h>

#include "index/index_threshold.h"

/* Of four, one is left by lower bounds. */
static size_t capacity_for(size_t wanted)
{
    return 4 * wanted + 16;
}

sm_kept *sm_kept_lay_out(sm_arena *arena, size_t count, size_t wanted)
{
    size_t const capacity = capacity_for(wanted);
    sm_kept *const kept = sm_arena_array(arena, count, sizeof *kept);
    float *const lowers =
        sm_arena_array(arena, count * capacity, sizeof *lowers);
    sm_kept_row *const rows =
        sm_arena_array(arena, count * capacity, sizeof *rows);
    for (size_t i = 0; i < count && kept; i++)
        kept[i] = (sm_kept){.wanted = wanted,
                            .due = wanted,
                            .lowers = lowers + i * capacity,
                            .rows = rows + i * capacity};
    return kept;
}

void sm_kept_restart(sm_kept *kept)
{
    kept->known = kept->count = 0;
    kept->due = kept->wanted;
}

/* As far as leaves up to `most` lowers. */
static void narrow(sm_kept *kept, const sm_kernels *kernels, sm_hits *hits,
                   size_t most)
{
    size_t some = 0;
    if (kept->known < kept->wanted) return;
    float const above =
        sm_threshold(kernels, kept->known, kept->lowers, kept->wanted, most);
    sm_hits_raise(hits, above);
    /* of equal ones as many as are wanted will do */
    for (size_t i = 0; i < kept->known && some < most; i++) {
        kept->lowers[some] = kept->lowers[i];
        some += kept->lowers[i] > above;
    }
    kept->known = some;
    kept->due = some + kept->wanted / 8 + 1;
}

float sm_kept_settle(sm_kept *kept, const sm_kernels *kernels, sm_hits *hits)
{
    size_t const wanted = kept->wanted;
    size_t some = 0;
    narrow(kept, kernels, hits, wanted);
    for (size_t i = 0; i < kept->count; i++) {
        kept->lowers[some] = kept->rows[i].upper;
        some += kept->rows[i].upper > hits->above;
    }
    kept->known = 0; /* they are uppers now */
    if (some <= wanted) return hits->above;
    return sm_threshold(kernels, some, kept->lowers, wanted,
                        wanted + wanted / 8);
}

bool sm_kept_is_full(sm_kept *kept, const sm_kernels *kernels, sm_hits *hits)
{
    size_t const capacity = capacity_for(kept->wanted);
    size_t some = 0;
    if (kept->count < capacity) return false;
    narrow(kept, kernels, hits, kept->wanted);
    for (size_t i = 0; i < kept->count; i++) {
        kept->rows[some] = kept->rows[i];
        some += kept->rows[i].upper > hits->above;
    }
    kept->count = some;
    return some > capacity - capacity / 8;
}

void sm_kept_add(sm_kept *kept, const sm_kernels *kernels, sm_hits *hits,
                 const sm_kept_row *row, float lower)
{
    kept->rows[kept->count++] = *row;
    if (!(lower > fmaxf(hits->above, -FLT_MAX))) return;
    kept->lowers[kept->known++] = lower;
    if (kept->known == kept->due)
        narrow(kept, kernels, hits, kept->wanted + kept->wanted / 8);
}
