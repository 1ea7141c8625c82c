/* bundle.c: the bundle handle: handles and a host's own bytes go in and come
 * out by name. Save and load walk over it. */
#include "checkpoint/bundle.h"

#include <pthread.h>
#include <string.h>

#include "common/log.h"
#include "common/memory.h"
#include "common/options.h"
#include "common/room.h"
#include "index/index_handle.h"
#include "items/items.h"
#include "search/ranker.h"
#include "text/vocab.h"
#include "tower/tower.h"
#include "train/trainer.h"

/* Sections of ours that a file may have beside those of the host. */
#define OWN_SECTIONS 64

struct sm_snapshot {
    pthread_mutex_t lock;
    siamese_tower *towers[2]; /* by SIAMESE_SIDE_*; NULL: none yet */
    uint64_t step;            /* of the trainer, when they were taken */
};

/* ---- the handle ---- */

siamese_status siamese_bundle_create(siamese_bundle **out)
{
    SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    siamese_bundle *const bundle = sm_calloc(1, sizeof *bundle);
    if (bundle == NULL) return sm_fail_memory();
    bundle->snapshot = sm_calloc(1, sizeof *bundle->snapshot);
    if (bundle->snapshot == NULL) {
        sm_free(bundle);
        return sm_fail_memory();
    }
    pthread_mutex_init(&bundle->snapshot->lock, NULL);
    sm_handle_created();
    *out = bundle;
    return SIAMESE_OK;
}

static void drop_snapshot(sm_snapshot *snapshot)
{
    for (int side = 0; side < 2; side++) {
        siamese_tower_free(snapshot->towers[side]);
        snapshot->towers[side] = NULL;
    }
}

void siamese_bundle_free(siamese_bundle *bundle)
{
    if (bundle == NULL) return;
    siamese_vocab_free(bundle->vocab);
    siamese_tower_free(bundle->query_tower);
    siamese_tower_free(bundle->item_tower);
    siamese_trainer_free(bundle->trainer);
    siamese_index_free(bundle->index);
    siamese_items_free(bundle->items);
    siamese_ranker_free(bundle->ranker);
    sm_free(bundle->model);
    for (size_t i = 0; i < bundle->section_count; i++)
        sm_free(bundle->sections[i].data);
    sm_free(bundle->sections);
    drop_snapshot(bundle->snapshot);
    pthread_mutex_destroy(&bundle->snapshot->lock);
    sm_free(bundle->snapshot);
    sm_free(bundle);
    sm_handle_freed();
}

/* ---- parts in ---- */

#define REQUIRE_BUNDLE(bundle)                                                 \
    SM_REQUIRE((bundle) != NULL, SIAMESE_E_ARGUMENT, "bundle: is NULL")

siamese_status siamese_bundle_set_vocab(siamese_bundle *bundle,
                                        siamese_vocab *vocab)
{
    REQUIRE_BUNDLE(bundle);
    siamese_vocab *const old = bundle->vocab;
    bundle->vocab = vocab ? sm_vocab_reference(vocab) : NULL;
    siamese_vocab_free(old);
    return SIAMESE_OK;
}

static sm_status set_tower(siamese_bundle *bundle, siamese_tower **place,
                           siamese_tower *tower)
{
    SM_REQUIRE(tower == NULL || bundle->trainer == NULL, SIAMESE_E_STATE,
               "tower: the bundle has a trainer, which brings its own");
    siamese_tower *const old = *place;
    *place = tower ? sm_tower_reference(tower) : NULL;
    siamese_tower_free(old);
    return SIAMESE_OK;
}

siamese_status siamese_bundle_set_query_tower(siamese_bundle *bundle,
                                              siamese_tower *tower)
{
    REQUIRE_BUNDLE(bundle);
    return set_tower(bundle, &bundle->query_tower, tower);
}

siamese_status siamese_bundle_set_item_tower(siamese_bundle *bundle,
                                             siamese_tower *tower)
{
    REQUIRE_BUNDLE(bundle);
    return set_tower(bundle, &bundle->item_tower, tower);
}

