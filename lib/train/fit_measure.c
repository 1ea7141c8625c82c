/*
 * fit_measure.c: fit.c says where it stands, and what is due is measured and
 * kept in the state.
 */
#include "train/fit_measure.h"

#include <stdbool.h>
#include <string.h>

#include "common/log.h"
#include "common/memory.h"
#include "train/pairs_accuracy.h"
#include "train/together.h"
#include "train/validation.h"

static bool by_id(const sm_fit *fit)
{
    return fit->options->topk_match == SIAMESE_TOPK_MATCH_ID;
}

/* ---- validation ---- */

/* Once, and again where ties have become twice as many. */
static void warn_of_ties(sm_fit *fit, bool says_nothing)
{
    const sm_validation_state *const v = &fit->model->state.validation;
    if (v->tied == 0 || v->tied < 2 * fit->ties_told) return;
    fit->ties_told = v->tied;
    sm_log(SIAMESE_LOG_WARN,
           "validation after step %llu: of %zu queries %llu score their item "
           "the same as others; such a tie counts as a miss%s",
           (unsigned long long)v->steps,
           fit->data->validation.pairs.queries.count,
           (unsigned long long)v->tied,
           says_nothing ? ", and since no query tells its candidates apart the "
                          "validation says nothing about the weights"
                        : "");
}

sm_status sm_fit_validate(sm_fit *fit)
{
    if (!sm_validation_due(fit->options, fit->data, &fit->model->state))
        return SIAMESE_OK;
    int32_t const stage = fit->stage;
    double const began = sm_fit_now();
    sm_topk_accuracy_run const evaluation = sm_fit_evaluation(fit);
    bool says_nothing;
    fit->stage = SIAMESE_STAGE_VALIDATE;
    fit->stage_done = 0;
    SM_RETURN_IF_ERROR(sm_validation_run(fit->options, fit->run, fit->data,
                                         fit->model, &evaluation,
                                         &says_nothing));
    fit->validate_seconds = sm_fit_now() - began;
    warn_of_ties(fit, says_nothing);
    fit->stage_done = 1;
    SM_RETURN_IF_ERROR(sm_fit_tell(fit));
    fit->stage = stage;
    return SIAMESE_OK;
}

/* ---- epochs ---- */

sm_status sm_fit_close_epoch(sm_fit *fit)
{
    const sm_pair_store *const pairs = &fit->data->pairs;
    sm_train_state *const state = &fit->model->state;
    uint64_t hits[SIAMESE_TOPK_COUNT] = {0};
    int const evaluated =
        fit->options->metrics == SIAMESE_METRICS_EPOCH && pairs->count > 0;
    if (evaluated) {
        fit->stage = SIAMESE_STAGE_EVALUATE;
        fit->stage_done = 0;
        fit->evaluate_began = sm_fit_now();
        sm_topk_accuracy_run const evaluation = sm_fit_evaluation(fit);
        SM_RETURN_IF_ERROR(sm_pairs_accuracy(&evaluation, pairs, pairs,
                                             by_id(fit), sm_topk_ks,
                                             SIAMESE_TOPK_COUNT, hits, NULL));
        fit->evaluate_seconds = sm_fit_now() - fit->evaluate_began;
    }
    SM_RETURN_IF_ERROR(sm_together_at(fit->run, state, SM_TOGETHER_CLOSED, 0));
    sm_run_pause(fit->run);
    state->epoch++;
    state->closed = true;
    for (size_t k = 0; evaluated && k < SIAMESE_TOPK_COUNT; k++)
        state->hits[k] = hits[k];
    if (evaluated) state->topk_pairs = pairs->count;
    sm_run_resume(fit->run);
    fit->stage_done = 1;
    return sm_fit_tell(fit);
}

/* ---- steps ---- */

void sm_step_candidates_free(sm_step_candidates *candidates)
{
    sm_candidate_rows_free(&candidates->rows);
    sm_candidates_free(&candidates->list);
}

static sm_status find_candidates(const sm_fit *fit,
                                 sm_step_candidates *candidates)
{
    if (candidates->list.items == NULL)
        SM_RETURN_IF_ERROR(sm_pairs_candidates(&candidates->list,
                                               &fit->data->pairs, by_id(fit)));
    if (candidates->rows.candidates) return SIAMESE_OK;
    return sm_candidate_rows_create(&candidates->rows, &candidates->list,
                                    fit->model->item, fit->run->pool);
}

static sm_status evaluate_given(sm_fit *fit,
                                const sm_candidate_rows *candidates,
                                const size_t *rows, sm_step_result *result)
{
    sm_status status = SIAMESE_OK;
    const sm_pair_store *const store = &fit->data->pairs;
    size_t const dim = siamese_tower_dim(fit->model->query);
    sm_topk_accuracy_run const evaluation = sm_fit_evaluation(fit);
    uint32_t *const own = sm_alloc_array(result->pairs, sizeof *own);
    float *const given = sm_aligned_array(result->pairs * dim, sizeof *given);
    size_t count = 0;
    SM_CHECK_MEMORY(own);
    SM_CHECK_MEMORY(given);
    for (size_t i = 0; i < result->pairs; i++) {
        if (rows[i] >= fit->model->state.epoch_pairs) continue;
        memcpy(given + count * dim, fit->model->buffers.queries + i * dim,
               dim * sizeof *given);
        sm_pair const pair = sm_pair_store_get(store, rows[i]);
        own[count++] = sm_pairs_own(store, &pair, store, by_id(fit));
    }
    result->topk_pairs = count;
    if (count > 0)
        SM_TRY(sm_topk_accuracy_batch(&evaluation, count, given, own,
                                      candidates, sm_topk_ks,
                                      SIAMESE_TOPK_COUNT, result->hits));
out:
    sm_free(own);
    sm_aligned_free(given);
    return status;
}

sm_status sm_fit_evaluate_step(sm_fit *fit, sm_step_candidates *candidates,
                               const size_t *rows, sm_step_result *result)
{
    if (fit->options->metrics != SIAMESE_METRICS_STEP ||
        fit->data->pairs.count == 0)
        return SIAMESE_OK;
    SM_RETURN_IF_ERROR(find_candidates(fit, candidates));
    return evaluate_given(fit, &candidates->rows, rows, result);
}
