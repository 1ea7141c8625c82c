/* Presets: each of their settings is one that the library takes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

typedef struct all_options {
    siamese_vocab_options vocab;
    siamese_tower_options tower;
    siamese_trainer_options trainer;
    siamese_index_options index;
    siamese_ranker_options ranker;
} all_options;

static void init(all_options *o)
{
    assert_int_equal(siamese_vocab_options_init(&o->vocab, sizeof o->vocab), 0);
    assert_int_equal(siamese_tower_options_init(&o->tower, sizeof o->tower), 0);
    assert_int_equal(
        siamese_trainer_options_init(&o->trainer, sizeof o->trainer), 0);
    assert_int_equal(siamese_index_options_init(&o->index, sizeof o->index), 0);
    assert_int_equal(siamese_ranker_options_init(&o->ranker, sizeof o->ranker),
                     0);
}

static siamese_status set(all_options *o, const siamese_preset_setting *s)
{
    if (strcmp(s->kind, "vocab") == 0)
        return siamese_vocab_options_set(&o->vocab, s->name, s->value);
    if (strcmp(s->kind, "tower") == 0)
        return siamese_tower_options_set(&o->tower, s->name, s->value);
    if (strcmp(s->kind, "trainer") == 0)
        return siamese_trainer_options_set(&o->trainer, s->name, s->value);
    if (strcmp(s->kind, "ranker") == 0)
        return siamese_ranker_options_set(&o->ranker, s->name, s->value);
    assert_string_equal(s->kind, "index");
    return siamese_index_options_set(&o->index, s->name, s->value);
}

static void presets__apply_is_each_setting_in_turn(void **state)
{
    siamese_preset_info info = {.struct_size = sizeof info};
    size_t presets = 0;
    (void)state;
    for (; siamese_preset_describe(presets, &info) == SIAMESE_OK; presets++) {
        siamese_preset_setting s = {.struct_size = sizeof s};
        all_options one, all;
        size_t i = 0;
        init(&one);
        init(&all);
        assert_true(strlen(info.help) > 10);
        for (; siamese_preset_get(info.name, i, &s) == SIAMESE_OK; i++)
            assert_int_equal(set(&one, &s), 0);
        assert_true(i > 0);
        assert_int_equal(siamese_preset_apply(info.name, &all.vocab, &all.tower,
                                              &all.trainer, &all.index),
                         0);
        assert_int_equal(siamese_preset_apply_ranker(info.name, &all.ranker),
                         0);
        assert_memory_equal(&one, &all, sizeof all);
        assert_int_equal(
            siamese_preset_apply(info.name, NULL, NULL, NULL, NULL), 0);
    }
    assert_true(presets >= 3);
    assert_int_equal(siamese_preset_describe(presets, &info),
                     SIAMESE_E_NOT_FOUND);
}

/* Towers and trainers of each can be made. */
static void presets__make_trainers(void **state)
{
    siamese_text const text = {"oak writing desk", 16};
    siamese_preset_info info = {.struct_size = sizeof info};
    (void)state;
    for (size_t i = 0; siamese_preset_describe(i, &info) == SIAMESE_OK; i++) {
        siamese_vocab *vocab = NULL;
        siamese_tower *tower = NULL;
        siamese_trainer *trainer = NULL;
        siamese_index *index = NULL;
        all_options o;
        init(&o);
        assert_int_equal(siamese_preset_apply(info.name, &o.vocab, &o.tower,
                                              &o.trainer, &o.index),
                         0);
        assert_int_equal(siamese_vocab_create(&vocab, &o.vocab), 0);
        assert_int_equal(siamese_vocab_add(vocab, &text, 1), 0);
        assert_int_equal(siamese_vocab_finish(vocab), 0);
        assert_int_equal(siamese_tower_create(&tower, &o.tower), 0);
        assert_int_equal(siamese_tower_add_field(tower, "text", vocab, NULL),
                         0);
        assert_int_equal(
            siamese_trainer_create(&trainer, tower, tower, &o.trainer), 0);
        assert_int_equal(
            siamese_index_create(&index, siamese_tower_dim(tower), &o.index),
            0);
        siamese_index_free(index);
        siamese_trainer_free(trainer);
        siamese_tower_free(tower);
        siamese_vocab_free(vocab);
    }
}

