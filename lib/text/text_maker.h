/* text_maker.h: which release of Snowball or sentencepiece cut a vocabulary's
 * words, for another one may cut them otherwise. */
#ifndef SM_TEXT_MAKER_H
#define SM_TEXT_MAKER_H

#include "common/stream.h"
#include "text/vocab_handle.h"

/* What this build is to the vocabulary: that of its stemmer or of its
 * sentencepiece model; empty and 0 if it has neither. */
sm_status sm_text_maker_of(const siamese_vocab *vocab, sm_text_maker *out);

/* release (bytes) and fingerprint (u64): of the vocabulary's file, if it came
 * from one, or of this build. */
sm_status sm_text_maker_write(const siamese_vocab *vocab, sm_writer *writer);
sm_status sm_text_maker_read(sm_reader *reader, sm_text_maker *out);

/* Tells the log if this build is not what made the vocabulary; keeps what
 * did. */
sm_status sm_text_maker_check(siamese_vocab *vocab, const char *section,
                              const sm_text_maker *maker);

#endif
