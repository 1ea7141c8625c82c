/* train_state.h: where training stands between two steps, in numbers alone. */
#ifndef SM_TRAIN_STATE_H
#define SM_TRAIN_STATE_H

#include <stdbool.h>

#include "common/status.h"

/* What a checkpoint keeps of validation, beside the best weights. */
typedef struct sm_validation_state {
    uint64_t fingerprint; /* of pairs and candidates; 0: there are none */
    uint64_t steps;       /* when the figures were found; 0: never */
    double loss;          /* a pair */
    uint64_t hits[SIAMESE_TOPK_COUNT];
    uint64_t topk_pairs;  /* pairs that the hits are of; 0: not measured */
    uint64_t best_steps;  /* 0: no best yet */
    double best;          /* the monitored figure then */
    uint64_t waits;       /* validations since */
    bool best_is_current; /* the weights are the best ones */
    uint64_t tied; /* queries of it whose hits a tie decided, as misses */
} sm_validation_state;

/*
 * With the weights and the optimiser's moments, all that a checkpoint needs to
 * go on. It changes while the run is paused, together with the weights.
 */
typedef struct sm_train_state {
    uint64_t steps;         /* done in all: Adam's t */
    size_t epoch;           /* whole epochs done */
    size_t position;        /* steps done of the running epoch */
    bool closed;            /* the figures are those of the last whole epoch */
    size_t epoch_pairs;     /* pairs that the running epoch began with */
    size_t epoch_items;     /* and items of the catalogue */
    size_t epoch_generated; /* and pairs generated of both */
    uint64_t fingerprint;   /* of those pairs and items */
    double loss_sum;        /* over the running epoch */
    double batch_loss_sum;  /* of the last batch */
    uint64_t hits[SIAMESE_TOPK_COUNT]; /* of the last evaluation, or, */
    uint64_t topk_pairs;               /* metrics=step, of the running epoch */
    sm_validation_state validation;
} sm_train_state;

/* Whether an epoch runs: it has a step, and its end has not been counted. */
static inline bool sm_is_in_epoch(const sm_train_state *state)
{
    return state->position > 0 && !state->closed;
}

#endif
