/* Options of every kind: defaults, by name, by struct of any version, and what
 * is refused with what text. */
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>
#include <siamese/siamese.h>

/* ---- the kinds ---- */

typedef struct option_kind {
    const char *name;
    size_t size;
    siamese_status (*init)(void *o, size_t size);
    siamese_status (*set)(void *o, const char *name, const char *value);
    siamese_status (*get)(const void *o, const char *name, char *buf,
                          size_t size, size_t *needed);
    siamese_status (*describe)(size_t i, siamese_option_info *info);
} option_kind;

#define KIND_FUNCTIONS(X)                                                      \
    static siamese_status X##_init(void *o, size_t size)                       \
    {                                                                          \
        return siamese_##X##_options_init(o, size);                            \
    }                                                                          \
    static siamese_status X##_set(void *o, const char *name,                   \
                                  const char *value)                           \
    {                                                                          \
        return siamese_##X##_options_set(o, name, value);                      \
    }                                                                          \
    static siamese_status X##_get(const void *o, const char *name, char *buf,  \
                                  size_t size, size_t *needed)                 \
    {                                                                          \
        return siamese_##X##_options_get(o, name, buf, size, needed);          \
    }
KIND_FUNCTIONS(vocab)
KIND_FUNCTIONS(tower)
KIND_FUNCTIONS(field)
KIND_FUNCTIONS(trainer)
KIND_FUNCTIONS(index)
KIND_FUNCTIONS(search)
KIND_FUNCTIONS(save)
KIND_FUNCTIONS(load)
KIND_FUNCTIONS(evaluator)
KIND_FUNCTIONS(items)
KIND_FUNCTIONS(model)

#define KIND(X)                                                                \
    {#X, sizeof(siamese_##X##_options), X##_init, X##_set, X##_get,            \
     siamese_##X##_options_describe}
static const option_kind kinds[] = {KIND(vocab),   KIND(tower), KIND(field),
                                    KIND(trainer), KIND(index), KIND(search),
                                    KIND(save),    KIND(load),  KIND(evaluator),
                                    KIND(items),   KIND(model)};
enum { KINDS = sizeof kinds / sizeof kinds[0], ROOM = 512 };

/* Room for a struct of any kind, and what a later version may append. */
typedef union any_options {
    size_t struct_size;
    double aligned;
    unsigned char bytes[ROOM];
} any_options;

static siamese_option_info describe(const option_kind *kind, size_t i)
{
    siamese_option_info info = {.struct_size = sizeof info};
    assert_int_equal(kind->describe(i, &info), 0);
    return info;
}

static size_t option_count(const option_kind *kind)
{
    siamese_option_info info = {.struct_size = sizeof info};
    size_t count = 0;
    while (kind->describe(count, &info) == 0) count++;
    return count;
}

static void check_error(const char *part)
{
    if (strstr(siamese_last_error(), part) == NULL)
        fail_msg("'%s' is not in: %s", part, siamese_last_error());
}

/* ---- every kind ---- */

static void test_options__can_be_enumerated(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        size_t const count = option_count(&kinds[k]);
        assert_in_range(count, 1, 100);
        for (size_t i = 0; i < count; i++) {
            siamese_option_info const info = describe(&kinds[k], i);
            assert_true(strlen(info.name) > 0 && strlen(info.help) > 0);
            assert_true(strlen(info.range) > 0);
            assert_true(strlen(info.default_value) > 0);
            assert_true(strcmp(info.type, "float") == 0 ||
                        strcmp(info.type, "integer") == 0 ||
                        strcmp(info.type, "choice") == 0 ||
                        strcmp(info.type, "list") == 0 ||
                        strcmp(info.type, "flag") == 0);
        }
        siamese_option_info info = {.struct_size = sizeof info};
        assert_int_equal(kinds[k].describe(count, &info), SIAMESE_E_NOT_FOUND);
        assert_int_equal(kinds[k].describe(SIZE_MAX, &info),
                         SIAMESE_E_NOT_FOUND);
        assert_int_equal(kinds[k].describe(0, NULL), SIAMESE_E_ARGUMENT);
        info.struct_size = 0;
        assert_int_equal(kinds[k].describe(0, &info), SIAMESE_E_ARGUMENT);
    }
}

