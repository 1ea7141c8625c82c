/* parameter_list.c: parameters in, one by one, a list out that is walked in
 * order. For towers, optimisers and checkpoints. */
#include "nn/parameter_list.h"

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
    sm_free(p->touched_among);
    for (size_t i = 0; i < SM_PARAMETER_SLOTS; i++) sm_aligned_free(p->slot[i]);
    sm_free(p);
}

static sm_status add(sm_parameters *list, const char *name, size_t rank,
                     const size_t *shape, int32_t precision, sm_parameter **out)
{
    sm_status status = SIAMESE_OK;
    sm_parameter **grown;
    size_t bytes;
    sm_parameter *const p = sm_calloc(1, sizeof *p);
    SM_CHECK_MEMORY(p);
    SM_CHECK(snprintf(p->name, sizeof p->name, "%s%s", list->prefix, name) <
                 (int)sizeof p->name,
             SIAMESE_E_ARGUMENT,
             "name: the parameter %s%s has a name of more "
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
                                  size_t rows, size_t width, sm_parameter **out)
{
    size_t const shape[2] = {rows, width};
    SM_REQUIRE(rows <= INT32_MAX, SIAMESE_E_LIMIT,
               "parameter %s: %zu rows are too many for a table", name, rows);
    SM_RETURN_IF_ERROR(
        add(list, name, 2, shape,
            width > 1 ? list->precision : SIAMESE_PRECISION_FLOAT32, out));
    (*out)->table = true;
    return SIAMESE_OK;
}

sm_status sm_parameters_replace(sm_parameters *list, size_t keep,
                                sm_parameters *tail)
{
    sm_parameter **const grown = sm_grow(
        list->items, &list->capacity, keep + tail->count, sizeof *list->items);
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

void sm_parameters_copy_values(sm_parameters *list, const sm_parameters *from)
{
    for (size_t i = 0; i < list->count; i++)
        sm_values_assign(list->items[i], from->items[i]);
}

sm_parameter *sm_parameters_find(const sm_parameters *list, const char *name)
{
    for (size_t i = 0; i < list->count; i++)
        if (strcmp(list->items[i]->name, name) == 0) return list->items[i];
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
