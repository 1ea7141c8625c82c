/* vocab_rows.c: a vocabulary in, how many rows its ids take out. For towers. */
#include "text/vocab_rows.h"

#include "text/vocab_features.h"

size_t sm_vocab_rows(const siamese_vocab *vocab)
{
    size_t const most = vocab->options.max_tokens;
    if (vocab->options.hash_buckets || vocab->pieces)
        return siamese_vocab_size(vocab);
    return (most ? most : vocab->table.count) + 1;
}

bool sm_vocab_same_rows(const siamese_vocab *a, const siamese_vocab *b)
{
    return sm_vocab_rows(a) == sm_vocab_rows(b) &&
           sm_vocab_learns_features(a) == sm_vocab_learns_features(b) &&
           sm_vocab_keeps_features(a, b);
}