/* "0 .. 9": both ends are taken, and no integer beyond. */
static void test_options__ranges_name_their_ends(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++)
        for (size_t i = 0; i < option_count(&kinds[k]); i++) {
            siamese_option_info const info = describe(&kinds[k], i);
            int const real = strcmp(info.type, "float") == 0;
            any_options options;
            char first[64], beyond[64];
            if (!real && strcmp(info.type, "integer") != 0) continue;
            kinds[k].init(&options, kinds[k].size);
            const char *const dots = strstr(info.range, " .. ");
            if (dots == NULL) fail_msg("%s: %s", info.name, info.range);
            snprintf(first, sizeof first, "%.*s", (int)strcspn(info.range, " "),
                     info.range);
            assert_int_equal(kinds[k].set(&options, info.name, first), 0);
            assert_int_equal(kinds[k].set(&options, info.name, dots + 4), 0);
            if (real) continue;
            snprintf(beyond, sizeof beyond, "%llu",
                     strtoull(dots + 4, NULL, 10) + 2);
            if (strtoull(beyond, NULL, 10) < 2) continue;
            assert_int_equal(kinds[k].set(&options, info.name, beyond),
                             SIAMESE_E_OPTION);
        }
}

/* A default as described, set by name, is what init has filled in. */
static void test_options__begin_with_their_described_defaults(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        any_options first, second;
        assert_int_equal(kinds[k].init(&first, kinds[k].size), 0);
        assert_int_equal(first.struct_size, kinds[k].size);
        memcpy(&second, &first, kinds[k].size);
        for (size_t i = 0; i < option_count(&kinds[k]); i++) {
            siamese_option_info const info = describe(&kinds[k], i);
            char text[64];
            size_t needed = 0;
            assert_int_equal(
                kinds[k].set(&second, info.name, info.default_value), 0);
            assert_memory_equal(&first, &second, kinds[k].size);
            /* and what get writes, set reads */
            assert_int_equal(
                kinds[k].get(&first, info.name, text, sizeof text, &needed), 0);
            assert_int_equal(needed, strlen(text));
            assert_int_equal(kinds[k].set(&second, info.name, text), 0);
            assert_memory_equal(&first, &second, kinds[k].size);
        }
    }
}

static void test_options__names_that_are_unknown_list_the_known(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        any_options o;
        char text[8];
        size_t const count = option_count(&kinds[k]);
        kinds[k].init(&o, kinds[k].size);
        static const char *const unknown[] = {"", "learning rate", "Threads"};
        for (size_t n = 0; n < 3; n++) {
            assert_int_equal(kinds[k].set(&o, unknown[n], "1"),
                             SIAMESE_E_OPTION);
            assert_int_equal(
                kinds[k].get(&o, unknown[n], text, sizeof text, NULL),
                SIAMESE_E_OPTION);
            check_error(kinds[k].name);
            for (size_t i = 0; i < count; i++)
                check_error(describe(&kinds[k], i).name);
        }
    }
}

static void test_options__bad_values_name_what_is_accepted(void **state)
{
    static const char *const bad[] = {
        "",    " ",   "maybe", "-1",    "1x", "nan",
        "inf", "0x1", "1,5",   "1e999", "\n", "99999999999999999999999"};
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        any_options o, before;
        kinds[k].init(&o, kinds[k].size);
        memcpy(&before, &o, sizeof o);
        for (size_t i = 0; i < option_count(&kinds[k]); i++)
            for (size_t b = 0; b < sizeof bad / sizeof bad[0]; b++) {
                siamese_option_info const info = describe(&kinds[k], i);
                if (strcmp(info.type, "list") == 0 &&
                    strcmp(bad[b], "1,5") == 0)
                    continue;
                if (info.range[0] == '-' && strcmp(bad[b], "-1") == 0) continue;
                assert_int_equal(kinds[k].set(&o, info.name, bad[b]),
                                 SIAMESE_E_OPTION);
                check_error(info.name);
                check_error(info.range);
                assert_memory_equal(&o, &before, kinds[k].size);
            }
    }
}

static void test_options__null_arguments_are_refused(void **state)
{
    char text[64];
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        any_options o;
        const char *const name = describe(&kinds[k], 0).name;
        kinds[k].init(&o, kinds[k].size);
        assert_int_equal(kinds[k].init(NULL, 64), SIAMESE_E_ARGUMENT);
        assert_int_equal(kinds[k].set(NULL, name, "1"), SIAMESE_E_ARGUMENT);
        assert_int_equal(kinds[k].set(&o, NULL, "1"), SIAMESE_E_ARGUMENT);
        assert_int_equal(kinds[k].set(&o, name, NULL), SIAMESE_E_ARGUMENT);
        assert_int_equal(kinds[k].get(NULL, name, text, 64, NULL),
                         SIAMESE_E_ARGUMENT);
        assert_int_equal(kinds[k].get(&o, NULL, text, 64, NULL),
                         SIAMESE_E_ARGUMENT);
    }
}

