/* What a table of sections may hold: names, sizes beyond four bytes, and bytes
 * of what is stored. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "checkpoint/section_table.h"
#include "common/memory.h"

static void test_section_name__is_short_and_of_few_letters(void **state)
{
    char name[SM_SECTION_NAME_SIZE + 1] = "";
    (void)state;
    assert_false(sm_section_name_valid(name));
    for (size_t length = 1; length <= SM_SECTION_NAME_SIZE; length++) {
        name[length - 1] = 'a';
        assert_int_equal(sm_section_name_valid(name),
                         length < SM_SECTION_NAME_SIZE);
    }
    assert_true(sm_section_name_valid("vocab_0.of-9"));
    assert_false(sm_section_name_valid("Vocab"));
    assert_false(sm_section_name_valid("a b"));
}

/* A thousandth more, and so much for each section. */
static void test_stored_limit__is_a_little_more(void **state)
{
    uint64_t const beside = (uint64_t)SM_SECTIONS_MAX * 256;
    (void)state;
    assert_true(sm_stored_limit(0) == beside);
    assert_true(sm_stored_limit(1024000) == 1024000 + 1000 + beside);
    assert_true(sm_stored_limit(UINT64_MAX - beside) == UINT64_MAX);
}

/* ---- a file of which only header, table and footer are there ---- */

enum { AROUND = 512 }; /* bytes of them, or more */

typedef struct hollow {
    unsigned char bytes[AROUND];
    size_t size;
    uint64_t begin, skipped; /* what is not there, behind the header */
} hollow;

static sm_status hollow_write(void *context, const void *data, size_t size)
{
    hollow *const file = context;
    assert_true(file->size + size <= AROUND);
    memcpy(file->bytes + file->size, data, size);
    file->size += size;
    return SIAMESE_OK;
}

static sm_status hollow_read(void *context, uint64_t offset, void *data,
                             size_t size)
{
    const hollow *const file = context;
    if (offset >= file->begin) {
        assert_true(offset >= file->begin + file->skipped);
        offset -= file->skipped;
    }
    assert_true(offset + size <= file->size);
    memcpy(data, file->bytes + offset, size);
    return SIAMESE_OK;
}

/* Each byte of each eight is another one. */
static void test_table__keeps_numbers_of_eight_bytes(void **state)
{
    uint64_t const first = 0x0102030405060708, second = 0x1112131415161718;
    sm_section_entry const written[2] = {
        {"first", 0, 3, 4, 5, SM_HEADER_SIZE, first, 0x2122232425262728},
        {"second", SM_SECTION_USER, 6, 7, 8, SM_HEADER_SIZE + first, second,
         0x3132333435363738}};
    hollow file = {.begin = SM_HEADER_SIZE, .skipped = first + second};
    uint64_t const table_offset = SM_HEADER_SIZE + file.skipped;
    sm_writer writer = {hollow_write, &file};
    sm_section_entry *read = NULL;
    size_t count = 0;
    (void)state;
    assert_int_equal(sm_header_write(&writer), SIAMESE_OK);
    assert_int_equal(sm_table_write(&writer, written, 2, table_offset),
                     SIAMESE_OK);
    sm_source const source = {.read_at = hollow_read,
                              .context = &file,
                              .size = file.size + file.skipped};
    assert_int_equal(sm_table_read(&source, 0, &read, &count), SIAMESE_OK);
    assert_int_equal(count, 2);
    for (size_t i = 0; i < 2; i++) {
        assert_string_equal(read[i].name, written[i].name);
        assert_true(read[i].flags == written[i].flags);
        assert_true(read[i].version == written[i].version);
        assert_true(read[i].crc32 == written[i].crc32);
        assert_true(read[i].stored_crc32 == written[i].stored_crc32);
        assert_true(read[i].offset == written[i].offset);
        assert_true(read[i].stored_size == written[i].stored_size);
        assert_true(read[i].size == written[i].size);
    }
    sm_free(read);
    /* the same one, but for the end of the second section */
    file.size = SM_HEADER_SIZE;
    assert_int_equal(
        sm_table_write(&writer, written, 2, table_offset ^ 1ull << 40),
        SIAMESE_OK);
    assert_int_equal(sm_table_read(&source, 0, &read, &count),
                     SIAMESE_E_FORMAT);
    assert_non_null(strstr(siamese_last_error(), "do not fit"));
}

/* The outcome of reading a file of one section, which has `beyond` bytes fewer
 * than its entry says. */
static sm_status read_one(const sm_section_entry *entry, uint64_t beyond)
{
    hollow file = {.begin = SM_HEADER_SIZE,
                   .skipped = entry->stored_size - beyond};
    sm_writer writer = {hollow_write, &file};
    sm_section_entry *read = NULL;
    size_t count;
    assert_int_equal(sm_header_write(&writer), SIAMESE_OK);
    assert_int_equal(
        sm_table_write(&writer, entry, 1, SM_HEADER_SIZE + file.skipped),
        SIAMESE_OK);
    sm_source const source = {.read_at = hollow_read,
                              .context = &file,
                              .size = file.size + file.skipped};
    sm_status const status = sm_table_read(&source, 0, &read, &count);
    if (status == SIAMESE_OK) sm_free(read);
    return status;
}

