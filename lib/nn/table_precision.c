/* table_precision.c: a table of floats in, one of half or 8-bit numbers out,
 * and sums of its rows. For tables that only encode. */
#include "nn/table_precision.h"

#include <float.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"
#include "math/half.h"

enum { INT8_MOST = 127, BLOCK = 256 };

/* A scale's last bits, which are 0, so that q s is exact. */
#define SCALE_REST UINT32_C(0x7f)

/* ---- memory ---- */

size_t sm_values_bytes(const sm_parameter *p)
{
    switch (p->precision) {
    case SIAMESE_PRECISION_FLOAT16:
        return p->count * sizeof *p->half;
    case SIAMESE_PRECISION_INT8:
        return p->count * sizeof *p->int8 + p->shape[0] * sizeof *p->scale;
    default:
        return p->count * sizeof *p->value;
    }
}

void sm_values_free(sm_parameter *p)
{
    sm_aligned_free(p->value);
    sm_aligned_free(p->half);
    sm_aligned_free(p->int8);
    sm_aligned_free(p->scale);
}

sm_status sm_values_allocate(sm_parameter *p)
{
    switch (p->precision) {
    case SIAMESE_PRECISION_FLOAT16:
        p->half = sm_aligned_calloc(p->count, sizeof *p->half);
        return p->half ? SIAMESE_OK : sm_fail_memory();
    case SIAMESE_PRECISION_INT8:
        p->int8 = sm_aligned_calloc(p->count, sizeof *p->int8);
        p->scale = sm_aligned_calloc(p->shape[0], sizeof *p->scale);
        return p->int8 && p->scale ? SIAMESE_OK : sm_fail_memory();
    default:
        p->value = sm_aligned_calloc(p->count, sizeof *p->value);
        return p->value ? SIAMESE_OK : sm_fail_memory();
    }
}

/* ---- reading ---- */

void sm_values_read(const sm_parameter *p, size_t first, size_t count,
                    float *out)
{
    size_t const width = p->shape[1];
    switch (p->precision) {
    case SIAMESE_PRECISION_FLOAT16:
        for (size_t i = 0; i < count; i++)
            out[i] = sm_half_to_float(p->half[first + i]);
        return;
    case SIAMESE_PRECISION_INT8:
        for (size_t i = 0; i < count;) {
            size_t const row = (first + i) / width;
            size_t const end = sm_min(count, (row + 1) * width - first);
            for (; i < end; i++)
                out[i] = (float)p->int8[first + i] * p->scale[row];
        }
        return;
    default:
        memcpy(out, p->value + first, count * sizeof *out);
    }
}

void sm_values_sum(const sm_kernels *kernels, const sm_parameter *p,
                   size_t count, const int32_t *rows, const float *weights,
                   float *out)
{
    size_t const width = p->shape[1];
    switch (p->precision) {
    case SIAMESE_PRECISION_FLOAT16:
        kernels->sum_rows_float16(width, count, rows, weights, p->half, out);
        return;
    case SIAMESE_PRECISION_INT8:
        kernels->sum_rows_int8(width, count, rows, weights, p->int8, p->scale,
                               out);
        return;
    default:
        kernels->sum_rows(width, count, rows, weights, p->value, out);
    }
}

/* ---- rounding ---- */

static void assign_half(sm_parameter *p, const sm_parameter *from)
{
    float block[BLOCK];
    for (size_t i = 0; i < p->count; i += BLOCK) {
        size_t const n = sm_min(BLOCK, p->count - i);
        sm_values_read(from, i, n, block);
        for (size_t j = 0; j < n; j++)
            p->half[i + j] = sm_half_of_float(block[j]);
    }
}

/* 0 for a row of numbers so small that the scale would not be normal. */
static float scale_of(float most)
{
    float scale = most / INT8_MOST;
    if (scale < FLT_MIN) return 0;
    uint32_t bits;
    memcpy(&bits, &scale, sizeof bits);
    bits &= ~SCALE_REST;
    memcpy(&scale, &bits, sizeof bits);
    return scale;
}

static void assign_int8(sm_parameter *p, const sm_parameter *from, size_t row)
{
    float block[BLOCK], most = 0;
    size_t const begin = row * p->shape[1], end = begin + p->shape[1];
    for (size_t i = begin; i < end; i += BLOCK) {
        size_t const n = sm_min(BLOCK, end - i);
        sm_values_read(from, i, n, block);
        for (size_t j = 0; j < n; j++) most = fmaxf(most, fabsf(block[j]));
    }
    float const scale = scale_of(most);
    p->scale[row] = scale;
    for (size_t i = begin; i < end; i += BLOCK) {
        size_t const n = sm_min(BLOCK, end - i);
        sm_values_read(from, i, n, block);
        for (size_t j = 0; j < n; j++)
            p->int8[i + j] = scale > 0 ? (int8_t)lrintf(block[j] / scale) : 0;
    }
}

void sm_values_assign(sm_parameter *p, const sm_parameter *from)
{
    bool const same = p->precision == from->precision;
    switch (p->precision) {
    case SIAMESE_PRECISION_FLOAT16:
        if (same)
            memcpy(p->half, from->half, p->count * sizeof *p->half);
        else
            assign_half(p, from);
        return;
    case SIAMESE_PRECISION_INT8:
        if (same) {
            memcpy(p->int8, from->int8, p->count * sizeof *p->int8);
            memcpy(p->scale, from->scale, p->shape[0] * sizeof *p->scale);
            return;
        }
        for (size_t row = 0; row < p->shape[0]; row++)
            assign_int8(p, from, row);
        return;
    default:
        sm_values_read(from, 0, p->count, p->value);
    }
}

void sm_values_round(sm_parameter *p, const float *values)
{
    sm_parameter from = *p;
    from.precision = SIAMESE_PRECISION_FLOAT32;
    from.value = (float *)values;
    sm_values_assign(p, &from);
}

/* ---- checking ---- */

static bool scale_valid(float scale)
{
    uint32_t bits;
    memcpy(&bits, &scale, sizeof bits);
    return bits == 0 || (scale >= FLT_MIN && scale <= FLT_MAX / INT8_MOST &&
                         (bits & SCALE_REST) == 0);
}

bool sm_values_valid(const sm_parameter *p, size_t *at)
{
    size_t const width = p->shape[1];
    switch (p->precision) {
    case SIAMESE_PRECISION_FLOAT16:
        for (*at = 0; *at < p->count; ++*at)
            if (!sm_half_finite(p->half[*at])) return false;
        return true;
    case SIAMESE_PRECISION_INT8:
        for (*at = 0; *at < p->count; *at += width)
            if (!scale_valid(p->scale[*at / width])) return false;
        /* the one value below -INT8_MOST */
        {
            const int8_t *const found =
                memchr(p->int8, (uint8_t)INT8_MIN, p->count);
            if (found) *at = (size_t)(found - p->int8);
            return found == NULL;
        }
    default:
        for (*at = 0; *at < p->count; ++*at)
            if (!isfinite(p->value[*at])) return false;
        return true;
    }
}
