#include "nn/parameter.h"

#include <stdio.h>
#include <string.h>

#include "common/memory.h"
#include "common/name_list.h"
#include "common/size.h"
#include "nn/table_precision.h"

static void free_parameter(sm_parameter *p)
{
    sm_values_free(p);
    sm_aligned_free(p->gradient);
    sm_free(p->touched);
    sm_free(p->touched_bits);
    for (size_t i = 0; i < SM_PARAMETER_SLOTS; i++)
        sm_aligned_free(p->slot[i]);
    sm_free(p);
}

static sm_status add(sm_parameters *list, const char *name, size_t rank,
                     const size_t *shape, int32_t precision,
                     sm_parameter **out)
{
    sm_status status = SIAMESE_OK;
    sm_parameter **grown;
    size_t bytes;
    sm_parameter *const p = sm_calloc(1, sizeof *p);
    SM_CHECK_MEMORY(p);
    SM_CHECK(snprintf(p->name, sizeof p->name, "%s%s", list->prefix, name) <
                 (int)sizeof p->name,
             SIAMESE_E_ARGUMENT, "name: the parameter %s%s has a name of more "
                                 "than %zu bytes",
             list->prefix, name, sizeof p->name - 1);
    p->rank = rank;
    p->precision = precision;
    p->count = 1;
    for (size_t i = 0; i < SM_PARAMETER_RANK; i++) {
        p->shape[i] = i < rank ? shape[i] : 1;
        SM_CHECK(sm_size_multiply(p->count, p->shape[i], &p->count) &&
                     p->count <= PTRDIFF_MAX / sizeof(float),
                 SIAMESE_E_LIMIT, "parameter %s is too large", name);
    }
    SM_CHECK(sm_size_add(list->bytes, sm_values_bytes(p), &bytes) &&
                 (list->most == 0 || bytes <= list->most),
             SIAMESE_E_LIMIT, "parameter %s has more numbers than there are",
             name);
    SM_TRY(sm_values_allocate(p));
    grown = sm_grow(list->items, &list->capacity, list->count + 1,
                    sizeof *list->items);
    SM_CHECK_MEMORY(grown);
    list->items = grown;
    list->items[list->count++] = p;
    list->bytes = bytes;
    *out = p;
    return SIAMESE_OK;
out:
    if (p) free_parameter(p);
    return status;
}

sm_status sm_parameters_add(sm_parameters *list, const char *name, size_t rank,
                            const size_t *shape, sm_parameter **out)
{
    return add(list, name, rank, shape, SIAMESE_PRECISION_FLOAT32, out);
}

sm_status sm_parameters_add_table(sm_parameters *list, const char *name,
                                  size_t rows, size_t width,
                                  sm_parameter **out)
{
    size_t const shape[2] = {rows, width};
    SM_REQUIRE(rows <= INT32_MAX, SIAMESE_E_LIMIT,
               "parameter %s: %zu rows are too many for a table", name, rows);
    SM_RETURN_IF_ERROR(
        add(list, name, 2, shape,
            width > 1 ? list->precision : SIAMESE_PRECISION_FLOAT32, out));
    (*out)->table = 1;
    return SIAMESE_OK;
}

sm_status sm_parameters_replace(sm_parameters *list, size_t keep,
                                sm_parameters *tail)
{
    sm_parameter **const grown =
        sm_grow(list->items, &list->capacity, keep + tail->count,
                sizeof *list->items);
    if (grown == NULL) return sm_fail_memory();
    list->items = grown;
    for (size_t i = keep; i < list->count; i++) {
        list->bytes -= sm_values_bytes(list->items[i]);
        free_parameter(list->items[i]);
    }
    for (size_t i = 0; i < tail->count; i++)
        list->items[keep + i] = tail->items[i];
    list->count = keep + tail->count;
    list->bytes += tail->bytes;
    tail->count = 0;
    sm_parameters_free(tail);
    return SIAMESE_OK;
}

static sm_status allocate_zeros(float **buffer, size_t count)
{
    if (*buffer) return SIAMESE_OK;
    *buffer = sm_aligned_calloc(count, sizeof **buffer);
    return *buffer ? SIAMESE_OK : sm_fail_memory();
}

