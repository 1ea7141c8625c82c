/* bits.h: how many bits are set, without an instruction for it, which not every
 * processor has. */
#ifndef SM_BITS_H
#define SM_BITS_H

#include <stdint.h>

static inline uint32_t sm_bits_set(uint32_t x)
{
    x -= x >> 1 & 0x55555555u;
    x = (x & 0x33333333u) + (x >> 2 & 0x33333333u);
    return ((x + (x >> 4)) & 0x0f0f0f0fu) * 0x01010101u >> 24;
}

#endif
