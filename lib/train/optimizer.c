/* optimizer.c: parameters with gradients in, changed parameters out. For
 * train_step, last of all. */
#include "train/optimizer.h"

#include <float.h>
#include <math.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "common/size.h"

/* Numbers of one task, and of a gradient that is laid out anew. */
enum { BLOCK = 1 << 15, LAID_OUT = 2048 };

/* ---- state ---- */

size_t sm_optimizer_slots(const siamese_trainer_options *o)
{
    switch (o->optimizer) {
    case SIAMESE_OPTIMIZER_ADAGRAD:
        return 1;
    case SIAMESE_OPTIMIZER_SGD:
        return o->momentum > 0;
    default:
        return 2;
    }
}

/* A table's rows without a gradient: Adagrad and plain descent leave them as
 * they are by their rule, the others if they are asked to. */
static bool rows_alone(const siamese_trainer_options *o)
{
    return o->sparse_updates || o->optimizer == SIAMESE_OPTIMIZER_ADAGRAD ||
           (o->optimizer == SIAMESE_OPTIMIZER_SGD && o->momentum == 0);
}

void sm_optimizer_start(const siamese_trainer_options *o,
                        sm_parameters *parameters)
{
    for (size_t i = 0; i < parameters->count; i++) {
        sm_parameter *const p = parameters->items[i];
        /* a norm of all gradients reads them before */
        p->is_read_once = p->table && rows_alone(o) && o->clip_norm == 0;
        if (o->optimizer != SIAMESE_OPTIMIZER_ADAGRAD) continue;
        for (size_t j = 0; j < p->count; j++)
            p->slot[0][j] = (float)o->initial_accumulator;
    }
}

bool sm_optimizer_impossible(const siamese_trainer_options *o, size_t slot,
                             float value)
{
    bool const adagrad = o->optimizer == SIAMESE_OPTIMIZER_ADAGRAD;
    bool const squares = adagrad || slot == 1;
    /* Adagrad's sum of squares may overflow; Adam's mean of them cannot */
    return (squares && !(value >= 0)) || (!adagrad && !isfinite(value));
}

/* ---- the rate ---- */

double sm_learning_rate(const siamese_trainer_options *o, uint64_t t,
                        uint64_t total)
{
    static const double pi = 3.14159265358979323846;
    double const rate = o->learning_rate, end = o->schedule_end;
    uint64_t const warmup = o->warmup_steps;
    if (t <= warmup) return rate * (double)t / (double)warmup;
    if (o->schedule == SIAMESE_SCHEDULE_CONSTANT) return rate;
    double const p =
        t - 1 < total ? (double)(t - 1 - warmup) / (double)(total - warmup) : 1;
    double const left =
        o->schedule == SIAMESE_SCHEDULE_LINEAR ? 1 - p : (1 + cos(pi * p)) / 2;
    return rate * (end + (1 - end) * left);
}

float sm_adam_alpha(const siamese_trainer_options *o, float rate, uint64_t t)
{
    float const step = (float)t;
    return rate * sqrtf(1.0f - powf((float)o->beta2, step)) /
           (1.0f - powf((float)o->beta1, step));
}

/*
 * Adam's epsilon at step t. The rule's own, Kingma and Ba's epsilon hat, is
 * added to sqrt(v); with correct_epsilon it is epsilon sqrt(1 - beta2^t), which
 * makes the update lr m^ / (sqrt(v^) + epsilon) of their Algorithm 1, as
 * PyTorch has it.
 */
static float adam_epsilon(const siamese_trainer_options *o, uint64_t t)
{
    if (!o->correct_epsilon) return (float)o->epsilon;
    return (float)(o->epsilon * sqrt(1 - pow(o->beta2, (double)t)));
}

/* ---- gradients ---- */

/* What the tasks over one parameter share. */
typedef struct parameter_pass {
    const sm_parameter *parameter;
    const sm_kernels *kernels;
    const sm_update *update;
    float alpha, epsilon; /* Adam's */
    float limit;
    double *squares; /* [SQUARE_TASKS] */
    atomic_int not_finite;
} parameter_pass;

