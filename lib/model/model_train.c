/* model_train.c: a model that learns from what was added, step by step, and
 * ends with a new generation; and what a host sets and adds before. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "common/memory.h"
#include "common/options.h"
#include "model/model_build.h"
#include "model/model_embed.h"
#include "model/model_learn.h"
#include "text/vocab.h"

/* ---- what is set and added ---- */

/* A first training that was cancelled has left its towers in the trainer. */
static bool has_towers(const siamese_model *model, const sm_generation *now)
{
    return model->trainer != NULL || now->query != NULL || now->item != NULL;
}

/* Options that stand in a trainer or an index that is there. */
static sm_status set_in_parts(siamese_model *model, unsigned kinds,
                              const char *bare, const char *value)
{
    sm_generation *const now = sm_model_now(model);
    unsigned const fixed = SM_SET_VOCAB | SM_SET_FIELD | SM_SET_TOWER;
    sm_status status = SIAMESE_OK;
    SM_CHECK(!(kinds & fixed) || !has_towers(model, now), SIAMESE_E_STATE,
             "name: '%s' cannot change once there are towers", bare);
    if (model->trainer && (kinds & SM_SET_TRAINER))
        SM_TRY(siamese_trainer_set_option(model->trainer, bare, value));
    if (now->index && (kinds & SM_SET_INDEX) && strcmp(bare, "nprobe") == 0)
        SM_TRY(
            siamese_index_set_nprobe(now->index, model->settings.index.nprobe));
out:
    sm_generation_release(now);
    return status;
}

siamese_status siamese_model_set(siamese_model *model, const char *name,
                                 const char *value)
{
    sm_status status = SIAMESE_OK;
    unsigned kinds;
    const char *bare;
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    SM_REQUIRE(value != NULL, SIAMESE_E_ARGUMENT, "value: is NULL");
    SM_RETURN_IF_ERROR(sm_model_settings_find(name, &kinds, &bare));
    SM_RETURN_IF_ERROR(sm_model_begin_work(model));
    sm_model_lock_writer(model);
    sm_model_settings const before = model->settings;
    SM_TRY(sm_model_settings_set(&model->settings, kinds, bare, value));
    status = set_in_parts(model, kinds, bare, value);
    if (status != SIAMESE_OK) model->settings = before;
out:
    sm_model_unlock_writer(model);
    sm_model_end_work(model);
    return status;
}

siamese_status siamese_model_add_field(siamese_model *model, const char *name,
                                       const siamese_field_options *options)
{
    sm_status status = SIAMESE_OK;
    siamese_column_info info = {.struct_size = sizeof info};
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    SM_REQUIRE(name != NULL, SIAMESE_E_ARGUMENT, "name: is NULL");
    SM_REQUIRE(strlen(name) >= 1 && strlen(name) < sizeof info.name &&
                   strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") ==
                       strlen(name),
               SIAMESE_E_ARGUMENT,
               "name: '%.80s' is not 1 to 63 bytes of [a-z0-9_]", name);
    SM_RETURN_IF_ERROR(sm_model_begin_work(model));
    sm_generation *const now = sm_model_now(model);
    bool has_column = false;
    SM_CHECK(!has_towers(model, now), SIAMESE_E_STATE,
             "name: fields are added before there are towers");
    SM_CHECK(strcmp(name, "text") != 0, SIAMESE_E_ARGUMENT,
             "name: 'text' is the field of the title");
    for (size_t c = 0; now->items && !has_column; c++) {
        siamese_items_info all = {.struct_size = sizeof all};
        SM_TRY(siamese_items_get_info(now->items, &all));
        if (c == all.columns) break;
        SM_TRY(siamese_items_get_column(now->items, c, &info));
        has_column = strcmp(info.name, name) == 0;
    }
    SM_TRY(sm_model_settings_add_field(&model->settings, name, options));
    if (has_column) goto out;
    status = siamese_model_add_column(model, name, SIAMESE_COLUMN_TEXT);
    if (status != SIAMESE_OK) model->settings.field_count--;
out:
    sm_generation_release(now);
    sm_model_end_work(model);
    return status;
}

