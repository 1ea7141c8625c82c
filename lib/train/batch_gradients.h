/* batch_gradients.h: what a training step finds before its update: vectors,
 * loss and gradients of a batch. */
#ifndef SM_BATCH_GRADIENTS_H
#define SM_BATCH_GRADIENTS_H

#include "train/trainer_data.h"
#include "train/trainer_model.h"

typedef struct sm_step_result {
    size_t pairs;
    double loss_sum;
    /* of its own evaluation, if it made one */
    uint64_t hits[SIAMESE_TOPK_COUNT];
    size_t topk_pairs; /* pairs of that; 0 without */
} sm_step_result;

/*
 * Vectors, loss and gradients of a batch, into the model's buffers and
 * parameters. Weights and state stay as they are. SIAMESE_E_NOT_FINITE,
 * SIAMESE_E_CANCELLED.
 */
sm_status sm_batch_gradients(const siamese_trainer_options *options,
                             const sm_trainer_run *run, sm_trainer_data *data,
                             sm_trainer_model *model, const sm_batch *batch,
                             sm_step_result *result);

/*
 * The loss of the pairs rows[count] of any store of these fields, encoded
 * without what is of training alone: random negatives and a logQ that is not
 * given.
 */
sm_status sm_batch_loss(const siamese_trainer_options *options,
                        const sm_trainer_run *run, sm_trainer_model *model,
                        const sm_pair_store *store, const size_t *rows,
                        size_t count, double *sum);

#endif
