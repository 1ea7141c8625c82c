/* vocab_sentencepiece.h: a vocabulary whose tokens are those of a sentencepiece
 * model; siamese_vocab_load_sentencepiece and _train_sentencepiece: see
 * siamese.h. */
#ifndef SM_VOCAB_SENTENCEPIECE_H
#define SM_VOCAB_SENTENCEPIECE_H

#include "text/vocab_handle.h"

/* Finishes the vocabulary with a copy of the model. */
sm_status sm_vocab_set_model(siamese_vocab *vocab, const char *model,
                             size_t size);

/* Appends all ids of a text. */
sm_status sm_vocab_piece_ids(const siamese_vocab *vocab,
                             const siamese_text *text, sm_id_list *list);

#endif
