/*
 * trainer_pairs.c: what a host gives a trainer to learn from, and to be
 * measured by, comes in and is copied into its data.
 */
#include <string.h>

#include "common/memory.h"
#include "common/options.h"
#include "train/trainer_handle.h"

static sm_status add_to_store(siamese_trainer *trainer,
                              const siamese_pairs *pairs, sm_pair_kind kind,
                              const char *what)
{
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    sm_status status = SIAMESE_OK;
    SM_RETURN_IF_ERROR(sm_run_claim(&trainer->run));
    SM_CHECK(kind == SM_PAIRS_CATALOGUE || !trainer->data.stream.is_set,
             SIAMESE_E_STATE,
             "%s: the trainer has a source of pairs, which siamese_trainer_"
             "set_source takes away",
             what);
    SM_TRY(sm_pair_store_add(&trainer->data.pairs, trainer->model.query,
                             trainer->model.item, pairs, kind, what));
out:
    sm_run_release(&trainer->run);
    return status;
}

siamese_status siamese_trainer_add_pairs(siamese_trainer *trainer,
                                         const siamese_pairs *pairs)
{
    return add_to_store(trainer, pairs, SM_PAIRS_WHOLE, "pairs");
}

siamese_status siamese_trainer_add_items(siamese_trainer *trainer,
                                         const siamese_pairs *items)
{
    return add_to_store(trainer, items, SM_PAIRS_CATALOGUE, "items");
}

size_t siamese_trainer_item_count(const siamese_trainer *trainer)
{
    return trainer ? trainer->data.pairs.catalogue.count : 0;
}

size_t siamese_trainer_pair_count(const siamese_trainer *trainer)
{
    return trainer ? trainer->data.pairs.count : 0;
}

/* ---- a source ---- */

static sm_status check_source(const siamese_trainer *trainer,
                              const siamese_source *source)
{
    SM_REQUIRE(source->read != NULL, SIAMESE_E_ARGUMENT,
               "source: read is NULL");
    SM_REQUIRE(source->rewind != NULL, SIAMESE_E_ARGUMENT,
               "source: rewind is NULL; each epoch reads the pairs anew, and "
               "they are counted before the first one");
    SM_REQUIRE(trainer->data.pairs.count == 0, SIAMESE_E_STATE,
               "source: the trainer has %zu pairs of siamese_trainer_add_pairs",
               trainer->data.pairs.count);
    return sm_pair_stream_check_options(&trainer->options);
}

siamese_status siamese_trainer_set_source(siamese_trainer *trainer,
                                          const siamese_source *source)
{
    sm_status status = SIAMESE_OK;
    sm_pair_stream stream = {.is_set = source != NULL};
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    SM_RETURN_IF_ERROR(sm_run_claim(&trainer->run));
    if (source) {
        SM_TRY(sm_struct_read(&stream.source, sizeof stream.source, source,
                              "source"));
        SM_TRY(check_source(trainer, &stream.source));
    }
    sm_pair_stream before = trainer->data.stream;
    sm_run_pause(&trainer->run);
    trainer->data.stream = stream;
    sm_generated_pairs_forget(&trainer->data.generated);
    sm_run_resume(&trainer->run);
    sm_pair_stream_free(&before);
out:
    sm_run_release(&trainer->run);
    return status;
}

/* ---- validation ---- */

/* Puts the pairs and memory for the best weights in place of those that the
 * trainer has, and gives these back. Of the same pairs the figures stay. */
static void exchange_validation(siamese_trainer *trainer, uint64_t fingerprint,
                                sm_validation_pairs *pairs, float **best)
{
    sm_trainer_model *const model = &trainer->model;
    sm_validation_state *const state = &model->state.validation;
    sm_validation_pairs const old_pairs = trainer->data.validation;
    float *const old_best = model->best;
    sm_run_pause(&trainer->run);
    if (fingerprint != state->fingerprint)
        *state = (sm_validation_state){.fingerprint = fingerprint};
    else if (*best && old_best)
        memcpy(*best, old_best, sm_weight_count(model) * sizeof **best);
    trainer->data.validation = *pairs;
    model->best = *best;
    sm_run_resume(&trainer->run);
    *pairs = old_pairs;
    *best = old_best;
}

siamese_status siamese_trainer_set_validation(siamese_trainer *trainer,
                                              const siamese_pairs *pairs,
                                              const siamese_pairs *candidates)
{
    sm_status status = SIAMESE_OK;
    sm_validation_pairs given;
    float *best = NULL;
    uint64_t fingerprint = 0;
    SM_REQUIRE(trainer != NULL, SIAMESE_E_ARGUMENT, "trainer: is NULL");
    SM_REQUIRE(pairs != NULL || candidates == NULL, SIAMESE_E_ARGUMENT,
               "pairs: is NULL, but candidates is not");
    SM_RETURN_IF_ERROR(sm_run_claim(&trainer->run));
    sm_validation_pairs_init(&given, trainer->data.pairs.queries.fields,
                             trainer->data.pairs.items.fields);
    if (pairs) {
        SM_TRY(sm_validation_pairs_add(&given, trainer->model.query,
                                       trainer->model.item, pairs, candidates));
        SM_TRY(sm_validation_pairs_fingerprint(&given, &fingerprint));
    }
    if (pairs && trainer->options.restore_best) {
        best = sm_aligned_array(sm_weight_count(&trainer->model), sizeof *best);
        SM_CHECK_MEMORY(best);
    }
    exchange_validation(trainer, fingerprint, &given, &best);
out:
    sm_validation_pairs_free(&given);
    sm_aligned_free(best);
    sm_run_release(&trainer->run);
    return status;
}
