/* recurrent.c: the LSTM's and GRU's parameters: made, given their first values,
 * prepared for the kernels. For recurrent_encode and recurrent_train. */
#include "nn/recurrent.h"

#include "nn/table_precision.h"

sm_status sm_recurrent_prepare(const sm_recurrent *model, sm_sequences *s,
                               const int32_t *ids, const size_t *offsets,
                               size_t rows)
{
    SM_RETURN_IF_ERROR(
        (model->masked ? sm_sequences_prepare_masked : sm_sequences_prepare)(
            s, ids, offsets, rows, model->length, model->table));
    if (model->layers > 1 && !model->masked) sm_sequences_count_pads(s);
    return SIAMESE_OK;
}

void sm_recurrent_project(const sm_recurrent *model, const sm_sequences *s,
                          size_t first, size_t last, float *inputs,
                          float *const projected[2])
{
    size_t const e = model->inputs;
    for (size_t n = first; n < last; n++)
        sm_values_read(model->embedding, (size_t)s->tokens[n] * e, e,
                       inputs + n * e);
    for (size_t way = 0; way < model->ways; way++) {
        const sm_recurrent_weights *const w =
            sm_recurrent_weights_of(model, 0, way);
        size_t const width = 4 * w->padded;
        sm_matrix_multiply(&w->of_x[0], &(sm_start){w->bias, 0, NULL},
                           last - first, inputs + first * e, e,
                           projected[way] + first * width, width);
    }
}
