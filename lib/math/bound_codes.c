/* bound_codes.c: vectors in, their codes in blocks out. For the lists of an
 * index, and for ranks. */
#include "math/bound_codes.h"

#include <string.h>

#include "common/arena.h"
#include "common/assert.h"
#include "common/memory.h"
#include "common/size.h"

enum { ROWS_OF_A_TASK = 256 };

/* ---- codes of no block ---- */

typedef struct encoding {
    const sm_bound_kernels *kernels;
    const float *vectors;
    size_t count, dim;
    sm_code_rows *rows;
} encoding;

static sm_status encode_rows(void *context, size_t task, size_t worker)
{
    const encoding *const e = context;
    size_t const end = sm_min((task + 1) * ROWS_OF_A_TASK, e->count);
    (void)worker;
    for (size_t r = task * ROWS_OF_A_TASK; r < end; r++)
        e->kernels->encode(e->dim, e->vectors + r * e->dim,
                           e->rows->coarse + r * sm_bound_coarse_size(e->dim),
                           e->rows->fine + r * sm_bound_fine_size(e->dim),
                           &e->rows->rows[r]);
    return SIAMESE_OK;
}

sm_status sm_code_rows_make(sm_code_rows *rows, const sm_bound_kernels *kernels,
                            sm_pool *pool, const float *vectors, size_t count,
                            size_t dim)
{
    encoding e = {kernels, vectors, count, dim, rows};
    rows->coarse = sm_alloc_array(count, sm_bound_coarse_size(dim));
    if (rows->coarse == NULL) return sm_fail_memory();
    rows->fine = sm_alloc_array(count, sm_bound_fine_size(dim));
    if (rows->fine == NULL) return sm_fail_memory();
    rows->rows = sm_alloc_array(count, sizeof *rows->rows);
    if (rows->rows == NULL) return sm_fail_memory();
    return sm_pool_run(pool, sm_chunks(count, ROWS_OF_A_TASK), encode_rows, &e);
}

void sm_code_rows_free(sm_code_rows *rows)
{
    sm_free(rows->coarse);
    sm_free(rows->fine);
    sm_free(rows->rows);
    *rows = (sm_code_rows){NULL, NULL, NULL};
}

/* ---- room ---- */

enum { WORD = 4 }; /* bytes of a group of four numbers */

static size_t block_size(size_t dim)
{
    return SM_BOUND_ROWS * sm_bound_coarse_size(dim);
}

static void lay_out(sm_codes *codes, size_t dim, sm_arena *arena)
{
    size_t const capacity = codes->capacity;
    codes->coarse =
        sm_arena_array(arena, capacity / SM_BOUND_ROWS, block_size(dim));
    codes->fine = sm_arena_array(arena, capacity, sm_bound_fine_size(dim));
    codes->scales = sm_arena_array(arena, capacity, sizeof *codes->scales);
    codes->norms = sm_arena_array(arena, capacity, sizeof *codes->norms);
    codes->rests = sm_arena_array(arena, capacity, sizeof *codes->rests);
}

/* What the blocks of the rows that are there have, to other memory. */
static void copy(sm_codes *to, const sm_codes *from, size_t dim)
{
    size_t const blocks = sm_chunks(from->count, SM_BOUND_ROWS);
    size_t const rows = blocks * SM_BOUND_ROWS;
    if (rows == 0) return;
    memcpy(to->coarse, from->coarse, blocks * block_size(dim));
    memcpy(to->fine, from->fine, from->count * sm_bound_fine_size(dim));
    memcpy(to->scales, from->scales, rows * sizeof *to->scales);
    memcpy(to->norms, from->norms, rows * sizeof *to->norms);
    memcpy(to->rests, from->rests, from->count * sizeof *to->rests);
}

sm_status sm_codes_reserve(sm_codes *codes, size_t dim, size_t more)
{
    sm_codes grown = {.count = codes->count};
    sm_arena arena = {NULL, 0};
    size_t needed;
    if (!sm_size_add(codes->count, more, &needed) ||
        !sm_size_add(needed, SM_BOUND_ROWS, &grown.capacity))
        return sm_fail_memory();
    if (needed <= codes->capacity) return SIAMESE_OK;
    grown.capacity = sm_max(grown.capacity - 1, codes->capacity / 2 * 3);
    grown.capacity -= grown.capacity % SM_BOUND_ROWS;
    lay_out(&grown, dim, &arena);
    grown.memory = sm_aligned_array(arena.used, 1);
    if (grown.memory == NULL) return sm_fail_memory();
    arena = (sm_arena){grown.memory, 0};
    lay_out(&grown, dim, &arena);
    copy(&grown, codes, dim);
    sm_aligned_free(codes->memory);
    *codes = grown;
    return SIAMESE_OK;
}

size_t sm_codes_memory(const sm_codes *codes, size_t dim)
{
    sm_codes measured = {.capacity = codes->capacity};
    sm_arena arena = {NULL, 0};
    lay_out(&measured, dim, &arena);
    return arena.used;
}

