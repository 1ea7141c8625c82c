/* text_ids.h: from the words of a text to its ids: n-grams looked up in the
 * table, or features hashed. */
#ifndef SM_TEXT_IDS_H
#define SM_TEXT_IDS_H

#include "text/vocab_handle.h"

/* How many ids a text has, and the first `limit` of them; for vocabularies that
 * are not plain. */
size_t sm_text_ids_count(const siamese_vocab *vocab, const sm_words *words);
size_t sm_text_ids(const siamese_vocab *vocab, const sm_words *words,
                   size_t limit, int32_t *ids);

#endif
