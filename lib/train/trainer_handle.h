/* trainer_handle.h: what a trainer is made of; for lib/train alone. */
#ifndef SM_TRAINER_HANDLE_H
#define SM_TRAINER_HANDLE_H

#include <stdatomic.h>

#include "common/pool.h"
#include "common/reference.h"
#include "train/epoch_plan.h"
#include "metrics/topk_accuracy.h"
#include "train/stream_frequency.h"
#include "train/train_step.h"
#include "train/trainer_options.h"
#include "train/turn_lock.h"
#include "train/validation.h"

/*
 * Where training stands between two steps; with the weights and the optimiser's
 * moments, all that a checkpoint needs to go on. It changes under the lock,
 * together with the weights.
 */
typedef struct sm_train_state {
    uint64_t steps;        /* done in all: Adam's t */
    size_t epoch;          /* whole epochs done */
    size_t position;       /* steps done of the running epoch */
    int32_t closed;        /* the figures are those of the last whole epoch */
    size_t epoch_pairs;    /* pairs that the running epoch began with */
    size_t epoch_items;    /* and items of the catalogue */
    size_t epoch_made;     /* and pairs made of both */
    uint64_t fingerprint;  /* of those pairs and items */
    double loss_sum;       /* over the running epoch */
    double batch_loss_sum; /* of the last batch */
    uint64_t hits[SIAMESE_TOPK_COUNT]; /* of the last evaluation, or, */
    uint64_t topk_pairs;               /* metrics=step, of the running epoch */
    sm_validation_state validation;
} sm_train_state;

/* What get_progress shows of time, of the running or last fit. */
typedef struct sm_train_timing {
    double pairs_per_second, seconds, seconds_left;
} sm_train_timing;

struct siamese_trainer {
    sm_references references;
    siamese_trainer_options options;
    const sm_kernels *kernels;
    sm_pool *pool;
    siamese_tower *query; /* private copies */
    siamese_tower *item;  /* == query when shared */
    sm_pair_store pairs;
    sm_generated_pairs made;       /* of self_supervision */
    sm_mined mined;                /* of mined_negatives, for the epoch */
    sm_item_counts item_counts;    /* of logq=counted */
    sm_stream_frequency frequency; /* of logq=streaming */
    sm_validation validation;
    sm_step_room room;
    int32_t has_gradient; /* the gradients are those of the last step */

    sm_turn_lock lock; /* weights, moments, state, timing */
    sm_train_state state;
    sm_train_timing timing;
    size_t next_made; /* pairs that an epoch makes, as of the last prepare */

    atomic_int running;   /* a call that has the trainer to itself */
    atomic_int cancelled; /* the run, or, while none is, the next one */
};

/* Begins a call that has the trainer to itself, or SIAMESE_E_STATE if one is going
 * on, as for calls from a progress callback. */
sm_status sm_trainer_begin(siamese_trainer *trainer);
void sm_trainer_end(siamese_trainer *trainer);

/*
 * The same for a step, fit or evaluate, whose thread watches for a cancel
 * meanwhile: SIAMESE_E_CANCELLED, and the run is over, if one waits already. The
 * end of a run takes the cancel with it.
 */
sm_status sm_trainer_begin_run(siamese_trainer *trainer);
void sm_trainer_end_run(siamese_trainer *trainer);

/* Whether FactorizedTopK matches by id. */
static inline int sm_trainer_by_id(const siamese_trainer *trainer)
{
    return trainer->options.topk_match == SIAMESE_TOPK_MATCH_ID;
}

/* The figures of state and timing, in stage TRAIN; under the lock. */
void sm_trainer_fill_progress(const siamese_trainer *trainer,
                              siamese_progress *progress);

#endif
