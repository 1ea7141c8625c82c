/* trainer_data.h: what a trainer learns from: pairs and items as given, what is
 * generated, mined and counted of them, and the pairs that it does not learn
 * from. */
#ifndef SM_TRAINER_DATA_H
#define SM_TRAINER_DATA_H

#include "train/item_counts.h"
#include "train/pair_stream.h"
#include "train/stream_frequency.h"
#include "train/train_state.h"
#include "train/trainer_run.h"
#include "train/validation_pairs.h"

typedef struct sm_trainer_data {
    sm_pair_store pairs;   /* with a stream those of one batch, during a run */
    sm_pair_stream stream; /* of a source, in place of pairs that are kept */
    sm_generated_pairs generated; /* of self_supervision */
    /* so many an epoch, as of the last prepare */
    size_t next_generated;
    sm_mined mined;                /* of mined_negatives, for the epoch */
    sm_item_counts item_counts;    /* of logq=counted */
    sm_stream_frequency frequency; /* of logq=streaming */
    sm_validation_pairs validation;
} sm_trainer_data;

/* Empty, for texts of these towers; zeroed memory may be freed. */
sm_status sm_trainer_data_create(sm_trainer_data *data,
                                 const siamese_trainer_options *options,
                                 const siamese_tower *query,
                                 const siamese_tower *item);
void sm_trainer_data_free(sm_trainer_data *data);

/* Pairs, given and generated, of an epoch that begins now. */
size_t sm_next_pairs(const sm_trainer_data *data);

/* The same of the running epoch, or, while none is, of the next one. */
size_t sm_epoch_pairs(const sm_trainer_data *data, const sm_train_state *state);

/* Brings the lists of items that pairs are generated of, and that negatives are
 * mined from, up to date; counts the pairs of a source, which these towers
 * read. */
sm_status sm_trainer_data_prepare(sm_trainer_data *data,
                                  const siamese_trainer_options *options,
                                  const sm_train_state *state,
                                  sm_trainer_run *run,
                                  const siamese_tower *query,
                                  const siamese_tower *item);

/* Pairs that were given, or that the source has. */
size_t sm_given_pairs(const sm_trainer_data *data);

/* A hash of the first of these pairs, of a source all, and of the first items
 * of the catalogue. */
sm_status sm_trainer_data_fingerprint(const sm_trainer_data *data, size_t pairs,
                                      size_t items, uint64_t *fingerprint);

#endif
