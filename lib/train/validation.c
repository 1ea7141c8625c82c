#include "train/validation.h"

#include <math.h>
#include <string.h>

#include "common/hash.h"
#include "common/memory.h"
#include "common/size.h"
#include "train/pairs_accuracy.h"
#include "train/trainer_handle.h"

/* ---- the best weights ---- */

/* Copies all weights of both towers to or from `best`. */
static void copy_weights(siamese_trainer *t, float *best, int restore)
{
    siamese_tower *const towers[] = {t->query, t->item};
    for (size_t side = 0; side < 1 + (size_t)(t->item != t->query); side++) {
        const sm_parameters *const list = sm_tower_parameters(towers[side]);
        for (size_t i = 0; i < list->count; i++) {
            sm_parameter *const p = list->items[i];
            size_t const bytes = p->count * sizeof *best;
            if (restore)
                memcpy(p->value, best, bytes);
            else
                memcpy(best, p->value, bytes);
            best += p->count;
        }
        if (restore) sm_tower_parameters_changed(towers[side]);
    }
}

static size_t weight_count(const siamese_trainer *t)
{
    const siamese_tower *const towers[] = {t->query, t->item};
    size_t count = 0;
    for (size_t side = 0; side < 1 + (size_t)(t->item != t->query); side++) {
        const sm_parameters *const list =
            sm_tower_const_parameters(towers[side]);
        for (size_t i = 0; i < list->count; i++) count += list->items[i]->count;
    }
    return count;
}

void sm_validation_restore(siamese_trainer *t)
{
    sm_validation_state *const v = &t->state.validation;
    if (!t->options.restore_best || v->best_steps == 0 || v->best_is_current)
        return;
    sm_turn_lock_take(&t->lock);
    copy_weights(t, t->validation.best, 1);
    v->best_is_current = 1;
    sm_turn_lock_release(&t->lock);
}

/* ---- the pairs ---- */

void sm_validation_init(sm_validation *validation, size_t query_fields,
                        size_t item_fields)
{
    *validation = (sm_validation){.best = NULL};
    sm_pair_store_init(&validation->pairs, query_fields, item_fields);
    sm_pair_store_init(&validation->candidates, query_fields, item_fields);
}

void sm_validation_free(sm_validation *validation)
{
    sm_pair_store_free(&validation->pairs);
    sm_pair_store_free(&validation->candidates);
    sm_aligned_free(validation->best);
    validation->best = NULL;
}

/* Never 0, which stands for no pairs. */
static sm_status find_fingerprint(const sm_validation *v, uint64_t *out)
{
    uint64_t h;
    SM_RETURN_IF_ERROR(
        sm_pair_store_fingerprint(&v->pairs, v->pairs.count, 0, &h));
    for (size_t i = 0; v->has_candidates && i < v->candidates.count; i++) {
        const sm_pair *const pair = &v->candidates.pairs[i];
        uint64_t const item[] = {
            sm_text_rows_hash(&v->candidates.items, pair->item),
            sm_text_rows_hash(&v->candidates.identities, pair->item_number)};
        h = sm_hash_bytes(h, item, sizeof item);
    }
    *out = sm_hash_mix(h) | 1;
    return SIAMESE_OK;
}

static sm_status make_validation(const siamese_trainer *t, sm_validation *made,
                                 const siamese_pairs *pairs,
                                 const siamese_pairs *candidates)
{
    SM_RETURN_IF_ERROR(sm_pair_store_add_for(&made->pairs, t->query, t->item,
                                             pairs, SM_PAIRS_WHOLE, "pairs"));
    SM_REQUIRE(made->pairs.count > 0, SIAMESE_E_ARGUMENT,
               "pairs: there are none");
    if (candidates) {
        SM_RETURN_IF_ERROR(sm_pair_store_add_for(&made->candidates, t->query,
                                                 t->item, candidates,
                                                 SM_PAIRS_ITEMS, "candidates"));
        SM_REQUIRE(made->candidates.count > 0, SIAMESE_E_ARGUMENT,
                   "candidates: there are none");
        made->has_candidates = 1;
    }
    if (!t->options.restore_best) return SIAMESE_OK;
    made->best = sm_aligned_array(weight_count(t), sizeof *made->best);
    return made->best ? SIAMESE_OK : sm_fail_memory();
}

