/*
 * trainer_control.c: what a host does to a trainer beside training: from any
 * thread cancel it, ask how far it is, and change the options that may change.
 */
#include <stdbool.h>
#include <string.h>

#include "train/trainer.h"
#include "train/trainer_handle.h"
#include "train/trainer_options.h"
#include "train/trainer_progress.h"

/* ---- cancelling ---- */

siamese_status siamese_trainer_cancel(siamese_trainer *trainer)
{
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    sm_run_cancel(&trainer->run);
    return SIAMESE_OK;
}

siamese_status siamese_trainer_forget_cancel(siamese_trainer *trainer)
{
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    return sm_run_forget_cancel(&trainer->run);
}

/* ---- progress ---- */

siamese_status siamese_trainer_get_progress(const siamese_trainer *trainer,
                                            siamese_progress *progress)
{
    siamese_progress own;
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    sm_trainer_pause(trainer);
    sm_trainer_fill_progress(&trainer->options, &trainer->data,
                             &trainer->model.state, &trainer->run.timing, &own);
    sm_trainer_resume(trainer);
    return sm_struct_write(&own, sizeof own, progress, "progress");
}

/* ---- options ---- */

siamese_status siamese_trainer_get_options(const siamese_trainer *trainer,
                                           siamese_trainer_options *options)
{
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    return sm_options_write(&sm_trainer_option_table, &trainer->options,
                            options);
}

/* A pool of other size, and the passes that borrow it; whole or not at all. */
static sm_status change_threads(siamese_trainer *t, int32_t threads)
{
    sm_pool *pool = NULL;
    sm_step_buffers buffers;
    SM_RETURN_IF_ERROR(sm_pool_create(&pool, threads));
    sm_status const status = sm_step_buffers_create(
        &buffers, pool, t->options.word_sums, t->model.item == t->model.query,
        t->data.pairs.queries.fields);
    if (status != SIAMESE_OK) {
        sm_pool_free(pool);
        return status;
    }
    sm_gradients_hold(&t->model);
    sm_step_buffers_free(&t->model.buffers);
    sm_pool_free(t->run.pool);
    t->model.buffers = buffers;
    t->run.pool = pool;
    return SIAMESE_OK;
}

static bool may_change(const char *name)
{
    static const char *const names[] = {"epochs",  "learning_rate", "max_steps",
                                        "metrics", "min_steps",     "patience",
                                        "threads"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (strcmp(name, names[i]) == 0) return true;
    return false;
}

siamese_status siamese_trainer_set_option(siamese_trainer *trainer,
                                          const char *name, const char *value)
{
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    siamese_trainer_options changed = trainer->options;
    SM_RETURN_IF_ERROR(
        sm_options_set(&sm_trainer_option_table, &changed, name, value));
    SM_REQUIRE(may_change(name), SIAMESE_E_STATE,
               "trainer option %s cannot change any more; epochs, "
               "learning_rate, max_steps, metrics, min_steps, patience and "
               "threads can",
               name);
    if (changed.threads != trainer->options.threads) {
        /* the pool of a run must stay */
        SM_RETURN_IF_ERROR(sm_run_claim(&trainer->run));
        sm_status const status = change_threads(trainer, changed.threads);
        sm_run_release(&trainer->run);
        if (status != SIAMESE_OK) return status;
    }
    sm_run_pause(&trainer->run);
    if (changed.metrics != trainer->options.metrics) {
        /* hits of one kind of evaluation are not added to the other's */
        memset(trainer->model.state.hits, 0, sizeof trainer->model.state.hits);
        trainer->model.state.topk_pairs = 0;
    }
    trainer->options = changed;
    sm_run_resume(&trainer->run);
    return SIAMESE_OK;
}
