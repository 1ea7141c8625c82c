/* candidates.h: the items that FactorizedTopK ranks, and which of them count as a
 * pair's own. */
#ifndef SM_CANDIDATES_H
#define SM_CANDIDATES_H

#include "pairs/pair_store.h"

/*
 * The distinct items of a store, each with how often it stands there; and, to
 * match by id, the items of each id: those of group g, the number of an identity
 * of the store, are id_rows[id_offsets[g]] .. id_rows[id_offsets[g + 1] - 1].
 */
typedef struct sm_candidates {
    const sm_pair_store *store;
    size_t count;
    uint32_t *rows;         /* of store->items, by multiplicity ascending */
    uint64_t *multiplicity; /* [count] */
    size_t *id_offsets; /* [identities + 2], the last group empty; or NULL */
    uint32_t *id_rows;  /* of store->items, each once in a group; or NULL */
    uint64_t *id_times; /* how often each stands there by its id; or NULL */
} sm_candidates;

sm_status sm_candidates_create(sm_candidates *candidates,
                               const sm_pair_store *store, int by_id);
void sm_candidates_free(sm_candidates *candidates);

/*
 * What counts as the own item of a pair of `pairs`: by id, its group, the empty
 * one if its id is not there; else its item's row.
 */
uint32_t sm_candidates_own(const sm_candidates *candidates,
                           const sm_pair_store *pairs, const sm_pair *pair);

/* The rows[*count] that `own` stands for: of the candidates' store by id, else of
 * the pair's. own is borrowed. */
const uint32_t *sm_candidates_own_rows(const sm_candidates *candidates,
                                       const uint32_t *own, size_t *count);

#endif
