/* trainer_run.h: what a run of a trainer is: what it computes with, who has the
 * trainer to himself, when it is cancelled, and how long it takes. */
#ifndef SM_TRAINER_RUN_H
#define SM_TRAINER_RUN_H

#include <stdatomic.h>

#include "common/team.h"
#include "math/kernels.h"
#include "train/turn_lock.h"

/* What get_progress shows of time, of the running or last fit. */
typedef struct sm_train_timing {
    double pairs_per_second, seconds, seconds_left;
} sm_train_timing;

/* Its last three members are for trainer_run.c alone. */
typedef struct sm_trainer_run {
    const sm_kernels *kernels;
    sm_pool *pool;
    sm_team team;           /* of the ranks of an exchange */
    bool is_compared;       /* the team's ranks had all in common once */
    sm_train_timing timing; /* under the lock */
    sm_turn_lock lock;
    atomic_int running;   /* a call that has the trainer to itself */
    atomic_int cancelled; /* the run, or, while none is, the next one */
} sm_trainer_run;

void sm_run_init(sm_trainer_run *run);
void sm_run_destroy(sm_trainer_run *run);

/* Has the trainer to itself, or SIAMESE_E_STATE if another call has, as for
 * calls from a progress callback. */
sm_status sm_run_claim(sm_trainer_run *run);
void sm_run_release(sm_trainer_run *run);

/*
 * The same for a step, fit or evaluate, whose thread watches for a cancel
 * meanwhile: SIAMESE_E_CANCELLED, and the run is over, if one waits already.
 * The end of a run takes the cancel with it.
 */
sm_status sm_run_begin(sm_trainer_run *run);
void sm_run_end(sm_trainer_run *run);

/* From any thread. */
void sm_run_cancel(sm_trainer_run *run);

/* SIAMESE_E_STATE while a call has the trainer. */
sm_status sm_run_forget_cancel(sm_trainer_run *run);

/* Weights, moments, state, options and timing change between these two alone,
 * and are read between them by threads that are not in the run. */
void sm_run_pause(sm_trainer_run *run);
void sm_run_resume(sm_trainer_run *run);

#endif
