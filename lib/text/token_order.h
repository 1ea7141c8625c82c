/* token_order.h: counted tokens in Keras's order: most frequent first, ties by
 * their bytes descending. */
#ifndef SM_TOKEN_ORDER_H
#define SM_TOKEN_ORDER_H

#include "text/token_shards.h"

/* A token of a shard, with what nearly always decides its place. */
typedef struct sm_ranked_token {
    uint64_t count;
    uint64_t prefix; /* its first 8 bytes, the first the highest; 0 behind */
    uint32_t shard, number;
} sm_ranked_token;

/*
 * The first tokens in that order, `most` or all that there are: (*out)[*count],
 * to be freed by sm_free. Fails if memory runs out.
 */
sm_status sm_token_order(sm_pool *pool, const sm_token_shards *shards,
                         size_t most, sm_ranked_token **out, size_t *count);

#endif
