/* cli_training.c: a model in, a trained one out, with progress, log and
 * checkpoints. For train. */
#include "model/cli_training.h"

#include <errno.h>
#include <string.h>

#include "shell/cli_message.h"
#include "shell/cli_progress.h"
#include "shell/cli_signal.h"

static const int topk_ks[SIAMESE_TOPK_COUNT] = {1, 5, 10, 50, 100};

static json_t *topk_json(const double topk[SIAMESE_TOPK_COUNT])
{
    json_t *const object = json_object();

    for (size_t i = 0; i < SIAMESE_TOPK_COUNT; i++) {
        char name[8];
        snprintf(name, sizeof name, "%d", topk_ks[i]);
        json_object_set_new(object, name, json_real(topk[i]));
    }
    return object;
}

json_t *cli_training_topk(const siamese_progress *p)
{
    return p->topk_known ? topk_json(p->topk) : NULL;
}

static int ranks_validation(const siamese_trainer *trainer)
{
    siamese_trainer_options options = {.struct_size = sizeof options};

    cli_try(siamese_trainer_get_options(trainer, &options));
    return options.monitor != SIAMESE_MONITOR_LOSS;
}

static json_t *validation_json(const cli_training *t, const siamese_progress *p)
{
    json_t *const o =
        json_pack("{s:I, s:f}", "step", (json_int_t)p->validation_step, "loss",
                  p->validation_loss);

    if (ranks_validation(t->trainer)) {
        json_object_set_new(o, "topk", topk_json(p->validation_topk));
        json_object_set_new(o, "tied_queries",
                            json_integer((json_int_t)p->validation_tied));
    }
    return o;
}

json_t *cli_training_validation(const cli_training *t)
{
    const siamese_progress *const p = &t->last;

    if (p->validation_step == 0) return NULL;
    json_t *const o = validation_json(t, p);
    json_object_update_new(o, json_pack("{s:I, s:f, s:b, s:b}", "best_step",
                                        (json_int_t)p->best_step, "best_value",
                                        p->best_value, "stopped_early",
                                        p->stopped_early, "best_restored",
                                        p->best_restored));
    return o;
}

/* "0:07" behind two spaces; nothing while it is not known. */
static void time_left(double seconds_left, char *text, size_t size)
{
    long const seconds = (long)(seconds_left + 0.5);

    *text = '\0';
    if (seconds_left >= 0)
        snprintf(text, size, "  ETA %ld:%02ld", seconds / 60, seconds % 60);
}

/* What is shown beside steps; NULL: the steps are. */
static const char *stage_name(const siamese_progress *p)
{
    switch (p->stage) {
    case SIAMESE_STAGE_VALIDATE:
        return "validation";
    case SIAMESE_STAGE_MINE:
        return "mining negatives";
    case SIAMESE_STAGE_RANK:
        return "learning to rank";
    case SIAMESE_STAGE_EVALUATE: /* of each step: the steps say more */
        return p->epoch_step == p->epoch_steps ? "top-k accuracy" : NULL;
    default:
        return NULL;
    }
}

static void draw(const siamese_progress *p)
{
    char label[64], details[160], left[32];
    size_t const epoch = p->epoch < p->epochs ? p->epoch + 1 : p->epochs;
    double const steps_of_pair =
        p->pairs ? (double)p->epoch_step / (double)p->pairs : 0;

    snprintf(label, sizeof label, "epoch %zu/%zu", epoch, p->epochs);
    time_left(p->seconds_left, left, sizeof left);
    const char *const stage = stage_name(p);
    if (stage) {
        snprintf(details, sizeof details, "%s %.0f %%%s", stage,
                 100 * p->stage_done, left);
        cli_progress_draw(label, p->stage_done, details);
        return;
    }
    snprintf(details, sizeof details,
             "%zu/%zu  %.1f steps/s  %.0f pairs/s  loss %.4f%s", p->epoch_step,
             p->epoch_steps, p->pairs_per_second * steps_of_pair,
             p->pairs_per_second, p->loss_mean, left);
    cli_progress_draw(
        label,
        p->epoch_steps ? (double)p->epoch_step / (double)p->epoch_steps : 0,
        details);
}

static void write_log(cli_training *t, json_t *line)
{
    if (!line || json_dumpf(line, t->log_stream, JSON_REAL_PRECISION(9)) != 0 ||
        fputc('\n', t->log_stream) == EOF)
        cli_fail("cannot write %s: %s", t->log, strerror(errno));
    json_decref(line);
}

static void log_step(cli_training *t, const siamese_progress *p,
                     size_t step_pairs)
{
    write_log(
        t, json_pack("{s:I, s:I, s:I, s:f, s:f, s:f, s:f, s:f, s:f}", "step",
                     (json_int_t)p->step, "epoch", (json_int_t)p->epoch,
                     "pairs", (json_int_t)step_pairs, "loss_batch_sum",
                     p->loss_batch_sum, "loss_mean",
                     p->loss_batch_sum / (double)(step_pairs ? step_pairs : 1),
                     "loss_epoch_mean", p->loss_mean, "learning_rate",
                     p->learning_rate, "pairs_per_s", p->pairs_per_second,
                     "seconds", p->seconds));
}

