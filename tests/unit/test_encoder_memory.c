/* Recurrent encoders and transformers when memory runs out: each allocation of
 * creating one, of a pass and of encoding made to fail in turn, and the same
 * work done afterwards. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "nn/encoder_types.h"
#include "random_numbers.h"

enum { ROWS = 90, LENGTH = 4, TABLE = 30, DIM_MAX = 10 };

static size_t allowed, live;

static void *limited_allocate(void *user, size_t size)
{
    (void)user;
    if (allowed == 0) return NULL;
    allowed--;
    live++;
    return malloc(size);
}

static void *limited_reallocate(void *user, void *pointer, size_t size)
{
    (void)user;
    if (allowed == 0) return NULL;
    allowed--;
    return realloc(pointer, size);
}

static void limited_deallocate(void *user, void *pointer)
{
    (void)user;
    live -= pointer != NULL;
    free(pointer);
}

typedef struct work {
    sm_pool *pool;
    sm_parameters list;
    sm_encoder *encoder;
    sm_encoder_pass *pass;
    sm_encoder_scratch *scratch;
    int32_t ids[ROWS * LENGTH];
    size_t offsets[ROWS + 1];
    float gradients[ROWS * DIM_MAX], vectors[ROWS * DIM_MAX];
} work;

static sm_status start(work *w, const sm_encoder_config *config)
{
    SM_RETURN_IF_ERROR(sm_pool_create(&w->pool, 1));
    SM_RETURN_IF_ERROR(sm_encoder_create(&w->encoder, &w->list, config));
    SM_RETURN_IF_ERROR(sm_parameters_train(&w->list, 0));
    SM_RETURN_IF_ERROR(w->encoder->type->initialise(w->encoder, 1));
    w->encoder->type->update(w->encoder, sm_kernels_best());
    SM_RETURN_IF_ERROR(w->encoder->type->pass_create(&w->pass));
    return w->encoder->type->scratch_create(&w->scratch);
}

static sm_status step(work *w, size_t rows)
{
    const sm_encoder_type *const type = w->encoder->type;
    SM_RETURN_IF_ERROR(
        type->forward(w->encoder, w->pool, w->pass, w->ids, w->offsets, rows));
    SM_RETURN_IF_ERROR(
        type->backward(w->encoder, w->pool, w->pass, w->gradients));
    return type->encode(w->encoder, w->scratch, w->ids, w->offsets, rows,
                        w->vectors);
}

static void end(work *w)
{
    sm_encoder_pass_free(w->pass);
    sm_encoder_scratch_free(w->scratch);
    sm_encoder_free(w->encoder);
    sm_parameters_free(&w->list);
    sm_pool_free(w->pool);
    assert_int_equal(live, 0);
}

static void make_rows(work *w)
{
    test_random random = {3};
    for (size_t r = 0; r < ROWS; r++) {
        size_t const count = test_random_below(&random, LENGTH + 1);
        for (size_t i = 0; i < count; i++)
            w->ids[w->offsets[r] + i] =
                (int32_t)test_random_below(&random, TABLE);
        w->offsets[r + 1] = w->offsets[r] + count;
    }
    test_random_floats(&random, 1, w->gradients, ROWS * DIM_MAX);
}

/* The vectors and a gradient of work to which memory was given at last. */
static void check_finished(const work *w, float *vectors, float *gradient)
{
    const sm_parameter *const kernel = w->list.items[1];
    if (vectors[0] == 0) {
        memcpy(vectors, w->vectors, sizeof w->vectors);
        memcpy(gradient, kernel->gradient, kernel->count * sizeof *gradient);
    }
    assert_memory_equal(vectors, w->vectors, sizeof w->vectors);
    assert_memory_equal(gradient, kernel->gradient,
                        kernel->count * sizeof *gradient);
}

static void check_kind(const sm_encoder_config *config)
{
    static float vectors[ROWS * DIM_MAX], gradient[200];
    work *const w = malloc(sizeof *w);
    size_t failures = 0;
    memset(vectors, 0, sizeof vectors);
    for (size_t turn = 0;; turn++) {
        memset(w, 0, sizeof *w);
        make_rows(w);
        allowed = turn;
        sm_status status = start(w, config);
        if (status == SIAMESE_OK) status = step(w, 2);
        if (status == SIAMESE_OK) status = step(w, ROWS);
        int const done = status == SIAMESE_OK;
        allowed = SIZE_MAX;
        if (!done) {
            assert_int_equal(status, SIAMESE_E_MEMORY);
            failures++;
        }
        /* what was made goes on when there is memory */
        if (!done && w->scratch) assert_int_equal(step(w, ROWS), 0);
        if (w->scratch) check_finished(w, vectors, gradient);
        end(w);
        if (done) break;
    }
    assert_true(failures > 30);
    free(w);
}

static void check_recurrent(int32_t kind, size_t layers, int32_t mask_zero)
{
    sm_encoder_config const config = {.kind = kind,
                                      .table = TABLE,
                                      .length = LENGTH,
                                      .embedding_dim = 3,
                                      .mask_zero = mask_zero,
                                      .units = DIM_MAX / 2,
                                      .layers = layers,
                                      .bidirectional = 1};
    check_kind(&config);
}

static void check_transformer(int32_t norm_first)
{
    sm_encoder_config const config = {.kind = SIAMESE_ENCODER_TRANSFORMER,
                                      .table = TABLE,
                                      .length = LENGTH,
                                      .embedding_dim = 4,
                                      .layers = 2,
                                      .heads = 2,
                                      .feed_forward = 5,
                                      .norm_first = norm_first,
                                      .dropout = 0.1,
                                      .layer_norm_epsilon = 1e-12};
    check_kind(&config);
}

static void test_memory__may_fail_at_any_allocation(void **state)
{
    siamese_allocator const limited = {sizeof limited, NULL, limited_allocate,
                                       limited_reallocate, limited_deallocate};
    (void)state;
    allowed = SIZE_MAX;
    assert_int_equal(siamese_set_allocator(&limited), 0);
    for (size_t layers = 1; layers <= 3; layers += 2)
        for (int32_t mask = 0; mask < 2; mask++) {
            check_recurrent(SIAMESE_ENCODER_LSTM, layers, mask);
            check_recurrent(SIAMESE_ENCODER_GRU, layers, mask);
        }
    for (int32_t norm_first = 0; norm_first < 2; norm_first++)
        check_transformer(norm_first);
    assert_int_equal(siamese_set_allocator(NULL), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_memory__may_fail_at_any_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