siamese_status siamese_bundle_set_trainer(siamese_bundle *bundle,
                                          siamese_trainer *trainer)
{
    REQUIRE_BUNDLE(bundle);
    SM_REQUIRE(trainer == NULL ||
                   (bundle->query_tower == NULL && bundle->item_tower == NULL),
               SIAMESE_E_STATE,
               "trainer: it brings its own towers, and the bundle has one");
    siamese_trainer *const old = bundle->trainer;
    bundle->trainer = trainer ? sm_trainer_reference(trainer) : NULL;
    siamese_trainer_free(old);
    drop_snapshot(bundle->snapshot);
    return SIAMESE_OK;
}

siamese_status siamese_bundle_set_index(siamese_bundle *bundle,
                                        siamese_index *index)
{
    REQUIRE_BUNDLE(bundle);
    siamese_index *const old = bundle->index;
    bundle->index = index ? sm_index_reference(index) : NULL;
    siamese_index_free(old);
    return SIAMESE_OK;
}

siamese_status siamese_bundle_set_items(siamese_bundle *bundle,
                                        siamese_items *items)
{
    REQUIRE_BUNDLE(bundle);
    siamese_items *const old = bundle->items;
    bundle->items = items ? sm_items_reference(items) : NULL;
    siamese_items_free(old);
    return SIAMESE_OK;
}

siamese_status siamese_bundle_set_ranker(siamese_bundle *bundle,
                                         const siamese_ranker *ranker)
{
    REQUIRE_BUNDLE(bundle);
    siamese_ranker *const old = bundle->ranker;
    bundle->ranker = ranker ? sm_ranker_reference(ranker) : NULL;
    siamese_ranker_free(old);
    return SIAMESE_OK;
}

/* ---- the host's own sections ---- */

static sm_user_section *find_section(const siamese_bundle *bundle,
                                     const char *name)
{
    for (size_t i = 0; i < bundle->section_count; i++)
        if (strcmp(bundle->sections[i].name, name) == 0)
            return &bundle->sections[i];
    return NULL;
}

static sm_status check_name(const char *name)
{
    SM_REQUIRE(name != NULL, SIAMESE_E_ARGUMENT, "name: is NULL");
    SM_REQUIRE(sm_section_name_valid(name), SIAMESE_E_ARGUMENT,
               "name: '%.80s' is not 1 to 63 bytes of [a-z0-9_.-]", name);
    return SIAMESE_OK;
}

sm_status sm_bundle_add_section(siamese_bundle *bundle, const char *name,
                                size_t size, void **data)
{
    SM_REQUIRE(bundle->section_count < SM_SECTIONS_MAX - OWN_SECTIONS,
               SIAMESE_E_LIMIT, "section %s: a bundle has %d at most", name,
               SM_SECTIONS_MAX - OWN_SECTIONS);
    sm_user_section *const sections =
        sm_grow(bundle->sections, &bundle->section_capacity,
                bundle->section_count + 1, sizeof *sections);
    if (sections == NULL) return sm_fail_memory();
    bundle->sections = sections;
    void *const room = sm_alloc(size);
    if (room == NULL) return sm_fail_memory();
    sm_user_section *const section = &sections[bundle->section_count++];
    memset(section, 0, sizeof *section);
    strcpy(section->name, name);
    section->data = *data = room;
    section->size = size;
    return SIAMESE_OK;
}

static void remove_section(siamese_bundle *bundle, sm_user_section *section)
{
    size_t const i = (size_t)(section - bundle->sections);
    sm_free(section->data);
    bundle->section_count--;
    memmove(section, section + 1,
            (bundle->section_count - i) * sizeof *section);
}

static sm_status replace_section(sm_user_section *section, const void *data,
                                 size_t size)
{
    void *const copy = sm_alloc(size);
    if (copy == NULL) return sm_fail_memory();
    if (size) memcpy(copy, data, size);
    sm_free(section->data);
    section->data = copy;
    section->size = size;
    return SIAMESE_OK;
}

