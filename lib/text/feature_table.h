/* feature_table.h: which buckets of hashed features were learned, and their
 * ids: a bit for each bucket, with ranks. */
#ifndef SM_FEATURE_TABLE_H
#define SM_FEATURE_TABLE_H

#include "common/bits.h"
#include "common/status.h"

enum { SM_BUCKETS_A_BLOCK = 32 };

typedef struct sm_bucket_block {
    uint32_t learned; /* a bit for each of its buckets */
    uint32_t rank;    /* learned buckets of the blocks before */
} sm_bucket_block;

/* All zero has learned nothing. */
typedef struct sm_feature_table {
    sm_bucket_block *blocks; /* of all buckets */
    uint32_t *buckets;       /* [count]: id i + 1 is buckets[i] */
    int32_t *ids;            /* [count] by rank; NULL: ids ascend by bucket */
    size_t count;
} sm_feature_table;

void sm_feature_table_free(sm_feature_table *table);

/*
 * The table in which buckets[i] has id i + 1, each less than bucket_count and
 * there once; status `code` for any other. Takes no memory for one that fails.
 */
sm_status sm_feature_table_create(sm_feature_table *table, size_t bucket_count,
                                  const uint32_t *buckets, size_t count,
                                  sm_status code);

/* 0 for a bucket that was not learned. */
static inline int32_t sm_feature_table_find(const sm_feature_table *table,
                                            uint32_t bucket)
{
    sm_bucket_block const block = table->blocks[bucket / SM_BUCKETS_A_BLOCK];
    uint32_t const bit = UINT32_C(1) << bucket % SM_BUCKETS_A_BLOCK;
    if ((block.learned & bit) == 0) return 0;
    uint32_t const rank = block.rank + sm_bits_set(block.learned & (bit - 1));
    return table->ids ? table->ids[rank] : (int32_t)rank + 1;
}

#endif
