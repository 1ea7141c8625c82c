/* model.c: the model handle: made, told about, taken apart and freed. */
#include <string.h>

#include "checkpoint/bundle.h"
#include "common/log.h"
#include "common/memory.h"
#include "common/options.h"
#include "index/index_handle.h"
#include "items/items.h"
#include "model/model_handle.h"
#include "search/ranker.h"
#include "search/searcher.h"
#include "text/vocab.h"
#include "tower/tower.h"
#include "train/trainer.h"

/* ---- life ---- */

sm_status sm_model_make(siamese_model **out, sm_model_settings *settings,
                        sm_generation *generation)
{
    siamese_model *const model = sm_calloc(1, sizeof *model);
    if (model == NULL) {
        sm_model_settings_free(settings);
        sm_generation_release(generation);
        return sm_fail_memory();
    }
    pthread_mutex_init(&model->work, NULL);
    pthread_mutex_init(&model->writer, NULL);
    pthread_mutex_init(&model->lock, NULL);
    atomic_init(&model->cancelled, false);
    model->settings = *settings;
    model->now = generation;
    sm_handle_created();
    *out = model;
    return SIAMESE_OK;
}

siamese_status siamese_model_create(siamese_model **out, const char *preset,
                                    const siamese_model_options *options)
{
    sm_status status = SIAMESE_OK;
    siamese_model_options own;
    sm_model_settings settings;
    sm_generation *nothing = NULL;
    SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_RETURN_IF_ERROR(sm_options_read(&sm_model_option_table, options, &own));
    SM_RETURN_IF_ERROR(
        sm_model_settings_init(&settings, preset ? preset : "default", &own));
    status = sm_generation_create(&nothing, NULL, NULL, NULL, NULL, NULL, 0);
    if (status != SIAMESE_OK) {
        sm_model_settings_free(&settings);
        return status;
    }
    return sm_model_make(out, &settings, nothing);
}

void siamese_model_free(siamese_model *model)
{
    if (model == NULL) return;
    sm_generation_release(model->now);
    siamese_trainer_free(model->trainer);
    siamese_bundle_free(model->host);
    sm_pairs_list_clear(&model->pairs);
    sm_pairs_list_clear(&model->validation);
    sm_model_settings_free(&model->settings);
    pthread_mutex_destroy(&model->work);
    pthread_mutex_destroy(&model->writer);
    pthread_mutex_destroy(&model->lock);
    sm_free(model);
    sm_handle_freed();
}

/* ---- locks ---- */

sm_generation *sm_model_now(const siamese_model *model)
{
    siamese_model *const own = (siamese_model *)model;
    pthread_mutex_lock(&own->lock);
    sm_generation *const now = sm_generation_reference(own->now);
    pthread_mutex_unlock(&own->lock);
    return now;
}

void sm_model_put(siamese_model *model, sm_generation *generation)
{
    pthread_mutex_lock(&model->lock);
    sm_generation *const before = model->now;
    model->now = generation;
    model->generations++;
    pthread_mutex_unlock(&model->lock);
    sm_generation_release(before);
}

void sm_model_lock_writer(siamese_model *model)
{
    pthread_mutex_lock(&model->writer);
    sm_log_hold();
}

void sm_model_unlock_writer(siamese_model *model)
{
    pthread_mutex_unlock(&model->writer);
    sm_log_release();
}

void sm_model_set_step(siamese_model *model, uint64_t step)
{
    sm_model_lock_writer(model);
    model->now->step = step;
    sm_model_unlock_writer(model);
}

sm_status sm_model_begin_work(siamese_model *model)
{
    pthread_mutex_lock(&model->work);
    sm_log_hold();
    if (!model->busy) return SIAMESE_OK;
    sm_model_end_work(model);
    return sm_fail(SIAMESE_E_STATE, "model: it trains, or is rebuilt");
}

void sm_model_end_work(siamese_model *model)
{
    pthread_mutex_unlock(&model->work);
    sm_log_release();
}

void sm_model_lock_whole(siamese_model *model)
{
    pthread_mutex_lock(&model->work);
    sm_log_hold();
    sm_model_lock_writer(model);
}