siamese_status siamese_bundle_set_section(siamese_bundle *bundle,
                                          const char *name, const void *data,
                                          size_t size)
{
    void *room;
    REQUIRE_BUNDLE(bundle);
    SM_RETURN_IF_ERROR(check_name(name));
    SM_REQUIRE(data != NULL || size == 0, SIAMESE_E_ARGUMENT,
               "data: is NULL, with a size of %zu", size);
    sm_user_section *const section = find_section(bundle, name);
    if (data == NULL) {
        if (section) remove_section(bundle, section);
        return SIAMESE_OK;
    }
    if (section) return replace_section(section, data, size);
    SM_RETURN_IF_ERROR(sm_bundle_add_section(bundle, name, size, &room));
    if (size) memcpy(room, data, size);
    return SIAMESE_OK;
}

siamese_status siamese_bundle_get_section(const siamese_bundle *bundle,
                                          const char *name, void *data,
                                          size_t capacity, size_t *needed)
{
    REQUIRE_BUNDLE(bundle);
    SM_RETURN_IF_ERROR(check_name(name));
    const sm_user_section *const section = find_section(bundle, name);
    SM_REQUIRE(section != NULL, SIAMESE_E_NOT_FOUND,
               "the bundle has no section '%s'", name);
    SM_RETURN_IF_ERROR(sm_room("data", data, capacity, section->size, needed));
    if (section->size) memcpy(data, section->data, section->size);
    return SIAMESE_OK;
}

sm_status sm_bundle_copy_sections(siamese_bundle *to,
                                  const siamese_bundle *from)
{
    for (size_t i = 0; i < from->section_count; i++) {
        const sm_user_section *const section = &from->sections[i];
        SM_RETURN_IF_ERROR(siamese_bundle_set_section(
            to, section->name, section->data, section->size));
    }
    return SIAMESE_OK;
}

/* ---- what a model keeps of itself ---- */

sm_status sm_bundle_set_model(siamese_bundle *bundle, const void *data,
                              size_t size)
{
    char *const copy = sm_alloc(size);
    if (copy == NULL) return sm_fail_memory();
    memcpy(copy, data, size);
    sm_free(bundle->model);
    bundle->model = copy;
    bundle->model_size = size;
    return SIAMESE_OK;
}

const void *sm_bundle_get_model(const siamese_bundle *bundle, size_t *size)
{
    *size = bundle->model_size;
    return bundle->model;
}

/* ---- parts out ---- */

static sm_status trainer_step(const siamese_trainer *trainer, uint64_t *step)
{
    siamese_progress progress = {.struct_size = sizeof progress};
    SM_RETURN_IF_ERROR(siamese_trainer_get_progress(trainer, &progress));
    *step = progress.step;
    return SIAMESE_OK;
}

/*
 * A tower of the trainer. While the trainer stands at one step the towers are
 * the same handles again, so that a host that asks for both sides sees whether
 * they are shared.
 */
static sm_status snapshot_tower(const siamese_bundle *bundle, int side,
                                siamese_tower **out)
{
    sm_status status = SIAMESE_OK;
    sm_snapshot *const snapshot = bundle->snapshot;
    uint64_t before, after;
    siamese_tower *query, *item;
    pthread_mutex_lock(&snapshot->lock);
    sm_log_hold();
    SM_TRY(trainer_step(bundle->trainer, &before));
    if (snapshot->towers[0] == NULL || snapshot->step != before) {
        SM_TRY(siamese_trainer_snapshot(bundle->trainer, &query, &item));
        drop_snapshot(snapshot);
        snapshot->towers[SIAMESE_SIDE_QUERY] = query;
        snapshot->towers[SIAMESE_SIDE_ITEM] = item;
        /* taken before the step was made known: not for a second time */
        SM_TRY(trainer_step(bundle->trainer, &after));
        snapshot->step = before == after ? before : UINT64_MAX;
    }
    *out = sm_tower_reference(snapshot->towers[side]);
out:
    pthread_mutex_unlock(&snapshot->lock);
    sm_log_release();
    return status;
}

static siamese_tower *own_tower(const siamese_bundle *bundle, int side)
{
    return side == SIAMESE_SIDE_QUERY ? bundle->query_tower
                                      : bundle->item_tower;
}

static bool has_tower(const siamese_bundle *bundle, int side)
{
    return bundle->trainer != NULL || own_tower(bundle, side) != NULL;
}

