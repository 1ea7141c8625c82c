/* tower_grow.h: a tower whose vocabulary has grown: what it has learned stays,
 * new tokens get new rows; siamese_tower_grow is in siamese.h. */
#ifndef SM_TOWER_GROW_H
#define SM_TOWER_GROW_H

#include "tower/tower.h"

/*
 * The numbers of two tensors of one parameter, before and after growth, that
 * stay: those of the rows that both have. 0 if they are not of one kind.
 */
size_t sm_parameter_common(const sm_parameter *grown, const sm_parameter *old);

#endif
