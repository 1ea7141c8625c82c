/* items_state.h: items to and from a stream, for checkpoints. */
#ifndef SM_ITEMS_STATE_H
#define SM_ITEMS_STATE_H

#include "common/stream.h"

/* docs/format.md has the layout. Of a clone that nobody changes. */
sm_status sm_items_write(const siamese_items *items, sm_writer *writer);

/* New items with the same rows under the same numbers. Nothing in the stream is
 * believed: SIAMESE_E_FORMAT names what is wrong. */
sm_status sm_items_read(siamese_items **out, sm_reader *reader);

#endif
