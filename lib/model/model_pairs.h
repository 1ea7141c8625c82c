/* model_pairs.h: pairs that a host gave, copied, until there is a trainer that
 * takes them. */
#ifndef SM_MODEL_PAIRS_H
#define SM_MODEL_PAIRS_H

#include "common/status.h"

/* Pairs whose arrays and texts are the list's own. */
typedef struct sm_pairs_copy {
    siamese_pairs pairs;
    void *memory;
} sm_pairs_copy;

/* Zeroed memory is an empty list. */
typedef struct sm_pairs_list {
    sm_pairs_copy *list;
    size_t count, capacity;
    size_t rows; /* with queries, in all */
} sm_pairs_list;

/* Copies pairs, or items where they have no queries. What is no rule of the
 * texts and numbers is the trainer's to check. */
sm_status sm_pairs_list_add(sm_pairs_list *list, const siamese_pairs *pairs,
                            const char *name);
void sm_pairs_list_clear(sm_pairs_list *list);

#endif
