/* trainer_state.h: a trainer to and from a checkpoint's section, all but the
 * weights, which its towers bring, and the pairs, which the host gives
 * again. */
#ifndef SM_TRAINER_STATE_H
#define SM_TRAINER_STATE_H

#include "common/stream_copy.h"
#include "train/trainer.h"

/* The trainer is paused, or nobody else uses it. */
sm_status sm_trainer_write(const siamese_trainer *trainer, sm_writer *writer);

/*
 * The same into memory, with the towers in float32, all between the same two
 * steps; training goes on as soon as they are copied. Failing, what was made of
 * them is freed by the caller.
 */
sm_status sm_trainer_copy(const siamese_trainer *trainer,
                          sm_stream_copy *section, siamese_tower **query,
                          siamese_tower **item);

/*
 * A trainer of these towers (the same handle twice: a shared one) that stands
 * where the written one stood. Nothing read is trusted. threads: the new
 * handle's. version: of the section, 1 to 4.
 */
sm_status sm_trainer_read(siamese_trainer **out, sm_reader *reader,
                          uint32_t version, const siamese_tower *query,
                          const siamese_tower *item, int32_t threads);

#endif
