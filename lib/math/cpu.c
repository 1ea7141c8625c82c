/* cpu.c: the processor and the system in, the highest kernel level that both
 * run out. For kernels.c. */
#include "math/cpu.h"

#include "common/platform.h"

#if defined(__x86_64__)
#include <cpuid.h>

/* Not all compilers know this one by its name. */
static int has_f16c(void)
{
    unsigned a, b, c, d;
    return __get_cpuid(1, &a, &b, &c, &d) && (c & bit_F16C) != 0;
}
#endif

int32_t sm_cpu_best_level(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") &&
        __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") &&
        __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("fma"))
        return SIAMESE_KERNEL_AVX512;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
        has_f16c())
        return SIAMESE_KERNEL_AVX2;
#elif defined(__aarch64__)
    return SIAMESE_KERNEL_NEON; /* of every one that Linux or macOS runs on */
#endif
    return SIAMESE_KERNEL_PORTABLE;
}

bool sm_cpu_has_dot(void)
{
#if defined(__x86_64__)
    __builtin_cpu_init();
    return sm_cpu_best_level() == SIAMESE_KERNEL_AVX512 &&
           __builtin_cpu_supports("avx512vnni");
#elif defined(__aarch64__)
    return sm_has_dot_product();
#else
    return false;
#endif
}
