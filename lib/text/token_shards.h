/* token_shards.h: counts of tokens in shards by their hash: what threads have
 * counted apart is summed, and the sum put in order, a shard a task. */
#ifndef SM_TOKEN_SHARDS_H
#define SM_TOKEN_SHARDS_H

#include "common/pool.h"
#include "text/token_counts.h"

enum { SM_TOKEN_SHARD_BITS = 5, SM_TOKEN_SHARDS = 1 << SM_TOKEN_SHARD_BITS };

/* All zero is empty. */
typedef struct sm_token_shards {
    sm_token_counts shards[SM_TOKEN_SHARDS];
} sm_token_shards;

/* By the hash's high bits; a table finds its slots by the low ones. */
static inline size_t sm_token_shard(uint64_t hash)
{
    return (size_t)(hash >> (64 - SM_TOKEN_SHARD_BITS));
}

/* Sets whether they count texts too; before anything is counted. */
void sm_token_shards_by_text(sm_token_shards *shards, bool by_text);
void sm_token_shards_free(sm_token_shards *shards);
void sm_token_shards_clear(sm_token_shards *shards);

/* Distinct tokens. */
size_t sm_token_shards_count(const sm_token_shards *shards);

/* How often the token came. */
uint64_t sm_token_shards_times(const sm_token_shards *shards,
                               const sm_token *token);

/* Counts tokens[count], token i of text number texts[i]; their places are asked
 * for all at once, before the first is counted. On failure some are counted. */
sm_status sm_token_shards_add(sm_token_shards *shards, const sm_token *tokens,
                              const uint64_t *texts, size_t count);

/*
 * Adds each of parts[part_count] to shards, or none if memory runs out. The
 * parts are to be cleared then: shards that were empty take their memory.
 */
sm_status sm_token_shards_merge(sm_pool *pool, sm_token_shards *shards,
                                sm_token_shards *parts, size_t part_count);

#endif
