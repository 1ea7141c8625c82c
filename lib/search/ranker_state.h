/* ranker_state.h: a ranker to and from a section of a checkpoint, without its
 * words, which have a section of their own; docs/format.md has its bytes. */
#ifndef SM_RANKER_STATE_H
#define SM_RANKER_STATE_H

#include "common/stream.h"
#include "search/ranker.h"

sm_status sm_ranker_write(const siamese_ranker *ranker, sm_writer *writer);
sm_status sm_ranker_read(siamese_ranker **out, sm_reader *reader);

#endif