sm_status sm_parameters_train(sm_parameters *list, size_t slots)
{
    for (size_t i = 0; i < list->count; i++) {
        sm_parameter *const p = list->items[i];
        if (!p->table)
            SM_RETURN_IF_ERROR(allocate_zeros(&p->gradient, p->count));
        for (size_t j = 0; j < slots; j++)
            SM_RETURN_IF_ERROR(allocate_zeros(&p->slot[j], p->count));
    }
    return SIAMESE_OK;
}

/* ---- gradients ---- */

static sm_status reserve_touched(sm_parameter *p, size_t count)
{
    if (p->touched_bits == NULL) {
        p->touched_bits = sm_calloc(sm_chunks(p->shape[0], 64),
                                    sizeof *p->touched_bits);
        if (p->touched_bits == NULL) return sm_fail_memory();
    }
    if (count <= p->touched_capacity && p->gradient) return SIAMESE_OK;
    /* with room to grow, as batches are alike but not the same */
    size_t const capacity = sm_min(count + count / 4 + 16, p->shape[0]);
    p->touched_capacity = 0;
    sm_free(p->touched);
    sm_aligned_free(p->gradient);
    p->gradient = NULL;
    p->touched = sm_alloc_array(capacity, sizeof *p->touched);
    if (p->touched == NULL) return sm_fail_memory();
    p->gradient =
        sm_aligned_array(capacity, p->shape[1] * sizeof *p->gradient);
    if (p->gradient == NULL) return sm_fail_memory();
    p->touched_capacity = capacity;
    return SIAMESE_OK;
}

sm_status sm_parameter_touch(sm_parameter *p, const int32_t *rows,
                             size_t count)
{
    p->touched_count = 0;
    SM_RETURN_IF_ERROR(reserve_touched(p, count));
    for (size_t i = 0; i < count; i++)
        p->touched_bits[rows[i] / 64] |= (uint64_t)1 << (rows[i] % 64);
    for (size_t word = 0; word < sm_chunks(p->shape[0], 64); word++) {
        uint64_t left = p->touched_bits[word];
        for (; left; left &= left - 1)
            p->touched[p->touched_count++] =
                (int32_t)(word * 64) + __builtin_ctzll(left);
        p->touched_bits[word] = 0;
    }
    return SIAMESE_OK;
}

/* How many touched rows come before this one. */
static size_t touched_before(const sm_parameter *p, int32_t row)
{
    size_t first = 0, count = p->touched_count;
    while (count > 0) {
        size_t const half = count / 2;
        if (p->touched[first + half] < row) {
            first += half + 1;
            count -= half + 1;
        } else {
            count = half;
        }
    }
    return first;
}

float *sm_parameter_row_gradient(const sm_parameter *p, int32_t row)
{
    return p->gradient + touched_before(p, row) * p->shape[1];
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
    size_t const width = p->shape[1], end = first + count;
    memset(out, 0, count * sizeof *out);
    for (size_t i = touched_before(p, (int32_t)(first / width));
         i < p->touched_count && (size_t)p->touched[i] * width < end; i++) {
        size_t const row = (size_t)p->touched[i] * width;
        size_t const from = sm_max(row, first);
        size_t const to = sm_min(row + width, end);
        memcpy(out + (from - first), p->gradient + i * width + (from - row),
               (to - from) * sizeof *out);
    }
}

/* ---- lists ---- */

void sm_parameters_copy_values(sm_parameters *list, const sm_parameters *from)
{
    for (size_t i = 0; i < list->count; i++)
        sm_values_assign(list->items[i], from->items[i]);
}

sm_parameter *sm_parameters_find(const sm_parameters *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i]->name, name) == 0)
            return list->items[i];
    return NULL;
}

sm_status sm_parameters_require(const sm_parameters *list, const char *name,
                                sm_parameter **out)
{
    sm_name_list names = {.used = 0};
    SM_REQUIRE(name != NULL, SIAMESE_E_ARGUMENT, "name: is NULL");
    *out = sm_parameters_find(list, name);
    if (*out) return SIAMESE_OK;
    for (size_t i = 0; i < list->count; i++)
        sm_name_list_add(&names, list->items[i]->name);
    return sm_fail(SIAMESE_E_NOT_FOUND,
                   "name: there is no parameter '%.100s'; there are: %s", name,
                   sm_name_list_text(&names));
}

void sm_parameters_free(sm_parameters *list)
{
    for (size_t i = 0; i < list->count; i++) free_parameter(list->items[i]);
    sm_free(list->items);
    *list = (sm_parameters){.count = 0};
}