/* Smaller and larger structs: nothing outside of struct_size is touched. */
static void test_options__structs_of_other_versions_are_respected(void **state)
{
    (void)state;
    for (size_t k = 0; k < KINDS; k++) {
        any_options whole, part;
        kinds[k].init(&whole, kinds[k].size);
        for (size_t size = sizeof(size_t); size <= kinds[k].size + 40;
             size += 4) {
            memset(&part, 0xa5, sizeof part);
            assert_int_equal(kinds[k].init(&part, size), 0);
            assert_int_equal(part.struct_size, size);
            for (size_t i = size; i < ROOM; i++)
                assert_int_equal(part.bytes[i], 0xa5);
            for (size_t i = kinds[k].size; i < size; i++)
                assert_int_equal(part.bytes[i], 0);
            for (size_t i = 0; i < option_count(&kinds[k]); i++) {
                siamese_option_info const info = describe(&kinds[k], i);
                char text[64];
                siamese_status const status =
                    kinds[k].set(&part, info.name, info.default_value);
                assert_int_equal(
                    kinds[k].get(&part, info.name, text, sizeof text, NULL),
                    status);
                if (status) assert_int_equal(status, SIAMESE_E_OPTION);
                if (size >= kinds[k].size) assert_int_equal(status, 0);
            }
            for (size_t i = size; i < ROOM; i++)
                assert_int_equal(part.bytes[i], 0xa5);
        }
        for (size_t size = 0; size < sizeof(size_t); size++)
            assert_int_equal(kinds[k].init(&part, size), SIAMESE_E_ARGUMENT);
        assert_int_equal(kinds[k].init(&part, SIZE_MAX), SIAMESE_E_ARGUMENT);
    }
}

static void test_get__tells_the_size_that_is_needed(void **state)
{
    siamese_tower_options o;
    char text[16];
    size_t needed = 0;
    (void)state;
    siamese_tower_options_init(&o, sizeof o);
    o.embedding_dim = 12345;
    assert_int_equal(
        siamese_tower_options_get(&o, "embedding_dim", NULL, 0, &needed),
        SIAMESE_E_RANGE);
    assert_int_equal(needed, 5);
    memset(text, 'x', sizeof text);
    assert_int_equal(
        siamese_tower_options_get(&o, "embedding_dim", text, 5, &needed),
        SIAMESE_E_RANGE);
    assert_int_equal(text[0], 'x');
    assert_int_equal(
        siamese_tower_options_get(&o, "embedding_dim", text, 6, NULL), 0);
    assert_memory_equal(text, "12345\0xx", 8);
}

/* ---- values by type ---- */

static void check_get(const siamese_tower_options *o, const char *name,
                      const char *expected)
{
    char text[64];
    assert_int_equal(siamese_tower_options_get(o, name, text, 64, NULL), 0);
    assert_string_equal(text, expected);
}

static void test_seed__is_exact_over_64_bits(void **state)
{
    static const struct {
        const char *text;
        uint64_t value;
    } good[] = {{"0", 0},
                {"9007199254740993", UINT64_C(9007199254740993)},
                {"18446744073709551614", UINT64_MAX - 1},
                {"18446744073709551615", UINT64_MAX}};
    static const char *const bad[] = {
        "18446744073709551616", "1.0", "+1", " 1", "1 ", "1e3", "0b1", "1'000"};
    siamese_tower_options o;
    (void)state;
    siamese_tower_options_init(&o, sizeof o);
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(siamese_tower_options_set(&o, "seed", good[i].text),
                         0);
        assert_true(o.seed == good[i].value);
        check_get(&o, "seed", good[i].text);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(siamese_tower_options_set(&o, "seed", bad[i]),
                         SIAMESE_E_OPTION);
    assert_true(o.seed == UINT64_MAX);
}

static void test_integers__keep_their_bounds(void **state)
{
    siamese_tower_options o;
    (void)state;
    siamese_tower_options_init(&o, sizeof o);
    assert_int_equal(siamese_tower_options_set(&o, "units", "1"), 0);
    assert_int_equal(siamese_tower_options_set(&o, "units", "8192"), 0);
    assert_int_equal(siamese_tower_options_set(&o, "units", "0"),
                     SIAMESE_E_OPTION);
    assert_int_equal(siamese_tower_options_set(&o, "units", "8193"),
                     SIAMESE_E_OPTION);
    assert_int_equal(o.units, 8192);
    assert_int_equal(siamese_tower_options_set(&o, "threads", "1024"), 0);
    assert_int_equal(o.threads, 1024);
    assert_int_equal(siamese_tower_options_set(&o, "threads", "4294967297"),
                     SIAMESE_E_OPTION);
}

