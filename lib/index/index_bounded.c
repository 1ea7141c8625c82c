/*
 * index_bounded.c: lists and queries in, each vector that a bound does not
 * exclude kept for its query, or scored and offered to its hits. For
 * index_search, index_group and index_probe.
 *
 * A score is taken if it is greater than hits->above. A vector whose upper
 * bound is not greater can therefore be passed over: its score, in floats as
 * the kernels add it up, is no greater than the bound (docs/index.md). First
 * the coarse bounds of as many vectors as can be held; then those of the best
 * blocks are scored, which lifts hits->above; then all others that the coarse
 * and the fine bound do not exclude. What is read next is asked for some
 * vectors before, whatever query it is for.
 */
#include "index/index_bounded.h"

#include <math.h>

#include "common/size.h"
#include "index/index_threshold.h"

enum {
    HELD = 32768, /* blocks and queries whose bounds are held at once */
    STAGE = SM_BOUND_ROWS, /* vectors that are asked for before they are read */
    LINE = 64,             /* bytes */
};

/* ---- memory ---- */

/* As many as there are blocks, doubling, so that a search after an add seldom
 * needs more. */
static size_t slots_for(const sm_lists *lists, size_t queries)
{
    size_t const blocks =
        lists->count / SM_BOUND_ROWS + lists->centroids->nlist;
    size_t slots = 1;
    while (slots < blocks && slots < HELD) slots *= 2;
    return sm_min(slots * queries, HELD);
}

void sm_bounded_lay_out(sm_bounded *b, sm_arena *arena, size_t most, size_t dim)
{
    size_t const slots = slots_for(b->lists, most);
    b->slots = slots;
    b->dots = sm_arena_array(arena, slots * SM_BOUND_ROWS, sizeof *b->dots);
    b->tops = sm_arena_array(arena, slots, sizeof *b->tops);
    b->passed = sm_arena_array(arena, b->filter ? slots : 0, sizeof *b->passed);
    b->found = sm_arena_array(arena, slots, sizeof *b->found);
    b->room = sm_arena_array(arena, most > 1 ? 2 * SM_BOUND_MOST_TILE : 0,
                             SM_BOUND_ROWS * sm_bound_coarse_size(dim));
    b->left.lists = b->lists;
    b->left.kernels = b->kernels;
    b->picker.bounds = b->bounds;
    b->picker.filter = b->filter;
    sm_left_lay_out(&b->left, arena);
    if (sm_picker_pays(&b->picker, most))
        sm_picker_lay_out(&b->picker, arena, most, dim);
}

void sm_bounded_begin(sm_bounded *b, size_t count,
                      const sm_bounded_query *queries)
{
    b->count = count;
    b->capacity = b->slots / count;
    b->held = 0;
    b->ranges_held = 0;
    for (size_t q = 0; q < count; q++) {
        b->queries[q] = queries[q];
        b->codes[q] = queries[q].code;
    }
}

/* ---- vectors that a bound left ---- */

static void ask(const void *memory, size_t size)
{
    for (size_t i = 0; i < size; i += LINE)
        __builtin_prefetch((const char *)memory + i);
}

static sm_status bound_stage(sm_bounded *b)
{
    sm_bounded_stage *const s = &b->stage;
    size_t const dim = b->lists->centroids->dim, count = s->count;
    float uppers[STAGE], lowers[STAGE];
    if (count == 0) return SIAMESE_OK;
    for (size_t i = 0; i < count; i++) {
        sm_bound_rest const rest = s->of[i].codes->rests[s->at[i]];
        s->rows.scales[i] = rest.scale;
        s->rows.errors[i] = rest.error;
        s->rows.norms[i] = s->of[i].codes->norms[s->at[i]];
    }
    b->bounds->fine(count, dim, &s->rows, uppers, lowers);
    s->count = 0;
    for (size_t i = 0; i < count; i++)
        if (uppers[i] > s->queries[i].hits->above)
            SM_RETURN_IF_ERROR(sm_left_take(&b->left, &s->queries[i], &s->of[i],
                                            s->at[i], uppers[i], lowers[i]));
    return SIAMESE_OK;
}

static sm_status stage_row(sm_bounded *b, const sm_bounded_query *query,
                           const sm_bounded_range *range, size_t row,
                           int32_t dot)
{
    sm_bounded_stage *const s = &b->stage;
    size_t const i = s->count++;
    size_t const size = sm_bound_fine_size(b->lists->centroids->dim);
    const uint8_t *const fine = range->rows.codes->fine + row * size;
    ask(fine, size);
    ask(range->rows.codes->rests + row, 1);
    s->queries[i] = *query;
    s->of[i] = range->rows;
    s->at[i] = row;
    s->rows.queries[i] = query->code;
    s->rows.fine[i] = fine;
    s->rows.dots[i] = dot;
    return s->count == STAGE ? bound_stage(b) : SIAMESE_OK;
}

