/* checkpoint_save.h: a bundle as the sections of a checkpoint. */
#ifndef SM_CHECKPOINT_SAVE_H
#define SM_CHECKPOINT_SAVE_H

#include "checkpoint/bundle.h"
#include "common/stream.h"

/* Writes the whole file to sink; level is zlib's. */
sm_status sm_bundle_write(const siamese_bundle *bundle, sm_writer *sink,
                          int level);

#endif
