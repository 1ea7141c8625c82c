/* model_file.c: a model to a bundle, and so to files and streams, and back;
 * another file in the place of a model that serves. */
#include <string.h>

#include "checkpoint/bundle.h"
#include "checkpoint/saver.h"
#include "common/memory.h"
#include "common/options.h"
#include "common/stream_copy.h"
#include "index/index_handle.h"
#include "index/index_ids.h"
#include "items/items.h"
#include "search/ranker.h"
#include "model/model_embed.h"
#include "tower/tower.h"

/* Of a trainer that a model's file holds unless something else is said: it is
 * then some 30 MB. */
#define TRAINED_ON_WEIGHTS ((size_t)4000000)

/* ---- a model as a bundle ---- */

static sm_status write_settings(const void *settings, sm_writer *writer)
{
    return sm_model_settings_write(settings, writer);
}

static sm_status fill_settings(siamese_bundle *bundle,
                               const siamese_model *model)
{
    sm_stream_copy copy = {NULL, 0};
    SM_RETURN_IF_ERROR(sm_stream_copy_make(
        &copy, write_settings, &model->settings, "the model's settings"));
    sm_status const status = sm_bundle_set_model(bundle, copy.bytes, copy.size);
    sm_stream_copy_free(&copy);
    return status;
}

static sm_status trainer_step(const siamese_trainer *trainer, uint64_t *step)
{
    siamese_progress progress = {.struct_size = sizeof progress};
    SM_RETURN_IF_ERROR(siamese_trainer_get_progress(trainer, &progress));
    *step = progress.step;
    return SIAMESE_OK;
}

static sm_status fill_towers(siamese_bundle *bundle, const siamese_model *model,
                             const sm_generation *now)
{
    if (model->trainer)
        return siamese_bundle_set_trainer(bundle, model->trainer);
    SM_RETURN_IF_ERROR(siamese_bundle_set_query_tower(bundle, now->query));
    return siamese_bundle_set_item_tower(bundle, now->item);
}

/* Before the first training it is not made yet, and in the midst of one it may
 * have learned what that of now has not. */
static sm_status fill_ranker(siamese_bundle *bundle, const siamese_model *model)
{
    const siamese_ranker *const now = model->now->ranker;
    const siamese_ranker_options *options = &model->settings.ranker;
    siamese_ranker *plain, *own = NULL;
    if (now ? now->learned.queries == model->learned.queries
            : model->now->query || !sm_ranker_does_anything(options))
        return siamese_bundle_set_ranker(bundle, now);
    if (now) options = &now->options;
    SM_RETURN_IF_ERROR(sm_ranker_create(&plain, options, &model->learned));
    sm_status status =
        sm_ranker_with_words(&own, plain, now ? now->words : NULL);
    if (status == SIAMESE_OK) status = siamese_bundle_set_ranker(bundle, own);
    siamese_ranker_free(own);
    siamese_ranker_free(plain);
    return status;
}

/* All but the index; with the locks of the work and of the writer. */
static sm_status fill(siamese_bundle *bundle, const siamese_model *model)
{
    const sm_generation *const now = model->now;
    SM_RETURN_IF_ERROR(fill_settings(bundle, model));
    SM_RETURN_IF_ERROR(fill_towers(bundle, model, now));
    SM_RETURN_IF_ERROR(siamese_bundle_set_items(bundle, now->items));
    SM_RETURN_IF_ERROR(fill_ranker(bundle, model));
    if (model->host == NULL) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(siamese_bundle_set_vocab(bundle, model->host->vocab));
    return sm_bundle_copy_sections(bundle, model->host);
}

/* With the same locks. A trainer that is ahead of the index, or may be when it
 * is written, leaves it out: whoever opens the file encodes the items anew. */
static sm_status fill_index(siamese_bundle *bundle, const siamese_model *model)
{
    const sm_generation *const now = model->now;
    uint64_t step = now->step;
    if (model->trainer) {
        if (model->busy) return SIAMESE_OK;
        SM_RETURN_IF_ERROR(trainer_step(model->trainer, &step));
    }
    return step == now->step ? siamese_bundle_set_index(bundle, now->index)
                             : SIAMESE_OK;
}