static sm_status get_tower(const siamese_bundle *bundle, int side,
                           siamese_tower **out)
{
    siamese_tower *const tower = own_tower(bundle, side);
    if (bundle->trainer) return snapshot_tower(bundle, side, out);
    SM_REQUIRE(tower != NULL, SIAMESE_E_NOT_FOUND, "the bundle has no %s tower",
               side == SIAMESE_SIDE_QUERY ? "query" : "item");
    *out = sm_tower_reference(tower);
    return SIAMESE_OK;
}

#define REQUIRE_OUT(out)                                                       \
    SM_REQUIRE((out) != NULL, SIAMESE_E_ARGUMENT, "out: is NULL")

siamese_status siamese_bundle_get_query_tower(const siamese_bundle *bundle,
                                              siamese_tower **out)
{
    REQUIRE_BUNDLE(bundle);
    REQUIRE_OUT(out);
    return get_tower(bundle, SIAMESE_SIDE_QUERY, out);
}

siamese_status siamese_bundle_get_item_tower(const siamese_bundle *bundle,
                                             siamese_tower **out)
{
    REQUIRE_BUNDLE(bundle);
    REQUIRE_OUT(out);
    return get_tower(bundle, SIAMESE_SIDE_ITEM, out);
}

/* Fields of numbers and of hashed ids have none. */
static const siamese_vocab *first_vocab(const siamese_tower *tower)
{
    for (size_t f = 0; f < siamese_tower_field_count(tower); f++) {
        const siamese_vocab *const vocab = sm_tower_field_vocab(tower, f);
        if (vocab) return vocab;
    }
    return NULL;
}

siamese_status siamese_bundle_get_vocab(const siamese_bundle *bundle,
                                        siamese_vocab **out)
{
    siamese_vocab *found = NULL;
    REQUIRE_BUNDLE(bundle);
    REQUIRE_OUT(out);
    if (bundle->vocab) {
        *out = sm_vocab_reference(bundle->vocab);
        return SIAMESE_OK;
    }
    for (int side = 0; side < 2 && found == NULL; side++) {
        siamese_tower *tower;
        if (!has_tower(bundle, side)) continue;
        SM_RETURN_IF_ERROR(get_tower(bundle, side, &tower));
        const siamese_vocab *const first = first_vocab(tower);
        if (first) found = sm_vocab_reference(first);
        siamese_tower_free(tower);
    }
    SM_REQUIRE(found != NULL, SIAMESE_E_NOT_FOUND,
               "the bundle has no vocabulary");
    *out = found;
    return SIAMESE_OK;
}

siamese_status siamese_bundle_get_trainer(const siamese_bundle *bundle,
                                          siamese_trainer **out)
{
    REQUIRE_BUNDLE(bundle);
    REQUIRE_OUT(out);
    SM_REQUIRE(bundle->trainer != NULL, SIAMESE_E_NOT_FOUND,
               "the bundle has no trainer");
    *out = sm_trainer_reference(bundle->trainer);
    return SIAMESE_OK;
}

siamese_status siamese_bundle_get_index(const siamese_bundle *bundle,
                                        siamese_index **out)
{
    REQUIRE_BUNDLE(bundle);
    REQUIRE_OUT(out);
    SM_REQUIRE(bundle->index != NULL, SIAMESE_E_NOT_FOUND,
               "the bundle has no index");
    *out = sm_index_reference(bundle->index);
    return SIAMESE_OK;
}

siamese_status siamese_bundle_get_items(const siamese_bundle *bundle,
                                        siamese_items **out)
{
    REQUIRE_BUNDLE(bundle);
    REQUIRE_OUT(out);
    SM_REQUIRE(bundle->items != NULL, SIAMESE_E_NOT_FOUND,
               "the bundle has no items");
    *out = sm_items_reference(bundle->items);
    return SIAMESE_OK;
}

siamese_status siamese_bundle_get_ranker(const siamese_bundle *bundle,
                                         siamese_ranker **out)
{
    REQUIRE_BUNDLE(bundle);
    REQUIRE_OUT(out);
    SM_REQUIRE(bundle->ranker != NULL, SIAMESE_E_NOT_FOUND,
               "the bundle has no ranker");
    *out = sm_ranker_reference(bundle->ranker);
    return SIAMESE_OK;
}
