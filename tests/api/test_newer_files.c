/*
 * test_newer_files.c: a checkpoint file that a newer library may write is
 * refused with both versions, its own and the one up to which this library
 * reads: of the whole file, and of each kind of section that docs/format.md
 * lists. What such a library marks as optional, under a name that is new, is
 * left out.
 *
 * The files are kept ones of tests/files; a table entry is changed and the
 * CRC32 of the table set right again.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <siamese/siamese.h>

#include "reliability.h"

/* Of docs/format.md. */
enum { HEADER = 16, ENTRY = 104, FOOTER = 24, FLAGS = 64, VERSION = 68 };
enum { NEWER = 1000, MOST = 1 << 20 };

static unsigned char file[MOST];
static size_t size;
static long refused;

static uint32_t get(size_t at)
{
    return file[at] | (uint32_t)file[at + 1] << 8 |
           (uint32_t)file[at + 2] << 16 | (uint32_t)file[at + 3] << 24;
}

static void put(size_t at, uint32_t value)
{
    for (int i = 0; i < 4; i++) file[at + i] = (unsigned char)(value >> 8 * i);
}

/* CRC32 of IEEE 802.3, a bit at a time. */
static uint32_t crc32_on(uint32_t crc, size_t from, size_t to)
{
    crc = ~crc;
    for (size_t i = from; i < to; i++) {
        crc ^= file[i];
        for (int bit = 0; bit < 8; bit++)
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0);
    }
    return ~crc;
}

static void seal(void)
{
    size_t const table = get(size - FOOTER);
    uint32_t const crc = crc32_on(crc32_on(0, 0, HEADER), table, size - 12);
    put(size - 12, crc);
}

static void read_kept(const char *name)
{
    const char *const root = getenv("SIAMESE_TEST_DATA");
    char path[1024];
    snprintf(path, sizeof path, "%s/../files/%s", root ? root : ".", name);
    FILE *const in = fopen(path, "rb");
    assert_non_null(in);
    size = fread(file, 1, sizeof file, in);
    assert_in_range(size, HEADER + FOOTER, MOST - 1);
    fclose(in);
}

static siamese_status load(void)
{
    siamese_bundle *bundle;
    siamese_status const status =
        siamese_checkpoint_load_memory(&bundle, file, size, NULL);
    if (status == SIAMESE_OK) siamese_bundle_free(bundle);
    return status;
}

/* The place of a section's entry of the table; 0: there is none. */
static size_t entry_of(const char *name)
{
    size_t const table = get(size - FOOTER);
    for (size_t at = table; at < size - FOOTER; at += ENTRY)
        if (strcmp((const char *)file + at, name) == 0) return at;
    return 0;
}

static void expect_refused(const char *text)
{
    seal();
    assert_int_equal(load(), SIAMESE_E_VERSION);
    if (!strstr(siamese_last_error(), text))
        fail_msg("'%s' lacks '%s'", siamese_last_error(), text);
    refused++;
}

typedef struct section {
    const char *name;
    uint32_t version; /* up to which docs/format.md says that it is read */
} section;

/* "section NAME: version 1000 ... up to N". */
static void refuses_newer_section(const section *one)
{
    char text[128];
    size_t const at = entry_of(one->name);
    if (at == 0) fail_msg("no section %s", one->name);
    uint32_t const version = get(at + VERSION);
    assert_in_range(version, 1, one->version);
    for (uint32_t newer = one->version + 1; newer <= NEWER; newer += 100) {
        put(at + VERSION, newer);
        snprintf(text, sizeof text,
                 "section %s: version %u is newer than this library, which "
                 "reads up to %u",
                 one->name, (unsigned)newer, (unsigned)one->version);
        expect_refused(text);
    }
    put(at + VERSION, 0);
    seal();
    assert_int_equal(load(), SIAMESE_E_FORMAT);
    assert_non_null(strstr(siamese_last_error(), "version 0 does not exist"));
    put(at + VERSION, version);
    seal();
}

static void test_section__of_a_newer_version_is_refused(void **state)
{
    static const section of_model[] = {
        {"layout", 1}, {"vocab_0", 3}, {"query_tower", 4},
        {"index", 2},  {"items", 1},   {"index_map", 2},
        {"model", 1},  {"ranker", 1},  {"words", 1}};
    static const section of_trainer[] = {{"item_tower", 4}, {"trainer", 4}};
    (void)state;
    read_kept("v0.2/model_mapped.siamese");
    for (size_t i = 0; i < sizeof of_model / sizeof *of_model; i++)
        refuses_newer_section(&of_model[i]);
    assert_int_equal(load(), SIAMESE_OK); /* all set back */
    read_kept("v0.2/trainer_fields.siamese");
    for (size_t i = 0; i < sizeof of_trainer / sizeof *of_trainer; i++)
        refuses_newer_section(&of_trainer[i]);
    assert_int_equal(load(), SIAMESE_OK);
}

static void test_file__of_a_newer_version_is_refused(void **state)
{
    (void)state;
    read_kept("v0.1/vocab_keras.siamese");
    assert_int_equal(get(8), 1);
    put(8, 2);
    expect_refused("format version 2 is newer than this library, which reads "
                   "up to 1");
    put(8, 1);
    put(12, 4);
    expect_refused("the flags 00000004 are of a newer library");
}

static void test_section__of_a_new_kind_is_refused_unless_optional(void **state)
{
    (void)state;
    read_kept("v0.2/model_mapped.siamese");
    size_t const at = entry_of("words");
    assert_true(at > 0);
    memcpy(file + at, "waves", 5);
    put(at + VERSION, 3);
    put(at + FLAGS, 0);
    expect_refused("section waves: version 3 of it is of a newer library; "
                   "this one, " SIAMESE_VERSION_STRING);
    put(at + FLAGS, 2);
    seal();
    assert_int_equal(load(), SIAMESE_OK);
    put(at + FLAGS, 8);
    expect_refused("section waves: its flags 00000008 are of a newer library");
}

static int count_refused(void **state)
{
    (void)state;
    reliability_count("newer files refused", refused);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_section__of_a_newer_version_is_refused),
        cmocka_unit_test(test_file__of_a_newer_version_is_refused),
        cmocka_unit_test(
            test_section__of_a_new_kind_is_refused_unless_optional),
    };
    return cmocka_run_group_tests_name("newer_files", tests, NULL,
                                       count_refused);
}
