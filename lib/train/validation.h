/* validation.h: figures over pairs that training does not see, when they end it,
 * and the weights that had the best ones. */
#ifndef SM_VALIDATION_H
#define SM_VALIDATION_H

#include "common/stream.h"
#include "metrics/topk_accuracy.h"
#include "pairs/pair_store.h"

/* What a checkpoint keeps of validation, beside the best weights. */
typedef struct sm_validation_state {
    uint64_t fingerprint; /* of pairs and candidates; 0: there are none */
    uint64_t steps;       /* when the figures were found; 0: never */
    double loss;          /* a pair */
    uint64_t hits[SIAMESE_TOPK_COUNT];
    uint64_t topk_pairs;     /* pairs that the hits are of; 0: not measured */
    uint64_t best_steps;     /* 0: no best yet */
    double best;             /* the monitored figure then */
    uint64_t waits;          /* validations since */
    int32_t best_is_current; /* the weights are the best ones */
    uint64_t tied; /* queries of it whose hits a tie decided, as misses */
} sm_validation_state;

typedef struct sm_validation {
    sm_pair_store pairs;
    sm_pair_store candidates;
    int32_t has_candidates; /* else those of training */
    float *best;            /* weights of both towers, one behind the other */
    int32_t says_nothing;   /* the last one: it told no candidates apart */
} sm_validation;

void sm_validation_init(sm_validation *validation, size_t query_fields,
                        size_t item_fields);
void sm_validation_free(sm_validation *validation);

/* Whether a validation is to be made before training goes on. */
int sm_validation_due(const siamese_trainer *trainer);

/* Figures of the weights as they are, and the best weights if they are better;
 * the evaluation says how. */
sm_status sm_validation_run(siamese_trainer *trainer,
                            const sm_topk_accuracy_run *evaluation);

/* Whether patience is at its end. */
int sm_validation_stops(const siamese_trainer *trainer);

/* The weights of the best validation, if they are kept, to the towers. */
void sm_validation_restore(siamese_trainer *trainer);

/* SIAMESE_E_STATE if the trainer's state wants pairs that were not given. */
sm_status sm_validation_check(const siamese_trainer *trainer);

sm_status sm_validation_write(const siamese_trainer *trainer,
                              sm_writer *writer);
sm_status sm_validation_read(siamese_trainer *trainer, sm_reader *reader,
                             uint32_t version);

#endif
