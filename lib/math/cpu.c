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

/* EAX of leaf 7's second part, and EDX of its first. */
enum { AVX512_BF16 = 1u << 5, AMX_BF16 = 1u << 22, AMX_TILE = 1u << 24 };
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

bool sm_cpu_has_bfloat16(void)
{
#if defined(__x86_64__)
    unsigned a, b, c, d;
    return sm_cpu_best_level() == SIAMESE_KERNEL_AVX512 &&
           __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a & AVX512_BF16);
#else
    return false;
#endif
}

bool sm_cpu_doubles_bfloat16(void)
{
#if defined(__x86_64__)
    return sm_cpu_has_bfloat16() && __builtin_cpu_is("amd");
#else
    return false;
#endif
}

bool sm_cpu_take_tiles(void)
{
#if defined(__x86_64__)
    unsigned a, b, c, d;
    unsigned const both = AMX_BF16 | AMX_TILE;
    return __get_cpuid_count(7, 0, &a, &b, &c, &d) && (d & both) == both &&
           sm_request_tiles();
#else
    return false;
#endif
}
