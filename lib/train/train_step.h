/* train_step.h: one training step: forward, loss, backward, and the update that
 * ends it. */
#ifndef SM_TRAIN_STEP_H
#define SM_TRAIN_STEP_H

#include "tower/tower_pass.h"
#include "train/loss.h"
#include "train/step_columns.h"

/* The memory of a step, kept from one to the next. */
typedef struct sm_step_room {
    sm_tower_pass *query_pass;
    sm_tower_pass *item_pass; /* NULL when the tower is shared */
    size_t pairs, columns_room, distinct; /* that there is room for */
    sm_step_columns columns;
    sm_pair *batch; /* the step's pairs */
    size_t batch_room;
    sm_text_rows fragments; /* queries of those that were made */
    siamese_text *texts;     /* queries, then items */
    float *queries;          /* vectors [pairs][dim] */
    float *items;            /* vectors [columns][dim] */
    float *query_gradients, *item_gradients; /* shaped like them */
    float *row_gradients;    /* summed by distinct row [distinct][dim] */
    float *weights;          /* [pairs] */
    uint32_t *query_numbers; /* [pairs] */
    float *probabilities;    /* [columns], for logQ */
    sm_loss loss;
} sm_step_room;

sm_status sm_step_room_create(sm_step_room *room, sm_pool *pool, int shared,
                              size_t query_fields);
void sm_step_room_free(sm_step_room *room);

/* What a step found before its update. */
typedef struct sm_step_result {
    size_t pairs;
    double loss_sum;
    uint64_t hits[SIAMESE_TOPK_COUNT]; /* of its own evaluation, if it made one */
    size_t topk_pairs;                 /* pairs of that; 0 without */
} sm_step_result;

/*
 * Vectors, loss and gradients of the pairs rows[count], of which and of whose
 * catalogue drawn is what training draws from: those from drawn.pairs on are made.
 * Weights and state stay as they are. SIAMESE_E_NOT_FINITE, SIAMESE_E_CANCELLED.
 */
sm_status sm_train_gradients(siamese_trainer *trainer, const size_t *rows,
                             size_t count, sm_drawn drawn,
                             sm_step_result *result);

/*
 * The loss of the pairs rows[count] of any store of these fields, encoded without
 * what is of training alone: random negatives and a logQ that is not given.
 */
sm_status sm_batch_loss(siamese_trainer *trainer, const sm_pair_store *store,
                        const size_t *rows, size_t count, double *sum);

/* The update, and the counters with it; it cannot fail. in_epoch: a step of
 * fit's own order. */
void sm_train_update(siamese_trainer *trainer, const sm_step_result *result,
                     int in_epoch);

#endif
