/* benchmark_train.c: siamese bench train: steps from text to update. */
#include <stdlib.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_progress.h"
#include "shell/cli_signal.h"
#include "shell/cli_times.h"
#include "data/cli_pairs.h"
#include "data/cli_pairs_file.h"
#include "model/cli_parameters.h"
#include "benchmark/benchmark.h"
#include "benchmark/benchmark_model.h"

enum { COLD_STEPS = 3 }; /* of a single epoch, which has no warm one */

typedef struct watch {
    cli_times warm; /* steps of later epochs */
    double step_at; /* when the last step ended; < 0: none in this epoch */
    size_t epoch_steps, cold_steps;
    uint64_t step;
    float *losses;
    size_t loss_count, loss_capacity;
    int topk_known;
    float topk[SIAMESE_TOPK_COUNT]; /* the last ones */
} watch;

static int32_t on_progress(void *user, const siamese_progress *p)
{
    watch *const w = user;
    double const now = cli_seconds();

    if (p->step != w->step) {
        w->losses = cli_grow(w->losses, w->loss_count, &w->loss_capacity,
                             sizeof *w->losses);
        w->losses[w->loss_count++] = (float)p->loss_batch_sum;
        if (w->step_at >= 0 && p->step > w->cold_steps)
            cli_times_add(&w->warm, now - w->step_at);
        w->step = p->step;
        w->step_at = now;
    } else if (p->stage != SIAMESE_STAGE_TRAIN) {
        w->step_at = -1; /* the next step's time would hold this stage */
    }
    w->epoch_steps = p->epoch_steps;
    if (p->topk_known) {
        w->topk_known = 1;
        for (size_t i = 0; i < SIAMESE_TOPK_COUNT; i++)
            w->topk[i] = (float)p->topk[i];
    }
    cli_progress_draw(
        "train",
        (double)p->step /
            ((double)p->epochs * (double)(p->epoch_steps + !p->epoch_steps)),
        "");
    return cli_signal_raised();
}

static void write_weights(const benchmark_run *run,
                          const siamese_trainer *trainer)
{
    siamese_tower *tower;

    if (!run->out) return;
    cli_try(siamese_trainer_snapshot(trainer, NULL, &tower));
    cli_parameters_write(run->out, tower);
    siamese_tower_free(tower);
}

static json_t *figures_of(const benchmark_run *run, watch *w, size_t pairs,
                          double fit)
{
    const siamese_trainer_options *const o = &run->options.trainer;
    double const median = cli_times_quantile(&w->warm, 0.5);
    json_t *const shape = benchmark_shape(run);
    size_t const batch = o->batch_size < pairs ? o->batch_size : pairs;

    json_object_set_new(shape, "batch", json_integer((json_int_t)batch));
    json_object_set_new(shape, "epochs", json_integer((json_int_t)o->epochs));
    return json_pack(
        "{s:s, s:o, s:I, s:I, s:f, s:f, s:f, s:f, s:f}", "bench", "train",
        "config", shape, "pairs", (json_int_t)pairs, "steps_measured",
        (json_int_t)w->warm.count, "pairs_per_s",
        median > 0 ? (double)batch / median : 0.0, "step_ms_median",
        1e3 * median, "epoch_s",
        cli_times_mean(&w->warm) * (double)w->epoch_steps, "epoch_wall_s",
        fit / (double)o->epochs, "loss_last_batch_sum",
        w->loss_count ? (double)w->losses[w->loss_count - 1] : 0.0);
}

json_t *benchmark_train(const benchmark_run *run)
{
    cli_pairs pairs = {0};
    watch w = {.step_at = -1};
    const siamese_trainer_options *const o = &run->options.trainer;

    if (o->batch_size == 0)
        cli_usage_error("bench train needs a batch size: --batch N");
    cli_pairs_read(&pairs, &run->source);
    siamese_trainer *const trainer = benchmark_trainer(run, &pairs);
    size_t const steps = (pairs.count + o->batch_size - 1) / o->batch_size;
    w.cold_steps = o->epochs > 1 ? steps : COLD_STEPS;

    cli_signal_set_cancellable(1);
    double const begin = cli_seconds();
    siamese_status const status = siamese_trainer_fit(trainer, on_progress, &w);
    double const fit = cli_seconds() - begin;
    cli_signal_set_cancellable(0);
    cli_progress_clear();
    cli_try(status);
    write_weights(run, trainer);
    benchmark_write(run, "losses", w.losses, w.loss_count, 0);
    if (w.topk_known)
        benchmark_write(run, "topk", w.topk, SIAMESE_TOPK_COUNT, 0);
    json_t *const figures = figures_of(run, &w, pairs.count, fit);
    cli_times_free(&w.warm);
    free(w.losses);
    siamese_trainer_free(trainer);
    cli_pairs_free(&pairs);
    return figures;
}
