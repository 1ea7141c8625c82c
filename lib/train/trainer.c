/*
 * trainer.c: towers and options come in, a handle goes out, and from it copies
 * of what it has learned: snapshots and gradients. Hosts call it, and
 * lib/checkpoint.
 */
#include "train/trainer.h"

#include <stdbool.h>

#include "common/memory.h"
#include "common/room.h"
#include "math/products.h"
#include "tower/tower.h"
#include "train/trainer_handle.h"
#include "train/trainer_options.h"

/* ---- the handle ---- */

static void destroy(siamese_trainer *trainer)
{
    sm_trainer_model_free(&trainer->model);
    sm_trainer_data_free(&trainer->data);
    sm_run_destroy(&trainer->run);
    sm_free(trainer);
    sm_handle_freed();
}

void siamese_trainer_free(siamese_trainer *trainer)
{
    if (trainer && sm_references_drop(&trainer->references)) destroy(trainer);
}

siamese_trainer *sm_trainer_reference(siamese_trainer *trainer)
{
    sm_references_add(&trainer->references);
    return trainer;
}

const sm_pair_store *sm_trainer_pairs(const siamese_trainer *trainer)
{
    return &trainer->data.pairs;
}

const siamese_tower *sm_trainer_item_tower(const siamese_trainer *trainer)
{
    return trainer->model.item;
}

static sm_status check_towers(const siamese_tower *query,
                              const siamese_tower *item)
{
    SM_REQUIRE(query != NULL, SIAMESE_E_ARGUMENT, "query: is NULL");
    SM_REQUIRE(item != NULL, SIAMESE_E_ARGUMENT, "item: is NULL");
    SM_REQUIRE(siamese_tower_field_count(query) > 0, SIAMESE_E_STATE,
               "query: the tower has no field yet");
    SM_REQUIRE(siamese_tower_field_count(item) > 0, SIAMESE_E_STATE,
               "item: the tower has no field yet");
    SM_REQUIRE(siamese_tower_dim(query) == siamese_tower_dim(item),
               SIAMESE_E_ARGUMENT,
               "item: its vectors have %zu numbers, the query tower's %zu",
               siamese_tower_dim(item), siamese_tower_dim(query));
    return SIAMESE_OK;
}

siamese_status siamese_trainer_create(siamese_trainer **out,
                                      const siamese_tower *query,
                                      const siamese_tower *item,
                                      const siamese_trainer_options *options)
{
    sm_status status = SIAMESE_OK;
    siamese_trainer *t = NULL;
    SM_CHECK(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_TRY(check_towers(query, item));
    t = sm_calloc(1, sizeof *t);
    SM_CHECK_MEMORY(t);
    sm_handle_created();
    sm_references_init(&t->references);
    sm_run_init(&t->run);
    SM_TRY(sm_options_read(&sm_trainer_option_table, options, &t->options));
    SM_TRY(sm_kernels_select(t->options.kernel, &t->run.kernels));
    if (t->options.matmul_precision == SIAMESE_MATMUL_PRECISION_AUTO)
        t->options.matmul_precision = sm_products_fastest(t->run.kernels);
    SM_TRY(sm_pool_create(&t->run.pool, t->options.threads));
    SM_TRY(
        sm_trainer_model_create(&t->model, &t->options, &t->run, query, item));
    SM_TRY(sm_trainer_data_create(&t->data, &t->options, query, item));
    *out = t;
    t = NULL;
out:
    siamese_trainer_free(t);
    return status;
}

/* ---- snapshots ---- */

/* A const trainer's run: pausing it changes nothing that a host can see. */
static sm_trainer_run *run_of(const siamese_trainer *trainer)
{
    return &((siamese_trainer *)trainer)->run;
}

void sm_trainer_pause(const siamese_trainer *trainer)
{
    sm_run_pause(run_of(trainer));
}

void sm_trainer_resume(const siamese_trainer *trainer)
{
    sm_run_resume(run_of(trainer));
}

/* Trained is in float32; a snapshot has its tables in the tower's precision. */
static sm_status snapshot_tower(siamese_tower **out, const siamese_tower *tower,
                                int exact)
{
    return sm_tower_clone(out, tower,
                          exact ? SIAMESE_PRECISION_FLOAT32
                                : sm_tower_table_precision(tower));
}

sm_status sm_trainer_snapshot_paused(const siamese_trainer *trainer, int exact,
                                     siamese_tower **query,
                                     siamese_tower **item)
{
    sm_status status = SIAMESE_OK;
    siamese_tower *q = NULL, *i = NULL;
    bool const shared = trainer->model.query == trainer->model.item;
    if (query || shared)
        SM_TRY(snapshot_tower(&q, trainer->model.query, exact));
    if (item && !shared) SM_TRY(snapshot_tower(&i, trainer->model.item, exact));
    if (item && shared) i = sm_tower_reference(q);
    if (query) {
        *query = q;
        q = NULL;
    }
    if (item) {
        *item = i;
        i = NULL;
    }
out:
    siamese_tower_free(q);
    siamese_tower_free(i);
    return status;
}

siamese_status siamese_trainer_snapshot(const siamese_trainer *trainer,
                                        siamese_tower **query,
                                        siamese_tower **item)
{
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    SM_REQUIRE(query != NULL || item != NULL, SIAMESE_E_ARGUMENT,
               "query, item: both are NULL");
    sm_trainer_pause(trainer);
    sm_status const status =
        sm_trainer_snapshot_paused(trainer, 0, query, item);
    sm_trainer_resume(trainer);
    return status;
}

/* ---- gradients ---- */

siamese_status siamese_trainer_get_gradient(const siamese_trainer *trainer,
                                            int32_t side, const char *name,
                                            float *values, size_t capacity,
                                            size_t *needed)
{
    sm_parameter *p;
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    SM_REQUIRE(side == SIAMESE_SIDE_QUERY || side == SIAMESE_SIDE_ITEM,
               SIAMESE_E_ARGUMENT, "side: %d is neither query nor item",
               (int)side);
    SM_REQUIRE(name != NULL, SIAMESE_E_ARGUMENT, "name: is NULL");
    SM_RETURN_IF_ERROR(sm_parameters_require(
        sm_tower_const_parameters(side == SIAMESE_SIDE_QUERY
                                      ? trainer->model.query
                                      : trainer->model.item),
        name, &p));
    SM_REQUIRE(trainer->model.has_gradient, SIAMESE_E_STATE,
               "there is no gradient: no step was done, or the last failed");
    SM_RETURN_IF_ERROR(sm_room("values", values, capacity, p->count, needed));
    sm_parameter_dense_gradient(p, 0, p->count, values);
    return SIAMESE_OK;
}
