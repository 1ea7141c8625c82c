/* tower_handle.h: what a tower is made of; for lib/tower alone. */
#ifndef SM_TOWER_HANDLE_H
#define SM_TOWER_HANDLE_H

#include <stdbool.h>

#include "common/reference.h"
#include "tower/tower_combine.h"
#include "tower/tower_field.h"
#include "tower/tower_head.h"
#include "tower/tower_scratch.h"

struct siamese_tower {
    sm_references references;
    siamese_tower_options options;
    const sm_kernels *kernels;
    sm_pool *pool;
    /* those of the fields, in their order, then those of the head */
    sm_parameters parameters;
    size_t field_parameters;
    sm_field *fields;
    size_t field_count, field_capacity;
    size_t combined_dim; /* of the fields' vectors together */
    sm_head head;
    /* apart, so that a const tower can lend it to its threads */
    sm_lending *scratch; /* of sm_tower_scratch */
};

/* Whether the vector of a row is more than its one field's. */
static inline bool sm_tower_combines(const siamese_tower *tower)
{
    return tower->field_count > 1 || tower->fields[0].options.weight != 1.0;
}

static inline sm_combine sm_tower_combine(const siamese_tower *tower)
{
    return (sm_combine){tower->kernels, tower->options.combine, tower->fields,
                        tower->field_count, tower->combined_dim};
}

/*
 * siamese_tower_add_field for a finished vocabulary, or none. SIAMESE_E_LIMIT
 * if the tower's parameters then have more than `most` bytes. Without
 * initialise the values are 0: write them and call sm_tower_parameters_changed.
 */
sm_status sm_tower_add_field(siamese_tower *tower, const char *name,
                             const siamese_vocab *vocab,
                             const siamese_field_options *options, size_t most,
                             int initialise);

#endif
