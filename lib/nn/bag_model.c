/* bag_model.c: what of a text counts, and by how much. For bag.c and
 * bag_train.c. */
#include "nn/bag_model.h"

#include "common/size.h"

size_t sm_bag_cut(const sm_bag *bag, size_t count, size_t *pads)
{
    size_t const kept = bag->length ? sm_min(count, bag->length) : count;
    *pads = bag->length && !bag->mask_zero ? bag->length - kept : 0;
    return kept;
}

void sm_bag_weights(const sm_bag *bag, const int32_t *ids, size_t count,
                    float *weights)
{
    for (size_t i = 0; bag->weight && i < count; i++)
        weights[i] = bag->weight->value[ids[i]];
}

float sm_bag_share(const sm_bag *bag, size_t count)
{
    if (count == 0) return 0;
    return bag->pooling == SIAMESE_POOLING_SUM ? 1 : 1 / (float)count;
}

void sm_bag_add_pads(const sm_bag *bag, size_t pads, float *out)
{
    if (pads == 0) return;
    float const times = (float)pads * (bag->weight ? *bag->weight->value : 1);
    for (size_t j = 0; j < bag->base.dim; j++) out[j] += times * bag->pad[j];
}