void sm_model_unlock_whole(siamese_model *model)
{
    sm_model_unlock_writer(model);
    sm_model_end_work(model);
}

/* ---- what it is ---- */

siamese_status siamese_model_get_info(const siamese_model *model,
                                      siamese_model_info *info)
{
    siamese_model_info own = {.struct_size = sizeof own};
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    siamese_model *const locked = (siamese_model *)model;
    pthread_mutex_lock(&locked->work);
    own.pairs = model->pairs.rows;
    own.training = model->busy;
    if (model->trainer) own.pairs += siamese_trainer_pair_count(model->trainer);
    pthread_mutex_unlock(&locked->work);
    pthread_mutex_lock(&locked->lock);
    sm_generation *const now = sm_generation_reference(locked->now);
    own.generation = model->generations;
    pthread_mutex_unlock(&locked->lock);
    own.dim = siamese_tower_dim(now->item ? now->item : now->query);
    own.items = siamese_items_count(now->items);
    own.vectors = siamese_index_count(now->index);
    own.trained = now->item != NULL || now->query != NULL;
    sm_generation_release(now);
    return sm_struct_write(&own, sizeof own, info, "info");
}

/* ---- its parts ---- */

#define GETTER(NAME, TYPE, MEMBER, REFERENCE)                                  \
    siamese_status siamese_model_get_##NAME(const siamese_model *model,        \
                                            siamese_##TYPE **out)              \
    {                                                                          \
        SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");       \
        SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");           \
        sm_generation *const now = sm_model_now(model);                        \
        siamese_##TYPE *const found =                                          \
            now->MEMBER ? REFERENCE(now->MEMBER) : NULL;                       \
        sm_generation_release(now);                                            \
        SM_REQUIRE(found != NULL, SIAMESE_E_NOT_FOUND,                         \
                   "the model has no " #TYPE " yet");                          \
        *out = found;                                                          \
        return SIAMESE_OK;                                                     \
    }

GETTER(query_tower, tower, query, sm_tower_reference)
GETTER(item_tower, tower, item, sm_tower_reference)
GETTER(index, index, index, sm_index_reference)
GETTER(items, items, items, sm_items_reference)
GETTER(ranker, ranker, ranker, sm_ranker_reference)
GETTER(searcher, searcher, searcher, sm_searcher_reference)

static const siamese_vocab *first_vocab(const siamese_tower *tower)
{
    size_t const fields = tower ? siamese_tower_field_count(tower) : 0;
    for (size_t f = 0; f < fields; f++)
        if (sm_tower_field_vocab(tower, f))
            return sm_tower_field_vocab(tower, f);
    return NULL;
}

siamese_status siamese_model_get_vocab(const siamese_model *model,
                                       siamese_vocab **out)
{
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    siamese_model *const locked = (siamese_model *)model;
    pthread_mutex_lock(&locked->work);
    sm_generation *const now = sm_model_now(model);
    const siamese_vocab *vocab = first_vocab(now->query);
    if (vocab == NULL) vocab = first_vocab(now->item);
    if (vocab == NULL && model->host) vocab = model->host->vocab;
    siamese_vocab *const found = vocab ? sm_vocab_reference(vocab) : NULL;
    sm_generation_release(now);
    pthread_mutex_unlock(&locked->work);
    SM_REQUIRE(found != NULL, SIAMESE_E_NOT_FOUND,
               "the model has no vocabulary");
    *out = found;
    return SIAMESE_OK;
}

siamese_status siamese_model_get_trainer(const siamese_model *model,
                                         siamese_trainer **out)
{
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    siamese_model *const locked = (siamese_model *)model;
    pthread_mutex_lock(&locked->work);
    siamese_trainer *const found =
        model->trainer ? sm_trainer_reference(model->trainer) : NULL;
    pthread_mutex_unlock(&locked->work);
    SM_REQUIRE(found != NULL, SIAMESE_E_NOT_FOUND, "the model has no trainer");
    *out = found;
    return SIAMESE_OK;
}