static sm_status make_bundle(const siamese_model *model, siamese_bundle **out)
{
    siamese_bundle *bundle;
    SM_RETURN_IF_ERROR(siamese_bundle_create(&bundle));
    sm_status status = fill(bundle, model);
    if (status == SIAMESE_OK) status = fill_index(bundle, model);
    if (status == SIAMESE_OK)
        *out = bundle;
    else
        siamese_bundle_free(bundle);
    return status;
}

siamese_status siamese_model_get_bundle(const siamese_model *model,
                                        siamese_bundle **out)
{
    siamese_model *const own = (siamese_model *)model;
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    sm_model_lock_whole(own);
    sm_status const status = make_bundle(model, out);
    sm_model_unlock_whole(own);
    return status;
}

/* ---- saving ---- */

static size_t weights_of(const siamese_tower *tower)
{
    size_t weights = 0;
    siamese_parameter_info info = {.struct_size = sizeof info};
    size_t const count = tower ? siamese_tower_parameter_count(tower) : 0;
    for (size_t i = 0; i < count; i++)
        if (siamese_tower_parameter_info(tower, i, &info) == SIAMESE_OK)
            weights += info.count;
    return weights;
}

/* Where the host says nothing a large trainer stays out of the file. */
static sm_status settle(const siamese_model *model,
                        const siamese_save_options *options,
                        siamese_save_options *own)
{
    if (options) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(siamese_save_options_init(own, sizeof *own));
    own->finished = weights_of(model->now->query) > TRAINED_ON_WEIGHTS;
    return SIAMESE_OK;
}

/* A save of a model: what is written, and what writes it. */
typedef struct model_copy {
    siamese_bundle *bundle;
    sm_saver *saver;
} model_copy;

static void free_copy(model_copy *copy)
{
    sm_saver_free(copy->saver);
    siamese_bundle_free(copy->bundle);
}

/* With the locks of the work and of the writer, so that trainer, index and
 * items are of one moment. The trainer is copied before it is asked for its
 * step, which a host that trains it by itself may change. */
static sm_status make_copy(const siamese_model *model, model_copy *copy,
                           const siamese_save_options *options)
{
    siamese_save_options own;
    SM_RETURN_IF_ERROR(siamese_bundle_create(&copy->bundle));
    SM_RETURN_IF_ERROR(fill(copy->bundle, model));
    SM_RETURN_IF_ERROR(settle(model, options, &own));
    SM_RETURN_IF_ERROR(
        sm_saver_create(&copy->saver, copy->bundle, options ? options : &own));
    SM_RETURN_IF_ERROR(sm_saver_copy(copy->saver));
    SM_RETURN_IF_ERROR(fill_index(copy->bundle, model));
    return sm_saver_copy(copy->saver);
}

static sm_status copy_model(const siamese_model *model, model_copy *copy,
                            const siamese_save_options *options)
{
    siamese_model *const own = (siamese_model *)model;
    sm_model_lock_whole(own);
    sm_status const status = make_copy(model, copy, options);
    sm_model_unlock_whole(own);
    return status;
}

siamese_status siamese_model_save(const siamese_model *model, const char *path,
                                  const siamese_save_options *options)
{
    model_copy copy = {NULL, NULL};
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    SM_REQUIRE(path != NULL && path[0] != '\0', SIAMESE_E_ARGUMENT,
               "path: is %s", path ? "empty" : "NULL");
    sm_status status = copy_model(model, &copy, options);
    if (status == SIAMESE_OK) status = sm_saver_save(copy.saver, path);
    free_copy(&copy);
    return status;
}

siamese_status siamese_model_write(const siamese_model *model,
                                   siamese_write_fn write, void *user,
                                   const siamese_save_options *options)
{
    model_copy copy = {NULL, NULL};
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    SM_REQUIRE(write != NULL, SIAMESE_E_ARGUMENT, "write: is NULL");
    sm_status status = copy_model(model, &copy, options);
    if (status == SIAMESE_OK) status = sm_saver_write(copy.saver, write, user);
    free_copy(&copy);
    return status;
}

/* ---- a bundle as a model ---- */

typedef struct source_bytes {
    const char *at;
} source_bytes;

static sm_status read_bytes(void *context, void *data, size_t size)
{
    source_bytes *const source = context;
    memcpy(data, source->at, size);
    source->at += size;
    return SIAMESE_OK;
}

/* A model of which no file says otherwise has no stages. */
static sm_status ranker_settings(const siamese_ranker *ranker,
                                 siamese_ranker_options *options)
{
    if (ranker) return siamese_ranker_get_options(ranker, options);
    options->rerank = options->spelling = 0;
    options->feedback = 0;
    return SIAMESE_OK;
}

