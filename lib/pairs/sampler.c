/* sampler.c: a seed and a number of pairs in, their order out, batch by batch.
 * For fit. */
#include "pairs/sampler.h"

#include "common/assert.h"
#include "common/cancel.h"
#include "common/memory.h"
#include "common/size.h"

sm_status sm_sampler_create(sm_sampler *sampler, size_t count,
                            size_t shuffle_buffer, uint64_t seed,
                            uint64_t epoch)
{
    /* one slot is a queue, which keeps the order; none is needed past count */
    size_t const slot_count = sm_max(sm_min(shuffle_buffer, count), (size_t)1);
    size_t *const slots = sm_alloc_array(slot_count, sizeof *slots);
    if (slots == NULL) return sm_fail_memory();
    *sampler =
        (sm_sampler){.slots = slots, .slot_count = slot_count, .count = count};
    sm_rng_init(&sampler->rng, seed, epoch);
    return SIAMESE_OK;
}

void sm_sampler_free(sm_sampler *sampler)
{
    sm_free(sampler->slots);
    sampler->slots = NULL;
}

bool sm_sampler_fill(sm_sampler *s, size_t *slot, size_t *element)
{
    if (s->end == s->count || s->end - s->start == s->slot_count) return false;
    *element = s->end++;
    *slot = *element % s->slot_count;
    s->slots[*slot] = *element;
    return true;
}

size_t sm_sampler_draw(sm_sampler *s, size_t *drawn, size_t *start)
{
    size_t const offset = (size_t)sm_rng_below(&s->rng, s->end - s->start);
    *drawn = (s->start + offset) % s->slot_count;
    *start = s->start % s->slot_count;
    size_t const element = s->slots[*drawn];
    s->slots[*drawn] = s->slots[*start];
    s->start++;
    return element;
}

static size_t next_element(sm_sampler *s)
{
    size_t slot, element, drawn, start;
    sm_assert(s->start < s->count);
    while (sm_sampler_fill(s, &slot, &element)) continue;
    return sm_sampler_draw(s, &drawn, &start);
}

size_t sm_sampler_next(sm_sampler *sampler, size_t batch, size_t *rows)
{
    size_t const taken = sm_min(batch, sampler->count - sampler->start);
    for (size_t i = 0; i < taken; i++) rows[i] = next_element(sampler);
    return taken;
}

sm_status sm_sampler_skip(sm_sampler *sampler, size_t elements)
{
    size_t const taken = sm_min(elements, sampler->count - sampler->start);
    for (size_t i = 0; i < taken; i++) {
        SM_RETURN_IF_ERROR(sm_cancel_check_at(i));
        next_element(sampler);
    }
    return SIAMESE_OK;
}
