/* bounds_vnni_avx512.c: the kernels of bounds.h for AVX-512 with VNNI. */
#if defined(__x86_64__)
#define SM_LEVEL_AVX512
#define SM_LEVEL_VNNI
#define SM_BOUND_KERNELS sm_bound_kernels_vnni_avx512
#include "math/bounds_pick_vnni.h"

#include "math/bounds_impl.h"
#endif