/* What the section says, or, of a file without one, what its parts say. */
static sm_status settings_of(sm_model_settings *settings,
                             const siamese_bundle *bundle, int32_t threads)
{
    siamese_model_options options;
    size_t size;
    SM_RETURN_IF_ERROR(siamese_model_options_init(&options, sizeof options));
    options.threads = threads;
    SM_RETURN_IF_ERROR(sm_model_settings_init(settings, "default", &options));
    const void *const data = sm_bundle_get_model(bundle, &size);
    if (data) {
        source_bytes source = {data};
        sm_reader reader = {.read = read_bytes,
                            .context = &source,
                            .left = size,
                            .section = "model"};
        SM_RETURN_IF_ERROR(sm_model_settings_read(settings, &reader));
    } else if (bundle->items) {
        settings->options.repeats = sm_items_options(bundle->items)->repeats;
    }
    if (bundle->trainer && data == NULL)
        SM_RETURN_IF_ERROR(
            siamese_trainer_get_options(bundle->trainer, &settings->trainer));
    SM_RETURN_IF_ERROR(ranker_settings(bundle->ranker, &settings->ranker));
    if (bundle->index)
        SM_RETURN_IF_ERROR(
            siamese_index_get_options(bundle->index, &settings->index));
    return SIAMESE_OK;
}

/* What is the host's own, and a vocabulary that stands by itself. */
static sm_status host_sections(siamese_bundle **out, const siamese_bundle *from)
{
    SM_RETURN_IF_ERROR(siamese_bundle_create(out));
    SM_RETURN_IF_ERROR(siamese_bundle_set_vocab(*out, from->vocab));
    return sm_bundle_copy_sections(*out, from);
}

/* A row has one vector: one with two would be found twice. */
static sm_status check_rows(const siamese_bundle *bundle)
{
    siamese_items_info info = {.struct_size = sizeof info};
    int64_t row;
    if (bundle->items == NULL || bundle->index == NULL) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(siamese_items_get_info(bundle->items, &info));
    SM_RETURN_IF_ERROR(
        sm_index_find_repeated(bundle->index, info.next_row, &row));
    SM_REQUIRE(row < 0, SIAMESE_E_FORMAT,
               "section index: row %lld of the items stands there twice",
               (long long)row);
    return SIAMESE_OK;
}

static sm_status generation_of(sm_generation **out,
                               const siamese_bundle *bundle)
{
    sm_status status = SIAMESE_OK;
    siamese_tower *query = NULL, *item = NULL;
    uint64_t step = 0;
    if (bundle->trainer || bundle->query_tower)
        SM_TRY(siamese_bundle_get_query_tower(bundle, &query));
    if (bundle->trainer || bundle->item_tower)
        SM_TRY(siamese_bundle_get_item_tower(bundle, &item));
    if (bundle->trainer) SM_TRY(trainer_step(bundle->trainer, &step));
    SM_TRY(sm_generation_create(out, query, item, bundle->index, bundle->items,
                                bundle->ranker, step));
out:
    siamese_tower_free(query);
    siamese_tower_free(item);
    return status;
}

/* The fields of a file whose settings do not know them: of a trainer that a
 * host made by hand. */
static sm_status settle_fields(sm_model_settings *settings,
                               const siamese_tower *item)
{
    size_t const count =
        settings->field_count ? 0 : siamese_tower_field_count(item);
    for (size_t f = 1; f < count; f++) {
        siamese_field_options options = *sm_tower_field_options(item, f);
        if (options.kind == SIAMESE_FIELD_ID && sm_tower_field_vocab(item, f))
            options.buckets = 0;
        SM_RETURN_IF_ERROR(sm_model_settings_add_field(
            settings, sm_tower_field_name(item, f), &options));
    }
    return SIAMESE_OK;
}

