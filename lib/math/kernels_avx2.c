/* kernels_avx2.c: the kernels for AVX2 with FMA and F16C. */
#if defined(__x86_64__)
#define SM_LEVEL_AVX2
#define SM_KERNELS sm_kernels_avx2
#define SM_KERNEL_LEVEL SIAMESE_KERNEL_AVX2
#define SM_KERNEL_NAME "avx2"
#define SM_PANEL_VECTORS 2
#define SM_STRIP2_ROWS 6
#include "math/kernels_impl.h"
#endif
