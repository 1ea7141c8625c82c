/*
 * trainer_state.c: docs/format.md has the layout:
 *   option count (u64); an option but threads: name (bytes), value as text
 *   (bytes);
 *   shared (u64, 0 or 1);
 *   steps, epoch, position, closed, epoch_pairs, fingerprint (u64 each);
 *   loss_sum, batch_loss_sum (f64 each); 5 hits, topk_pairs (u64 each);
 *   for the query tower and, unless shared, the item tower:
 *     parameter count (u64); a parameter: name (bytes), count (u64), the
 *     optimiser's slots (floats);
 *   from version 2 on: epoch_items (u64); with logq=streaming its buckets;
 *     the validation's fingerprint (u64) and, unless it is 0, its state
 *     (from version 4 on with the tied queries, u64, behind its figures);
 *   from version 3 on: epoch_generated (u64); with mined_negatives, the pairs
 *     that have some (u64) and the numbers of each one's negatives (u32).
 */
#include "train/trainer_state.h"

#include <math.h>
#include <string.h>

#include "common/memory.h"
#include "common/option_stream.h"
#include "common/size.h"
#include "metrics/topk_accuracy.h"
#include "train/epoch_plan.h"
#include "train/optimizer.h"
#include "train/trainer_handle.h"
#include "train/trainer_options.h"
#include "train/validation_state.h"

enum { NAME_SIZE = 64 };

/* Steps and epochs: more than any training does, and they can be counted on. */
#define MOST_DONE ((uint64_t)1 << 53)

/* ---- writing ---- */

static sm_status write_text(sm_writer *writer, const char *text)
{
    return sm_write_bytes(writer, text, strlen(text));
}

static sm_status write_figures(const sm_train_state *s, sm_writer *writer)
{
    uint64_t const counters[] = {s->steps,       s->epoch,
                                 s->position,    (uint64_t)s->closed,
                                 s->epoch_pairs, s->fingerprint};
    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++)
        SM_RETURN_IF_ERROR(sm_write_u64(writer, counters[i]));
    SM_RETURN_IF_ERROR(sm_write_f64(writer, s->loss_sum));
    SM_RETURN_IF_ERROR(sm_write_f64(writer, s->batch_loss_sum));
    for (size_t k = 0; k < SIAMESE_TOPK_COUNT; k++)
        SM_RETURN_IF_ERROR(sm_write_u64(writer, s->hits[k]));
    return sm_write_u64(writer, s->topk_pairs);
}

static sm_status write_slots(const siamese_trainer_options *options,
                             const siamese_tower *tower, sm_writer *writer)
{
    const sm_parameters *const list = sm_tower_const_parameters(tower);
    SM_RETURN_IF_ERROR(sm_write_u64(writer, list->count));
    for (size_t i = 0; i < list->count; i++) {
        const sm_parameter *const p = list->items[i];
        SM_RETURN_IF_ERROR(write_text(writer, p->name));
        SM_RETURN_IF_ERROR(sm_write_u64(writer, p->count));
        for (size_t j = 0; j < sm_optimizer_slots(options); j++)
            SM_RETURN_IF_ERROR(sm_write_f32s(writer, p->slot[j], p->count));
    }
    return SIAMESE_OK;
}

/* What was mined is of the epoch that runs: it cannot be found again. */
static sm_status write_mined(const sm_mined *mined, const sm_train_state *state,
                             sm_writer *writer)
{
    size_t const count = sm_is_in_epoch(state) ? mined->count : 0;
    SM_RETURN_IF_ERROR(sm_write_u64(writer, count));
    return sm_write_u32s(writer, mined->numbers, count * mined->negatives);
}

sm_status sm_trainer_write(const siamese_trainer *t, sm_writer *writer)
{
    SM_RETURN_IF_ERROR(
        sm_options_stream_write(&sm_trainer_option_table, &t->options, writer));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, t->model.query == t->model.item));
    SM_RETURN_IF_ERROR(write_figures(&t->model.state, writer));
    SM_RETURN_IF_ERROR(write_slots(&t->options, t->model.query, writer));
    if (t->model.query != t->model.item)
        SM_RETURN_IF_ERROR(write_slots(&t->options, t->model.item, writer));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, t->model.state.epoch_items));
    if (t->options.logq == SIAMESE_LOGQ_STREAMING)
        SM_RETURN_IF_ERROR(
            sm_stream_frequency_write(&t->data.frequency, writer));
    SM_RETURN_IF_ERROR(sm_validation_write(&t->model, &t->options, writer));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, t->model.state.epoch_generated));
    return t->options.mined_negatives
               ? write_mined(&t->data.mined, &t->model.state, writer)
               : SIAMESE_OK;
}