static void test_choices__are_whole_words(void **state)
{
    static const char *const words[] = {"auto", "portable", "avx2", "avx512",
                                        "neon"};
    static const char *const bad[] = {"avx", "avx5122",         "AVX2", "1",
                                      "|",   "auto | portable", "auto "};
    siamese_tower_options o;
    (void)state;
    siamese_tower_options_init(&o, sizeof o);
    for (int32_t i = 0; i < 5; i++) {
        assert_int_equal(siamese_tower_options_set(&o, "kernel", words[i]), 0);
        assert_int_equal(o.kernel, i);
        check_get(&o, "kernel", words[i]);
    }
    for (size_t i = 0; i < 7; i++)
        assert_int_equal(siamese_tower_options_set(&o, "kernel", bad[i]),
                         SIAMESE_E_OPTION);
    assert_int_equal(o.kernel, 4);
}

static void test_flags__take_the_usual_words(void **state)
{
    static const char *const words[] = {"0",     "1",    "no",  "yes",
                                        "false", "true", "off", "on"};
    siamese_search_options o;
    (void)state;
    siamese_search_options_init(&o, sizeof o);
    for (int32_t i = 0; i < 8; i++) {
        assert_int_equal(siamese_search_options_set(&o, "exact", words[i]), 0);
        assert_int_equal(o.exact, i % 2);
    }
    assert_int_equal(siamese_search_options_set(&o, "exact", "2"),
                     SIAMESE_E_OPTION);
}

static void check_numbers(void)
{
    static const struct {
        const char *text, *shown;
        double value;
    } good[] = {
        {"0.003", "0.003", 0.003},
        {"3e-3", "0.003", 0.003},
        {".5", "0.5", 0.5},
        {"2.", "2", 2},
        {"+1.5E1", "15", 15},
        {"0.1", "0.1", 0.1},
        {"0.30000000000000004", "0.30000000000000004", 0.30000000000000004}};
    static const char *const bad[] = {"1,5", "0,003", "1.2.3", ".",   "e5",
                                      "1e",  "--1",   "0.1f",  "0.5 "};
    siamese_trainer_options o;
    char text[64];
    siamese_trainer_options_init(&o, sizeof o);
    assert_true(o.learning_rate == 0.001 && o.epsilon == 1e-7);
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        assert_int_equal(
            siamese_trainer_options_set(&o, "learning_rate", good[i].text), 0);
        assert_true(o.learning_rate == good[i].value);
        assert_int_equal(siamese_trainer_options_get(&o, "learning_rate", text,
                                                     sizeof text, NULL),
                         0);
        assert_string_equal(text, good[i].shown);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        assert_int_equal(
            siamese_trainer_options_set(&o, "learning_rate", bad[i]),
            SIAMESE_E_OPTION);
    check_error("learning_rate");
}

static void test_numbers__are_read_and_written_exactly(void **state)
{
    (void)state;
    check_numbers();
}

/* Makes a locale whose decimal point is this, and switches to it. */
static int use_decimal_point(const char *folder, const char *point)
{
    char path[256], command[1024];
    snprintf(path, sizeof path, "%s/source", folder);
    FILE *const source = fopen(path, "w");
    if (source == NULL) return 0;
    fprintf(source,
            "LC_CTYPE\ncopy \"POSIX\"\nEND LC_CTYPE\nLC_NUMERIC\n"
            "decimal_point \"%s\"\nthousands_sep \"\"\ngrouping -1\n"
            "END LC_NUMERIC\n",
            point);
    fclose(source);
    snprintf(command, sizeof command,
             "cd %s && rm -rf xx_XX && localedef -c -f UTF-8 -i ./source "
             "./xx_XX >/dev/null 2>&1",
             folder);
    (void)!system(command);
    setenv("LOCPATH", folder, 1);
    setlocale(LC_NUMERIC, "C"); /* forget an earlier one of that name */
    return setlocale(LC_NUMERIC, "xx_XX") != NULL;
}

