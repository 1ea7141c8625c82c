/* Checkpoints of sections that no save writes like this, each of them whole:
 * in another order, without what others ask for, of other sizes; and options
 * of a load that are none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

#include "checkpoint/bundle_layout.h"
#include "checkpoint/section_writer.h"

/* ---- a file in memory ---- */

static unsigned char file[1 << 16];
static size_t file_size;

static sm_status keep(void *context, const void *data, size_t size)
{
    (void)context;
    assert_in_range(file_size + size, 0, sizeof file);
    memcpy(file + file_size, data, size);
    file_size += size;
    return SIAMESE_OK;
}

typedef struct part {
    const char *name;
    uint32_t flags, version;
    const void *data;
    size_t size;
} part;

/* No shared tower, no vocabulary, none of the bundle's own. */
static const unsigned char nothing[12];
#define LAYOUT {"layout", 0, 1, nothing, sizeof nothing}

static siamese_status load(const part *parts, size_t count,
                           siamese_bundle **bundle)
{
    sm_writer sink = {keep, NULL}, *section;
    sm_section_writer *writer;
    file_size = 0;
    assert_int_equal(sm_section_writer_create(&writer, &sink, 6), 0);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(sm_section_begin(writer, parts[i].name, parts[i].flags,
                                          parts[i].version, &section),
                         0);
        if (parts[i].size)
            assert_int_equal(
                section->write(section->context, parts[i].data, parts[i].size),
                0);
        assert_int_equal(sm_section_end(writer), 0);
    }
    assert_int_equal(sm_section_writer_finish(writer), 0);
    sm_section_writer_free(writer);
    return siamese_checkpoint_load_memory(bundle, file, file_size, NULL);
}

/* ---- tests ---- */

static void test_bundle__has_the_hosts_sections_wherever_they_stand(void **s)
{
    static const part parts[] = {{"first", SM_SECTION_USER, 0, "one", 3},
                                 LAYOUT,
                                 {"empty", SM_SECTION_USER, 0, "", 0},
                                 {"layout", SM_SECTION_USER, 0, "mine", 4}};
    siamese_bundle *bundle;
    char text[8] = "";
    size_t size;
    (void)s;
    assert_int_equal(load(parts, 4, &bundle), SIAMESE_OK);
    assert_int_equal(
        siamese_bundle_get_section(bundle, "first", text, 8, &size), 0);
    assert_int_equal(size, 3);
    assert_memory_equal(text, "one", 3);
    assert_int_equal(
        siamese_bundle_get_section(bundle, "empty", text, 8, &size), 0);
    assert_int_equal(size, 0);
    assert_int_equal(
        siamese_bundle_get_section(bundle, "layout", text, 8, &size), 0);
    assert_memory_equal(text, "mine", 4);
    siamese_bundle_free(bundle);
}

/* Of what stands behind an unknown section, each is counted once. */
static void test_bundle__leaves_out_what_is_optional(void **s)
{
    static const unsigned char one[12] = {[4] = 1};
    part const parts[] = {{"later", SM_SECTION_OPTIONAL, 9, "?", 1},
                          {"layout", 0, 1, one, sizeof one},
                          {"vocab_0", 0, 1, "", 0}};
    siamese_bundle *bundle;
    (void)s;
    assert_int_equal(load(parts, 3, &bundle), SIAMESE_E_FORMAT);
    assert_non_null(strstr(siamese_last_error(), "section vocab_0"));
}

static void refuses(const part *parts, size_t count, const char *text)
{
    siamese_bundle *bundle;
    assert_int_equal(load(parts, count, &bundle), SIAMESE_E_FORMAT);
    if (!strstr(siamese_last_error(), text))
        fail_msg("'%s' lacks '%s'", siamese_last_error(), text);
}

