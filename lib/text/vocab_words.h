/* vocab_words.h: the words of a text as a vocabulary sees them, whatever ids it
 * makes of them: for those who compare texts word by word. */
#ifndef SM_VOCAB_WORDS_H
#define SM_VOCAB_WORDS_H

#include <stdbool.h>

#include "common/status.h"

/* One word, or a quantity, which is its own stem. Lent during the call. */
typedef struct sm_vocab_word {
    const char *text; /* as it is written, normalised; of a quantity "50 ft" */
    size_t size;
    const char *stem;
    size_t stem_size;
    bool is_quantity;
} sm_vocab_word;

typedef sm_status (*sm_take_word)(void *context, const sm_vocab_word *word);

/*
 * Hands on the words of a text in their order, then its quantities. Of a
 * vocabulary of a sentencepiece model they are the words that Keras's rules
 * cut, since pieces are parts of words. Any thread.
 */
sm_status sm_vocab_each_word(const siamese_vocab *vocab,
                             const siamese_text *text, sm_take_word take,
                             void *context);

/*
 * Whether a text of one word was learned: its token is in the table, or, of
 * hashed features, all of them are: the word, its stem and their parts. A word
 * that was never seen may well share a bucket with another; that each of its
 * parts does too is next to impossible. Without learned features, or of a
 * sentencepiece model, whose pieces are of any word, nothing is known to be.
 * Any thread.
 */
sm_status sm_vocab_knows_word(const siamese_vocab *vocab,
                              const siamese_text *word, bool *knows);

#endif