siamese_status siamese_trainer_set_validation(siamese_trainer *trainer,
                                              const siamese_pairs *pairs,
                                              const siamese_pairs *candidates)
{
    sm_status status = SIAMESE_OK;
    sm_validation made;
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    SM_REQUIRE(pairs != NULL || candidates == NULL, SIAMESE_E_ARGUMENT,
               "pairs: is NULL, but candidates is not");
    SM_RETURN_IF_ERROR(sm_trainer_begin(trainer));
    sm_validation_state *const state = &trainer->state.validation;
    sm_validation_init(&made, trainer->pairs.queries.fields,
                       trainer->pairs.items.fields);
    uint64_t fingerprint = 0;
    if (pairs) {
        SM_TRY(make_validation(trainer, &made, pairs, candidates));
        SM_TRY(find_fingerprint(&made, &fingerprint));
    }
    sm_turn_lock_take(&trainer->lock);
    if (fingerprint != state->fingerprint)
        *state = (sm_validation_state){.fingerprint = fingerprint};
    else if (made.best && trainer->validation.best)
        memcpy(made.best, trainer->validation.best,
               weight_count(trainer) * sizeof *made.best);
    sm_validation const before = trainer->validation;
    trainer->validation = made;
    made = before;
    sm_turn_lock_release(&trainer->lock);
out:
    sm_validation_free(&made);
    sm_trainer_end(trainer);
    return status;
}

sm_status sm_validation_check(const siamese_trainer *t)
{
    SM_REQUIRE(t->state.validation.fingerprint == 0 ||
                   t->validation.pairs.count > 0,
               SIAMESE_E_STATE,
               "the trainer was saved with validation pairs: give them again, "
               "or none, to siamese_trainer_set_validation");
    SM_REQUIRE(t->validation.pairs.count == 0 || t->pairs.count > 0 ||
                   t->validation.has_candidates ||
                   t->options.monitor == SIAMESE_MONITOR_LOSS,
               SIAMESE_E_STATE,
               "the validation has no candidates, and the trainer no pairs "
               "to take them from");
    return SIAMESE_OK;
}

/* ---- validating ---- */

int sm_validation_due(const siamese_trainer *t)
{
    const sm_train_state *const s = &t->state;
    size_t const every = t->options.validate_every;
    if (t->validation.pairs.count == 0 || s->steps == 0 ||
        s->validation.steps == s->steps)
        return 0;
    /* restored ones, which were validated when they were found */
    if (s->validation.best_is_current) return 0;
    if (sm_trainer_has_enough(t)) return 1;
    if (every) return s->steps % every == 0;
    return !s->closed &&
           s->position == sm_trainer_epoch_steps(t, sm_trainer_epoch_pairs(t));
}

int sm_validation_stops(const siamese_trainer *t)
{
    return t->options.patience > 0 &&
           t->state.validation.waits >= t->options.patience;
}

/* The mean loss a pair, in batches in the order that the pairs were given. */
static sm_status find_loss(siamese_trainer *t,
                           const sm_topk_accuracy_run *evaluation, double *mean)
{
    sm_status status = SIAMESE_OK;
    const sm_pair_store *const pairs = &t->validation.pairs;
    size_t const batch = sm_min(
        sm_trainer_batch_size(t, sm_trainer_epoch_pairs(t)), pairs->count);
    size_t *const rows = sm_alloc_array(batch, sizeof *rows);
    double total = 0, sum;
    SM_CHECK_MEMORY(rows);
    for (size_t first = 0; first < pairs->count; first += batch) {
        size_t const count = sm_min(batch, pairs->count - first);
        for (size_t i = 0; i < count; i++) rows[i] = first + i;
        SM_TRY(sm_batch_loss(t, pairs, rows, count, &sum));
        total += sum;
        SM_TRY(evaluation->tick(evaluation->context, 0));
    }
    *mean = total / (double)pairs->count;
out:
    sm_free(rows);
    return status;
}

static sm_status find_hits(const siamese_trainer *t,
                           const sm_topk_accuracy_run *evaluation,
                           uint64_t *hits, sm_ties *ties)
{
    const sm_validation *const v = &t->validation;
    return sm_pairs_accuracy(
        evaluation, &v->pairs, v->has_candidates ? &v->candidates : &t->pairs,
        sm_trainer_by_id(t), sm_topk_ks, SIAMESE_TOPK_COUNT, hits, ties);
}

/* The monitored figure; a loss counts as better when it is lower. */
static double monitored(const siamese_trainer *t, const sm_validation_state *v)
{
    /* of top_10, -, top_1, top_5, top_50, top_100 */
    static const size_t places[] = {2, 0, 0, 1, 3, 4};
    if (t->options.monitor == SIAMESE_MONITOR_LOSS) return v->loss;
    return (double)v->hits[places[t->options.monitor]] / (double)v->topk_pairs;
}

static int is_better(const siamese_trainer *t, const sm_validation_state *v)
{
    double const value = monitored(t, v), delta = t->options.min_delta;
    if (v->best_steps == 0) return 1;
    return t->options.monitor == SIAMESE_MONITOR_LOSS ? value < v->best - delta
                                                      : value > v->best + delta;
}

