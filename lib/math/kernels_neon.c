/* kernels_neon.c: the kernels for NEON, which every AArch64 processor has. */
#if defined(__aarch64__)
#if defined(__GNUC__) && !defined(__clang__)
/* Else the loads of all constants are moved together and spill the registers:
 * a fifth more instructions in an LSTM step. */
#pragma GCC optimize("no-schedule-insns")
#endif
#define SM_LEVEL_NEON
#define SM_KERNELS sm_kernels_neon
#define SM_KERNEL_LEVEL SIAMESE_KERNEL_NEON
#define SM_KERNEL_NAME "neon"
#define SM_PANEL_VECTORS 1 /* a panel is as wide as BLIS's tile */
#define SM_STRIP2_ROWS 6
#include "math/kernels_impl.h"
#endif
