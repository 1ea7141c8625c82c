/* fit_measure.h: what a fit measures: its validation, and FactorizedTopK after
 * an epoch or in each step. */
#ifndef SM_FIT_MEASURE_H
#define SM_FIT_MEASURE_H

#include "train/batch_gradients.h"
#include "train/fit_progress.h"

/* The validation, if it is time for one; a run that was cancelled before its
 * validation makes it when it goes on. */
sm_status sm_fit_validate(sm_fit *fit);

/* Ends the epoch: its evaluation, if it has one, and the count of epochs. */
sm_status sm_fit_close_epoch(sm_fit *fit);

/* What the steps of an epoch are evaluated against, from its first one on;
 * zeroed memory is none yet. */
typedef struct sm_step_candidates {
    sm_candidates list;
    sm_candidate_rows rows;
} sm_step_candidates;

void sm_step_candidates_free(sm_step_candidates *candidates);

/* With metrics=step: the notebook's metric over all candidates, with the
 * weights before the update, for the pairs of the batch that were given. */
sm_status sm_fit_evaluate_step(sm_fit *fit, sm_step_candidates *candidates,
                               const size_t *rows, sm_step_result *result);

#endif
