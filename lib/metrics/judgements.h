/* judgements.h: which items of a query are judged, with what grade, and at
 * which rank each was found. */
#ifndef SM_JUDGEMENTS_H
#define SM_JUDGEMENTS_H

#include <stdbool.h>

#include "common/status.h"

typedef struct sm_judgement {
    int64_t id;
    double grade;
    size_t place;  /* where it stands in the host's list */
    size_t row;    /* once found: what breaks ties of scores, ascending */
    uint64_t rank; /* from 1; 0: not found; of a tie the first one's */
    uint64_t tied; /* ids of its score, itself one of them; 0: 1 */
    float score;   /* once found */
    bool found;
} sm_judgement;

typedef struct sm_judgements {
    size_t queries;
    size_t *offsets;    /* [queries + 1] */
    sm_judgement *list; /* by query, then id; each id of a query once */
    size_t most;        /* of one query */
} sm_judgements;

/* Checks and copies; SIAMESE_E_ARGUMENT names the judgement. */
sm_status sm_judgements_create(sm_judgements *judgements,
                               const siamese_judgements *user);
void sm_judgements_free(sm_judgements *judgements);

/* The judgement of `id` among list[count], or NULL. */
sm_judgement *sm_judgement_find(sm_judgement *list, size_t count, int64_t id);

/*
 * Ranks list[count] among themselves: those found by score, then row, or equal
 * scores as a tie; the others behind them by place. order: [count].
 */
void sm_judgements_rank_alone(const siamese_evaluator_options *options,
                              sm_judgement *list, size_t count,
                              sm_judgement **order);

#endif
