/*
 * model_handle.h: what a model is made of, and who guards what.
 *
 * Locks are taken in this order: work, writer, lock. None is held while a
 * host's function runs; `work` and `lock` are not held while anything long is
 * computed, but for the copy that a save writes.
 */
#ifndef SM_MODEL_HANDLE_H
#define SM_MODEL_HANDLE_H

#include <pthread.h>
#include <stdatomic.h>

#include "model/generation.h"
#include "model/model_pairs.h"
#include "model/model_settings.h"
#include "search/linear_ranker.h"

struct siamese_model {
    /* Whoever changes what is learned from, or begins a run: while one is on,
     * nobody else changes this, and the run changes it under the lock. */
    pthread_mutex_t work;
    bool busy;                  /* a training, a growth or a rebuild runs */
    sm_model_settings settings; /* of the next parts that are made */
    sm_pairs_list pairs;        /* that the trainer has not got yet */
    sm_pairs_list validation;   /* one or two: pairs, candidates */
    bool validates;             /* `validation` is for the next training */
    bool prepared;              /* the trainer takes pairs as they come */
    bool interrupted;           /* a training whose items are not encoded */
    siamese_trainer *trainer;   /* NULL before training, and once finished */
    int64_t items_learned;      /* rows below have been given to the trainer */
    bool has_ids;               /* pairs came with ids of their items */
    sm_linear_ranker learned;   /* weights of the rankers to come; from no
                                 * query: none are learned yet */
    siamese_bundle *host; /* what of a file is not ours, and the vocabulary
                                 * that the towers are to read by; or NULL */

    /* Whoever changes items and index, or puts a generation in place. */
    pthread_mutex_t writer;

    /* Of what stands below; held for moments. */
    pthread_mutex_t lock;
    sm_generation *now;
    uint64_t generations;
    siamese_trainer *running; /* that a cancel ends; NULL: none runs */

    atomic_bool cancelled; /* the run that is on, or the next one */
};

/* The generation as it is; a reference of the caller's own. */
sm_generation *sm_model_now(const siamese_model *model);

/* Puts a generation, which it takes, in the place of the one that there is;
 * with the writer's lock. */
void sm_model_put(siamese_model *model, sm_generation *generation);

/* The lock of who changes items and index; what there is to log is told when it
 * is free. */
void sm_model_lock_writer(siamese_model *model);
void sm_model_unlock_writer(siamese_model *model);

/* The locks of the work and of the writer, whether a training runs or not:
 * nothing of the model changes but the trainer of one that does. */
void sm_model_lock_whole(siamese_model *model);
void sm_model_unlock_whole(siamese_model *model);

/* Says at which step of the trainer its towers are those of now. */
void sm_model_set_step(siamese_model *model, uint64_t step);

/* The lock of the work, unless a training runs: then SIAMESE_E_STATE. */
sm_status sm_model_begin_work(siamese_model *model);
void sm_model_end_work(siamese_model *model);

/* A model around a generation, which it takes with the settings. */
sm_status sm_model_make(siamese_model **out, sm_model_settings *settings,
                        sm_generation *generation);

#endif