static sm_status from_bundle(siamese_model **out, const siamese_bundle *bundle,
                             int32_t threads)
{
    sm_status status = SIAMESE_OK;
    sm_model_settings settings = {.fields = NULL};
    sm_generation *generation = NULL;
    siamese_bundle *host = NULL;
    siamese_model *model = NULL;
    SM_TRY(check_rows(bundle));
    SM_TRY(settings_of(&settings, bundle, threads));
    SM_TRY(host_sections(&host, bundle));
    SM_TRY(generation_of(&generation, bundle));
    SM_TRY(settle_fields(&settings, generation->item));
    status = sm_model_make(&model, &settings, generation);
    settings.fields = NULL;
    generation = NULL;
    if (status != SIAMESE_OK) goto out;
    model->host = host;
    if (bundle->ranker) model->learned = bundle->ranker->learned;
    host = NULL;
    if (bundle->trainer)
        SM_TRY(siamese_bundle_get_trainer(bundle, &model->trainer));
    *out = model;
    model = NULL;
out:
    siamese_model_free(model);
    siamese_bundle_free(host);
    sm_generation_release(generation);
    sm_model_settings_free(&settings);
    return status;
}

siamese_status siamese_model_from_bundle(siamese_model **out,
                                         const siamese_bundle *bundle)
{
    SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_REQUIRE(bundle != NULL, SIAMESE_E_ARGUMENT, "bundle: is NULL");
    return from_bundle(out, bundle, 0);
}

/* ---- opening ---- */

/* A file that was saved in the middle of a training has no index. */
static sm_status index_items(siamese_model *model)
{
    const sm_generation *const now = model->now;
    sm_model_run run = {.model = model};
    return now->item && now->items && now->index == NULL
               ? sm_model_embed(&run, now->query, now->item, now->step)
               : SIAMESE_OK;
}

/* Parts that do not fit are damage here: nobody but the file put them
 * together. */
static sm_status from_file(siamese_model **out, siamese_bundle *bundle,
                           const char *name,
                           const siamese_load_options *options)
{
    size_t const end =
        offsetof(siamese_load_options, threads) + sizeof options->threads;
    siamese_model *model = NULL;
    sm_status status = from_bundle(
        &model, bundle,
        options && options->struct_size >= end ? options->threads : 0);
    siamese_bundle_free(bundle);
    if (status == SIAMESE_OK) status = index_items(model);
    if (status == SIAMESE_OK)
        *out = model;
    else
        siamese_model_free(model);
    if (status == SIAMESE_E_ARGUMENT || status == SIAMESE_E_STATE)
        status =
            sm_fail(SIAMESE_E_FORMAT, "%s: %s", name, siamese_last_error());
    return status;
}

siamese_status siamese_model_open(siamese_model **out, const char *path,
                                  const siamese_load_options *options)
{
    siamese_bundle *bundle;
    SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_RETURN_IF_ERROR(siamese_checkpoint_load(&bundle, path, options));
    return from_file(out, bundle, path, options);
}

siamese_status siamese_model_read(siamese_model **out, siamese_read_fn read,
                                  void *user,
                                  const siamese_load_options *options)
{
    siamese_bundle *bundle;
    SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_RETURN_IF_ERROR(siamese_checkpoint_read(&bundle, read, user, options));
    return from_file(out, bundle, "stream", options);
}

/* ---- another file in the place of a model ---- */

#define EXCHANGE(type, a, b)                                                   \
    do {                                                                       \
        type const kept_ = (a);                                                \
        (a) = (b);                                                             \
        (b) = kept_;                                                           \
    } while (0)

/* With the lock of the work. All that the model was goes with `other`. */
static void take_place(siamese_model *model, siamese_model *other)
{
    sm_model_lock_writer(model);
    EXCHANGE(sm_model_settings, model->settings, other->settings);
    EXCHANGE(sm_pairs_list, model->pairs, other->pairs);
    EXCHANGE(sm_pairs_list, model->validation, other->validation);
    EXCHANGE(siamese_trainer *, model->trainer, other->trainer);
    EXCHANGE(siamese_bundle *, model->host, other->host);
    EXCHANGE(sm_linear_ranker, model->learned, other->learned);
    model->validates = false;
    model->prepared = false;
    model->items_learned = 0;
    model->has_ids = false;
    sm_model_put(model, sm_generation_reference(other->now));
    sm_model_unlock_writer(model);
}

siamese_status siamese_model_reload(siamese_model *model, const char *path,
                                    const siamese_load_options *options)
{
    siamese_model *other;
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    SM_RETURN_IF_ERROR(siamese_model_open(&other, path, options));
    sm_status const status = sm_model_begin_work(model);
    if (status == SIAMESE_OK) {
        take_place(model, other);
        sm_model_end_work(model);
    }
    siamese_model_free(other);
    return status;
}
