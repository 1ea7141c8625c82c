/* trainer_evaluate.h: FactorizedTopK of a trainer, when its host asks for it:
 * siamese_trainer_evaluate. */
#ifndef SM_TRAINER_EVALUATE_H
#define SM_TRAINER_EVALUATE_H

#include "train/trainer_handle.h"

#endif
