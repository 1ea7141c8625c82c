/* parameter.c: names and shapes in, tensors with gradients and the optimiser's
 * state out, in a list. For layers, optimisers and checkpoints. */
#include "nn/parameter.h"

#include <string.h>

#include "common/assert.h"
#include "common/bits.h"
#include "common/memory.h"
#include "common/renew.h"
#include "common/size.h"

static sm_status reserve_touched(sm_parameter *p, size_t count)
{
    if (p->touched_among == NULL) {
        p->touched_among = sm_alloc_array(
            sm_chunks(p->shape[0], SM_TOUCHED_ROWS), sizeof *p->touched_among);
        if (p->touched_among == NULL) return sm_fail_memory();
    }
    if (count <= p->touched_capacity && p->gradient) return SIAMESE_OK;
    size_t const capacity = sm_min(sm_roomy(count), p->shape[0]);
    p->touched_capacity = 0;
    SM_RENEW(p->touched, capacity);
    SM_RETURN_IF_ERROR(sm_renew_floats(&p->gradient, capacity, p->shape[1]));
    p->touched_capacity = capacity;
    return SIAMESE_OK;
}

sm_status sm_parameter_touch(sm_parameter *p, const int32_t *rows, size_t count)
{
    p->touched_count = 0;
    p->is_sound = false;
    p->make_row = NULL;
    SM_RETURN_IF_ERROR(reserve_touched(p, count));
    sm_touched *const among = p->touched_among;
    size_t const words = sm_chunks(p->shape[0], SM_TOUCHED_ROWS);
    memset(among, 0, words * sizeof *among);
    for (size_t i = 0; i < count; i++) {
        sm_assert(rows[i] >= 0 && (size_t)rows[i] < p->shape[0]);
        among[rows[i] / SM_TOUCHED_ROWS].rows |= UINT32_C(1)
                                                 << rows[i] % SM_TOUCHED_ROWS;
    }
    for (size_t word = 0; word < words; word++) {
        among[word].before = (uint32_t)p->touched_count;
        for (uint32_t left = among[word].rows; left; left &= left - 1)
            p->touched[p->touched_count++] =
                (int32_t)(word * SM_TOUCHED_ROWS) + __builtin_ctz(left);
    }
    return SIAMESE_OK;
}

/* How many touched rows come before this one. */
static size_t touched_before(const sm_parameter *p, size_t row)
{
    sm_touched const among = p->touched_among[row / SM_TOUCHED_ROWS];
    uint32_t const below = (UINT32_C(1) << row % SM_TOUCHED_ROWS) - 1;
    return among.before + sm_bits_set(among.rows & below);
}

float *sm_parameter_row_gradient(const sm_parameter *p, int32_t row)
{
    size_t const place = touched_before(p, (size_t)row);
    sm_assert(place < p->touched_count && p->touched[place] == row);
    return p->gradient + place * p->shape[1];
}

void sm_parameter_hold_rows(sm_parameter *p)
{
    for (size_t i = 0; p->make_row && i < p->touched_count; i++)
        p->make_row(p->made_from, i, p->gradient + i * p->shape[1]);
    p->make_row = NULL;
}

size_t sm_parameter_gradient_count(const sm_parameter *p)
{
    return p->table ? p->touched_count * p->shape[1] : p->count;
}

void sm_parameter_dense_gradient(const sm_parameter *p, size_t first,
                                 size_t count, float *out)
{
    if (!p->table) {
        memcpy(out, p->gradient + first, count * sizeof *out);
        return;
    }
    float made[SM_MADE_ROW];
    size_t const width = p->shape[1], end = first + count;
    memset(out, 0, count * sizeof *out);
    if (p->touched_count == 0) return;
    for (size_t i = touched_before(p, first / width);
         i < p->touched_count && (size_t)p->touched[i] * width < end; i++) {
        size_t const row = (size_t)p->touched[i] * width;
        size_t const from = sm_max(row, first);
        size_t const to = sm_min(row + width, end);
        memcpy(out + (from - first),
               sm_parameter_read_row(p, i, made) + (from - row),
               (to - from) * sizeof *out);
    }
}
