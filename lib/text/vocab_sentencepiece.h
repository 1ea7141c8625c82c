/* vocab_sentencepiece.h: a vocabulary whose tokens are those of a sentencepiece
 * model; siamese_vocab_load_sentencepiece and _train_sentencepiece: see
 * siamese.h. */
#ifndef SM_VOCAB_SENTENCEPIECE_H
#define SM_VOCAB_SENTENCEPIECE_H

#include "text/vocab_handle.h"

/* Finishes the vocabulary with a copy of the model. */
sm_status sm_vocab_set_model(siamese_vocab *vocab, const char *model,
                             size_t size);

#endif
