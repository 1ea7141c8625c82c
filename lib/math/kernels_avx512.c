/* kernels_avx512.c: the kernels for AVX-512 F, DQ, BW and VL. */
#if defined(__x86_64__)
#define SM_LEVEL_AVX512
#define SM_HALF_KERNELS sm_kernels_avx2
#define SM_KERNELS sm_kernels_avx512
#define SM_KERNEL_LEVEL SIAMESE_KERNEL_AVX512
#define SM_KERNEL_NAME "avx512"
#define SM_PANEL_VECTORS 4
#include "math/kernels.h"
extern const sm_kernels sm_kernels_avx2;
#include "math/kernels_impl.h"
#endif
