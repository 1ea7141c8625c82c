/*
 * trainer_data.c: trainer.c makes it empty, trainer_pairs.c fills it, the fit
 * has it prepared before an epoch.
 */
#include "train/trainer_data.h"

#include "common/hash.h"
#include "common/size.h"
#include "tower/tower.h"

/* What self-supervision generates and of what, by the options and the
 * towers. */
static sm_status find_rules(sm_generation_rules *rules,
                            const siamese_trainer_options *o,
                            const siamese_tower *query_tower,
                            const siamese_tower *item_tower)
{
    size_t const query = sm_tower_first_text(query_tower);
    size_t const item = sm_tower_first_text(item_tower);
    SM_REQUIRE(o->fragment_min <= o->fragment_max, SIAMESE_E_OPTION,
               "fragment_min %zu is more than fragment_max %zu",
               o->fragment_min, o->fragment_max);
    SM_REQUIRE(o->self_supervision == 0 ||
                   (query != SIZE_MAX && item != SIZE_MAX),
               SIAMESE_E_OPTION,
               "self_supervision: the %s tower has no field of texts",
               query == SIZE_MAX ? "query" : "item");
    SM_REQUIRE(o->mine_first <= o->mine_last, SIAMESE_E_OPTION,
               "mine_first %zu is more than mine_last %zu", o->mine_first,
               o->mine_last);
    *rules = (sm_generation_rules){
        .share = o->self_supervision,
        .fragments = {o->fragment_min, o->fragment_max, o->fragment_contiguous},
        .weight = (float)o->fragment_weight,
        .query_field = query,
        .item_field = item,
        .seed = o->seed};
    return SIAMESE_OK;
}

sm_status sm_trainer_data_create(sm_trainer_data *data,
                                 const siamese_trainer_options *options,
                                 const siamese_tower *query,
                                 const siamese_tower *item)
{
    size_t const query_fields = siamese_tower_field_count(query);
    size_t const item_fields = siamese_tower_field_count(item);
    sm_pair_store_init(&data->pairs, query_fields, item_fields);
    sm_validation_pairs_init(&data->validation, query_fields, item_fields);
    SM_RETURN_IF_ERROR(
        find_rules(&data->generated.rules, options, query, item));
    if (options->logq != SIAMESE_LOGQ_STREAMING) return SIAMESE_OK;
    return sm_stream_frequency_create(&data->frequency, options->logq_buckets,
                                      options->logq_rate);
}

void sm_trainer_data_free(sm_trainer_data *data)
{
    sm_pair_store_free(&data->pairs);
    sm_pair_stream_free(&data->stream);
    sm_generated_pairs_free(&data->generated);
    sm_mined_free(&data->mined);
    sm_item_counts_free(&data->item_counts);
    sm_stream_frequency_free(&data->frequency);
    sm_validation_pairs_free(&data->validation);
}

size_t sm_given_pairs(const sm_trainer_data *data)
{
    return data->stream.is_set ? data->stream.count : data->pairs.count;
}

size_t sm_next_pairs(const sm_trainer_data *data)
{
    return sm_given_pairs(data) + data->next_generated;
}

size_t sm_epoch_pairs(const sm_trainer_data *data, const sm_train_state *state)
{
    return state->position || state->closed
               ? state->epoch_pairs + state->epoch_generated
               : sm_next_pairs(data);
}

sm_status sm_trainer_data_fingerprint(const sm_trainer_data *data, size_t pairs,
                                      size_t items, uint64_t *fingerprint)
{
    SM_RETURN_IF_ERROR(sm_pair_store_fingerprint(
        &data->pairs, data->stream.is_set ? 0 : pairs, items, fingerprint));
    if (data->stream.is_set)
        *fingerprint = sm_hash_mix(*fingerprint ^ data->stream.hash);
    return SIAMESE_OK;
}

/* All is found out before anything is told, so that others read it whole. */
static sm_status prepare_stream(sm_trainer_data *data,
                                const siamese_trainer_options *options,
                                sm_trainer_run *run, const siamese_tower *query,
                                const siamese_tower *item)
{
    sm_pair_stream found = data->stream;
    bool const was_known = found.is_counted;
    SM_RETURN_IF_ERROR(sm_pair_stream_check(options, &data->pairs));
    SM_RETURN_IF_ERROR(sm_pair_stream_count(&found, &data->pairs, query, item,
                                            options->self_supervision > 0));
    if (!was_known || found.of_items != data->stream.of_items)
        sm_generated_pairs_forget(&data->generated);
    sm_run_pause(run);
    data->stream = found;
    sm_run_resume(run);
    return SIAMESE_OK;
}

sm_status sm_trainer_data_prepare(sm_trainer_data *data,
                                  const siamese_trainer_options *options,
                                  const sm_train_state *state,
                                  sm_trainer_run *run,
                                  const siamese_tower *query,
                                  const siamese_tower *item)
{
    if (data->stream.is_set)
        SM_RETURN_IF_ERROR(prepare_stream(data, options, run, query, item));
    size_t pairs = data->pairs.count, items = data->pairs.catalogue.count;
    if (sm_is_in_epoch(state)) {
        /* those that the epoch began with, if they have been given again */
        pairs = sm_min(state->epoch_pairs, pairs);
        items = sm_min(state->epoch_items, items);
    }
    if (options->mined_negatives > 0)
        SM_RETURN_IF_ERROR(
            sm_mined_update(&data->mined, &data->pairs, pairs, items));
    SM_RETURN_IF_ERROR(sm_generated_pairs_update(
        &data->generated, &data->pairs, &data->stream.items, pairs, items));
    sm_run_pause(run);
    data->next_generated = data->generated.count;
    sm_run_resume(run);
    return SIAMESE_OK;
}
