/* row_vectors.c: vectors of distinct rows in, those of all rows out. For
 * batch_gradients.c. */
#include "train/row_vectors.h"

#include <string.h>

#include "common/size.h"

/* Rows of a task. */
enum { ROWS = 128 };

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
