/* Option structs of older headers: cut at any member, what is lacking has its
 * default, which is what the library did before the member came. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

enum { MOST = 1024 };

/* One kind of options: what is made of them, and the options in force. */
typedef struct kind {
    const char *name;
    size_t size;
    siamese_status (*init)(void *options, size_t size);
    siamese_status (*made_with)(const void *options, void *in_force);
} kind;

#define KIND(type, made, create)                                               \
    static siamese_status type##_init(void *options, size_t size)              \
    {                                                                          \
        return siamese_##type##_options_init(options, size);                   \
    }                                                                          \
    static siamese_status type##_made_with(const void *options,                \
                                           void *in_force)                     \
    {                                                                          \
        siamese_##made *handle;                                                \
        siamese_status status = create;                                        \
        if (status) return status;                                             \
        status = siamese_##made##_get_options(handle, in_force);               \
        siamese_##made##_free(handle);                                         \
        return status;                                                         \
    }

static siamese_tower *tower; /* for trainers */

KIND(vocab, vocab, siamese_vocab_create(&handle, options))
KIND(tower, tower, siamese_tower_create(&handle, options))
KIND(trainer, trainer, siamese_trainer_create(&handle, tower, tower, options))
KIND(index, index, siamese_index_create(&handle, 3, options))

#define ROW(type)                                                              \
    {#type, sizeof(siamese_##type##_options), type##_init, type##_made_with}

static const kind kinds[] = {ROW(vocab), ROW(tower), ROW(trainer), ROW(index)};

enum { KINDS = sizeof kinds / sizeof *kinds };

static int setup(void **state)
{
    siamese_field_options field;
    (void)state;
    assert_int_equal(siamese_field_options_init(&field, sizeof field), 0);
    field.kind = SIAMESE_FIELD_NUMBERS;
    assert_int_equal(siamese_tower_create(&tower, NULL), 0);
    return siamese_tower_add_field(tower, "price", NULL, &field);
}

static int teardown(void **state)
{
    (void)state;
    siamese_tower_free(tower);
    return 0;
}

/* A heap block of just that size, so that a byte too many is seen. */
static void *older_struct(const kind *k, size_t size)
{
    void *const options = malloc(size);
    assert_int_equal(k->init(options, size), 0);
    return options;
}

static void older__arguments_have_the_defaults(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++)
        for (size_t size = sizeof(size_t); size <= kinds[i].size; size += 4) {
            _Alignas(8) unsigned char whole[MOST], in_force[MOST];
            void *const options = older_struct(&kinds[i], size);
            assert_int_equal(kinds[i].init(whole, kinds[i].size), 0);
            assert_int_equal(kinds[i].init(in_force, kinds[i].size), 0);
            assert_int_equal(kinds[i].made_with(options, in_force), 0);
            if (memcmp(whole, in_force, kinds[i].size))
                fail_msg("%s options of %zu bytes", kinds[i].name, size);
            free(options);
        }
}

static void older__results_are_cut(void **state)
{
    (void)state;
    for (size_t i = 0; i < KINDS; i++)
        for (size_t size = sizeof(size_t); size <= kinds[i].size; size += 4) {
            _Alignas(8) unsigned char whole[MOST];
            void *const options = older_struct(&kinds[i], size);
            void *const in_force = older_struct(&kinds[i], size);
            assert_int_equal(kinds[i].init(whole, kinds[i].size), 0);
            assert_int_equal(kinds[i].made_with(options, in_force), 0);
            memcpy(whole, &size, sizeof size);
            assert_memory_equal(in_force, whole, size);
            free(options);
            free(in_force);
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(older__arguments_have_the_defaults),
        cmocka_unit_test(older__results_are_cut),
    };
    return cmocka_run_group_tests_name("older_structs", tests, setup, teardown);
}