sm_status sm_bounded_finish(sm_bounded *b, size_t count,
                            const sm_bounded_query *queries)
{
    SM_RETURN_IF_ERROR(bound_stage(b));
    for (size_t q = 0; q < count; q++)
        if (queries[q].kept)
            SM_RETURN_IF_ERROR(sm_left_score_kept(&b->left, &queries[q]));
    return sm_left_score(&b->left);
}

/* ---- blocks ---- */

/* Those of a list that stand in the block. */
static unsigned rows_of_block(const sm_codes *codes, size_t block)
{
    size_t const rows =
        sm_min(codes->count - block * SM_BOUND_ROWS, SM_BOUND_ROWS);
    return (1u << rows) - 1;
}

/* The rows of a held block whose bound is above low, but not above high. */
static sm_status take_block(sm_bounded *b, const sm_bounded_range *range,
                            size_t at, size_t q, float low, float high)
{
    const sm_bounded_query *const query = &b->queries[q];
    const sm_codes *const codes = range->rows.codes;
    size_t const block = range->block + (at - range->begin);
    size_t const first = block * SM_BOUND_ROWS;
    const int32_t *const dots =
        b->dots + (q * b->capacity + at) * SM_BOUND_ROWS;
    unsigned rows = rows_of_block(codes, block);
    if (b->filter) rows &= b->passed[at];
    rows &= b->bounds->above(query->code, dots, codes->scales + first,
                             codes->norms + first, low);
    if (high < INFINITY)
        rows &= ~b->bounds->above(query->code, dots, codes->scales + first,
                                  codes->norms + first, high);
    for (; rows; rows &= rows - 1) {
        size_t const r = (size_t)__builtin_ctz(rows);
        SM_RETURN_IF_ERROR(stage_row(b, query, range, first + r, dots[r]));
    }
    return SIAMESE_OK;
}

/* All held rows of query q whose bound is above low, but not above high. */
static sm_status take_rows(sm_bounded *b, size_t q, float low, float high)
{
    const float *const tops = b->tops + q * b->capacity;
    const sm_bounded_range *range = b->ranges;
    size_t const found = b->kernels->find_greater(b->held, tops, low, b->found);
    for (size_t i = 0; i < found; i++) {
        size_t const at = b->found[i];
        float const above = b->queries[q].hits->above;
        if (above > low) low = above;
        if (!(tops[at] > low)) continue;
        while (range->end <= at) range++;
        SM_RETURN_IF_ERROR(take_block(b, range, at, q, low, high));
    }
    return SIAMESE_OK;
}

/*
 * A threshold that about as many blocks are above as hits are wanted: their
 * vectors are scored first. Infinity where it is not worth while.
 */
static float first_threshold(const sm_bounded *b, const float *tops,
                             const sm_hits *hits)
{
    size_t const wanted = hits->capacity;
    if (hits->grows ||
        b->kernels->count_greater(b->held, tops, hits->above) <= 2 * wanted)
        return INFINITY;
    return fmaxf(
        sm_threshold(b->kernels, b->held, tops, wanted, wanted + wanted / 4),
        hits->above);
}

/* Offers what is held, the most promising first. */
static sm_status settle(sm_bounded *b)
{
    float first[SM_BOUNDED_QUERIES];
    bool took_first = false;
    for (size_t q = 0; q < b->count; q++) {
        first[q] =
            first_threshold(b, b->tops + q * b->capacity, b->queries[q].hits);
        if (first[q] == INFINITY) continue;
        SM_RETURN_IF_ERROR(take_rows(b, q, first[q], INFINITY));
        took_first = true;
    }
    if (took_first) SM_RETURN_IF_ERROR(sm_bounded_finish(b, 0, NULL));
    for (size_t q = 0; q < b->count; q++)
        /* NOLINTNEXTLINE(clang-analyzer-core.*): set of each query above */
        if (b->queries[q].hits->above < first[q])
            SM_RETURN_IF_ERROR(
                take_rows(b, q, b->queries[q].hits->above, first[q]));
    b->held = 0;
    b->ranges_held = 0;
    return SIAMESE_OK;
}

/* ---- lists ---- */

/* Takes note of blocks, which stand behind those that are held. */
static void note(sm_bounded *b, const sm_bounded_rows *rows, size_t block,
                 size_t count)
{
    sm_bounded_range *const last =
        b->ranges_held > 0 ? &b->ranges[b->ranges_held - 1] : NULL;
    size_t const at = b->held;
    b->held += count;
    if (last && last->rows.codes == rows->codes &&
        last->block + (last->end - last->begin) == block)
        last->end = b->held;
    else
        b->ranges[b->ranges_held++] =
            (sm_bounded_range){*rows, block, at, b->held};
}

