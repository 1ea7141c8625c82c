/*
 * index_pick.c: rows and queries in, those rows that no bound excludes out. For
 * index_bounded.
 *
 * All codes of all rows are read once for all queries, and give the fine bounds
 * at once; hits->above rises with the lower bounds of what was kept before
 * (index_kept.h).
 */
#include "index/index_pick.h"

#include "common/size.h"
#include "index/index_threshold.h"

enum {
    PIECE = SM_PICK_BLOCKS,
    STRIDE = 16,       /* pieces */
    LEAST_QUERIES = 24 /* whose products take longer than joining codes */
};

void sm_picker_lay_out(sm_picker *p, sm_arena *arena, size_t queries,
                       size_t dim)
{
    enum { ROWS = PIECE * SM_BOUND_ROWS };
    size_t const rows = sm_min(queries, SM_PICK_QUERIES) * ROWS;
    uint32_t *const at = sm_arena_array(arena, rows, sizeof *at);
    float *const uppers = sm_arena_array(arena, rows, sizeof *uppers);
    float *const lowers = sm_arena_array(arena, rows, sizeof *lowers);
    for (size_t first = 0; first < rows && at; first += ROWS)
        p->picks[first / ROWS] = (sm_bound_pick){.at = at + first,
                                                 .uppers = uppers + first,
                                                 .lowers = lowers + first};
    p->room = sm_arena_array(arena, 2 * SM_BOUND_MOST_TILE,
                             SM_BOUND_ROWS * sm_bound_coarse_size(dim));
}

bool sm_picker_pays(const sm_picker *p, size_t queries)
{
    return p->bounds->pick && queries >= LEAST_QUERIES;
}

/* One call for a piece. */
typedef struct scan {
    sm_picker *picker;
    sm_left *left;
    size_t count, dim;
    const sm_bounded_query *queries;
    const sm_bound_query *const *codes;
    const sm_bounded_rows *rows;
} scan;

/* Those that query q picked of blocks from `block` on. Of many, the lower
 * bounds tell at once which ones are not among the best of them. */
static sm_status take(const scan *s, size_t block, size_t q)
{
    sm_bound_pick *const pick = &s->picker->picks[q];
    sm_hits *const hits = s->queries[q].hits;
    const sm_kept *const kept = s->queries[q].kept;
    size_t const count = pick->count, first = block * SM_BOUND_ROWS;
    pick->count = 0;
    if (kept && count >= 2 * kept->wanted)
        sm_hits_raise(hits, sm_threshold(s->left->kernels, count, pick->lowers,
                                         kept->wanted, kept->wanted * 5 / 4));
    for (size_t i = 0; i < count; i++)
        if (pick->uppers[i] > hits->above)
            SM_RETURN_IF_ERROR(sm_left_take(s->left, &s->queries[q], s->rows,
                                            first + pick->at[i],
                                            pick->uppers[i], pick->lowers[i]));
    return SIAMESE_OK;
}

static sm_bound_full codes_from(const sm_codes *codes, size_t dim, size_t block)
{
    size_t const row = block * SM_BOUND_ROWS;
    return (sm_bound_full){codes->coarse + row * sm_bound_coarse_size(dim),
                           codes->fine + row * sm_bound_fine_size(dim),
                           codes->rests + row, codes->norms + row};
}

/* Bits of the rows that are there and pass the filter; whether any is. */
static bool pass(const scan *s, size_t block, size_t count)
{
    const siamese_id_filter *const filter = s->picker->filter;
    unsigned any = 0;
    for (size_t i = 0; i < count; i++) {
        size_t const first = (block + i) * SM_BOUND_ROWS;
        size_t const there =
            sm_min(s->rows->codes->count - first, SM_BOUND_ROWS);
        unsigned mask = (1u << there) - 1;
        for (size_t r = 0; filter && r < there; r++)
            if (!sm_id_filter_passes(filter, s->rows->ids[first + r]))
                mask &= ~(1u << r);
        s->picker->passing[i] = (uint16_t)mask;
        any |= mask;
    }
    return any != 0;
}

/* Blocks block .. block + count - 1, no more than PIECE. */
static sm_status scan_piece(const scan *s, size_t block, size_t count,
                            const sm_bound_full *next)
{
    sm_picker *const p = s->picker;
    sm_bound_full const blocks = codes_from(s->rows->codes, s->dim, block);
    if (!pass(s, block, count)) return SIAMESE_OK;
    for (size_t q = 0; q < s->count; q++)
        p->picks[q].above = s->queries[q].hits->above;
    p->bounds->pick(s->count, count, s->dim, s->codes, &blocks, p->passing,
                    next, p->picks, p->room);
    for (size_t of = 0; of < s->count; of++)
        if (p->picks[of].count) SM_RETURN_IF_ERROR(take(s, block, of));
    return SIAMESE_OK;
}

/*
 * Vectors that were added together are often alike. Each piece in STRIDE is
 * scanned first, then those in the middle between two, and so on: what is known
 * after a part is then about what the part would be of all.
 */
sm_status sm_picker_scan(sm_picker *picker, sm_left *left, size_t count,
                         const sm_bounded_query *queries,
                         const sm_bound_query *const *codes,
                         const sm_bounded_rows *rows, const sm_codes *next)
{
    size_t const dim = left->lists->centroids->dim;
    size_t const end = sm_chunks(rows->codes->count, SM_BOUND_ROWS);
    size_t const most = sm_chunks(end, PIECE) / 4;
    scan const s = {picker, left, count, dim, queries, codes, rows};
    sm_bound_full const afterwards = codes_from(next, dim, 0);
    size_t first = 0, step = 1;
    while (step < STRIDE && step < most) step *= 2;
    for (;; first = step = step / 2) {
        /* all multiples of the first step, the odd ones of the others */
        size_t const stride = (first ? 2 : 1) * step * PIECE;
        for (size_t at = first * PIECE; at < end; at += stride) {
            size_t const after = at + stride;
            sm_bound_full const then =
                after < end ? codes_from(rows->codes, dim, after) : afterwards;
            SM_RETURN_IF_ERROR(
                scan_piece(&s, at, sm_min(end - at, PIECE), &then));
        }
        if (step == 1) return SIAMESE_OK;
    }
}
