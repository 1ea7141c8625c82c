/* bounds_neon.c: the kernels of bounds.h for NEON. */
#if defined(__aarch64__)
#define SM_LEVEL_NEON
#define SM_BOUND_KERNELS sm_bound_kernels_neon
#include "math/bounds_impl.h"
#endif
