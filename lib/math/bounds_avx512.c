/* bounds_avx512.c: the kernels of bounds.h for AVX-512 F, DQ, BW and VL. */
#if defined(__x86_64__)
#define SM_LEVEL_AVX512
#define SM_BOUND_KERNELS sm_bound_kernels_avx512
#include "math/bounds_impl.h"
#endif