siamese_status siamese_model_set_vocab(siamese_model *model,
                                       const siamese_vocab *vocab)
{
    sm_status status = SIAMESE_OK;
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    SM_REQUIRE(vocab == NULL || sm_vocab_finished(vocab), SIAMESE_E_STATE,
               "vocab: is not finished");
    SM_RETURN_IF_ERROR(sm_model_begin_work(model));
    sm_generation *const now = sm_model_now(model);
    SM_CHECK(!has_towers(model, now), SIAMESE_E_STATE,
             "vocab: it cannot change once there are towers");
    if (model->host == NULL) SM_TRY(siamese_bundle_create(&model->host));
    SM_TRY(siamese_bundle_set_vocab(model->host, (siamese_vocab *)vocab));
out:
    sm_generation_release(now);
    sm_model_end_work(model);
    return status;
}

static sm_status give_at_once(siamese_model *model, const siamese_pairs *pairs)
{
    siamese_pairs own;
    SM_RETURN_IF_ERROR(sm_struct_read(&own, sizeof own, pairs, "pairs"));
    SM_RETURN_IF_ERROR(own.queries
                           ? siamese_trainer_add_pairs(model->trainer, &own)
                           : siamese_trainer_add_items(model->trainer, &own));
    model->has_ids |= own.item_ids != NULL;
    return SIAMESE_OK;
}

siamese_status siamese_model_add_pairs(siamese_model *model,
                                       const siamese_pairs *pairs)
{
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    SM_RETURN_IF_ERROR(sm_model_begin_work(model));
    sm_status const status =
        model->prepared ? give_at_once(model, pairs)
                        : sm_pairs_list_add(&model->pairs, pairs, "pairs");
    sm_model_end_work(model);
    return status;
}

siamese_status siamese_model_set_validation(siamese_model *model,
                                            const siamese_pairs *pairs,
                                            const siamese_pairs *candidates)
{
    sm_status status = SIAMESE_OK;
    sm_pairs_list list = {NULL, 0, 0, 0};
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    SM_REQUIRE(pairs != NULL || candidates == NULL, SIAMESE_E_ARGUMENT,
               "pairs: is NULL, but candidates is not");
    SM_RETURN_IF_ERROR(sm_model_begin_work(model));
    if (pairs) SM_TRY(sm_pairs_list_add(&list, pairs, "pairs"));
    if (candidates) SM_TRY(sm_pairs_list_add(&list, candidates, "candidates"));
    sm_pairs_list const before = model->validation;
    model->validation = list;
    model->validates = true;
    list = before;
out:
    sm_pairs_list_clear(&list);
    sm_model_end_work(model);
    return status;
}

/* ---- training ---- */

/* Whether there is nothing left to do for siamese_trainer_fit. */
static sm_status is_complete(const siamese_trainer *trainer,
                             const siamese_trainer_options *options, bool *out)
{
    siamese_progress progress = {.struct_size = sizeof progress};
    SM_RETURN_IF_ERROR(siamese_trainer_get_progress(trainer, &progress));
    *out = progress.step > 0 &&
           ((progress.epoch >= options->epochs &&
             progress.step >= options->min_steps) ||
            (options->max_steps > 0 && progress.step >= options->max_steps));
    return SIAMESE_OK;
}

static sm_status set_number(siamese_trainer *trainer, const char *name,
                            uint64_t number)
{
    char text[32];
    snprintf(text, sizeof text, "%" PRIu64, number);
    return siamese_trainer_set_option(trainer, name, text);
}

/* A training that is complete is followed by another one as long, but first one
 * whose items are not encoded yet is brought to its end. */
static sm_status extend(siamese_model *model)
{
    siamese_trainer_options now = {.struct_size = sizeof now};
    const siamese_trainer_options *const once = &model->settings.trainer;
    bool complete;
    if (model->interrupted) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(siamese_trainer_get_options(model->trainer, &now));
    SM_RETURN_IF_ERROR(is_complete(model->trainer, &now, &complete));
    if (!complete) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(
        set_number(model->trainer, "epochs", now.epochs + once->epochs));
    if (now.max_steps > 0)
        SM_RETURN_IF_ERROR(set_number(model->trainer, "max_steps",
                                      now.max_steps + once->max_steps));
    return now.min_steps > 0 ? set_number(model->trainer, "min_steps",
                                          now.min_steps + once->min_steps)
                             : SIAMESE_OK;
}

/* All items are encoded anew in the end. What has no item, or came before there
 * was a tower, is a host's own vector, which nobody could bring back. */
static sm_status check_vectors(const siamese_model *model)
{
    sm_generation *const now = sm_model_now(model);
    size_t const vectors = siamese_index_count(now->index);
    const char *const lack = now->item == NULL    ? "towers"
                             : now->items == NULL ? "items"
                                                  : NULL;
    sm_generation_release(now);
    SM_REQUIRE(vectors == 0 || lack == NULL, SIAMESE_E_STATE,
               "model: without %s the %zu vectors of its index are the host's "
               "own, which a training would drop: leave the index out of the "
               "bundle or file that the model is made of",
               lack, vectors);
    return SIAMESE_OK;
}

