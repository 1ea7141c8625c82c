/* item_counts.c: pairs and catalogue in, how likely each item is in a batch
 * out. For train_step with logq=counted. */
#include "train/item_counts.h"

#include <string.h>

#include "common/cancel.h"
#include "common/memory.h"

void sm_item_counts_free(sm_item_counts *counts)
{
    sm_free(counts->times);
    sm_free(counts->catalogue);
    *counts = (sm_item_counts){.times = NULL};
}

static sm_status reserve(sm_item_counts *counts, size_t identities)
{
    if (identities <= counts->capacity) return SIAMESE_OK;
    double *const times = sm_alloc_array(identities, sizeof *times);
    uint64_t *const catalogue = sm_alloc_array(identities, sizeof *catalogue);
    if (times == NULL || catalogue == NULL) {
        sm_free(times);
        sm_free(catalogue);
        return sm_fail_memory();
    }
    sm_item_counts_free(counts);
    *counts = (sm_item_counts){
        .times = times, .catalogue = catalogue, .capacity = identities};
    return SIAMESE_OK;
}

sm_status sm_item_counts_update(sm_item_counts *counts,
                                const sm_pair_store *store,
                                sm_batch_source source)
{
    size_t const identities = store->identities.count;
    size_t const generated = source.generated ? source.generated->count : 0;
    if (counts->source.pairs == source.pairs &&
        counts->source.items == source.items &&
        counts->generated == generated && identities <= counts->capacity)
        return SIAMESE_OK;
    SM_RETURN_IF_ERROR(reserve(counts, identities));
    counts->source.pairs = SIZE_MAX; /* until all is counted */
    for (size_t i = 0; i < identities; i++) counts->times[i] = 0;
    memset(counts->catalogue, 0, identities * sizeof *counts->catalogue);
    counts->negatives = 0;
    for (size_t i = 0; i < source.pairs; i++) {
        sm_pair const pair = sm_pair_store_get(store, i);
        SM_RETURN_IF_ERROR(sm_cancel_check_at(i));
        counts->times[pair.item_number]++;
        for (size_t n = 0; n < pair.negative_count; n++)
            counts->times[store->negatives.items[pair.first_negative + n]
                              .number]++;
        counts->negatives += pair.negative_count;
    }
    for (size_t i = 0; i < source.items; i++) {
        SM_RETURN_IF_ERROR(sm_cancel_check_at(i));
        counts->catalogue[store->catalogue.items[i].number]++;
    }
    for (size_t i = 0; source.items == 0 && i < source.pairs; i++) {
        SM_RETURN_IF_ERROR(sm_cancel_check_at(i));
        counts->catalogue[sm_pair_store_get(store, i).item_number]++;
    }
    for (size_t i = 0; generated > 0 && i < source.generated->list.count; i++) {
        SM_RETURN_IF_ERROR(sm_cancel_check_at(i));
        counts->times[source.generated->list.items[i].number] +=
            source.generated->rules.share;
    }
    counts->generated = generated;
    counts->source = source;
    return SIAMESE_OK;
}

float sm_item_counts_probability(const sm_item_counts *counts, uint32_t number,
                                 size_t batch, size_t random)
{
    double const b = (double)batch,
                 p = (double)counts->source.pairs + (double)counts->generated;
    double const columns = p + (double)counts->negatives;
    double const rp = (double)random * p;
    double const m = (double)(counts->source.items ? counts->source.items
                                                   : counts->source.pairs);
    return (float)((b * counts->times[number] +
                    rp * (double)counts->catalogue[number] / m) /
                   (b * columns + rp));
}
