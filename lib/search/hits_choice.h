/* hits_choice.h: which of the hits that were found a search gives out. */
#ifndef SM_HITS_CHOICE_H
#define SM_HITS_CHOICE_H

#include "search/hits.h"

typedef struct sm_hits_choice {
    size_t k;              /* a query at the most; 0: all */
    size_t asked;          /* of the scan; a query that found as many may have
                             * more */
    double min_confidence; /* 0: any; else the hits have confidences */
    bool collapses;        /* of hits with the same title the first alone */
    sm_hit_tables tables;  /* where titles are; lent */
} sm_hits_choice;

/*
 * Leaves out what is not confident enough, then what has the title of a hit
 * before it, then all behind the first k of each query.
 *   short_of  [query_count] receives 1 for a query of which fewer are left
 *             although more might be found, else 0; NULL unless it collapses
 */
sm_status sm_hits_choose(siamese_hits *hits, const sm_hits_choice *choice,
                         unsigned char *short_of);

#endif
