/* checkpoint_save.h: a bundle as the sections of a checkpoint. */
#ifndef SM_CHECKPOINT_SAVE_H
#define SM_CHECKPOINT_SAVE_H

#include "checkpoint/bundle.h"
#include "common/stream.h"

/* Writes the whole file to sink; options are whole. */
sm_status sm_bundle_write(const siamese_bundle *bundle, sm_writer *sink,
                          const siamese_save_options *options);

#endif
