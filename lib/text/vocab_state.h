/* vocab_state.h: a finished vocabulary to and from a stream of bytes. */
#ifndef SM_VOCAB_STATE_H
#define SM_VOCAB_STATE_H

#include "common/stream.h"
#include "text/vocab.h"

/*
 * u64 max_tokens, u64 sequence_length, u32 standardize, u64 n, then the n
 * learned tokens in id order: i64 size of each, u64 size of all, the bytes.
 * Behind it, what the first files had not: u64 number of the other options that
 * are not at their default, name and value (bytes) of each in the table's
 * order; the five u64 of siamese_vocab_stats; for tf_idf the idf of every
 * token, f32; before it, from version 3 on, what cut the words (text_maker.h);
 * for a sentencepiece model, with n = 0, its bytes; with hash_min_count, and
 * n = 0, u64 m and the m learned buckets, u32, in id order.
 * SIAMESE_E_STATE before it is finished.
 */
sm_status sm_vocab_write(const siamese_vocab *vocab, sm_writer *writer);

/*
 * Makes the vocabulary anew; SIAMESE_E_FORMAT for any state that no vocabulary
 * writes. version is the section's, threads the option. Tells the log if
 * another release of Snowball or sentencepiece cut its words than this build
 * has.
 */
sm_status sm_vocab_read(siamese_vocab **out, sm_reader *reader,
                        uint32_t version, int32_t threads);

#endif
