#include "train/adam.h"

#include <math.h>
#include <stdatomic.h>
#include <string.h>

#include "common/size.h"

/* Numbers of one task. */
enum { BLOCK = 1 << 15 };

/* Numbers of a table's gradient that are laid out at once. */
enum { TABLE_BLOCK = 2048 };

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

static void update(const adam_pass *pass, size_t at, size_t count,
                   const float *gradient)
{
    const sm_parameter *const p = pass->parameter;
    pass->kernels->adam(count, p->value + at, gradient, p->slot[0] + at,
                        p->slot[1] + at, pass->alpha,
                        (float)(1 - pass->options->beta1),
                        (float)(1 - pass->options->beta2),
                        pass->options->epsilon);
}

static sm_status update_task(void *context, size_t task, size_t worker)
{
    const adam_pass *const pass = context;
    const sm_parameter *const p = pass->parameter;
    size_t const end = sm_min(p->count, (task + 1) * BLOCK);
    float dense[TABLE_BLOCK];
    (void)worker;
    if (!p->table) {
        update(pass, task * BLOCK, end - task * BLOCK,
               p->gradient + task * BLOCK);
        return SIAMESE_OK;
    }
    for (size_t at = task * BLOCK; at < end; at += TABLE_BLOCK) {
        size_t const count = sm_min(TABLE_BLOCK, end - at);
        sm_parameter_dense_gradient(p, at, count, dense);
        update(pass, at, count, dense);
    }
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
    size_t const end =
        sm_min(sm_parameter_gradient_count(p), (task + 1) * BLOCK);
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
        sm_pool_run(
            pool,
            sm_chunks(sm_parameter_gradient_count(pass.parameter), BLOCK),
            finite_task, &pass);
        if (atomic_load(&pass.not_finite)) {
            *name = pass.parameter->name;
            return 0;
        }
    }
    return 1;
}
