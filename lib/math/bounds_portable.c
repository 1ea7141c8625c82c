/* bounds_portable.c: the kernels of bounds.h for any processor. */
#define SM_LEVEL_PORTABLE
#define SM_BOUND_KERNELS sm_bound_kernels_portable
#include "math/bounds_impl.h"
