/* trainer.h: the trainer handle as the floors below it see it. */
#ifndef SM_TRAINER_H
#define SM_TRAINER_H

#include "common/status.h"
#include "pairs/pair_store.h"

/* Adds a reference; siamese_trainer_free drops one. */
siamese_trainer *sm_trainer_reference(siamese_trainer *trainer);

/* What it was given to learn from, and the tower that it trains for items:
 * borrowed, of a trainer that nobody changes meanwhile. */
const sm_pair_store *sm_trainer_pairs(const siamese_trainer *trainer);
const siamese_tower *sm_trainer_item_tower(const siamese_trainer *trainer);

/*
 * Holds a running fit between two steps until resume, so that several parts of
 * the trainer are read as of one moment; also from its progress callback. While
 * it is paused siamese_trainer_snapshot would wait: use snapshot_paused, which
 * gives the towers exactly as they are trained, or as a snapshot has them.
 */
void sm_trainer_pause(const siamese_trainer *trainer);
void sm_trainer_resume(const siamese_trainer *trainer);
sm_status sm_trainer_snapshot_paused(const siamese_trainer *trainer, int exact,
                                     siamese_tower **query,
                                     siamese_tower **item);

#endif
