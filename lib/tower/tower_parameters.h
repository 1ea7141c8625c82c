/* tower_parameters.h: a tower's parameters, for the floors below; hosts read and
 * write them by name. */
#ifndef SM_TOWER_PARAMETERS_H
#define SM_TOWER_PARAMETERS_H

#include "nn/parameter.h"

sm_parameters *sm_tower_parameters(siamese_tower *tower);
const sm_parameters *sm_tower_const_parameters(const siamese_tower *tower);

#endif
