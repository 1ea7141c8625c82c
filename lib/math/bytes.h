/* bytes.h: 64 small numbers at the level that a bounds_*.c file is compiled
 * for, and the sums of their products with int8: what bounds_impl.h needs
 * beside simd.h.
 *
 *   bytes    64 numbers of 8 bits
 *   partial  sums of some products of pairs or fours of neighbours
 *   ints     16 sums of fours of neighbours, in 32 bits
 *
 * One factor is below 16, so that a pair of products, 2 * 15 * 127, leaves 16
 * bits room for BYTES_STEPS of them before ints_take widens them: no level
 * saturates, and the sums are the same at each. */
#ifndef SM_BYTES_H
#define SM_BYTES_H

#if defined(SM_LEVEL_AVX512)
#include "math/bytes_avx512.h"
#elif defined(SM_LEVEL_AVX2)
#include "math/bytes_avx2.h"
#elif defined(SM_LEVEL_NEON)
#include "math/bytes_neon.h"
#else
#include "math/bytes_portable.h"
#endif

#endif
