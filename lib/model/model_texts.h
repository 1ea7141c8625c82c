/* model_texts.h: the texts of what a model learns from, for its vocabularies
 * and its trainer. */
#ifndef SM_MODEL_TEXTS_H
#define SM_MODEL_TEXTS_H

#include "model/model_handle.h"

enum {
    SM_EACH_TEXT = 0, /* of queries and of all fields of texts */
    SM_EACH_VALUE = 1 /* of one field of the items */
};

typedef sm_status (*sm_take_texts)(void *context, const siamese_text *texts,
                                   size_t count);

/*
 * Hands on the texts of pairs that wait for the trainer, as often as they
 * occur, and of all items: of those that no pair has, each once. `field` is
 * read with SM_EACH_VALUE. Texts are lent until the next call.
 */
sm_status sm_model_each_text(siamese_model *model, int which, size_t field,
                             sm_take_texts take, void *context);

/* Whether pairs that wait have ids of their items. */
bool sm_model_pairs_have_ids(const siamese_model *model);

typedef sm_status (*sm_take_items)(void *context, const siamese_pairs *items);

/* Hands on the items from row *from on, and moves it behind them. */
sm_status sm_model_each_item(siamese_model *model, int64_t *from,
                             sm_take_items take, void *context);

#endif
