/* together.h: a run of a trainer that other ranks run too: that they begin with
 * the same, do the same steps, and end together. Without an exchange each of
 * these lets the run go on. */
#ifndef SM_TOGETHER_H
#define SM_TOGETHER_H

#include "train/batch_gradients.h"

/*
 * What the ranks compare before a run that begins, or did not: `status` is that
 * of the rank's own beginning, and is returned if it is a failure. The text of
 * SIAMESE_E_STATE names what differs and where. A step, of the `chosen` pairs,
 * compares all of it only in the first run with an exchange.
 */
sm_status sm_together_begin(siamese_trainer *trainer, sm_status status,
                            const sm_batch *chosen);

/* The end of it: as sm_team_end. */
sm_status sm_together_end(siamese_trainer *trainer, sm_status status);

/* Before the update of a step: all ranks have its gradients, of the same pairs
 * and with the same loss. */
sm_status sm_together_step(const siamese_trainer_options *options,
                           sm_trainer_run *run, const sm_trainer_model *model,
                           const sm_batch *batch, const sm_step_result *result);

/*
 * Before what a fit does between steps is entered in its state, of which
 * `place` says what: no rank has failed on the way there. So the states of all
 * ranks stay the same, also where one is cancelled. `what` is 0, or must be the
 * same on all of them.
 */
enum {
    SM_TOGETHER_EPOCH = 1, /* it begins */
    SM_TOGETHER_VALIDATED,
    SM_TOGETHER_CLOSED,
    SM_TOGETHER_LEARNED /* and the best weights are restored */
};
sm_status sm_together_at(sm_trainer_run *run, const sm_train_state *state,
                         int place, uint64_t what);

#endif
