/*
 * first_model.h: a short first model of a part of the pairs. The queries of the
 * others are then to it what a shopper's queries are to the whole model: texts
 * that it was not trained on. model_learn.c searches for them by it.
 */
#ifndef SM_FIRST_MODEL_H
#define SM_FIRST_MODEL_H

#include "model/model_run.h"
#include "pairs/pair_store.h"

/* What it is made of. */
typedef struct sm_first_data {
    const siamese_tower *item;              /* as whose first field it reads */
    const siamese_trainer_options *options; /* of the whole training */
    const sm_pair_store *store;
    const bool *held;     /* [store->queries.count]: it is not to know */
    const sm_item *items; /* [item_count], each once; item i has the id i */
    size_t item_count;
} sm_first_data;

/* A searcher of the items, without a ranker. */
sm_status sm_first_model(sm_model_run *run, const sm_first_data *data,
                         siamese_searcher **out);

#endif
