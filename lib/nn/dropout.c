/* dropout.c: a seed and a place in, which numbers are dropped out, the same
 * forward and back. For transformer_block and attention. */
#include "nn/dropout.h"

#include "common/hash.h"

/* Odd, and far from each other: Weyl sequences of the places, rows,
 * elements. */
#define PLACE_STEP UINT64_C(0xd1342543de82ef95)
#define ROW_STEP UINT64_C(0xaf251af3b0f025b5)
#define ELEMENT_STEP UINT64_C(0x9e3779b97f4a7c15)

void sm_dropout_apply(const sm_dropout *dropout, uint64_t place, uint64_t row,
                      size_t count, float *x)
{
    if (dropout->rate <= 0) return;
    uint64_t const key = sm_hash_mix(
        sm_hash_mix(dropout->seed + place * PLACE_STEP) + row * ROW_STEP);
    uint32_t const below = (uint32_t)(dropout->rate * 0x1.0p32);
    /* chosen by number: a branch would be guessed wrong */
    float const factor[2] = {(float)(1 / (1 - dropout->rate)), 0};
    for (size_t i = 0; i < count; i += 2) {
        /* a draw of 32 bits for each of two elements */
        uint64_t const draw = sm_hash_mix(key + (i / 2) * ELEMENT_STEP);
        x[i] *= factor[(uint32_t)draw < below];
        if (i + 1 < count) x[i + 1] *= factor[(uint32_t)(draw >> 32) < below];
    }
}