void sm_codes_free(sm_codes *codes)
{
    sm_aligned_free(codes->memory);
    *codes = (sm_codes){0};
}

/* ---- rows ---- */

/* Where group 0 of a row's coarse codes stands; the next is SM_BOUND_ROWS words
 * on. */
static uint8_t *coarse_of(const sm_codes *codes, size_t dim, size_t row)
{
    return codes->coarse + row / SM_BOUND_ROWS * block_size(dim) +
           row % SM_BOUND_ROWS * WORD;
}

/* The rows of a block that will come later score about 0. */
static void begin_block(sm_codes *codes, size_t dim, size_t row)
{
    memset(coarse_of(codes, dim, row), 0, block_size(dim));
    for (size_t r = row; r < row + SM_BOUND_ROWS; r++) {
        codes->scales[r] = 0;
        codes->norms[r] = SM_BOUND_NO_NORMS;
    }
}

void sm_codes_put(sm_codes *codes, size_t dim, const sm_code_rows *rows,
                  size_t r, size_t at)
{
    size_t const size = sm_bound_coarse_size(dim);
    size_t const fine_size = sm_bound_fine_size(dim);
    const uint8_t *const from = rows->coarse + r * size;
    uint8_t *const to = coarse_of(codes, dim, at);
    sm_assert(at < codes->count);
    for (size_t i = 0; i < size; i += WORD)
        memcpy(to + i * SM_BOUND_ROWS, from + i, WORD);
    memcpy(codes->fine + at * fine_size, rows->fine + r * fine_size, fine_size);
    codes->scales[at] = rows->rows[r].scale;
    codes->norms[at] = rows->rows[r].norms;
    codes->rests[at] = rows->rows[r].rest;
}

void sm_codes_lengthen(sm_codes *codes, size_t dim, size_t count)
{
    size_t const blocks = sm_chunks(codes->count, SM_BOUND_ROWS);
    sm_assert(codes->count <= count && count <= codes->capacity);
    for (size_t row = blocks * SM_BOUND_ROWS; row < count; row += SM_BOUND_ROWS)
        begin_block(codes, dim, row);
    codes->count = count;
}

void sm_codes_append(sm_codes *codes, size_t dim, const sm_code_rows *rows,
                     size_t r)
{
    sm_codes_lengthen(codes, dim, codes->count + 1);
    sm_codes_put(codes, dim, rows, r, codes->count - 1);
}

void sm_codes_move(sm_codes *codes, size_t dim, size_t from, size_t to)
{
    size_t const size = sm_bound_coarse_size(dim);
    size_t const fine_size = sm_bound_fine_size(dim);
    const uint8_t *const source = coarse_of(codes, dim, from);
    uint8_t *const target = coarse_of(codes, dim, to);
    sm_assert(from < codes->count && to < codes->count && from != to);
    for (size_t i = 0; i < size; i += WORD)
        memcpy(target + i * SM_BOUND_ROWS, source + i * SM_BOUND_ROWS, WORD);
    memcpy(codes->fine + to * fine_size, codes->fine + from * fine_size,
           fine_size);
    codes->scales[to] = codes->scales[from];
    codes->norms[to] = codes->norms[from];
    codes->rests[to] = codes->rests[from];
}

void sm_codes_keep(sm_codes *codes, size_t count)
{
    sm_assert(count <= codes->count);
    codes->count = count;
}

/* ---- bytes ---- */

static size_t set_part(sm_code_part *part, const void *array, size_t first,
                       size_t count, size_t size)
{
    *part = (sm_code_part){NULL, count * size};
    if (array) part->bytes = (char *)(uintptr_t)array + first * size;
    return part->size;
}

size_t sm_codes_parts(const sm_codes *codes, size_t dim, size_t first,
                      size_t count, sm_code_part parts[SM_CODE_PARTS])
{
    static const sm_codes none;
    const sm_codes *const c = codes ? codes : &none;
    size_t const blocks = sm_chunks(count, SM_BOUND_ROWS);
    size_t const rows = blocks * SM_BOUND_ROWS;
    sm_assert(first % SM_BOUND_ROWS == 0);
    size_t size = set_part(&parts[0], c->coarse, first / SM_BOUND_ROWS, blocks,
                           block_size(dim));
    size += set_part(&parts[1], c->fine, first, count, sm_bound_fine_size(dim));
    size += set_part(&parts[2], c->scales, first, rows, sizeof *c->scales);
    size += set_part(&parts[3], c->norms, first, rows, sizeof *c->norms);
    size += set_part(&parts[4], c->rests, first, count, sizeof *c->rests);
    return size;
}

void sm_codes_extend(sm_codes *codes, size_t more)
{
    sm_assert(codes->count % SM_BOUND_ROWS == 0);
    sm_assert(more <= codes->capacity - codes->count);
    codes->count += more;
}

sm_bound_blocks sm_codes_blocks(const sm_codes *codes, size_t dim, size_t block)
{
    return (sm_bound_blocks){codes->coarse + block * block_size(dim),
                             codes->scales + block * SM_BOUND_ROWS,
                             codes->norms + block * SM_BOUND_ROWS};
}