static void test_bundle__is_refused_where_a_part_is_missing(void **s)
{
    static const part no_layout[] = {{"layout", SM_SECTION_USER, 0, "", 0}};
    static const part no_settings[] = {LAYOUT, {"model", 0, 1, "", 0}};
    static const part no_use[] = {{"vocab_0", 0, 1, "", 0}, LAYOUT};
    static const part one_tower[] = {
        LAYOUT, {"item_tower", 0, 1, "", 0}, {"trainer", 0, 1, "", 0}};
    (void)s;
    refuses(one_tower, 3, "section trainer: its towers are missing");
    refuses(no_layout, 1, "section layout: is missing");
    refuses(no_settings, 2, "section model: has 0 bytes");
    refuses(no_use, 2, "it has 0 vocabularies, the file has 1");
}

/* What the settings are is left to whoever makes a model of them. */
static void test_bundle__has_settings_of_a_limited_size(void **s)
{
    enum { LIMIT = 1 << 24 };
    static const unsigned char zeros[LIMIT + 1];
    static const size_t sizes[] = {1, 2, LIMIT - 1, LIMIT};
    (void)s;
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        part const parts[] = {LAYOUT, {"model", 0, 1, zeros, sizes[i]}};
        siamese_bundle *bundle;
        assert_int_equal(load(parts, 2, &bundle), SIAMESE_OK);
        siamese_bundle_free(bundle);
    }
    part const more[] = {LAYOUT, {"model", 0, 1, zeros, LIMIT + 1}};
    refuses(more, 2, "section model: has 16777217 bytes");
}

static void test_load__names_an_option_beyond_its_range(void **s)
{
    siamese_load_options options;
    siamese_bundle *bundle;
    (void)s;
    for (int32_t threads = -1; threads <= 1025; threads += 1026) {
        assert_int_equal(siamese_load_options_init(&options, sizeof options),
                         0);
        options.threads = threads;
        assert_int_equal(
            siamese_checkpoint_load_memory(&bundle, "", 0, &options),
            SIAMESE_E_OPTION);
        assert_non_null(strstr(siamese_last_error(), "threads"));
    }
}

static void test_layout__is_held_to_what_there_is(void **s)
{
    /* as many as the table's sections and one more; the first one of none;
     * two towers */
    static const unsigned char most[12] = {0, 0, 0, 0, 0, 16},
                               many[12] = {0, 0, 0, 0, 1, 16},
                               first[12] = {[8] = 1}, two[12] = {2},
                               one[12] = {[4] = 1}, shared[12] = {1};
    static const struct {
        const unsigned char *layout;
        const char *text;
    } cases[] = {{most, "section layout: it has 4096 vocabularies, the file "},
                 {many, "section layout: vocabulary 0 of 4097"},
                 {first, "section layout: vocabulary 1 of 0"},
                 {two, "section layout: shared_tower is 2"},
                 {one, "section layout: it has 1 vocabularies, the file has 0"},
                 {shared, "section layout: it has a shared tower"}};
    (void)s;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        part const parts[] = {{"layout", 0, 1, cases[i].layout, 12}};
        refuses(parts, 1, cases[i].text);
    }
}

static void test_layout__names_vocabularies_by_number(void **s)
{
    static const uint32_t numbers[] = {0, 1, 9, 10, 11, 255, 4095};
    static const char *const others[] = {"vocab_",   "vocab_01", "vocab_+1",
                                         "vocab_1a", "vocab_x",  "vocab"};
    uint32_t const version = sm_own_section_version("vocab_0");
    (void)s;
    assert_int_not_equal(version, 0);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        char name[SM_SECTION_NAME_SIZE];
        sm_vocab_section_name(name, numbers[i]);
        assert_int_equal(sm_own_section_version(name), version);
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        assert_int_equal(sm_own_section_version(others[i]), 0);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(
            test_bundle__has_the_hosts_sections_wherever_they_stand),
        cmocka_unit_test(test_bundle__leaves_out_what_is_optional),
        cmocka_unit_test(test_bundle__is_refused_where_a_part_is_missing),
        cmocka_unit_test(test_bundle__has_settings_of_a_limited_size),
        cmocka_unit_test(test_load__names_an_option_beyond_its_range),
        cmocka_unit_test(test_layout__is_held_to_what_there_is),
        cmocka_unit_test(test_layout__names_vocabularies_by_number),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
