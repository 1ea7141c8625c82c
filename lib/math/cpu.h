/* cpu.h: which kernel levels this processor can run. */
#ifndef SM_CPU_H
#define SM_CPU_H

#include <stdbool.h>

#include "common/status.h"

/* The best level of this processor, SIAMESE_KERNEL_PORTABLE or above. */
int32_t sm_cpu_best_level(void);

/* Whether it has products of int8 beside that level: AVX-512 VNNI, or NEON's
 * dot product. */
bool sm_cpu_has_dot(void);

/* Whether it has AVX512-BF16 beside that level. */
bool sm_cpu_has_bfloat16(void);

/* Whether it begins that instruction as often as a multiply-add of floats,
 * which has half as many products: AMD's do, Intel's half as often. */
bool sm_cpu_doubles_bfloat16(void);

/*
 * Whether it has AMX with bfloat16 and this process may use it, for which the
 * system is asked: on Linux, signal frames of threads that do have 8 KB more.
 * Any thread.
 */
bool sm_cpu_take_tiles(void);

#endif