sm_status sm_validation_run(siamese_trainer *t,
                            const sm_topk_accuracy_run *evaluation)
{
    sm_validation_state now = t->state.validation;
    sm_ties ties = {.queries = 0};
    memset(now.hits, 0, sizeof now.hits);
    now.topk_pairs = 0;
    SM_RETURN_IF_ERROR(find_loss(t, evaluation, &now.loss));
    if (t->options.monitor != SIAMESE_MONITOR_LOSS) {
        SM_RETURN_IF_ERROR(find_hits(t, evaluation, now.hits, &ties));
        now.topk_pairs = t->validation.pairs.count;
    }
    now.steps = t->state.steps;
    now.tied = ties.queries;
    t->validation.says_nothing = ties.is_nothing;
    sm_turn_lock_take(&t->lock);
    /* which weights are best cannot be said by scores that are all the same */
    if (!ties.is_nothing && is_better(t, &now)) {
        now.best = monitored(t, &now);
        now.best_steps = now.steps;
        now.waits = 0;
        now.best_is_current = 1;
        if (t->options.restore_best) copy_weights(t, t->validation.best, 0);
    } else {
        now.waits++;
    }
    t->state.validation = now;
    sm_turn_lock_release(&t->lock);
    return SIAMESE_OK;
}

/* ---- state ---- */

/* Whether the best weights are stored: elsewhere they are the towers' own. */
static int stores_best(const siamese_trainer *t)
{
    const sm_validation_state *const v = &t->state.validation;
    return t->options.restore_best && v->best_steps > 0 && !v->best_is_current;
}

sm_status sm_validation_write(const siamese_trainer *t, sm_writer *writer)
{
    const sm_validation_state *const v = &t->state.validation;
    SM_RETURN_IF_ERROR(sm_write_u64(writer, v->fingerprint));
    if (v->fingerprint == 0) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_write_u64(writer, v->steps));
    SM_RETURN_IF_ERROR(sm_write_f64(writer, v->loss));
    for (size_t k = 0; k < SIAMESE_TOPK_COUNT; k++)
        SM_RETURN_IF_ERROR(sm_write_u64(writer, v->hits[k]));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, v->topk_pairs));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, v->best_steps));
    SM_RETURN_IF_ERROR(sm_write_f64(writer, v->best));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, v->waits));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, (uint64_t)v->best_is_current));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, v->tied));
    if (!stores_best(t)) return SIAMESE_OK;
    return sm_write_f32s(writer, t->validation.best, weight_count(t));
}

static sm_status read_figures(sm_reader *reader, const siamese_trainer *t,
                              uint32_t version, sm_validation_state *v)
{
    size_t is_current;
    SM_RETURN_IF_ERROR(sm_read_u64(reader, &v->steps));
    SM_RETURN_IF_ERROR(sm_read_f64(reader, &v->loss));
    for (size_t k = 0; k < SIAMESE_TOPK_COUNT; k++)
        SM_RETURN_IF_ERROR(sm_read_u64(reader, &v->hits[k]));
    SM_RETURN_IF_ERROR(sm_read_u64(reader, &v->topk_pairs));
    SM_RETURN_IF_ERROR(sm_read_u64(reader, &v->best_steps));
    SM_RETURN_IF_ERROR(sm_read_f64(reader, &v->best));
    SM_RETURN_IF_ERROR(sm_read_u64(reader, &v->waits));
    SM_RETURN_IF_ERROR(sm_read_count(reader, "whether the weights are best", 0,
                                     1, &is_current));
    v->best_is_current = (int32_t)is_current;
    if (version > 3) SM_RETURN_IF_ERROR(sm_read_u64(reader, &v->tied));
    int possible = v->steps <= t->state.steps && v->best_steps <= v->steps &&
                   isfinite(v->loss) && isfinite(v->best) &&
                   (v->steps > 0) >= (v->best_steps > 0) &&
                   (v->best_steps > 0 || !v->best_is_current) &&
                   v->waits <= v->steps && v->tied <= v->topk_pairs;
    for (size_t k = 0; k < SIAMESE_TOPK_COUNT; k++)
        possible &= v->hits[k] <= (k + 1 < SIAMESE_TOPK_COUNT ? v->hits[k + 1]
                                                              : v->topk_pairs);
    SM_REQUIRE(possible, SIAMESE_E_FORMAT,
               "section %s: the figures of the validation are not possible",
               reader->section);
    return SIAMESE_OK;
}

sm_status sm_validation_read(siamese_trainer *t, sm_reader *reader,
                             uint32_t version)
{
    sm_validation_state *const v = &t->state.validation;
    SM_RETURN_IF_ERROR(sm_read_u64(reader, &v->fingerprint));
    if (v->fingerprint == 0) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(read_figures(reader, t, version, v));
    if (!t->options.restore_best) return SIAMESE_OK;
    size_t const count = weight_count(t);
    t->validation.best = sm_aligned_array(count, sizeof(float));
    if (t->validation.best == NULL) return sm_fail_memory();
    copy_weights(t, t->validation.best, 0);
    if (!stores_best(t)) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_read_f32s(reader, t->validation.best, count));
    for (size_t i = 0; i < count; i++)
        SM_REQUIRE(isfinite(t->validation.best[i]), SIAMESE_E_FORMAT,
                   "section %s: weight %zu of the best validation is not "
                   "finite",
                   reader->section, i);
    return SIAMESE_OK;
}
