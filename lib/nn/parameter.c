#include "nn/parameter.h"

#include <stdio.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"

static void free_parameter(sm_parameter *p)
{
    sm_aligned_free(p->value);
    sm_aligned_free(p->gradient);
    sm_aligned_free(p->moment1);
    sm_aligned_free(p->moment2);
    sm_free(p);
}

sm_status sm_parameters_add(sm_parameters *list, const char *name, size_t rank,
                            const size_t *shape, sm_parameter **out)
{
    sm_status status = SIAMESE_OK;
    sm_parameter **grown;
    sm_parameter *const p = sm_calloc(1, sizeof *p);
    SM_CHECK_MEMORY(p);
    snprintf(p->name, sizeof p->name, "%s", name);
    p->rank = rank;
    p->count = 1;
    for (size_t i = 0; i < SM_PARAMETER_RANK; i++) {
        p->shape[i] = i < rank ? shape[i] : 1;
        SM_CHECK(sm_size_multiply(p->count, p->shape[i], &p->count) &&
                     p->count <= PTRDIFF_MAX / sizeof(float),
                 SIAMESE_E_LIMIT, "parameter %s is too large", name);
    }
    p->value = sm_aligned_calloc(p->count, sizeof *p->value);
    SM_CHECK_MEMORY(p->value);
    grown = sm_grow(list->items, &list->capacity, list->count + 1,
                    sizeof *list->items);
    SM_CHECK_MEMORY(grown);
    list->items = grown;
    list->items[list->count++] = p;
    *out = p;
    return SIAMESE_OK;
out:
    if (p) free_parameter(p);
    return status;
}

sm_status sm_parameters_train(sm_parameters *list)
{
    for (size_t i = 0; i < list->count; i++) {
        sm_parameter *const p = list->items[i];
        float **const buffers[] = {&p->gradient, &p->moment1, &p->moment2};
        for (size_t j = 0; j < 3; j++) {
            if (*buffers[j]) continue;
            *buffers[j] = sm_aligned_calloc(p->count, sizeof(float));
            if (*buffers[j] == NULL) return sm_fail_memory();
        }
    }
    return SIAMESE_OK;
}

void sm_parameters_copy_values(sm_parameters *list, const sm_parameters *from)
{
    for (size_t i = 0; i < list->count; i++)
        memcpy(list->items[i]->value, from->items[i]->value,
               list->items[i]->count * sizeof(float));
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
    char names[1000] = "";
    SM_REQUIRE(name != NULL, SIAMESE_E_ARGUMENT, "name: is NULL");
    *out = sm_parameters_find(list, name);
    if (*out) return SIAMESE_OK;
    for (size_t i = 0; i < list->count; i++) {
        size_t const used = strlen(names);
        snprintf(names + used, sizeof names - used, "%s%s", i ? ", " : "",
                 list->items[i]->name);
    }
    return sm_fail(SIAMESE_E_NOT_FOUND,
                   "name: there is no parameter '%.100s'; there are: %s", name,
                   names);
}

void sm_parameters_free(sm_parameters *list)
{
    for (size_t i = 0; i < list->count; i++) free_parameter(list->items[i]);
    sm_free(list->items);
    *list = (sm_parameters){.count = 0};
}
