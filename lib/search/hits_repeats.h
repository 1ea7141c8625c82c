/* hits_repeats.h: hits of items that have several rows, each item once. */
#ifndef SM_HITS_REPEATS_H
#define SM_HITS_REPEATS_H

#include "search/hits.h"

/* Of each query's hits, which hold no tables yet, the first of each item, and
 * at most k of them (0: all). */
sm_status sm_hits_drop_repeats(siamese_hits *hits, const sm_hit_tables *tables,
                               size_t k);

#endif
