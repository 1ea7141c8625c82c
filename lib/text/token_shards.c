/* token_shards.c: tokens in, how often each came out, in shards; those of many
 * threads summed. For a vocabulary that is being built. */
#include "text/token_shards.h"

#include "common/cancel.h"

/* Fewer tokens are summed by the caller alone, faster than a pool meets. */
enum { TOKENS_OF_A_POOL = 1 << 13 };

void sm_token_shards_by_text(sm_token_shards *shards, bool by_text)
{
    for (size_t s = 0; s < SM_TOKEN_SHARDS; s++)
        shards->shards[s].by_text = by_text;
}

void sm_token_shards_free(sm_token_shards *shards)
{
    for (size_t s = 0; s < SM_TOKEN_SHARDS; s++)
        sm_token_counts_free(&shards->shards[s]);
}

void sm_token_shards_clear(sm_token_shards *shards)
{
    for (size_t s = 0; s < SM_TOKEN_SHARDS; s++)
        sm_token_counts_clear(&shards->shards[s]);
}

size_t sm_token_shards_count(const sm_token_shards *shards)
{
    size_t count = 0;
    for (size_t s = 0; s < SM_TOKEN_SHARDS; s++)
        count += shards->shards[s].table.count;
    return count;
}

uint64_t sm_token_shards_times(const sm_token_shards *shards,
                               const sm_token *token)
{
    const sm_token_counts *const shard =
        &shards->shards[sm_token_shard(token->hash)];
    size_t const number = sm_token_table_find(&shard->table, token, SIZE_MAX);
    return number == SIZE_MAX ? 0 : shard->counts[number].count;
}

sm_status sm_token_shards_add(sm_token_shards *shards, const sm_token *tokens,
                              const uint64_t *texts, size_t count)
{
    for (size_t i = 0; i < count; i++)
        sm_token_table_prefetch(
            &shards->shards[sm_token_shard(tokens[i].hash)].table,
            tokens[i].hash);
    for (size_t i = 0; i < count; i++)
        SM_RETURN_IF_ERROR(
            sm_token_counts_add(&shards->shards[sm_token_shard(tokens[i].hash)],
                                &tokens[i], texts[i]));
    return SIAMESE_OK;
}

/* ---- the sum ---- */

typedef struct merge_job {
    sm_token_shards *shards, *parts;
    size_t part_count;
} merge_job;

/* What the other parts are added to: the shard, or the largest part of it while
 * the shard is empty. */
static sm_token_counts *base_of(const merge_job *job, size_t shard)
{
    sm_token_counts *base = &job->shards->shards[shard];
    if (base->table.count) return base;
    for (size_t p = 0; p < job->part_count; p++) {
        sm_token_counts *const part = &job->parts[p].shards[shard];
        if (part->table.count > base->table.count) base = part;
    }
    return base;
}

static sm_status make_room(void *context, size_t shard, size_t worker)
{
    const merge_job *const job = context;
    sm_token_counts *const base = base_of(job, shard);
    size_t tokens = 0, bytes = 0;
    (void)worker;
    for (size_t p = 0; p < job->part_count; p++) {
        const sm_token_counts *const part = &job->parts[p].shards[shard];
        if (part != base) sm_token_counts_missing(base, part, &tokens, &bytes);
    }
    return tokens ? sm_token_counts_reserve(base, tokens, bytes) : SIAMESE_OK;
}

/* Once there is room: cannot fail. */
static sm_status merge(void *context, size_t shard, size_t worker)
{
    const merge_job *const job = context;
    sm_token_counts *const sum = &job->shards->shards[shard];
    sm_token_counts *const base = base_of(job, shard);
    sm_token_counts const empty = *sum;
    (void)worker;
    if (base != sum) {
        *sum = *base;
        *base = empty;
    }
    for (size_t p = 0; p < job->part_count; p++)
        sm_token_counts_merge(sum, &job->parts[p].shards[shard]);
    return SIAMESE_OK;
}

static sm_status each_shard(sm_pool *pool, sm_task_fn fn, merge_job *job)
{
    size_t tokens = 0;
    for (size_t p = 0; p < job->part_count; p++)
        tokens += sm_token_shards_count(&job->parts[p]);
    if (tokens >= TOKENS_OF_A_POOL)
        return sm_pool_run(pool, SM_TOKEN_SHARDS, fn, job);
    for (size_t s = 0; s < SM_TOKEN_SHARDS; s++)
        SM_RETURN_IF_ERROR(fn(job, s, 0));
    return SIAMESE_OK;
}

sm_status sm_token_shards_merge(sm_pool *pool, sm_token_shards *shards,
                                sm_token_shards *parts, size_t part_count)
{
    merge_job job = {shards, parts, part_count};
    SM_RETURN_IF_ERROR(each_shard(pool, make_room, &job));
    /* to its end, even if somebody cancels: all of it or nothing */
    const atomic_int *const watched = sm_cancel_watch(NULL);
    sm_status const status = each_shard(pool, merge, &job);
    sm_cancel_watch(watched);
    return status;
}
