/* trainer_handle.h: the parts that a trainer is made of. Only what handles it
 * as a whole includes this: what does the work takes the parts that it
 * needs. */
#ifndef SM_TRAINER_HANDLE_H
#define SM_TRAINER_HANDLE_H

#include "common/reference.h"
#include "train/trainer_data.h"
#include "train/trainer_model.h"
#include "train/trainer_run.h"

struct siamese_trainer {
    sm_references references;
    siamese_trainer_options options; /* some change, while the run is paused */
    sm_trainer_run run;              /* what a run is */
    sm_trainer_data data;            /* what is learned from */
    sm_trainer_model model;          /* what is learned */
};

#endif
