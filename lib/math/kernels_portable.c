/* kernels_portable.c: the kernels for any processor. */
#define SM_LEVEL_PORTABLE
#define SM_KERNELS sm_kernels_portable
#define SM_KERNEL_LEVEL SIAMESE_KERNEL_PORTABLE
#define SM_KERNEL_NAME "portable"
#define SM_PANEL_VECTORS 2
#define SM_STRIP2_ROWS 4
#include "math/kernels_impl.h"
