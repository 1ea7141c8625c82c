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

#endif
