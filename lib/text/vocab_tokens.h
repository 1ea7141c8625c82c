/* vocab_tokens.h: the table of a vocabulary from a list of tokens;
 * siamese_vocab_set_tokens, _set_idf and _get_idf: see siamese.h. */
#ifndef SM_VOCAB_TOKENS_H
#define SM_VOCAB_TOKENS_H

#include "text/vocab_handle.h"

/* SIAMESE_E_ARGUMENT for NULL, SIAMESE_E_STATE once it is finished. */
sm_status sm_vocab_check_unfinished(const siamese_vocab *vocab);

/* A table of the specials, with room for so many more tokens and bytes. */
sm_status sm_vocab_start_table(const siamese_vocab *vocab,
                               sm_token_table *table, size_t tokens,
                               size_t bytes);

/* The tokens behind the specials, one after the other in bytes. */
typedef struct sm_learned_tokens {
    const int64_t *sizes; /* [count] */
    size_t count;
    const char *bytes;
    const float *idf; /* [specials + count] for tf_idf, else NULL */
} sm_learned_tokens;

/* `code` is the status of tokens that make no table. */
sm_status sm_vocab_set_learned(siamese_vocab *vocab,
                               const sm_learned_tokens *tokens, sm_status code);

#endif
