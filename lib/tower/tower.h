/* tower.h: the tower handle as the floors below it see it. */
#ifndef SM_TOWER_H
#define SM_TOWER_H

#include "common/options.h"
#include "common/pool.h"
#include "math/kernels.h"
#include "nn/parameter_list.h"

extern const sm_option_table sm_tower_option_table;

/* Adds a reference; siamese_tower_free drops one. */
siamese_tower *sm_tower_reference(const siamese_tower *tower);

/* Borrowed for as long as the tower lives; a field may have no vocabulary. */
const siamese_vocab *sm_tower_field_vocab(const siamese_tower *tower,
                                          size_t field);
const char *sm_tower_field_name(const siamese_tower *tower, size_t field);
const siamese_field_options *sm_tower_field_options(const siamese_tower *tower,
                                                    size_t field);
/* The first field of texts; SIZE_MAX: there is none. */
size_t sm_tower_first_text(const siamese_tower *tower);

/*
 * The texts of numbers in rows[count][given], given at most the fields:
 * SIAMESE_E_ARGUMENT names `what` (as "pairs"), the `side` (as "query"), the
 * row and the field of one that a tower would refuse to read.
 */
sm_status sm_tower_check_texts(const siamese_tower *tower,
                               const siamese_text *rows, size_t count,
                               size_t given, const char *what,
                               const char *side);

/* Borrowed; hosts read and write them by name. */
sm_parameters *sm_tower_parameters(siamese_tower *tower);
const sm_parameters *sm_tower_const_parameters(const siamese_tower *tower);

/* After values were written: what is derived from them is made anew. */
void sm_tower_parameters_changed(siamese_tower *tower);

/* The option in force. */
int32_t sm_tower_table_precision(const siamese_tower *tower);

/* A deep copy of fields and values, sharing the vocabularies, its tables
 * rounded to SIAMESE_PRECISION_*. */
sm_status sm_tower_clone(siamese_tower **out, const siamese_tower *tower,
                         int32_t precision);

/* Runs this tower, a trainer's private one, on other kernels than its options
 * say. Its clones are back on those of the options. */
void sm_tower_use_kernels(siamese_tower *tower, const sm_kernels *kernels);

#endif
