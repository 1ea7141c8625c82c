/* encoder_types.c: the value of the option encoder in, its type out. For
 * tower_field. */
#include "nn/encoder_types.h"

#include "nn/bag.h"
#include "nn/recurrent_encoder.h"
#include "nn/transformer_encoder.h"

static const sm_encoder_type *const types[] = {
    [SIAMESE_ENCODER_LSTM] = &sm_recurrent_type,
    [SIAMESE_ENCODER_BAG] = &sm_bag_type,
    [SIAMESE_ENCODER_GRU] = &sm_recurrent_type,
    [SIAMESE_ENCODER_TRANSFORMER] = &sm_transformer_encoder_type,
};

bool sm_encoder_any_length(int32_t kind)
{
    return types[kind]->any_length;
}

sm_status sm_encoder_create(sm_encoder **out, sm_parameters *list,
                            const sm_encoder_config *config)
{
    return types[config->kind]->create(out, list, config);
}
