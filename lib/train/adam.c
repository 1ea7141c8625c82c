#include "train/adam.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "common/size.h"

/* Numbers of one task. */
enum { BLOCK = 1 << 15 };

typedef struct adam_pass {
    const sm_parameter *parameter;
    const sm_kernels *kernels;
    const sm_adam_options *options;
    float alpha;
    atomic_int not_finite;
} adam_pass;

float sm_adam_alpha(const sm_adam_options *options, uint64_t t)
{
    float const step = (float)t;
    return options->learning_rate *
           sqrtf(1.0f - powf((float)options->beta2, step)) /
           (1.0f - powf((float)options->beta1, step));
}

static sm_status update_task(void *context, size_t task, size_t worker)
{
    const adam_pass *const pass = context;
    const sm_parameter *const p = pass->parameter;
    size_t const at = task * BLOCK;
    (void)worker;
    pass->kernels->adam(sm_min(BLOCK, p->count - at), p->value + at,
                        p->gradient + at, p->moment1 + at, p->moment2 + at,
                        pass->alpha, (float)(1 - pass->options->beta1),
                        (float)(1 - pass->options->beta2),
                        pass->options->epsilon);
    return SIAMESE_OK;
}

void sm_adam_update(sm_parameters *parameters, sm_pool *pool,
                    const sm_kernels *kernels, const sm_adam_options *options,
                    uint64_t t)
{
    for (size_t i = 0; i < parameters->count; i++) {
        adam_pass pass = {.parameter = parameters->items[i],
                          .kernels = kernels,
                          .options = options,
                          .alpha = sm_adam_alpha(options, t)};
        sm_pool_run(pool, sm_chunks(pass.parameter->count, BLOCK),
                    update_task, &pass);
    }
}

/* Not finite: all bits of the exponent set. */
static sm_status finite_task(void *context, size_t task, size_t worker)
{
    adam_pass *const pass = context;
    const sm_parameter *const p = pass->parameter;
    size_t const end = sm_min(p->count, (task + 1) * BLOCK);
    uint32_t odd = 0;
    (void)worker;
    for (size_t i = task * BLOCK; i < end; i++) {
        uint32_t bits;
        memcpy(&bits, &p->gradient[i], sizeof bits);
        odd |= (bits & 0x7f800000u) == 0x7f800000u;
    }
    if (odd) atomic_store(&pass->not_finite, 1);
    return SIAMESE_OK;
}

int sm_gradients_finite(const sm_parameters *parameters, sm_pool *pool,
                        const char **name)
{
    for (size_t i = 0; i < parameters->count; i++) {
        adam_pass pass = {.parameter = parameters->items[i]};
        sm_pool_run(pool, sm_chunks(pass.parameter->count, BLOCK),
                    finite_task, &pass);
        if (atomic_load(&pass.not_finite)) {
            *name = pass.parameter->name;
            return 0;
        }
    }
    return 1;
}
