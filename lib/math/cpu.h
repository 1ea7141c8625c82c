/* cpu.h: which kernel levels this processor can run. */
#ifndef SM_CPU_H
#define SM_CPU_H

#include "common/status.h"

/* The best level of this processor, SIAMESE_KERNEL_PORTABLE or above. */
int32_t sm_cpu_best_level(void);

#endif
