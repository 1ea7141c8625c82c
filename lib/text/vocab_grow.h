/* vocab_grow.h: a vocabulary that goes on from another one: the old tokens
 * under their ids, then new ones; siamese_vocab_grow is in siamese.h. */
#ifndef SM_VOCAB_GROW_H
#define SM_VOCAB_GROW_H

#include "common/status.h"

/* SIAMESE_E_ARGUMENT unless `grown` reads texts as `old` does and has each of
 * its tokens under the same id. */
sm_status sm_vocab_check_grown(const siamese_vocab *grown,
                               const siamese_vocab *old);

#endif
