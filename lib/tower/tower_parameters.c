/* tower_parameters.c: a name in, the numbers of a parameter out, or new ones
 * in. For hosts, optimisers and checkpoints. */
#include <math.h>
#include <string.h>

#include "common/room.h"
#include "nn/table_precision.h"
#include "tower/tower.h"
#include "tower/tower_handle.h"

size_t siamese_tower_parameter_count(const siamese_tower *tower)
{
    return tower ? tower->parameters.count : 0;
}

siamese_status siamese_tower_parameter_info(const siamese_tower *tower,
                                            size_t i,
                                            siamese_parameter_info *info)
{
    SM_REQUIRE(tower != NULL, SIAMESE_E_ARGUMENT, "tower: is NULL");
    SM_REQUIRE(i < tower->parameters.count, SIAMESE_E_NOT_FOUND,
               "i: %zu; the tower has %zu parameters", i,
               tower->parameters.count);
    const sm_parameter *const p = tower->parameters.items[i];
    siamese_parameter_info own = {.struct_size = sizeof own,
                                  .rank = p->rank,
                                  .count = p->count,
                                  .precision = p->precision};
    memcpy(own.name, p->name, sizeof own.name);
    memcpy(own.shape, p->shape, sizeof own.shape);
    return sm_struct_write(&own, sizeof own, info, "info");
}

siamese_status siamese_tower_parameter_get(const siamese_tower *tower,
                                           const char *name, float *values,
                                           size_t capacity, size_t *needed)
{
    sm_parameter *p;
    SM_REQUIRE(tower != NULL, SIAMESE_E_ARGUMENT, "tower: is NULL");
    SM_RETURN_IF_ERROR(sm_parameters_require(&tower->parameters, name, &p));
    SM_RETURN_IF_ERROR(sm_room("values", values, capacity, p->count, needed));
    sm_values_read(p, 0, p->count, values);
    return SIAMESE_OK;
}

siamese_status siamese_tower_parameter_set(siamese_tower *tower,
                                           const char *name,
                                           const float *values, size_t count)
{
    sm_parameter *p;
    SM_REQUIRE(tower != NULL, SIAMESE_E_ARGUMENT, "tower: is NULL");
    SM_REQUIRE(values != NULL, SIAMESE_E_ARGUMENT, "values: is NULL");
    SM_RETURN_IF_ERROR(sm_parameters_require(&tower->parameters, name, &p));
    SM_REQUIRE(count == p->count, SIAMESE_E_ARGUMENT,
               "count: is %zu, but %s has %zu numbers", count, name, p->count);
    for (size_t i = 0; i < count; i++)
        SM_REQUIRE(isfinite(values[i]), SIAMESE_E_NOT_FINITE,
                   "values: number %zu of %s is not finite", i, name);
    sm_values_round(p, values);
    sm_tower_parameters_changed(tower);
    return SIAMESE_OK;
}