static sm_status write_trainer(const void *object, sm_writer *writer)
{
    return sm_trainer_write(object, writer);
}

sm_status sm_trainer_copy(const siamese_trainer *t, sm_stream_copy *section,
                          siamese_tower **query, siamese_tower **item)
{
    sm_trainer_pause(t);
    sm_status status = sm_trainer_snapshot_paused(t, 1, query, item);
    if (status == SIAMESE_OK)
        status = sm_stream_copy_make(section, write_trainer, t, "the trainer");
    sm_trainer_resume(t);
    return status;
}

/* ---- reading ---- */

static sm_status read_loss(sm_reader *reader, double *value)
{
    SM_RETURN_IF_ERROR(sm_read_f64(reader, value));
    SM_REQUIRE(isfinite(*value), SIAMESE_E_FORMAT,
               "section %s: a loss at byte %llu is not finite", reader->section,
               (unsigned long long)reader->position - 8);
    return SIAMESE_OK;
}

/* Figures that no training could have left are refused. */
static sm_status read_figures(sm_reader *reader, sm_train_state *s)
{
    size_t steps_done, closed, hits, pairs;
    SM_RETURN_IF_ERROR(
        sm_read_count(reader, "the steps done", 0, MOST_DONE, &steps_done));
    s->steps = steps_done;
    SM_RETURN_IF_ERROR(
        sm_read_count(reader, "the epoch", 0, MOST_DONE, &s->epoch));
    SM_RETURN_IF_ERROR(sm_read_count(reader, "the steps of the epoch", 0,
                                     UINT64_MAX, &s->position));
    SM_RETURN_IF_ERROR(
        sm_read_count(reader, "the end of the epoch", 0, 1, &closed));
    s->closed = closed != 0;
    SM_RETURN_IF_ERROR(sm_read_count(reader, "the pairs of the epoch", 0,
                                     UINT64_MAX, &s->epoch_pairs));
    SM_RETURN_IF_ERROR(sm_read_u64(reader, &s->fingerprint));
    SM_RETURN_IF_ERROR(read_loss(reader, &s->loss_sum));
    SM_RETURN_IF_ERROR(read_loss(reader, &s->batch_loss_sum));
    for (size_t k = 0; k < SIAMESE_TOPK_COUNT; k++) {
        SM_RETURN_IF_ERROR(
            sm_read_count(reader, "the hits", 0, UINT64_MAX, &hits));
        s->hits[k] = hits;
    }
    SM_RETURN_IF_ERROR(sm_read_count(reader, "the pairs evaluated",
                                     s->hits[SIAMESE_TOPK_COUNT - 1],
                                     UINT64_MAX, &pairs));
    s->topk_pairs = pairs;
    for (size_t k = 1; k < SIAMESE_TOPK_COUNT; k++)
        SM_REQUIRE(s->hits[k - 1] <= s->hits[k], SIAMESE_E_FORMAT,
                   "section %s: fewer hits at %zu than at %zu", reader->section,
                   sm_topk_ks[k], sm_topk_ks[k - 1]);
    return SIAMESE_OK;
}

static sm_status check_slot(const sm_reader *reader,
                            const siamese_trainer_options *options,
                            const sm_parameter *p, size_t slot)
{
    for (size_t i = 0; i < p->count; i++)
        SM_REQUIRE(
            !sm_optimizer_impossible(options, slot, p->slot[slot][i]),
            SIAMESE_E_FORMAT,
            "section %s: number %zu of the optimiser's slot %zu of %s is not "
            "possible",
            reader->section, i, slot, p->name);
    return SIAMESE_OK;
}

static sm_status read_slots_of(sm_reader *reader,
                               const siamese_trainer_options *options,
                               sm_parameter *p)
{
    sm_status status = SIAMESE_OK;
    char *name = NULL;
    size_t name_size, count;
    SM_TRY(sm_read_bytes(reader, "a parameter's name", NAME_SIZE, &name,
                         &name_size));
    SM_CHECK(strcmp(name, p->name) == 0, SIAMESE_E_FORMAT,
             "section %s: the slots of '%.60s' stand where those of %s are "
             "expected",
             reader->section, name, p->name);
    SM_TRY(sm_read_count(reader, "a parameter's count", p->count, p->count,
                         &count));
    for (size_t j = 0; j < sm_optimizer_slots(options); j++) {
        SM_TRY(sm_read_f32s(reader, p->slot[j], p->count));
        SM_TRY(check_slot(reader, options, p, j));
    }
out:
    sm_free(name);
    return status;
}