/* What an older host's struct, which ends before the option, must hold. */
static void presets__give_older_structs_what_they_have(void **state)
{
    static size_t const sizes[] = {
        sizeof(size_t), offsetof(siamese_tower_options, threads),
        offsetof(siamese_tower_options, encoder),
        offsetof(siamese_tower_options, table_precision),
        sizeof(siamese_tower_options)};
    (void)state;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        all_options whole, older;
        init(&whole);
        init(&older);
        assert_int_equal(siamese_preset_apply("default", &whole.vocab,
                                              &whole.tower, NULL, NULL),
                         0);
        memset(&older.tower, 0x5a, sizeof older.tower);
        assert_int_equal(siamese_tower_options_init(&older.tower, sizes[i]), 0);
        assert_int_equal(siamese_preset_apply("default", &older.vocab,
                                              &older.tower, NULL, NULL),
                         0);
        assert_memory_equal(&older.vocab, &whole.vocab, sizeof whole.vocab);
        assert_int_equal(older.tower.struct_size, sizes[i]);
        memcpy(&whole.tower, &sizes[i], sizeof sizes[i]);
        assert_memory_equal(&older.tower, &whole.tower, sizes[i]);
        for (size_t at = sizes[i]; at < sizeof older.tower; at++)
            assert_int_equal(((unsigned char *)&older.tower)[at], 0x5a);
    }
}

/* A struct of a newer host, larger than the library's. */
static void presets__leave_the_tail_of_newer_structs(void **state)
{
    struct {
        siamese_trainer_options known;
        uint64_t more[2];
    } newer;
    (void)state;
    assert_int_equal(siamese_trainer_options_init(&newer.known, sizeof newer),
                     0);
    newer.more[1] = 7;
    assert_int_equal(
        siamese_preset_apply("default", NULL, NULL, &newer.known, NULL), 0);
    assert_int_equal(newer.known.optimizer, SIAMESE_OPTIMIZER_ADAGRAD);
    assert_int_equal(newer.known.struct_size, sizeof newer);
    assert_int_equal(newer.more[1], 7);
}

static void presets__apply_to_all_or_to_none(void **state)
{
    static size_t const wrong[] = {0, 1, 65537, SIZE_MAX};
    (void)state;
    for (int which = 0; which < 4; which++)
        for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
            static const char *const names[] = {"vocab", "tower", "trainer",
                                                "index"};
            all_options o, before;
            init(&o);
            size_t *const sizes[] = {&o.vocab.struct_size, &o.tower.struct_size,
                                     &o.trainer.struct_size,
                                     &o.index.struct_size};
            *sizes[which] = wrong[i];
            memcpy(&before, &o, sizeof o);
            assert_int_equal(siamese_preset_apply("default", &o.vocab, &o.tower,
                                                  &o.trainer, &o.index),
                             SIAMESE_E_ARGUMENT);
            assert_memory_equal(&o, &before, sizeof o);
            assert_int_equal(strncmp(siamese_last_error(), names[which],
                                     strlen(names[which])),
                             0);
        }
}

static void presets__refusals(void **state)
{
    siamese_preset_setting s = {.struct_size = sizeof s};
    siamese_preset_info info = {.struct_size = 0};
    (void)state;
    assert_int_equal(siamese_preset_get("notebok", 0, &s), SIAMESE_E_OPTION);
    assert_non_null(strstr(siamese_last_error(), "notebook"));
    assert_int_equal(siamese_preset_get(NULL, 0, &s), SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_preset_get("notebook", 99, &s),
                     SIAMESE_E_NOT_FOUND);
    assert_int_equal(siamese_preset_apply("", NULL, NULL, NULL, NULL),
                     SIAMESE_E_OPTION);
    assert_int_equal(siamese_preset_describe(0, &info), SIAMESE_E_ARGUMENT);
    assert_int_equal(siamese_preset_describe(0, NULL), SIAMESE_E_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(presets__apply_is_each_setting_in_turn),
        cmocka_unit_test(presets__make_trainers),
        cmocka_unit_test(presets__give_older_structs_what_they_have),
        cmocka_unit_test(presets__leave_the_tail_of_newer_structs),
        cmocka_unit_test(presets__apply_to_all_or_to_none),
        cmocka_unit_test(presets__refusals),
    };
    return cmocka_run_group_tests_name("presets", tests, NULL, NULL);
}
