/* train_report.c: the figures of a training. */
#include "verbs/train_report.h"

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_output.h"
#include "data/cli_items.h"
#include "data/cli_relevance.h"

json_t *train_report_json(const train_report *r)
{
    const siamese_progress *const p = &r->training->last;
    json_t *const o = json_object();
    json_t *const topk = cli_training_topk(p);
    json_t *const validation = cli_training_validation(r->training);

    if (r->pairs->relevance.values.count > 0)
        json_object_set_new(o, "relevance_counts",
                            cli_relevance_json(&r->pairs->relevance));
    if (r->pairs->rows > 0)
        json_object_set_new(o, "min_relevance",
                            json_string(r->pairs->min_relevance));
    json_object_update_new(
        o, json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:f, s:f}", "rows",
                     (json_int_t)r->pairs->rows, "skipped_rows",
                     (json_int_t)r->pairs->skipped, "positives",
                     (json_int_t)r->pairs->count, "items",
                     (json_int_t)cli_items_count(&r->pairs->items), "steps",
                     (json_int_t)p->step, "epochs", (json_int_t)p->epoch,
                     "loss_mean_per_pair", p->loss_mean, "loss_last_batch_sum",
                     p->loss_batch_sum));
    if (topk) json_object_set_new(o, "topk", topk);
    if (validation) json_object_set_new(o, "validation", validation);
    if (r->quality)
        json_object_set_new(o, "holdout", train_quality_json(r->quality));
    if (r->history)
        json_object_set_new(o, "history", cli_history_json(r->history));
    if (r->model->vocabulary)
        json_object_set(o, "vocabulary", r->model->vocabulary);
    json_object_update_new(
        o, json_pack(
               "{s:f, s:{s:f, s:f, s:f, s:f, s:f, s:f, s:f, s:f}, s:I, s:s}",
               "pairs_per_s", p->pairs_per_second, "seconds", "read",
               r->read_seconds, "vocabulary", r->model->vocabulary_seconds,
               "train", r->training->train_seconds, "evaluate",
               r->training->evaluate_seconds, "mine", r->training->mine_seconds,
               "rank", r->training->rank_seconds, "save", r->save_seconds,
               "total", r->seconds, "peak_memory_bytes",
               (json_int_t)cli_memory_peak(), "model", r->path));
    return o;
}

void train_report_tell(const train_report *r)
{
    cli_note("seconds: read %.2f, vocabulary %.2f, rank %.2f, train %.2f, "
             "evaluate %.2f, save %.2f, total %.2f; peak memory %.0f MB",
             r->read_seconds, r->model->vocabulary_seconds,
             r->training->rank_seconds, r->training->train_seconds,
             r->training->evaluate_seconds, r->save_seconds, r->seconds,
             (double)cli_memory_peak() / 1e6);
    cli_note("wrote %s", cli_output_name(r->path));
    if (r->quality) train_quality_tell(r->quality);
}