static void tell_topk(const double topk[SIAMESE_TOPK_COUNT])
{
    cli_note("  top-k accuracy: 1: %.4f  5: %.4f  10: %.4f  50: %.4f  "
             "100: %.4f",
             topk[0], topk[1], topk[2], topk[3], topk[4]);
}

/* Once, and again where ties have become twice as many. */
static void warn_of_ties(cli_training *t, const siamese_progress *p)
{
    if (p->validation_tied == 0 || p->validation_tied < 2 * t->ties_told)
        return;
    t->ties_told = p->validation_tied;
    cli_warn("validation: %zu quer%s their item the same as other items; "
             "such ties count as misses",
             p->validation_tied,
             p->validation_tied == 1 ? "y scores" : "ies score");
}

static void take_validation(cli_training *t, const siamese_progress *p)
{
    t->validation_step = p->validation_step;
    cli_note("validation after step %llu: loss %.4f a pair%s",
             (unsigned long long)p->validation_step, p->validation_loss,
             p->best_step == p->validation_step ? ", the best so far" : "");
    if (ranks_validation(t->trainer)) tell_topk(p->validation_topk);
    warn_of_ties(t, p);
    if (t->log_stream)
        write_log(t, json_pack("{s:o}", "validation", validation_json(t, p)));
    if (t->history)
        cli_history_validation(t->history, p, ranks_validation(t->trainer));
}

static void tell_end(const siamese_progress *p)
{
    if (p->stopped_early)
        cli_note("stopped: %zu validations in a row were not the best",
                 p->validations_without_best);
    if (p->validation_step > 0 && p->best_step == 0)
        cli_note("no validation told its items apart: the weights are the last "
                 "ones");
    if (p->best_restored)
        cli_note("the weights are those after step %llu, the best validation",
                 (unsigned long long)p->best_step);
}

static void tell_epoch(const siamese_progress *p)
{
    cli_note("epoch %zu/%zu: loss %.4f a pair, last batch %.2f, %.0f pairs/s",
             p->epoch, p->epochs, p->loss_mean, p->loss_batch_sum,
             p->pairs_per_second);
    if (p->topk_known) tell_topk(p->topk);
}

static double *seconds_of(cli_training *t, int32_t stage)
{
    if (stage == SIAMESE_STAGE_TRAIN) return &t->train_seconds;
    if (stage == SIAMESE_STAGE_RANK) return &t->rank_seconds;
    return stage == SIAMESE_STAGE_MINE ? &t->mine_seconds
                                       : &t->evaluate_seconds;
}

static int32_t on_progress(void *user, const siamese_progress *p)
{
    cli_training *const t = user;
    double const now = cli_seconds();

    *seconds_of(t, p->stage) += now - t->called_at;
    if (p->step != t->step) {
        size_t const before = p->pairs > t->pairs ? t->pairs : 0;
        if (t->log_stream) log_step(t, p, p->pairs - before);
        if (t->history)
            cli_history_step(t->history, p, p->pairs - before,
                             t->train_seconds - t->history_seconds);
        t->history_seconds = t->train_seconds;
        t->pairs = p->pairs;
        t->step = p->step;
        if (t->checkpoint_every > 0 && p->step % t->checkpoint_every == 0)
            t->checkpoint(t->user);
    }
    draw(p);
    if (p->epoch != t->epoch) {
        tell_epoch(p);
        if (t->history) cli_history_epoch(t->history, p);
        t->epoch = p->epoch;
        t->pairs = 0;
    }
    if (p->validation_step != t->validation_step) take_validation(t, p);
    t->called_at = cli_seconds();
    return cli_signal_raised();
}

static siamese_progress progress_of(const siamese_trainer *trainer)
{
    siamese_progress p = {.struct_size = sizeof p};

    cli_try(siamese_trainer_get_progress(trainer, &p));
    return p;
}

void cli_training_run(cli_training *t)
{
    siamese_progress const before = progress_of(t->trainer);

    t->step = before.step;
    t->epoch = before.epoch;
    t->pairs = before.pairs;
    t->validation_step = before.validation_step;
    if (before.epoch >= before.epochs)
        cli_note("epoch %zu of %zu is done already; --epochs N goes on to N",
                 before.epoch, before.epochs);
    if (t->log) {
        t->log_stream = fopen(t->log, t->appends ? "ae" : "we");
        if (!t->log_stream)
            cli_fail("cannot write %s: %s", t->log, strerror(errno));
        setvbuf(t->log_stream, NULL, _IOLBF, 0); /* to be followed */
    }
    t->called_at = cli_seconds();
    cli_signal_set_cancellable(1);
    siamese_status const status =
        siamese_model_resume(t->model, on_progress, t);
    cli_progress_clear();
    cli_signal_set_cancellable(0);
    if (t->log_stream && fclose(t->log_stream) != 0)
        cli_fail("cannot write %s: %s", t->log, strerror(errno));
    t->last = progress_of(t->trainer);
    if (status == SIAMESE_E_CANCELLED)
        cli_fail("cancelled after step %llu; %s",
                 (unsigned long long)t->last.step,
                 t->checkpoint_every > 0 &&
                         t->last.step >= before.step + t->checkpoint_every
                     ? "the model holds the last checkpoint"
                     : "nothing was written");
    cli_try(status);
    tell_end(&t->last);
}