static void test_numbers__are_the_same_in_every_locale(void **state)
{
    static const char *const points[] = {"<U002C>", "<U066B>"};
    char folder[] = "/tmp/siamese-locale-XXXXXX", command[128], shown[16];
    (void)state;
    assert_non_null(mkdtemp(folder));
    int made = 0;
    for (size_t i = 0; i < 2; i++) {
        if (!use_decimal_point(folder, points[i])) continue;
        snprintf(shown, sizeof shown, "%.1f", 0.5);
        if (strcmp(shown, "0.5") == 0) continue;
        made++;
        check_numbers();
    }
    setlocale(LC_NUMERIC, "C");
    snprintf(command, sizeof command, "rm -rf %s", folder);
    assert_int_equal(system(command), 0);
    if (made == 0) skip(); /* no localedef, or no charmap for it */
}

/* ---- structs that are given to create ---- */

static void test_create__takes_structs_of_other_versions(void **state)
{
    any_options large;
    siamese_tower *tower = NULL;
    siamese_tower_options now = {.struct_size = sizeof now};
    (void)state;
    /* an older host knew embedding_dim alone; what follows is not read */
    siamese_tower_options old = {.struct_size =
                                     offsetof(siamese_tower_options, units),
                                 .embedding_dim = 24,
                                 .units = 99,
                                 .seed = 99,
                                 .threads = -1,
                                 .kernel = 77};
    assert_int_equal(siamese_tower_create(&tower, &old), 0);
    assert_int_equal(siamese_tower_get_options(tower, &now), 0);
    assert_int_equal(now.embedding_dim, 24);
    assert_int_equal(now.units, 8);
    assert_int_equal(now.seed, 1);
    siamese_tower_free(tower);
    tower = NULL;
    /* a newer one knows more, and has not used it */
    siamese_tower_options_init((void *)&large, ROOM);
    assert_int_equal(siamese_tower_create(&tower, (void *)&large), 0);
    assert_int_equal(siamese_tower_get_options(tower, (void *)&large), 0);
    assert_int_equal(large.struct_size, ROOM);
    siamese_tower_free(tower);
    tower = NULL;
    for (size_t i = sizeof(siamese_tower_options); i < ROOM; i++) {
        large.bytes[i] = 1;
        assert_int_equal(siamese_tower_create(&tower, (void *)&large),
                         SIAMESE_E_OPTION);
        check_error("does not know");
        assert_null(tower);
        large.bytes[i] = 0;
    }
}

static void test_create__checks_every_value(void **state)
{
    siamese_tower *tower = NULL;
    siamese_tower_options o[6];
    static const char *const names[] = {"embedding_dim", "units",  "threads",
                                        "threads",       "kernel", "kernel"};
    (void)state;
    for (size_t i = 0; i < 6; i++) siamese_tower_options_init(&o[i], sizeof *o);
    o[0].embedding_dim = 0;
    o[1].units = SIZE_MAX;
    o[2].threads = -1;
    o[3].threads = INT32_MAX;
    o[4].kernel = SIAMESE_KERNEL_NEON + 1;
    o[5].kernel = INT32_MIN;
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(siamese_tower_create(&tower, &o[i]), SIAMESE_E_OPTION);
        check_error("tower option");
        check_error(names[i]);
        assert_null(tower);
    }
    o[0].struct_size = 0;
    assert_int_equal(siamese_tower_create(&tower, &o[0]), SIAMESE_E_ARGUMENT);
    o[0].struct_size = SIZE_MAX;
    assert_int_equal(siamese_tower_create(&tower, &o[0]), SIAMESE_E_ARGUMENT);
    assert_null(tower);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_options__can_be_enumerated),
        cmocka_unit_test(test_options__ranges_name_their_ends),
        cmocka_unit_test(test_options__begin_with_their_described_defaults),
        cmocka_unit_test(test_options__names_that_are_unknown_list_the_known),
        cmocka_unit_test(test_options__bad_values_name_what_is_accepted),
        cmocka_unit_test(test_options__null_arguments_are_refused),
        cmocka_unit_test(test_options__structs_of_other_versions_are_respected),
        cmocka_unit_test(test_get__tells_the_size_that_is_needed),
        cmocka_unit_test(test_seed__is_exact_over_64_bits),
        cmocka_unit_test(test_integers__keep_their_bounds),
        cmocka_unit_test(test_choices__are_whole_words),
        cmocka_unit_test(test_flags__take_the_usual_words),
        cmocka_unit_test(test_numbers__are_read_and_written_exactly),
        cmocka_unit_test(test_numbers__are_the_same_in_every_locale),
        cmocka_unit_test(test_create__takes_structs_of_other_versions),
        cmocka_unit_test(test_create__checks_every_value),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
