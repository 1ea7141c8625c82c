/*
 * trainer_evaluate.c: siamese_trainer_evaluate: pairs and candidates of a host,
 * or the trainer's own, come in, accuracies go out.
 */
#include "common/cancel.h"
#include "common/memory.h"
#include "common/room.h"
#include "train/pairs_accuracy.h"
#include "train/trainer_handle.h"

static sm_status cancel_tick(void *context, double done)
{
    (void)context, (void)done;
    return sm_cancel_check();
}

static sm_status run_evaluate(siamese_trainer *t, const siamese_pairs *pairs,
                              const siamese_pairs *candidates, const size_t *ks,
                              size_t ks_count, uint64_t *hits, size_t *count)
{
    sm_status status = SIAMESE_OK;
    size_t const query_fields = t->data.pairs.queries.fields;
    size_t const item_fields = t->data.pairs.items.fields;
    sm_pair_store own_pairs, own_items;
    sm_topk_accuracy_run const evaluation = {t->model.query, t->model.item,
                                             t->run.pool,    t->run.kernels,
                                             cancel_tick,    t};
    sm_pair_store_init(&own_pairs, query_fields, item_fields);
    sm_pair_store_init(&own_items, query_fields, item_fields);
    if (pairs)
        SM_TRY(sm_pair_store_add(&own_pairs, t->model.query, t->model.item,
                                 pairs, SM_PAIRS_WHOLE, "pairs"));
    if (candidates)
        SM_TRY(sm_pair_store_add(&own_items, t->model.query, t->model.item,
                                 candidates, SM_PAIRS_ITEMS, "candidates"));
    const sm_pair_store *const from = pairs ? &own_pairs : &t->data.pairs;
    SM_CHECK(from->count > 0, pairs ? SIAMESE_E_ARGUMENT : SIAMESE_E_STATE,
             "pairs: there are none");
    SM_CHECK(candidates == NULL || own_items.count > 0, SIAMESE_E_ARGUMENT,
             "candidates: there are none");
    SM_CHECK(candidates || t->data.pairs.count > 0, SIAMESE_E_STATE,
             "candidates: the trainer has no pairs to take them from");
    SM_TRY(sm_pairs_accuracy(&evaluation, from,
                             candidates ? &own_items : &t->data.pairs,
                             t->options.topk_match == SIAMESE_TOPK_MATCH_ID, ks,
                             ks_count, hits, NULL));
    *count = from->count;
out:
    sm_pair_store_free(&own_pairs);
    sm_pair_store_free(&own_items);
    return status;
}

siamese_status siamese_trainer_evaluate(siamese_trainer *trainer,
                                        const siamese_pairs *pairs,
                                        const siamese_pairs *candidates,
                                        const size_t *ks, size_t ks_count,
                                        double *accuracy,
                                        size_t accuracy_capacity)
{
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    SM_REQUIRE(ks != NULL && ks_count > 0, SIAMESE_E_ARGUMENT,
               "ks: there is none");
    for (size_t k = 0; k < ks_count; k++)
        SM_REQUIRE(ks[k] > 0, SIAMESE_E_ARGUMENT, "ks: element %zu is 0", k);
    SM_RETURN_IF_ERROR(
        sm_room("accuracy", accuracy, accuracy_capacity, ks_count, NULL));
    size_t count = 0;
    uint64_t *const hits = sm_calloc(ks_count, sizeof *hits);
    if (hits == NULL) return sm_fail_memory();
    sm_status status = sm_run_begin(&trainer->run);
    if (status == SIAMESE_OK) {
        status = run_evaluate(trainer, pairs, candidates, ks, ks_count, hits,
                              &count);
        sm_run_end(&trainer->run);
    }
    for (size_t k = 0; status == SIAMESE_OK && k < ks_count; k++)
        accuracy[k] = (double)hits[k] / (double)count;
    sm_free(hits);
    return status;
}
