/* candidates.h: the items that FactorizedTopK ranks, and which of them count as
 * a pair's own. */
#ifndef SM_CANDIDATES_H
#define SM_CANDIDATES_H

#include "text/text_rows.h"

/* What candidates are made of, as whoever keeps the pairs lends it: an item for
 * each of them. */
typedef struct sm_candidate_source {
    const sm_text_rows *items; /* kept by the candidates */
    size_t count;
    const uint32_t *rows; /* [count] of items */
    const uint32_t *ids;  /* [count] numbers of their ids, or NULL: not by id */
    size_t id_count;      /* the numbers are below it */
} sm_candidate_source;

/*
 * The distinct items, each with how often it stands there; and, to match by id,
 * the items of each id: those of group g, the number of an id, are
 * id_rows[id_offsets[g]] .. id_rows[id_offsets[g + 1] - 1].
 */
typedef struct sm_candidates {
    const sm_text_rows *items;
    size_t count;
    uint32_t *rows;         /* of items, by multiplicity ascending */
    uint64_t *multiplicity; /* [count] */
    size_t *id_offsets;     /* [ids + 2], the last group empty; or NULL */
    uint32_t *id_rows;      /* of items, each once in a group; or NULL */
    uint64_t *id_times;     /* how often each stands there by its id; or NULL */
} sm_candidates;

sm_status sm_candidates_create(sm_candidates *candidates,
                               const sm_candidate_source *source);
void sm_candidates_free(sm_candidates *candidates);

/* The rows[*count] that count as a pair's own: by id those of the group *own,
 * the empty one of an id that is not there; else the row *own itself. own is
 * borrowed. */
const uint32_t *sm_candidates_own_rows(const sm_candidates *candidates,
                                       const uint32_t *own, size_t *count);

#endif
