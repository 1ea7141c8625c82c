/* vocab.h: the vocabulary as the other floors use it: texts to token ids. */
#ifndef SM_VOCAB_H
#define SM_VOCAB_H

#include <stdbool.h>

#include "common/status.h"

/* One more reference to it, to be given up by siamese_vocab_free. */
siamese_vocab *sm_vocab_reference(const siamese_vocab *vocab);

/* Valid as long as the vocabulary. */
const siamese_vocab_options *sm_vocab_options(const siamese_vocab *vocab);

/* Finished: the table stands, and never changes again. */
bool sm_vocab_finished(const siamese_vocab *vocab);

/* Whether its tokens are those of a sentencepiece model, not counted ones. */
bool sm_vocab_has_pieces(const siamese_vocab *vocab);

#endif
