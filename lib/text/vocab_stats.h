/* vocab_stats.h: what a vocabulary leaves out of texts, counted;
 * siamese_vocab_get_stats and _measure: see siamese.h. */
#ifndef SM_VOCAB_STATS_H
#define SM_VOCAB_STATS_H

#include <stddef.h>

#include <siamese/siamese.h>

/* One text more, of so many tokens, cut at limit. */
static inline void sm_vocab_stats_add_text(siamese_vocab_stats *stats,
                                           size_t tokens, size_t limit)
{
    stats->texts++;
    stats->tokens += tokens;
    if (tokens <= limit) return;
    stats->texts_cut++;
    stats->tokens_cut += tokens - limit;
}

void sm_vocab_stats_add(siamese_vocab_stats *to,
                        const siamese_vocab_stats *from);

#endif
