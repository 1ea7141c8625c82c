/* fit.h: whole epochs: batches in the sampler's order, mining, evaluation. */
#ifndef SM_FIT_H
#define SM_FIT_H

#include "train/fit_progress.h"

/* Epochs until options.epochs are done in all. */
sm_status sm_fit_run(sm_fit *fit);

#endif
