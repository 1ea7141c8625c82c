/* bounds_avx2.c: the kernels of bounds.h for AVX2 with FMA. */
#if defined(__x86_64__)
#define SM_LEVEL_AVX2
#define SM_BOUND_KERNELS sm_bound_kernels_avx2
#include "math/bounds_impl.h"
#endif
