/* cli_history.c: the progress of a training in, its course in few points out.
 * For cli_training and the report of train. */
#include "model/cli_history.h"

#include <stdlib.h>
#include <string.h>

#include "shell/cli_memory.h"

enum { MOST_POINTS = 512 };

static void merge(cli_history_point *to, const cli_history_point *more)
{
    to->step = more->step;
    to->steps += more->steps;
    to->pairs += more->pairs;
    to->loss_sum += more->loss_sum;
    to->seconds += more->seconds;
    to->learning_rate = more->learning_rate;
}

static void halve(cli_history *h)
{
    for (size_t i = 0; i < h->count / 2; i++) {
        h->points[i] = h->points[2 * i];
        merge(&h->points[i], &h->points[2 * i + 1]);
    }
    h->count /= 2;
    h->steps_per_point *= 2;
}

void cli_history_step(cli_history *h, const siamese_progress *p, size_t pairs,
                      double seconds)
{
    cli_history_point const step = {
        p->step, 1, pairs, p->loss_batch_sum, seconds, p->learning_rate};

    if (!h->points) {
        h->points = cli_alloc(MOST_POINTS, sizeof *h->points);
        h->steps_per_point = 1;
    }
    if (h->count > 0 && h->points[h->count - 1].steps < h->steps_per_point) {
        merge(&h->points[h->count - 1], &step);
        return;
    }
    if (h->count == MOST_POINTS) halve(h);
    h->points[h->count++] = step;
}

static cli_history_figures figures_of(uint64_t step, double loss, int has_topk,
                                      const double topk[SIAMESE_TOPK_COUNT])
{
    cli_history_figures figures = {
        .step = step, .loss = loss, .has_topk = has_topk};

    if (has_topk) memcpy(figures.topk, topk, sizeof figures.topk);
    return figures;
}

void cli_history_validation(cli_history *h, const siamese_progress *p,
                            int has_topk)
{
    h->validations = cli_grow(h->validations, h->validation_count,
                              &h->validation_capacity, sizeof *h->validations);
    h->validations[h->validation_count++] = figures_of(
        p->validation_step, p->validation_loss, has_topk, p->validation_topk);
}

void cli_history_epoch(cli_history *h, const siamese_progress *p)
{
    h->epochs = cli_grow(h->epochs, h->epoch_count, &h->epoch_capacity,
                         sizeof *h->epochs);
    h->epochs[h->epoch_count++] =
        figures_of(p->step, p->loss_mean, p->topk_known, p->topk);
}

void cli_history_free(cli_history *h)
{
    free(h->points);
    free(h->validations);
    free(h->epochs);
    memset(h, 0, sizeof *h);
}

/* ------------------------------------------------------------------------- */
/* JSON                                                                      */
/* ------------------------------------------------------------------------- */

static json_t *figures_json(const cli_history_figures *list, size_t count)
{
    json_t *const array = json_array();

    for (size_t i = 0; i < count; i++) {
        json_t *const one =
            json_pack("{s:I, s:f}", "step", (json_int_t)list[i].step, "loss",
                      list[i].loss);
        if (list[i].has_topk) {
            json_t *const topk = json_array();
            for (size_t k = 0; k < SIAMESE_TOPK_COUNT; k++)
                json_array_append_new(topk, json_real(list[i].topk[k]));
            json_object_set_new(one, "topk", topk);
        }
        json_array_append_new(array, one);
    }
    return array;
}

json_t *cli_history_json(const cli_history *h)
{
    json_t *const steps = json_array(), *const loss = json_array();
    json_t *const pairs_per_s = json_array(), *const rate = json_array();

    for (size_t i = 0; i < h->count; i++) {
        const cli_history_point *const p = &h->points[i];
        json_array_append_new(steps, json_integer((json_int_t)p->step));
        json_array_append_new(
            loss, json_real(p->pairs ? p->loss_sum / (double)p->pairs : 0));
        json_array_append_new(
            pairs_per_s,
            json_real(p->seconds > 0 ? (double)p->pairs / p->seconds : 0));
        json_array_append_new(rate, json_real(p->learning_rate));
    }
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "steps", steps, "loss",
                     loss, "pairs_per_s", pairs_per_s, "learning_rate", rate,
                     "validations",
                     figures_json(h->validations, h->validation_count),
                     "epochs", figures_json(h->epochs, h->epoch_count));
}
