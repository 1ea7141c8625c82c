/* kernels.c: a level asked for in, its table of kernels out. For every handle
 * when it is made. */
#include "math/kernels.h"

#include "math/cpu.h"

extern const sm_kernels sm_kernels_portable;
#if defined(__x86_64__)
extern const sm_kernels sm_kernels_avx2, sm_kernels_avx512;
#elif defined(__aarch64__)
extern const sm_kernels sm_kernels_neon;
#endif

/* As the option has them, also of what this build lacks. */
static const char *const names[] = {"auto", "portable", "avx2", "avx512",
                                    "neon"};

static const sm_kernels *of_level(int32_t level)
{
#if defined(__x86_64__)
    if (level == SIAMESE_KERNEL_AVX512) return &sm_kernels_avx512;
    if (level == SIAMESE_KERNEL_AVX2) return &sm_kernels_avx2;
#elif defined(__aarch64__)
    if (level == SIAMESE_KERNEL_NEON) return &sm_kernels_neon;
#endif
    return level == SIAMESE_KERNEL_PORTABLE ? &sm_kernels_portable : NULL;
}

const sm_kernels *sm_kernels_best(void)
{
    return of_level(sm_cpu_best_level());
}

/* A build has the levels of one kind of processor, each of which can run those
 * below its best. */
bool sm_kernels_available(int32_t level)
{
    return level == SIAMESE_KERNEL_AUTO ||
           (of_level(level) != NULL && level <= sm_cpu_best_level());
}

sm_status sm_kernels_select(int32_t level, const sm_kernels **out)
{
    if (level == SIAMESE_KERNEL_AUTO) {
        *out = sm_kernels_best();
        return SIAMESE_OK;
    }
    const sm_kernels *const kernels = of_level(level);
    SM_REQUIRE(level >= 0 && level <= SIAMESE_KERNEL_NEON,
               SIAMESE_E_UNSUPPORTED, "kernel: there is no level %d",
               (int)level);
    SM_REQUIRE(kernels != NULL, SIAMESE_E_UNSUPPORTED,
               "kernel: %s is not for this kind of processor, which runs up to "
               "%s",
               names[level], sm_kernels_best()->name);
    SM_REQUIRE(level <= sm_cpu_best_level(), SIAMESE_E_UNSUPPORTED,
               "kernel: this processor cannot run %s, only up to %s",
               kernels->name, sm_kernels_best()->name);
    *out = kernels;
    return SIAMESE_OK;
}
