/* vocab_lookup.h: the finished vocabulary at work, texts to ids and back;
 * siamese_vocab_tokenize, _token and _lookup are in siamese.h. */
#ifndef SM_VOCAB_LOOKUP_H
#define SM_VOCAB_LOOKUP_H

#include "common/status.h"
#include "text/id_list.h"

/* Whether its tokens are Keras's words, looked up: to find a text would take no
 * less time. */
bool sm_vocab_is_plain(const siamese_vocab *vocab);

/*
 * The ids of the first `limit` tokens of a text, SIZE_MAX: all, to the end of a
 * list. The vocabulary must be finished. Any thread.
 */
sm_status sm_vocab_tokenize_append(const siamese_vocab *vocab, const char *data,
                                   size_t size, size_t limit, sm_id_list *list);

#endif
