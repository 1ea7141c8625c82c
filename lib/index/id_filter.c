/* id_filter.c: ids and a mode in, a set out that searches keep to or leave out.
 * Made by hosts, asked by index_scan. */
#include "index/id_filter.h"

#include "common/memory.h"

enum { BITS_OF_AN_ID = 128 }; /* a slot of the hash set twice */

static void destroy(siamese_id_filter *filter)
{
    sm_free(filter->bits);
    sm_id_set_clear(&filter->set);
    sm_free(filter);
}

/* Ids first .. last: bits where they take no more than the set would. */
static sm_status fill(siamese_id_filter *filter, const int64_t *ids,
                      size_t count, int64_t first, int64_t last)
{
    uint64_t const span = (uint64_t)(last - first) + 1;
    if (span / BITS_OF_AN_ID > count) {
        SM_RETURN_IF_ERROR(sm_id_set_create(&filter->set, count));
        for (size_t i = 0; i < count; i++) sm_id_set_add(&filter->set, ids[i]);
        return SIAMESE_OK;
    }
    filter->first = first;
    filter->span = span;
    filter->bits = sm_calloc((size_t)(span / 64) + 1, sizeof *filter->bits);
    if (filter->bits == NULL) return sm_fail_memory();
    for (size_t i = 0; i < count; i++) {
        uint64_t const at = (uint64_t)(ids[i] - first);
        filter->bits[at / 64] |= UINT64_C(1) << at % 64;
    }
    return SIAMESE_OK;
}

siamese_status siamese_id_filter_create(siamese_id_filter **out, int32_t mode,
                                        const int64_t *ids, size_t count)
{
    int64_t first = INT64_MAX, last = 0;
    SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_REQUIRE(mode == SIAMESE_FILTER_INCLUDE || mode == SIAMESE_FILTER_EXCLUDE,
               SIAMESE_E_ARGUMENT, "mode: %d is no SIAMESE_FILTER_*",
               (int)mode);
    SM_REQUIRE(ids != NULL || count == 0, SIAMESE_E_ARGUMENT, "ids: is NULL");
    for (size_t i = 0; i < count; i++) {
        SM_REQUIRE(ids[i] >= 0, SIAMESE_E_ARGUMENT,
                   "ids: place %zu has %lld, an id is 0 or more", i,
                   (long long)ids[i]);
        if (ids[i] < first) first = ids[i];
        if (ids[i] > last) last = ids[i];
    }
    siamese_id_filter *const filter = sm_calloc(1, sizeof *filter);
    if (filter == NULL) return sm_fail_memory();
    filter->excludes = mode == SIAMESE_FILTER_EXCLUDE;
    sm_status const status = count == 0 ? sm_id_set_create(&filter->set, 0)
                                        : fill(filter, ids, count, first, last);
    if (status != SIAMESE_OK) {
        destroy(filter);
        return status;
    }
    sm_handle_created();
    *out = filter;
    return SIAMESE_OK;
}

void siamese_id_filter_free(siamese_id_filter *filter)
{
    if (filter == NULL) return;
    destroy(filter);
    sm_handle_freed();
}
