/*
 * generation.h: what a model is at one moment: towers, index, items, ranker and
 * their searcher. A training, a rebuild or a reload makes another one, and
 * whoever is at work on this one keeps it until he is done.
 */
#ifndef SM_GENERATION_H
#define SM_GENERATION_H

#include "common/reference.h"
#include "common/status.h"

typedef struct sm_generation {
    sm_references references;
    siamese_tower *query, *item; /* both NULL before the first training */
    siamese_index *index;        /* NULL: nothing can be searched yet */
    siamese_items *items;        /* NULL: none yet */
    siamese_ranker *ranker;      /* the searcher's, or for the next one; NULL:
                                  * searches have no more stages */
    siamese_searcher *searcher;  /* NULL without an index */
    uint64_t step; /* of the trainer, when it gave the towers; else 0. Of the
                    * writer's lock */
} sm_generation;

/* The trainer has other towers than the generation, whatever its step. */
#define SM_NO_STEP UINT64_MAX

/* Takes a reference of its own to each part; NULL is allowed. */
sm_status sm_generation_create(sm_generation **out, siamese_tower *query,
                               siamese_tower *item, siamese_index *index,
                               siamese_items *items,
                               const siamese_ranker *ranker, uint64_t step);
sm_generation *sm_generation_reference(sm_generation *generation);
void sm_generation_release(sm_generation *generation);

#endif
