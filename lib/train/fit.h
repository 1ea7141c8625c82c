/* fit.h: whole epochs: batches in the sampler's order, progress, evaluation. */
#ifndef SM_FIT_H
#define SM_FIT_H

#include "train/trainer_handle.h"

typedef struct sm_fit {
    siamese_trainer *trainer;
    siamese_progress_fn progress; /* may be NULL */
    void *user;
    double began;            /* all times in seconds */
    double last_call;        /* of progress */
    double train_seconds;    /* of the steps of this fit */
    double train_pairs;      /* of the same */
    double evaluate_began;
    double evaluate_seconds; /* of the last evaluation; < 0: none yet */
    double validate_seconds; /* of the last validation; 0: none yet */
    uint64_t ties_told;      /* in the last warning of ties */
    int32_t stage;
    double stage_done;
} sm_fit;

/* Epochs until options.epochs are done in all. */
sm_status sm_fit_run(sm_fit *fit);

#endif
