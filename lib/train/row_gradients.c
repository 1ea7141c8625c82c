/* row_gradients.c: gradients of all rows of a batch in, those of its distinct
 * rows out. For batch_gradients.c. */
#include "train/row_gradients.h"

#include "common/counting_sort.h"
#include "common/memory.h"
#include "common/renew.h"
#include "common/size.h"

/* Distinct rows of a task. */
enum { ROWS = 32 };

void sm_row_gradients_free(sm_row_gradients *rows)
{
    sm_aligned_free(rows->values);
    sm_free(rows->begin);
    sm_free(rows->order);
    *rows = (sm_row_gradients){.values = NULL};
}

/* ---- which rows are whose ---- */

/* Keys of the sort: rows of a part with a distinct row. */
static size_t key_of(size_t distinct, size_t part)
{
    return distinct * SM_ROW_PARTS + part;
}

static sm_status reserve(sm_row_gradients *rows, size_t count, size_t distinct,
                         size_t dim)
{
    size_t numbers;
    SM_REQUIRE(count <= INT32_MAX, SIAMESE_E_LIMIT,
               "a batch of %zu rows is too large", count);
    if (!sm_size_multiply(distinct, dim, &numbers)) return sm_fail_memory();
    if (numbers > rows->numbers_capacity || rows->values == NULL) {
        rows->numbers_capacity = 0;
        SM_RETURN_IF_ERROR(sm_renew_floats(&rows->values, distinct, dim));
        rows->numbers_capacity = numbers;
    }
    /* no overflow: distinct rows are rows, and those are few */
    size_t const keys = key_of(distinct, 0) + 2;
    if (keys > rows->begin_capacity) {
        rows->begin_capacity = 0;
        SM_RENEW(rows->begin, keys);
        rows->begin_capacity = keys;
    }
    if (count > rows->order_capacity || rows->order == NULL) {
        rows->order_capacity = 0;
        SM_RENEW(rows->order, count);
        rows->order_capacity = count;
    }
    return SIAMESE_OK;
}

static void sort(sm_row_gradients *rows, const uint32_t *map,
                 const sm_row_part *parts, size_t distinct)
{
    size_t const first = parts[0].count, count = first + parts[1].count;
    size_t *const begin = rows->begin;
    sm_sort_begin(begin, key_of(distinct, 0));
    for (size_t i = 0; i < count; i++)
        sm_sort_count(begin, key_of(map[i], i >= first));
    sm_sort_sum(begin, key_of(distinct, 0));
    for (size_t i = 0; i < count; i++) {
        bool const second = i >= first;
        size_t const place = sm_sort_place(begin, key_of(map[i], second));
        rows->order[place] = (int32_t)(second ? i - first : i);
    }
}

/* ---- sums ---- */

typedef struct sum_context {
    const sm_kernels *kernels;
    const sm_row_gradients *rows;
    const sm_row_part *parts;
    size_t distinct, dim;
} sum_context;

static void sum_row(const sum_context *c, size_t d)
{
    const size_t *const begin = c->rows->begin + key_of(d, 0);
    const int32_t *const order = c->rows->order;
    float *const sum = c->rows->values + d * c->dim;
    /* the part of which it has the first; what else it has is added */
    size_t const part = begin[0] == begin[1];
    size_t const from = begin[part], end = begin[part + 1];
    c->kernels->sum_rows(c->dim, end - from, order + from, NULL,
                         c->parts[part].gradients, sum);
    for (size_t i = end; i < begin[SM_ROW_PARTS]; i++)
        c->kernels->add(c->dim,
                        c->parts[1].gradients + (size_t)order[i] * c->dim, sum);
}

static sm_status sum_task(void *context, size_t task, size_t worker)
{
    const sum_context *const c = context;
    size_t const last = sm_min((task + 1) * ROWS, c->distinct);
    (void)worker;
    for (size_t d = task * ROWS; d < last; d++) sum_row(c, d);
    return SIAMESE_OK;
}

sm_status sm_row_gradients_sum(sm_row_gradients *rows, sm_pool *pool,
                               const sm_kernels *kernels, const uint32_t *map,
                               const sm_row_part parts[SM_ROW_PARTS],
                               size_t distinct, size_t dim)
{
    sum_context context = {kernels, rows, parts, distinct, dim};
    SM_RETURN_IF_ERROR(
        reserve(rows, parts[0].count + parts[1].count, distinct, dim));
    sort(rows, map, parts, distinct);
    return sm_pool_run(pool, sm_chunks(distinct, ROWS), sum_task, &context);
}
