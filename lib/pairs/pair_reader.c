/* pair_reader.c: a host's callbacks in, pairs out. For the stream of a trainer,
 * which counts them first, and for pair_ring, which shuffles them. */
#include "pairs/pair_reader.h"

#include <stdio.h>

#include "common/cancel.h"
#include "common/hash.h"
#include "common/options.h"

enum { ERROR_SIZE = 512, WHAT_SIZE = 96 };

/* What a host says of its failure, made an error of ours. */
static sm_status fail(const char *call, int32_t result, const char *error)
{
    return error[0] ? sm_fail(SIAMESE_E_IO, "source: %s: %s", call, error)
                    : sm_fail(SIAMESE_E_IO, "source: %s failed with %d", call,
                              (int)result);
}

sm_status sm_pair_reader_rewind(sm_pair_reader *r)
{
    char error[ERROR_SIZE] = "";
    r->batch = (siamese_pairs){.struct_size = sizeof r->batch};
    r->at = r->count = 0;
    r->hash = SM_HASH_START;
    SM_RETURN_IF_ERROR(sm_cancel_check());
    /* what the host does meanwhile with other handles is its own */
    const atomic_int *const watched = sm_cancel_watch(NULL);
    int32_t const result =
        r->source.rewind(r->source.context, error, sizeof error);
    sm_cancel_watch(watched);
    error[sizeof error - 1] = '\0';
    return result ? fail("rewind", result, error) : SIAMESE_OK;
}

/* ---- batches ---- */

static sm_status read_batch(sm_pair_reader *r)
{
    char error[ERROR_SIZE] = "", what[WHAT_SIZE];
    siamese_pairs given = {.struct_size = sizeof given};
    r->batch.count = r->at = 0;
    SM_RETURN_IF_ERROR(sm_cancel_check());
    const atomic_int *const watched = sm_cancel_watch(NULL);
    int32_t const result =
        r->source.read(r->source.context, &given, error, sizeof error);
    sm_cancel_watch(watched);
    error[sizeof error - 1] = '\0';
    if (result) return fail("read", result, error);
    snprintf(what, sizeof what, "source: in the batch behind pair %zu",
             r->count);
    SM_RETURN_IF_ERROR(sm_struct_read(&r->batch, sizeof r->batch, &given,
                                      "source: what read gave"));
    if (r->batch.count == 0) return SIAMESE_OK;
    size_t const count = r->batch.count;
    r->batch.count = 0; /* until it is known to be good */
    given = r->batch;
    given.count = count;
    SM_RETURN_IF_ERROR(sm_pair_store_check(r->store, r->query, r->item, &given,
                                           SM_PAIRS_WHOLE, what));
    r->batch.count = count;
    return SIAMESE_OK;
}

/* ---- pairs ---- */

static uint64_t hash_texts(uint64_t h, const siamese_text *texts, size_t given,
                           size_t fields)
{
    for (size_t f = 0; f < fields; f++) {
        uint64_t const size = f < given ? texts[f].size : 0;
        if (size) h = sm_hash_bytes(h, texts[f].data, size);
        h = sm_hash_bytes(h, &size, sizeof size);
    }
    return h;
}

static uint64_t hash_item(const sm_pair_reader *r, uint64_t h,
                          const siamese_text *texts, const int64_t *id,
                          const float *probability)
{
    int64_t const words[] = {id ? *id : 0, id != NULL};
    float const given = probability ? *probability : 1;
    h = hash_texts(h, texts, r->batch.item_fields, r->store->items.fields);
    h = sm_hash_bytes(h, words, sizeof words);
    return sm_hash_bytes(h, &given, sizeof given);
}

static uint64_t hash_pair(const sm_pair_reader *r, uint64_t h,
                          const siamese_pairs *p)
{
    size_t const negatives = p->negatives ? p->negative_offsets[1] : 0;
    float const weight = p->weights ? *p->weights : 1;
    h = hash_texts(h, p->queries, p->query_fields, r->store->queries.fields);
    h = hash_item(r, h, p->items, p->item_ids, p->item_probabilities);
    h = sm_hash_bytes(h, &weight, sizeof weight);
    for (size_t n = 0; n < negatives; n++)
        h = hash_item(r, h, p->negatives + n * p->item_fields,
                      p->negative_ids ? p->negative_ids + n : NULL,
                      p->negative_probabilities ? p->negative_probabilities + n
                                                : NULL);
    return sm_hash_mix(h);
}

/* Pair i of the batch by itself. */
static siamese_pairs pair_at(sm_pair_reader *r, size_t i)
{
    const siamese_pairs *const b = &r->batch;
    siamese_pairs one = {.struct_size = sizeof one,
                         .queries = b->queries + i * b->query_fields,
                         .items = b->items + i * b->item_fields,
                         .query_fields = b->query_fields,
                         .item_fields = b->item_fields,
                         .count = 1};
    if (b->item_ids) one.item_ids = b->item_ids + i;
    if (b->weights) one.weights = b->weights + i;
    if (b->item_probabilities)
        one.item_probabilities = b->item_probabilities + i;
    if (b->negatives == NULL) return one;
    size_t const first = b->negative_offsets[i];
    r->offsets[1] = b->negative_offsets[i + 1] - first;
    one.negatives = b->negatives + first * b->item_fields;
    one.negative_offsets = r->offsets;
    if (b->negative_ids) one.negative_ids = b->negative_ids + first;
    if (b->negative_probabilities)
        one.negative_probabilities = b->negative_probabilities + first;
    return one;
}

sm_status sm_pair_reader_next(sm_pair_reader *r, siamese_pairs *pair)
{
    *pair = (siamese_pairs){.struct_size = sizeof *pair};
    SM_RETURN_IF_ERROR(sm_cancel_check_at(r->count));
    if (r->at == r->batch.count) SM_RETURN_IF_ERROR(read_batch(r));
    if (r->batch.count == 0) return SIAMESE_OK;
    *pair = pair_at(r, r->at++);
    r->hash = hash_pair(r, r->hash, pair);
    r->count++;
    return SIAMESE_OK;
}

sm_status sm_pair_reader_finish(sm_pair_reader *r, size_t count, uint64_t hash)
{
    siamese_pairs more = {.count = 0};
    uint64_t const read = r->hash;
    if (r->count == count) SM_RETURN_IF_ERROR(sm_pair_reader_next(r, &more));
    SM_REQUIRE(r->count == count, SIAMESE_E_STATE,
               "source: it had %zu pairs when they were counted, and has %s "
               "now: rewind must bring the same pairs in the same order",
               count, more.count ? "more" : "fewer");
    SM_REQUIRE(read == hash, SIAMESE_E_STATE,
               "source: its %zu pairs are not those that were counted: rewind "
               "must bring the same pairs in the same order",
               count);
    return SIAMESE_OK;
}
