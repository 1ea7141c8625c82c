/* model_run.c: a run begun and ended, its progress told, a host's cancel
 * heard. For training and rebuilding. */
#include "model/model_run.h"

sm_status sm_model_begin_run(siamese_model *model)
{
    SM_RETURN_IF_ERROR(sm_model_begin_work(model));
    model->busy = true;
    sm_model_end_work(model);
    return SIAMESE_OK;
}

void sm_model_end_run(siamese_model *model)
{
    pthread_mutex_lock(&model->work);
    model->busy = false;
    /* a run takes the cancel with it, however it ends */
    atomic_store(&model->cancelled, false);
    pthread_mutex_unlock(&model->work);
}

sm_status sm_model_check_cancel(const siamese_model *model)
{
    SM_REQUIRE(!atomic_load(&model->cancelled), SIAMESE_E_CANCELLED,
               "model: cancelled");
    return SIAMESE_OK;
}

/* ---- progress and cancelling ---- */

static int32_t tell_fit(void *user, const siamese_progress *progress)
{
    sm_model_run *const run = user;
    run->last = *progress;
    if (atomic_load(&run->model->cancelled)) return 1;
    return run->progress ? run->progress(run->user, progress) : 0;
}

/* Whether the run is to end. */
static bool tell_stage(sm_model_run *run, int32_t stage, double done)
{
    run->last.struct_size = sizeof run->last;
    run->last.stage = stage;
    run->last.stage_done = done;
    return atomic_load(&run->model->cancelled) ||
           (run->progress && run->progress(run->user, &run->last));
}

/* Of a training that the host knows nothing of: how far it is. */
static int32_t tell_first(void *user, const siamese_progress *p)
{
    double const steps = p->epoch_steps ? (double)p->epoch_steps : 1;
    double const epochs = (double)p->epoch + (double)p->epoch_step / steps;
    double const done = p->epochs ? epochs / (double)p->epochs : 0;
    return tell_stage(user, SIAMESE_STAGE_RANK,
                      SM_FIRST_FITTED * (done < 1 ? done : 1));
}

sm_status sm_model_tell(sm_model_run *run, int32_t stage, double done)
{
    SM_REQUIRE(!tell_stage(run, stage, done), SIAMESE_E_CANCELLED,
               "model: cancelled");
    return SIAMESE_OK;
}

siamese_status siamese_model_cancel(siamese_model *model)
{
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    atomic_store(&model->cancelled, true);
    pthread_mutex_lock(&model->lock);
    if (model->running) (void)siamese_trainer_cancel(model->running);
    pthread_mutex_unlock(&model->lock);
    return SIAMESE_OK;
}

siamese_status siamese_model_forget_cancel(siamese_model *model)
{
    SM_REQUIRE(model != NULL, SIAMESE_E_ARGUMENT, "model: is NULL");
    SM_RETURN_IF_ERROR(sm_model_begin_work(model));
    atomic_store(&model->cancelled, false);
    sm_model_end_work(model);
    return SIAMESE_OK;
}

static void set_running(siamese_model *model, siamese_trainer *trainer)
{
    pthread_mutex_lock(&model->lock);
    model->running = trainer;
    pthread_mutex_unlock(&model->lock);
}

static sm_status fit(sm_model_run *run, siamese_trainer *trainer,
                     siamese_progress_fn tell)
{
    set_running(run->model, trainer);
    sm_status const status = siamese_trainer_fit(trainer, tell, run);
    set_running(run->model, NULL);
    /* one that came when the last step was done */
    (void)siamese_trainer_forget_cancel(trainer);
    return status;
}

sm_status sm_model_fit(sm_model_run *run)
{
    return fit(run, run->model->trainer, tell_fit);
}

sm_status sm_model_fit_first(sm_model_run *run, siamese_trainer *trainer)
{
    return fit(run, trainer, tell_first);
}