static sm_status finite_task(void *context, size_t task, size_t worker)
{
    parameter_pass *const pass = context;
    size_t const first = task * BLOCK;
    size_t const count =
        sm_min(BLOCK, sm_parameter_gradient_count(pass->parameter) - first);
    (void)worker;
    if (!pass->kernels->finite_squares(count, 1,
                                       pass->parameter->gradient + first))
        atomic_store(&pass->not_finite, 1);
    return SIAMESE_OK;
}

bool sm_gradients_finite(const sm_parameters *parameters, sm_pool *pool,
                         const sm_kernels *kernels, const char **name)
{
    for (size_t i = 0; i < parameters->count; i++) {
        parameter_pass pass = {.parameter = parameters->items[i],
                               .kernels = kernels};
        size_t const count = sm_parameter_gradient_count(pass.parameter);
        if (pass.parameter->is_sound) continue;
        sm_pool_run(pool, sm_chunks(count, BLOCK), finite_task, &pass);
        if (atomic_load(&pass.not_finite)) {
            *name = pass.parameter->name;
            return false;
        }
    }
    return true;
}

/* A gradient is cut into so many parts, whatever its size: their sums need no
 * memory but the stack's. */
enum { SQUARE_TASKS = 64, LANES = 4 };

static sm_status square_task(void *context, size_t task, size_t worker)
{
    const parameter_pass *const pass = context;
    const sm_parameter *const p = pass->parameter;
    size_t const count = sm_parameter_gradient_count(p);
    size_t const part =
        sm_chunks(sm_chunks(count, SQUARE_TASKS), LANES) * LANES;
    size_t const end = sm_min((task + 1) * part, count);
    float const limit = pass->limit;
    double sums[LANES] = {0};
    (void)worker;
    for (size_t i = task * part; i < end; i += LANES)
        for (size_t lane = 0; lane < LANES && i + lane < end; lane++) {
            float const g = fabsf(p->gradient[i + lane]);
            double const within = g < limit ? g : limit;
            sums[lane] += within * within;
        }
    pass->squares[task] = (sums[0] + sums[1]) + (sums[2] + sums[3]);
    return SIAMESE_OK;
}

double sm_gradients_square(const sm_parameters *parameters, sm_pool *pool,
                           float limit)
{
    double sum = 0;
    for (size_t i = 0; i < parameters->count; i++) {
        double squares[SQUARE_TASKS];
        parameter_pass pass = {.parameter = parameters->items[i],
                               .limit = limit,
                               .squares = squares};
        sm_pool_run(pool, SQUARE_TASKS, square_task, &pass);
        for (size_t j = 0; j < SQUARE_TASKS; j++) sum += squares[j];
    }
    return sum;
}

/* ---- the update ---- */

/* Numbers at .. at + count - 1 of the parameter, by their gradient. */
static void update_numbers(const parameter_pass *pass, size_t at, size_t count,
                           const float *gradient)
{
    const sm_update *const u = pass->update;
    const siamese_trainer_options *const o = u->options;
    const sm_kernels *const kernels = u->kernels;
    const sm_parameter *const p = pass->parameter;
    float *const value = p->value + at;
    switch (o->optimizer) {
    case SIAMESE_OPTIMIZER_ADAMW:
        kernels->scale(count, (float)(1 - (double)u->rate * o->weight_decay),
                       value);
        /* fall through */
    case SIAMESE_OPTIMIZER_ADAM:
        kernels->adam(count, value, gradient, p->slot[0] + at, p->slot[1] + at,
                      pass->alpha, (float)(1 - o->beta1), (float)(1 - o->beta2),
                      pass->epsilon);
        break;
    case SIAMESE_OPTIMIZER_ADAGRAD:
        kernels->adagrad(count, value, gradient, p->slot[0] + at, u->rate,
                         (float)o->epsilon);
        break;
    default:
        if (o->momentum > 0)
            kernels->momentum(count, value, gradient, p->slot[0] + at, u->rate,
                              (float)o->momentum);
        else
            kernels->descend(count, value, gradient, u->rate);
    }
}

