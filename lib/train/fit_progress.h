/* fit_progress.h: a fit that goes on: the parts of its trainer, its clock, and
 * what its host is told. */
#ifndef SM_FIT_PROGRESS_H
#define SM_FIT_PROGRESS_H

#include "metrics/topk_accuracy.h"
#include "train/trainer_data.h"
#include "train/trainer_model.h"

typedef struct sm_fit {
    const siamese_trainer_options *options;
    sm_trainer_run *run;
    sm_trainer_data *data;
    sm_trainer_model *model;
    siamese_progress_fn progress; /* may be NULL */
    void *user;
    double began;         /* all times in seconds */
    double last_call;     /* of progress */
    double train_seconds; /* of the steps of this fit */
    double train_pairs;   /* of the same */
    double evaluate_began;
    double evaluate_seconds; /* of the last evaluation; < 0: none yet */
    double validate_seconds; /* of the last validation; 0: none yet */
    uint64_t ties_told;      /* in the last warning of ties */
    int32_t stage;
    double stage_done;
} sm_fit;

/* Seconds of a clock that never goes back. */
double sm_fit_now(void);

void sm_fit_update_timing(const sm_fit *fit);

/* Tells the host; its no, or a cancel, ends the run. */
sm_status sm_fit_tell(sm_fit *fit);

/* An evaluation of the towers that tells the host how far it is. */
sm_topk_accuracy_run sm_fit_evaluation(sm_fit *fit);

#endif