static sm_status train(sm_model_run *run, bool extends)
{
    sm_status status = SIAMESE_OK;
    siamese_progress progress = {.struct_size = sizeof progress};
    siamese_tower *query = NULL, *item = NULL;
    SM_TRY(sm_model_check_cancel(run->model));
    SM_TRY(sm_model_check_lists(run->model));
    SM_TRY(check_vectors(run->model));
    SM_TRY(sm_model_build_trainer(run->model));
    if (extends) SM_TRY(extend(run->model));
    run->model->interrupted = true;
    SM_TRY(siamese_trainer_get_progress(run->model->trainer, &run->last));
    SM_TRY(sm_model_learn(run));
    SM_TRY(sm_model_fit(run));
    SM_TRY(siamese_trainer_snapshot(run->model->trainer, &query, &item));
    SM_TRY(siamese_trainer_get_progress(run->model->trainer, &progress));
    SM_TRY(sm_model_embed(run, query, item, progress.step));
    run->model->interrupted = false;
out:
    siamese_tower_free(query);
    siamese_tower_free(item);
    return status;
}

static sm_status run_training(siamese_model *model,
                              siamese_progress_fn progress, void *user,
                              bool extends)
{
    sm_model_run run = {.model = model, .progress = progress, .user = user};
    run.last.struct_size = sizeof run.last;
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    SM_RETURN_IF_ERROR(sm_model_begin_run(model));
    model->prepared = false;
    sm_status const status = train(&run, extends);
    sm_model_end_run(model);
    return status;
}

siamese_status siamese_model_train(siamese_model *model,
                                   siamese_progress_fn progress, void *user)
{
    return run_training(model, progress, user, true);
}

siamese_status siamese_model_resume(siamese_model *model,
                                    siamese_progress_fn progress, void *user)
{
    return run_training(model, progress, user, false);
}

siamese_status siamese_model_prepare(siamese_model *model)
{
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    SM_RETURN_IF_ERROR(sm_model_begin_run(model));
    sm_status status = sm_model_check_cancel(model);
    if (status == SIAMESE_OK) status = check_vectors(model);
    if (status == SIAMESE_OK) status = sm_model_build_trainer(model);
    model->prepared = status == SIAMESE_OK;
    sm_model_end_run(model);
    return status;
}

siamese_status siamese_model_rebuild(siamese_model *model,
                                     siamese_progress_fn progress, void *user)
{
    sm_status status = SIAMESE_OK;
    sm_model_run run = {.model = model, .progress = progress, .user = user};
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    SM_RETURN_IF_ERROR(sm_model_begin_run(model));
    sm_generation *const now = sm_model_now(model);
    SM_TRY(sm_model_check_cancel(model));
    SM_CHECK(now->item != NULL && now->items != NULL, SIAMESE_E_STATE,
             "model: without %s there is nothing to encode",
             now->item ? "items" : "towers");
    SM_TRY(sm_model_check_lists(model));
    SM_TRY(sm_model_embed(&run, now->query, now->item, now->step));
out:
    sm_generation_release(now);
    sm_model_end_run(model);
    return status;
}

siamese_status siamese_model_grow(siamese_model *model, size_t max_tokens)
{
    sm_status status = SIAMESE_OK;
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    SM_RETURN_IF_ERROR(sm_model_begin_run(model));
    sm_generation *const now = sm_model_now(model);
    SM_CHECK(now->query != NULL || model->trainer != NULL, SIAMESE_E_STATE,
             "model: it has no vocabulary before the first training");
    model->prepared = false;
    status = sm_model_grow_trainer(model, max_tokens);
    /* one that failed may have grown one of two towers */
    sm_model_set_step(model, SM_NO_STEP);
out:
    sm_generation_release(now);
    sm_model_end_run(model);
    return status;
}

siamese_status siamese_model_finish(siamese_model *model)
{
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    SM_RETURN_IF_ERROR(sm_model_begin_work(model));
    siamese_trainer_free(model->trainer);
    model->trainer = NULL;
    model->prepared = false;
    model->interrupted = false;
    sm_pairs_list_clear(&model->pairs);
    sm_pairs_list_clear(&model->validation);
    model->validates = false;
    sm_model_end_work(model);
    return SIAMESE_OK;
}
