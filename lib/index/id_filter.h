/* id_filter.h: the ids that a search keeps to, or leaves out; made and freed by
 * the public functions. */
#ifndef SM_ID_FILTER_H
#define SM_ID_FILTER_H

#include "index/id_set.h"

/* Never changes. Ids that lie close together are bits, others a hash set. */
struct siamese_id_filter {
    bool excludes;
    int64_t first;  /* of the bits */
    uint64_t span;  /* how many bits; 0: the set is used */
    uint64_t *bits; /* [span / 64 + 1] */
    sm_id_set set;
};

/* Whether a search may find the id. */
static inline bool sm_id_filter_passes(const siamese_id_filter *filter,
                                       int64_t id)
{
    uint64_t const at = (uint64_t)id - (uint64_t)filter->first;
    bool const named = filter->span ? at < filter->span &&
                                          (filter->bits[at / 64] >> at % 64 & 1)
                                    : sm_id_set_has(&filter->set, id);
    return named != filter->excludes;
}

#endif
