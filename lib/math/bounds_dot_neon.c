/* bounds_dot_neon.c: the kernels of bounds.h for NEON with its dot product. */
#if defined(__aarch64__)
#define SM_LEVEL_NEON
#define SM_LEVEL_DOT
#define SM_BOUND_KERNELS sm_bound_kernels_dot_neon
#include "math/bounds_impl.h"
#endif