static float clip_limit(const siamese_trainer_options *o)
{
    return o->clip_value > 0 ? (float)o->clip_value : FLT_MAX;
}

static bool is_clipped(const sm_update *u)
{
    return u->options->clip_value > 0 || u->gradient_scale != 1;
}

/* The same by the gradient as it was computed, clipped on the way. */
static void update_clipped(const parameter_pass *pass, size_t at, size_t count,
                           const float *gradient)
{
    const sm_update *const u = pass->update;
    float clipped[LAID_OUT];
    if (!is_clipped(u)) {
        update_numbers(pass, at, count, gradient);
        return;
    }
    for (size_t i = 0; i < count; i += LAID_OUT) {
        size_t const n = sm_min(LAID_OUT, count - i);
        u->kernels->clip(n, gradient + i, clip_limit(u->options),
                         u->gradient_scale, clipped);
        update_numbers(pass, at + i, n, clipped);
    }
}

static sm_status update_task(void *context, size_t task, size_t worker)
{
    const parameter_pass *const pass = context;
    const sm_parameter *const p = pass->parameter;
    size_t const first = task * BLOCK;
    size_t const end = sm_min(p->count, first + BLOCK);
    float dense[LAID_OUT];
    (void)worker;
    if (!p->table) {
        update_clipped(pass, first, end - first, p->gradient + first);
        return SIAMESE_OK;
    }
    for (size_t at = first; at < end; at += LAID_OUT) {
        size_t const count = sm_min(LAID_OUT, end - at);
        sm_parameter_dense_gradient(p, at, count, dense);
        update_clipped(pass, at, count, dense);
    }
    return SIAMESE_OK;
}

static size_t task_rows(const sm_parameter *p)
{
    return sm_max(1, BLOCK / p->shape[1]);
}

/* Fetches a row that comes next: rows of a large table are in no cache. */
static void ask_for_row(const parameter_pass *pass, size_t at)
{
    const sm_parameter *const p = pass->parameter;
    size_t const slots = sm_optimizer_slots(pass->update->options);
    size_t const line = 64 / sizeof *p->value;
    for (size_t i = 0; i < p->shape[1]; i += line) {
        __builtin_prefetch(p->value + at + i, 1);
        for (size_t s = 0; s < slots; s++)
            __builtin_prefetch(p->slot[s] + at + i, 1);
    }
}

static sm_status update_rows_task(void *context, size_t task, size_t worker)
{
    const parameter_pass *const pass = context;
    const sm_parameter *const p = pass->parameter;
    size_t const width = p->shape[1], first = task * task_rows(p);
    size_t const end = sm_min(p->touched_count, first + task_rows(p));
    float made[SM_MADE_ROW];
    (void)worker;
    for (size_t i = first; i < end; i++) {
        if (i + 1 < end) ask_for_row(pass, (size_t)p->touched[i + 1] * width);
        update_clipped(pass, (size_t)p->touched[i] * width, width,
                       sm_parameter_read_row(p, i, made));
    }
    return SIAMESE_OK;
}

void sm_optimizer_update(const sm_update *update, sm_parameters *parameters,
                         sm_pool *pool)
{
    const siamese_trainer_options *const o = update->options;
    for (size_t i = 0; i < parameters->count; i++) {
        const sm_parameter *const p = parameters->items[i];
        parameter_pass pass = {.parameter = p,
                               .update = update,
                               .alpha =
                                   sm_adam_alpha(o, update->rate, update->t),
                               .epsilon = adam_epsilon(o, update->t)};
        if (p->table && rows_alone(o))
            sm_pool_run(pool, sm_chunks(p->touched_count, task_rows(p)),
                        update_rows_task, &pass);
        else
            sm_pool_run(pool, sm_chunks(p->count, BLOCK), update_task, &pass);
    }
}
