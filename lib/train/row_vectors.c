/* row_vectors.c: vectors of distinct rows in, those of all rows out, and the
 * gradients of all rows in, those of the distinct ones out. For
 * batch_gradients.c. */
#include "train/row_vectors.h"

#include <string.h>

#include "common/size.h"

/* Rows of a task that copies, and columns of one that sums: its sums are in the
 * order of the rows, whatever the threads. */
enum { ROWS = 128, COLUMNS = 64 };

typedef struct copy_context {
    const float *distinct;
    const uint32_t *map;
    size_t count, dim;
    float *vectors;
} copy_context;

static sm_status copy_task(void *context, size_t task, size_t worker)
{
    const copy_context *const c = context;
    size_t const last = sm_min((task + 1) * ROWS, c->count);
    (void)worker;
    for (size_t i = task * ROWS; i < last; i++)
        memcpy(c->vectors + i * c->dim, c->distinct + c->map[i] * c->dim,
               c->dim * sizeof *c->vectors);
    return SIAMESE_OK;
}

sm_status sm_row_vectors_copy(sm_pool *pool, const float *distinct,
                              const uint32_t *map, size_t count, size_t dim,
                              float *vectors)
{
    copy_context context = {distinct, map, count, dim, vectors};
    return sm_pool_run(pool, sm_chunks(count, ROWS), copy_task, &context);
}

typedef struct sum_context {
    const sm_kernels *kernels;
    const uint32_t *map;
    size_t distinct, dim;
    const sm_row_part *parts;
    float *out;
} sum_context;

static sm_status sum_task(void *context, size_t task, size_t worker)
{
    const sum_context *const c = context;
    size_t const first = task * COLUMNS;
    size_t const columns = sm_min(COLUMNS, c->dim - first);
    const uint32_t *map = c->map;
    float *const out = c->out + first;
    (void)worker;
    for (size_t d = 0; d < c->distinct; d++)
        memset(out + d * c->dim, 0, columns * sizeof *out);
    for (size_t part = 0; part < 2; map += c->parts[part++].count)
        for (size_t i = 0; i < c->parts[part].count; i++)
            c->kernels->add(columns,
                            c->parts[part].gradients + i * c->dim + first,
                            out + map[i] * c->dim);
    return SIAMESE_OK;
}

sm_status sm_row_gradients_sum(sm_pool *pool, const sm_kernels *kernels,
                               const uint32_t *map, const sm_row_part parts[2],
                               size_t distinct, size_t dim, float *out)
{
    sum_context context = {kernels, map, distinct, dim, parts, out};
    return sm_pool_run(pool, sm_chunks(dim, COLUMNS), sum_task, &context);
}