static void test_table__has_no_section_that_reaches_into_it(void **state)
{
    sm_section_entry const one = {
        .name = "one", .offset = SM_HEADER_SIZE, .stored_size = 64};
    (void)state;
    assert_int_equal(read_one(&one, 0), SIAMESE_OK);
    for (uint64_t beyond = 1; beyond <= 2 * SM_HEADER_SIZE; beyond++) {
        assert_int_equal(read_one(&one, beyond), SIAMESE_E_FORMAT);
        assert_non_null(strstr(siamese_last_error(), "pass the table"));
    }
}

/* Deflate makes at most 1032 bytes of one. */
static void test_table__has_sizes_that_can_be(void **state)
{
    sm_section_entry one = {.name = "one",
                            .offset = SM_HEADER_SIZE,
                            .stored_size = 5,
                            .size = 5 * 1032 + 1031};
    (void)state;
    assert_int_equal(read_one(&one, 0), SIAMESE_OK);
    one.size++;
    assert_int_equal(read_one(&one, 0), SIAMESE_E_FORMAT);
    assert_non_null(strstr(siamese_last_error(), "cannot come from 5"));
}

static void test_table__has_names_that_end(void **state)
{
    sm_section_entry one = {.name = "one", .offset = SM_HEADER_SIZE};
    (void)state;
    one.name[SM_SECTION_NAME_SIZE - 1] = 'x';
    assert_int_equal(read_one(&one, 0), SIAMESE_E_FORMAT);
    assert_non_null(strstr(siamese_last_error(), "has no valid name"));
}

static sm_status read_bytes(const void *bytes, size_t size)
{
    sm_section_entry *read = NULL;
    size_t count;
    sm_source source;
    sm_source_open_memory(&source, bytes, size);
    return sm_table_read(&source, 0, &read, &count);
}

static void test_table__tells_what_is_missing(void **state)
{
    hollow file = {.begin = SM_HEADER_SIZE};
    sm_writer writer = {hollow_write, &file};
    (void)state;
    assert_int_equal(sm_header_write(&writer), SIAMESE_OK);
    for (size_t size = 0; size <= SM_HEADER_SIZE; size++) {
        assert_int_equal(read_bytes(file.bytes, size), SIAMESE_E_FORMAT);
        char text[64] = "it is empty";
        if (size > 0)
            snprintf(text, sizeof text, "its header has %zu of 16", size);
        if (size == SM_HEADER_SIZE) strcpy(text, "it has 16 bytes");
        assert_non_null(strstr(siamese_last_error(), text));
    }
    /* 4096 sections, as many as may be, have no room in it */
    assert_int_equal(sm_table_write(&writer, NULL, 0, SM_HEADER_SIZE),
                     SIAMESE_OK);
    memcpy(file.bytes + file.size - 16, "\0\x10\0\0", 4);
    assert_int_equal(read_bytes(file.bytes, file.size), SIAMESE_E_FORMAT);
    assert_non_null(strstr(siamese_last_error(), "4096 sections at byte 16"));
    memcpy(file.bytes + file.size - 16, "\1\x10\0\0", 4);
    assert_int_equal(read_bytes(file.bytes, file.size), SIAMESE_E_FORMAT);
    assert_non_null(strstr(siamese_last_error(), "4097 sections, 4096 at"));
}

static void test_table__is_damaged_if_its_crc32_is_another(void **state)
{
    hollow file = {.begin = SM_HEADER_SIZE};
    sm_writer writer = {hollow_write, &file};
    sm_section_entry *read = NULL;
    size_t count;
    (void)state;
    assert_int_equal(sm_header_write(&writer), SIAMESE_OK);
    assert_int_equal(sm_table_write(&writer, NULL, 0, SM_HEADER_SIZE),
                     SIAMESE_OK);
    memcpy(file.bytes + file.size - 12, "\x78\x56\x34\x12", 4);
    sm_source const source = {
        .read_at = hollow_read, .context = &file, .size = file.size};
    assert_int_equal(sm_table_read(&source, 0, &read, &count),
                     SIAMESE_E_FORMAT);
    assert_non_null(strstr(siamese_last_error(), ", not 12345678"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_section_name__is_short_and_of_few_letters),
        cmocka_unit_test(test_stored_limit__is_a_little_more),
        cmocka_unit_test(test_table__keeps_numbers_of_eight_bytes),
        cmocka_unit_test(test_table__has_no_section_that_reaches_into_it),
        cmocka_unit_test(test_table__has_sizes_that_can_be),
        cmocka_unit_test(test_table__has_names_that_end),
        cmocka_unit_test(test_table__tells_what_is_missing),
        cmocka_unit_test(test_table__is_damaged_if_its_crc32_is_another),
    };
    return cmocka_run_group_tests_name("section_table", tests, NULL, NULL);
}
