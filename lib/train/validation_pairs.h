/* validation_pairs.h: the pairs that training does not see, and what their
 * items are ranked among. */
#ifndef SM_VALIDATION_PAIRS_H
#define SM_VALIDATION_PAIRS_H

#include <stdbool.h>

#include "pairs/pair_store.h"

typedef struct sm_validation_pairs {
    sm_pair_store pairs;
    sm_pair_store candidates;
    bool has_candidates; /* else those of training */
} sm_validation_pairs;

void sm_validation_pairs_init(sm_validation_pairs *validation,
                              size_t query_fields, size_t item_fields);
void sm_validation_pairs_free(sm_validation_pairs *validation);

/* Copies what a host gives, texts that these towers read; candidates may be
 * NULL. */
sm_status sm_validation_pairs_add(sm_validation_pairs *validation,
                                  const siamese_tower *query,
                                  const siamese_tower *item,
                                  const siamese_pairs *pairs,
                                  const siamese_pairs *candidates);

/* A hash of pairs and candidates; never 0, which stands for none. */
sm_status sm_validation_pairs_fingerprint(const sm_validation_pairs *validation,
                                          uint64_t *fingerprint);

#endif