/* Their bounds. */
static void hold(sm_bounded *b, const sm_bounded_rows *rows, size_t block,
                 size_t end, const uint8_t *next)
{
    size_t const dim = b->lists->centroids->dim, at = b->held;
    size_t const count = end - block;
    sm_bound_blocks const blocks = sm_codes_blocks(rows->codes, dim, block);
    b->bounds->scan(b->count, count, dim, b->codes, &blocks, next,
                    b->dots + at * SM_BOUND_ROWS, b->capacity * SM_BOUND_ROWS,
                    b->tops + at, b->capacity, b->room);
    note(b, rows, block, count);
}

/* The rows of a block that the filter lets pass. */
static uint16_t passing(const sm_bounded *b, const int64_t *ids, size_t rows)
{
    unsigned mask = 0;
    for (size_t r = 0; r < rows; r++)
        mask |= (unsigned)sm_id_filter_passes(b->filter, ids[r]) << r;
    return (uint16_t)mask;
}

/* Of blocks block .. end - 1, which can be held, those of which a row passes;
 * the others are below any score. */
static void hold_passing(sm_bounded *b, const sm_bounded_rows *rows,
                         size_t block, size_t end, const uint8_t *next)
{
    for (size_t i = block; i < end; i++) {
        size_t const first = i * SM_BOUND_ROWS;
        b->passed[b->held + (i - block)] =
            passing(b, rows->ids + first,
                    sm_min(rows->codes->count - first, SM_BOUND_ROWS));
    }
    while (block < end) {
        const uint16_t *const passed = b->passed + b->held;
        size_t const most = end - block;
        size_t some = 0, none = 0;
        while (some < most && passed[some]) some++;
        while (some + none < most && !passed[some + none]) none++;
        if (some) hold(b, rows, block, block + some, next);
        for (size_t of = 0; of < b->count; of++)
            for (size_t i = 0; i < none; i++)
                b->tops[of * b->capacity + b->held + i] = -INFINITY;
        if (none) note(b, rows, block + some, none);
        block += some + none;
    }
}

/* Bounds of `next` are made afterwards. */
static sm_status scan_rows(sm_bounded *b, const sm_bounded_rows *rows,
                           const sm_codes *next)
{
    size_t const end = sm_chunks(rows->codes->count, SM_BOUND_ROWS);
    /* of few others, the best are better looked for first */
    if (b->left.only == NULL && sm_picker_pays(&b->picker, b->count))
        return sm_picker_scan(&b->picker, &b->left, b->count, b->queries,
                              b->codes, rows, next);
    for (size_t block = 0; block < end;) {
        if (b->held == b->capacity || b->ranges_held == SM_BOUNDED_RANGES)
            SM_RETURN_IF_ERROR(settle(b));
        size_t const count = sm_min(end - block, b->capacity - b->held);
        (b->filter ? hold_passing : hold)(b, rows, block, block + count,
                                          next->coarse);
        block += count;
    }
    return SIAMESE_OK;
}

sm_status sm_bounded_list(sm_bounded *b, size_t list, size_t next)
{
    const sm_codes *const codes = b->lists->codes;
    sm_bounded_rows rows = sm_left_rows(&b->left, list);
    SM_RETURN_IF_ERROR(sm_lists_codes(b->lists, list, &rows.codes));
    if (rows.codes->count == 0) return SIAMESE_OK;
    /* of a file, the next codes may not be there yet */
    bool const is_there = !b->lists->mapped && codes[next].count > 0;
    return scan_rows(b, &rows, is_there ? &codes[next] : rows.codes);
}

sm_status sm_bounded_end(sm_bounded *b)
{
    return b->held ? settle(b) : SIAMESE_OK;
}

sm_status sm_bounded_everything(sm_bounded *b, size_t count,
                                const sm_bounded_query *queries)
{
    size_t const nlist = b->lists->centroids->nlist;
    sm_bounded_begin(b, count, queries);
    for (size_t l = 0; l < nlist; l++)
        SM_RETURN_IF_ERROR(sm_bounded_list(b, l, sm_min(l + 1, nlist - 1)));
    SM_RETURN_IF_ERROR(sm_bounded_end(b));
    return sm_bounded_finish(b, count, queries);
}

sm_status sm_bounded_only(sm_bounded *b, const sm_bounded_rows *rows,
                          size_t count, const sm_bounded_query *queries)
{
    const siamese_id_filter *const filter = b->filter;
    b->filter = b->picker.filter = NULL;
    b->left.only = rows;
    sm_bounded_begin(b, count, queries);
    sm_status status = scan_rows(b, rows, rows->codes);
    if (status == SIAMESE_OK) status = sm_bounded_end(b);
    if (status == SIAMESE_OK) status = sm_bounded_finish(b, count, queries);
    b->filter = b->picker.filter = filter;
    b->left.only = NULL;
    return status;
}
