/* feature_table.c: counts in, the buckets with ids and their ids out. For a
 * finished vocabulary. */
#include "text/feature_table.h"

#include <stdbool.h>
#include <string.h>

#include "common/memory.h"
#include "common/size.h"

void sm_feature_table_free(sm_feature_table *table)
{
    sm_free(table->blocks);
    sm_free(table->buckets);
    sm_free(table->ids);
    *table = (sm_feature_table){0};
}

/* Sets the buckets' bits; tells whether they ascend. */
static sm_status mark(sm_feature_table *table, size_t bucket_count,
                      const uint32_t *buckets, size_t count, sm_status code,
                      bool *ascends)
{
    *ascends = true;
    for (size_t i = 0; i < count; i++) {
        uint32_t const bucket = buckets[i];
        SM_REQUIRE(bucket < bucket_count, code,
                   "features[%zu]: bucket %lu of %zu", i, (unsigned long)bucket,
                   bucket_count);
        sm_bucket_block *const block =
            &table->blocks[bucket / SM_BUCKETS_A_BLOCK];
        uint32_t const bit = UINT32_C(1) << bucket % SM_BUCKETS_A_BLOCK;
        SM_REQUIRE((block->learned & bit) == 0, code,
                   "features[%zu]: bucket %lu is there twice", i,
                   (unsigned long)bucket);
        block->learned |= bit;
        *ascends &= i == 0 || buckets[i - 1] < bucket;
    }
    return SIAMESE_OK;
}

static void rank_blocks(sm_feature_table *table, size_t bucket_count)
{
    uint32_t rank = 0;
    for (size_t b = 0; b < sm_chunks(bucket_count, SM_BUCKETS_A_BLOCK); b++) {
        table->blocks[b].rank = rank;
        rank += sm_bits_set(table->blocks[b].learned);
    }
}

/* Grown tables do not ascend: ids by rank, found while there are none. */
static sm_status number_ranks(sm_feature_table *table)
{
    int32_t *const ids = sm_alloc_array(table->count, sizeof *ids);
    if (ids == NULL) return sm_fail_memory();
    for (size_t i = 0; i < table->count; i++)
        ids[sm_feature_table_find(table, table->buckets[i]) - 1] =
            (int32_t)i + 1;
    table->ids = ids;
    return SIAMESE_OK;
}

sm_status sm_feature_table_create(sm_feature_table *table, size_t bucket_count,
                                  const uint32_t *buckets, size_t count,
                                  sm_status code)
{
    sm_status status = SIAMESE_OK;
    sm_feature_table made = {.count = count};
    bool ascends;
    made.blocks = sm_calloc(sm_chunks(bucket_count, SM_BUCKETS_A_BLOCK),
                            sizeof *made.blocks);
    made.buckets = sm_alloc_array(count, sizeof *made.buckets);
    SM_CHECK_MEMORY(made.blocks);
    SM_CHECK_MEMORY(made.buckets);
    SM_TRY(mark(&made, bucket_count, buckets, count, code, &ascends));
    rank_blocks(&made, bucket_count);
    if (count) memcpy(made.buckets, buckets, count * sizeof *buckets);
    if (!ascends) SM_TRY(number_ranks(&made));
    *table = made;
    return SIAMESE_OK;
out:
    sm_feature_table_free(&made);
    return status;
}
