/* tower_handle.h: what a tower is made of; for lib/tower alone. */
#ifndef SM_TOWER_HANDLE_H
#define SM_TOWER_HANDLE_H

#include "common/options.h"
#include "common/reference.h"
#include "nn/encoder.h"
#include "tower/tower.h"
#include "tower/tower_head.h"
#include "tower/tower_scratch.h"

/* Tokens of a text at the most: it bounds what a pass keeps of a row. */
enum { SM_LENGTH_MAX = 4096 };

extern const sm_option_table sm_tower_option_table;
extern const sm_option_table sm_field_option_table;

typedef struct sm_field {
    char name[64];
    siamese_vocab *vocab; /* a reference of its own */
    siamese_field_options options;
    size_t length; /* tokens read of a text; 0: all */
    size_t table;  /* token ids are below it */
    sm_encoder *encoder;
} sm_field;

/* Tokens read of a text at the most. */
static inline size_t sm_field_limit(const sm_field *field)
{
    return field->length ? field->length : SIZE_MAX;
}

struct siamese_tower {
    sm_references references;
    siamese_tower_options options;
    const sm_kernels *kernels;
    sm_pool *pool;
    sm_parameters parameters;
    /* one for now; the head reads what several will be combined to */
    sm_field field;
    size_t field_count;
    sm_head head;
    /* apart, so that a const tower can lend it to its threads */
    sm_tower_scratch_list *scratch;
};

/*
 * siamese_tower_add_field for a tower without a field and a finished vocabulary.
 * SIAMESE_E_LIMIT if its parameters have more than `most` numbers. Without
 * initialise the values are 0: write them and call sm_tower_parameters_changed.
 */
sm_status sm_tower_add_field(siamese_tower *tower, const char *name,
                             const siamese_vocab *vocab,
                             const siamese_field_options *options, size_t most,
                             int initialise);

#endif
