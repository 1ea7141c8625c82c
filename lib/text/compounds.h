/* compounds.h: deck over and deckover: what is written in two words and was
 * learned as one, or in one and was learned as two. */
#ifndef SM_COMPOUNDS_H
#define SM_COMPOUNDS_H

#include "text/vocab_handle.h"

/*
 * The words that a text has besides, into scratch: for each two neighbours the
 * word that they are together, if it was learned, then for each word that was
 * not the two that it is made of, if they were. Of a finished vocabulary.
 */
sm_status sm_compounds(const siamese_vocab *vocab, sm_text_scratch *scratch,
                       sm_analysis *analysis);

#endif
