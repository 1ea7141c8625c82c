/* checkpoint_load.h: a bundle from the sections of a checkpoint. */
#ifndef SM_CHECKPOINT_LOAD_H
#define SM_CHECKPOINT_LOAD_H

#include "checkpoint/bundle.h"
#include "checkpoint/byte_source.h"

/* Reads every section; options are whole. The error text lacks the path. */
sm_status sm_bundle_read(siamese_bundle **out, const sm_source *source,
                         const siamese_load_options *options);

#endif