static sm_status read_slots(sm_reader *reader,
                            const siamese_trainer_options *options,
                            siamese_tower *tower)
{
    sm_parameters *const list = sm_tower_parameters(tower);
    size_t count;
    SM_RETURN_IF_ERROR(sm_read_count(reader, "the parameters", list->count,
                                     list->count, &count));
    for (size_t i = 0; i < count; i++)
        SM_RETURN_IF_ERROR(read_slots_of(reader, options, list->items[i]));
    return SIAMESE_OK;
}

/* A place in an epoch that no training could have left is refused. */
static sm_status check_place(const sm_reader *reader,
                             const siamese_trainer_options *options,
                             const sm_train_state *s)
{
    size_t pairs;
    SM_REQUIRE(sm_size_add(s->epoch_pairs, s->epoch_generated, &pairs) &&
                   (s->epoch_generated == 0 || options->self_supervision > 0),
               SIAMESE_E_FORMAT,
               "section %s: %zu pairs made in an epoch are not possible",
               reader->section, s->epoch_generated);
    size_t const steps = sm_epoch_steps(options, pairs);
    SM_REQUIRE(s->position <= steps && s->position <= s->steps &&
                   (!s->closed || (s->position == steps && s->epoch > 0)),
               SIAMESE_E_FORMAT,
               "section %s: step %zu of an epoch of %zu is not possible",
               reader->section, s->position, steps);
    return SIAMESE_OK;
}

/* Fit checks the numbers against the items, which are not there yet. */
static sm_status read_mined(sm_reader *reader, size_t negatives,
                            size_t epoch_pairs, sm_mined *m)
{
    size_t count;
    m->negatives = negatives;
    SM_RETURN_IF_ERROR(sm_read_count(reader, "the pairs with mined negatives",
                                     0, epoch_pairs, &count));
    SM_RETURN_IF_ERROR(sm_read_expect(reader, "mined negatives", count,
                                      m->negatives * sizeof *m->numbers));
    m->numbers = sm_alloc_array(count * m->negatives, sizeof *m->numbers);
    if (m->numbers == NULL) return sm_fail_memory();
    for (size_t i = 0; i < count * m->negatives; i++)
        SM_RETURN_IF_ERROR(sm_read_u32(reader, &m->numbers[i]));
    m->count = count;
    return SIAMESE_OK;
}

/* What version 1 has not. */
static sm_status read_additions(sm_reader *reader, uint32_t version,
                                siamese_trainer *t)
{
    SM_RETURN_IF_ERROR(sm_read_count(reader, "the items of the epoch", 0,
                                     UINT64_MAX, &t->model.state.epoch_items));
    if (t->options.logq == SIAMESE_LOGQ_STREAMING)
        SM_RETURN_IF_ERROR(sm_stream_frequency_read(&t->data.frequency, reader,
                                                    t->model.state.steps));
    SM_RETURN_IF_ERROR(
        sm_validation_read(&t->model, &t->options, reader, version));
    if (version < 3) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_read_count(reader, "the pairs made in the epoch", 0,
                                     UINT64_MAX,
                                     &t->model.state.epoch_generated));
    return t->options.mined_negatives
               ? read_mined(reader, t->options.mined_negatives,
                            t->model.state.epoch_pairs, &t->data.mined)
               : SIAMESE_OK;
}

sm_status sm_trainer_read(siamese_trainer **out, sm_reader *reader,
                          uint32_t version, const siamese_tower *query,
                          const siamese_tower *item, int32_t threads)
{
    sm_status status = SIAMESE_OK;
    siamese_trainer *t = NULL;
    siamese_trainer_options options;
    size_t shared;
    SM_TRY(sm_options_stream_read(&sm_trainer_option_table, reader, &options));
    options.threads = threads;
    if (options.logq == SIAMESE_LOGQ_STREAMING)
        SM_TRY(sm_read_expect(reader, "frequencies", options.logq_buckets,
                              SM_STREAM_HASHES *
                                  (sizeof(int64_t) + sizeof(float))));
    SM_TRY(sm_read_count(reader, "whether the towers are shared", query == item,
                         query == item, &shared));
    /* written where a better processor was forced: use this one's best */
    if (!sm_kernels_available(options.kernel))
        options.kernel = SIAMESE_KERNEL_AUTO;
    SM_TRY(siamese_trainer_create(&t, query, item, &options));
    SM_TRY(read_figures(reader, &t->model.state));
    SM_TRY(read_slots(reader, &t->options, t->model.query));
    if (t->model.item != t->model.query)
        SM_TRY(read_slots(reader, &t->options, t->model.item));
    if (version > 1) SM_TRY(read_additions(reader, version, t));
    SM_TRY(check_place(reader, &t->options, &t->model.state));
    *out = t;
    t = NULL;
out:
    siamese_trainer_free(t);
    return status;
}
