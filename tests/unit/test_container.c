/* The checkpoint container alone: what is written is read again, and no damage
 * to a byte of it goes unseen. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <zlib.h>

#include "checkpoint/section_reader.h"
#include "checkpoint/section_writer.h"
#include "common/memory.h"
#include "random_numbers.h"

/* ---- a file in memory ---- */

typedef struct image {
    unsigned char *bytes;
    size_t size, capacity;
    long writes_left; /* < 0: no limit */
} image;

static sm_status image_write(void *context, const void *data, size_t size)
{
    image *const to = context;
    if (to->writes_left == 0) return sm_fail(SIAMESE_E_IO, "no write is left");
    if (to->writes_left > 0) to->writes_left--;
    if (to->size + size > to->capacity) {
        to->capacity = 2 * (to->size + size);
        to->bytes = realloc(to->bytes, to->capacity);
        assert_non_null(to->bytes);
    }
    memcpy(to->bytes + to->size, data, size);
    to->size += size;
    return SIAMESE_OK;
}

typedef struct part {
    const char *name;
    uint32_t flags, version;
    const void *data;
    size_t size;
} part;

static sm_status write_parts(image *to, const part *parts, size_t count,
                             int level)
{
    sm_status status = SIAMESE_OK;
    sm_writer sink = {image_write, to}, *section;
    sm_section_writer *writer = NULL;
    SM_TRY(sm_section_writer_create(&writer, &sink, level));
    for (size_t i = 0; i < count; i++) {
        SM_TRY(sm_section_begin(writer, parts[i].name, parts[i].flags,
                                parts[i].version, &section));
        if (parts[i].size)
            SM_TRY(
                section->write(section->context, parts[i].data, parts[i].size));
        SM_TRY(sm_section_end(writer));
    }
    SM_TRY(sm_section_writer_finish(writer));
out:
    sm_section_writer_free(writer);
    return status;
}

static image make_image(const part *parts, size_t count, int level)
{
    image to = {.writes_left = -1};
    assert_int_equal(write_parts(&to, parts, count, level), SIAMESE_OK);
    return to;
}

static sm_status last_read; /* of the last section, before it was closed */

/* Reads all of a section in one piece into new memory of its size. */
static sm_status read_section(const sm_source *source,
                              const sm_section_entry *entry, char **data)
{
    sm_section_reader *reader;
    sm_reader *stream;
    *data = sm_alloc((size_t)entry->size);
    if (*data == NULL) return sm_fail_memory();
    SM_RETURN_IF_ERROR(sm_section_open(&reader, source, entry, &stream));
    sm_status status = SIAMESE_OK;
    if (entry->size)
        status = stream->read(stream->context, *data, (size_t)entry->size);
    stream->left = 0;
    last_read = status;
    return sm_section_close(reader, status);
}

/* SIAMESE_OK means: read, and the same as parts. */
static sm_status read_parts(const image *from, const part *parts,
                            size_t expected, uint64_t max_bytes)
{
    sm_source source;
    sm_section_entry *entries = NULL;
    size_t count = 0;
    sm_status status = SIAMESE_OK;
    sm_source_open_memory(&source, from->bytes, from->size);
    SM_TRY(sm_table_read(&source, max_bytes, &entries, &count));
    assert_int_equal(count, expected);
    for (size_t i = 0; i < count; i++) {
        char *data;
        sm_status const result = read_section(&source, &entries[i], &data);
        if (result == SIAMESE_OK) {
            assert_string_equal(entries[i].name, parts[i].name);
            assert_int_equal(entries[i].flags, parts[i].flags);
            assert_int_equal(entries[i].version, parts[i].version);
            assert_int_equal(entries[i].size, parts[i].size);
            if (parts[i].size)
                assert_memory_equal(data, parts[i].data, parts[i].size);
        }
        sm_free(data);
        SM_TRY(result);
    }
out:
    sm_free(entries);
    return status;
}

#define TEXT "the quick brown fox jumps over the lazy dog"

static const part three[] = {
    {"index", 0, 1, TEXT, sizeof TEXT},
    {"index", SM_SECTION_USER, 0, "", 0},
    {"a-b_c.9", SM_SECTION_USER | SM_SECTION_OPTIONAL, 77, "\0\1", 2},
};

/* ---- made-up files: a field is changed, the CRC32 set right ---- */

static void seal(image *file)
{
    size_t const entries = file->bytes[file->size - 16];
    if (SM_FOOTER_SIZE + entries * SM_ENTRY_SIZE > file->size) return;
    size_t const table = file->size - SM_FOOTER_SIZE - entries * SM_ENTRY_SIZE;
    uLong crc = crc32(0, file->bytes, SM_HEADER_SIZE);
    crc = crc32(crc, file->bytes + table, (uInt)(entries * SM_ENTRY_SIZE + 12));
    for (int i = 0; i < 4; i++)
        file->bytes[file->size - 12 + (size_t)i] =
            (unsigned char)(crc >> (8 * i));
}

static unsigned char *entry_at(image *file, size_t count, size_t i)
{
    return file->bytes + file->size - SM_FOOTER_SIZE -
           (count - i) * SM_ENTRY_SIZE;
}

/* Offsets within an entry, from docs/format.md. */
enum { AT_FLAGS = 64, AT_OFFSET = 80, AT_STORED = 88, AT_SIZE = 96 };

static void expect_made_up(size_t entry, size_t at, int value, sm_status code,
                           const char *text)
{
    image file = make_image(three, 3, 6);
    entry_at(&file, 3, entry)[at] = (unsigned char)value;
    seal(&file);
    assert_int_equal(read_parts(&file, three, 3, 0), code);
    assert_non_null(strstr(siamese_last_error(), text));
    free(file.bytes);
}

/* ---- tests ---- */

static void test_container__reads_what_was_written(void **state)
{
    (void)state;
    for (int level = 0; level <= 9; level++) {
        image file = make_image(three, 3, level);
        assert_int_equal(read_parts(&file, three, 3, 0), SIAMESE_OK);
        free(file.bytes);
    }
}

static void test_container__holds_no_section_at_all(void **state)
{
    (void)state;
    image file = make_image(NULL, 0, 1);
    assert_int_equal(file.size, SM_HEADER_SIZE + SM_FOOTER_SIZE);
    assert_int_equal(read_parts(&file, NULL, 0, 0), SIAMESE_OK);
    free(file.bytes);
}

static void
test_container__streams_sections_larger_than_its_buffer(void **state)
{
    (void)state;
    size_t const size = 700001;
    unsigned char *const noise = malloc(size);
    uint32_t x = 1;
    for (size_t i = 0; i < size; i++) {
        noise[i] = (unsigned char)(test_lcg(&x) >> 24);
    }
    part const big[] = {{"big", SM_SECTION_USER, 0, noise, size}};
    for (int level = 0; level <= 9; level += 3) {
        image file = make_image(big, 1, level);
        assert_int_equal(read_parts(&file, big, 1, 0), SIAMESE_OK);
        free(file.bytes);
    }
    free(noise);
}

/* Of stored bytes that end right behind a buffer, and a byte later: the last
 * piece that is read of them has one byte. */
static void test_container__reads_a_last_piece_of_any_size(void **state)
{
    static unsigned char noise[70000];
    size_t ends_with_one = 0;
    uint32_t x = 3;
    (void)state;
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (unsigned char)(test_lcg(&x) >> 24);
    for (size_t size = 65490; size < 65550; size++) {
        part const one[] = {{"noise", SM_SECTION_USER, 0, noise, size}};
        image file = make_image(one, 1, 0);
        size_t const stored =
            file.size - SM_HEADER_SIZE - SM_ENTRY_SIZE - SM_FOOTER_SIZE;
        ends_with_one += stored % 65536 == 1;
        assert_int_equal(read_parts(&file, one, 1, 0), SIAMESE_OK);
        free(file.bytes);
    }
    assert_int_equal(ends_with_one, 1);
}

/* Words, noise and zeros in turns, none of them a whole number of blocks. */
static unsigned char *mixture(size_t size)
{
    static const char words[] = "red oak desk lamp table chair shelf ";
    unsigned char *const bytes = malloc(size);
    uint32_t x = 7;
    for (size_t i = 0; i < size; i++) {
        test_lcg(&x);
        size_t const turn = i / 100001 % 3;
        bytes[i] = turn == 0   ? (unsigned char)words[(x >> 29) * 4 + i % 4]
                   : turn == 1 ? (unsigned char)(x >> 24)
                               : 0;
    }
    return bytes;
}

static void test_container__packs_what_is_worth_it(void **state)
{
    size_t const size = 900000;
    unsigned char *const bytes = mixture(size);
    part const mixed[] = {{"mixed", 0, 1, bytes, size}};
    (void)state;
    for (int level = 0; level <= 9; level++) {
        image file = make_image(mixed, 1, level), pieces = {.writes_left = -1};
        assert_int_equal(read_parts(&file, mixed, 1, 0), SIAMESE_OK);
        /* the noise as it is, the words and zeros small */
        if (level > 0) assert_in_range(file.size, 300000, 550000);
        /* the same, however it is written */
        sm_writer sink = {image_write, &pieces}, *section;
        sm_section_writer *writer;
        assert_int_equal(sm_section_writer_create(&writer, &sink, level), 0);
        assert_int_equal(sm_section_begin(writer, "mixed", 0, 1, &section), 0);
        for (size_t at = 0, n; at < size; at += n) {
            n = 1 + at * 7919 % 90001;
            if (n > size - at) n = size - at;
            assert_int_equal(section->write(section->context, bytes + at, n),
                             0);
        }
        assert_int_equal(sm_section_end(writer), 0);
        assert_int_equal(sm_section_writer_finish(writer), 0);
        sm_section_writer_free(writer);
        assert_int_equal(file.size, pieces.size);
        assert_memory_equal(file.bytes, pieces.bytes, file.size);
        free(file.bytes);
        free(pieces.bytes);
    }
    free(bytes);
}

static void test_container__reads_in_pieces_of_any_size(void **state)
{
    (void)state;
    image file = make_image(three, 3, 1);
    for (size_t piece = 1; piece <= sizeof TEXT; piece++) {
        sm_source source;
        sm_section_entry *entries;
        size_t count;
        sm_section_reader *reader;
        sm_reader *stream;
        char data[sizeof TEXT];
        sm_source_open_memory(&source, file.bytes, file.size);
        assert_int_equal(sm_table_read(&source, 0, &entries, &count), 0);
        assert_int_equal(sm_section_open(&reader, &source, entries, &stream),
                         0);
        for (size_t at = 0; at < sizeof data; at += piece) {
            size_t const n =
                piece < sizeof data - at ? piece : sizeof data - at;
            assert_int_equal(stream->read(stream->context, data + at, n), 0);
            stream->left -= n;
        }
        assert_int_equal(sm_section_close(reader, SIAMESE_OK), SIAMESE_OK);
        assert_string_equal(data, TEXT);
        sm_free(entries);
    }
    free(file.bytes);
}

static void test_container__sees_a_section_that_was_not_read_whole(void **state)
{
    (void)state;
    image file = make_image(three, 3, 1);
    sm_source source;
    sm_section_entry *entries;
    size_t count;
    sm_section_reader *reader;
    sm_reader *stream;
    uint32_t word;
    sm_source_open_memory(&source, file.bytes, file.size);
    assert_int_equal(sm_table_read(&source, 0, &entries, &count), 0);
    assert_int_equal(sm_section_open(&reader, &source, entries, &stream), 0);
    assert_int_equal(sm_read_u32(stream, &word), SIAMESE_OK);
    assert_int_equal(sm_section_close(reader, SIAMESE_OK), SIAMESE_E_FORMAT);
    assert_string_equal(siamese_last_error(),
                        "section index: 40 bytes too many");
    sm_free(entries);
    free(file.bytes);
}

static void
test_container__names_the_section_of_a_state_that_is_not_valid(void **state)
{
    static const sm_status own[] = {SIAMESE_E_FORMAT,  SIAMESE_E_VERSION,
                                    SIAMESE_E_LIMIT,   SIAMESE_E_IO,
                                    SIAMESE_E_MEMORY,  SIAMESE_E_UNSUPPORTED,
                                    SIAMESE_E_INTERNAL};
    (void)state;
    image file = make_image(three, 3, 1);
    sm_source source;
    sm_section_entry *entries;
    size_t count;
    sm_section_reader *reader;
    sm_reader *stream;
    sm_source_open_memory(&source, file.bytes, file.size);
    assert_int_equal(sm_table_read(&source, 0, &entries, &count), 0);
    assert_int_equal(sm_section_open(&reader, &source, entries, &stream), 0);
    assert_int_equal(
        sm_section_close(reader, sm_fail(SIAMESE_E_OPTION, "units: 0")),
        SIAMESE_E_FORMAT);
    assert_string_equal(siamese_last_error(), "section index: units: 0");
    assert_int_equal(sm_section_open(&reader, &source, entries, &stream), 0);
    assert_int_equal(sm_section_close(reader, sm_fail_memory()),
                     SIAMESE_E_MEMORY);
    /* and of one whose own words say it */
    for (size_t i = 0; i < sizeof own / sizeof *own; i++) {
        assert_int_equal(sm_section_open(&reader, &source, entries, &stream),
                         0);
        assert_int_equal(sm_section_close(reader, sm_fail(own[i], "so it is")),
                         own[i]);
        assert_string_equal(siamese_last_error(), "so it is");
    }
    sm_free(entries);
    free(file.bytes);
}

static void test_container__refuses_a_file_cut_at_any_byte(void **state)
{
    (void)state;
    image file = make_image(three, 3, 6);
    for (size_t size = 0; size < file.size; size++) {
        /* a copy of its own, so that a sanitizer sees reads past the end */
        image cut = {malloc(size + !size), size, size, -1};
        memcpy(cut.bytes, file.bytes, size);
        assert_int_equal(read_parts(&cut, three, 3, 0), SIAMESE_E_FORMAT);
        free(cut.bytes);
    }
    free(file.bytes);
}

static void test_container__says_that_a_file_is_empty(void **state)
{
    unsigned char nothing[1];
    image const none = {.bytes = nothing};
    (void)state;
    assert_int_equal(read_parts(&none, NULL, 0, 0), SIAMESE_E_FORMAT);
    assert_string_equal(siamese_last_error(), "it is empty");
}

static void test_container__sees_any_single_bit_that_is_flipped(void **state)
{
    (void)state;
    for (int level = 0; level <= 9; level += 3) {
        image file = make_image(three, 3, level);
        for (size_t bit = 0; bit < 8 * file.size; bit++) {
            file.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
            sm_status const status = read_parts(&file, three, 3, 0);
            if (status != SIAMESE_E_VERSION || bit / 8 >= SM_HEADER_SIZE)
                assert_int_equal(status, SIAMESE_E_FORMAT);
            file.bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
        }
        free(file.bytes);
    }
}

static void test_container__tells_text_mode_from_other_files(void **state)
{
    (void)state;
    image file = make_image(three, 3, 6);
    memmove(file.bytes + 4, file.bytes + 5, --file.size - 4);
    assert_int_equal(read_parts(&file, three, 3, 0), SIAMESE_E_FORMAT);
    assert_non_null(strstr(siamese_last_error(), "text mode"));
    memcpy(file.bytes, "PK\3\4", 4);
    assert_int_equal(read_parts(&file, three, 3, 0), SIAMESE_E_FORMAT);
    assert_non_null(strstr(siamese_last_error(), "not a checkpoint"));
    free(file.bytes);
}

static void test_container__refuses_a_newer_format(void **state)
{
    (void)state;
    image file = make_image(three, 3, 6);
    file.bytes[8] = SM_FORMAT_VERSION + 1;
    assert_int_equal(read_parts(&file, three, 3, 0), SIAMESE_E_VERSION);
    file.bytes[8] = SM_FORMAT_VERSION;
    file.bytes[12] = 1;
    seal(&file);
    assert_int_equal(read_parts(&file, three, 3, 0), SIAMESE_E_VERSION);
    free(file.bytes);
}

static void test_container__refuses_a_made_up_table(void **state)
{
    (void)state;
    expect_made_up(0, AT_FLAGS, 4, SIAMESE_E_VERSION, "section index: its fl");
    expect_made_up(0, AT_OFFSET, 17, SIAMESE_E_FORMAT, "section index: begin");
    expect_made_up(1, AT_OFFSET, 16, SIAMESE_E_FORMAT, "section index: begin");
    expect_made_up(1, AT_FLAGS, 0, SIAMESE_E_FORMAT, "section index: stands");
    expect_made_up(2, AT_STORED + 3, 1, SIAMESE_E_FORMAT, "a-b_c.9: its 1677");
    expect_made_up(2, AT_STORED + 7, 255, SIAMESE_E_FORMAT, "a-b_c.9: its 18");
    expect_made_up(2, AT_STORED, 1, SIAMESE_E_FORMAT, "the last section ends");
    expect_made_up(2, AT_SIZE + 3, 1, SIAMESE_E_FORMAT, "cannot come from");
    expect_made_up(2, AT_SIZE + 1, 1, SIAMESE_E_FORMAT, "ends at byte 2, not");
    assert_int_equal(last_read, SIAMESE_E_FORMAT);
    expect_made_up(0, AT_SIZE, 43, SIAMESE_E_FORMAT, "past byte 43");
    expect_made_up(0, 0, 'I', SIAMESE_E_FORMAT, "entry 0 has no valid name");
    expect_made_up(0, 0, 0, SIAMESE_E_FORMAT, "entry 0 has no valid name");
    expect_made_up(0, 63, 'x', SIAMESE_E_FORMAT, "entry 0 has no valid name");
    expect_made_up(0, 62, 'x', SIAMESE_E_FORMAT, "bytes behind its name");
}

static void test_container__checks_the_number_of_sections(void **state)
{
    (void)state;
    image file = make_image(three, 3, 6);
    size_t const count_at = file.size - 16;
    file.bytes[count_at] = 4;
    seal(&file);
    assert_int_equal(read_parts(&file, three, 3, 0), SIAMESE_E_FORMAT);
    memset(file.bytes + count_at, 255, 4);
    assert_int_equal(read_parts(&file, three, 3, 0), SIAMESE_E_FORMAT);
    assert_non_null(strstr(siamese_last_error(), "4294967295 sections"));
    free(file.bytes);

    image many = {.writes_left = -1};
    part *const parts = calloc(SM_SECTIONS_MAX + 1, sizeof *parts);
    for (size_t i = 0; i <= SM_SECTIONS_MAX; i++)
        parts[i] = (part){"x", 0, 0, "", 0};
    assert_int_equal(write_parts(&many, parts, SM_SECTIONS_MAX + 1, 0),
                     SIAMESE_E_LIMIT);
    free(many.bytes);
    free(parts);
}

static void test_container__keeps_max_bytes(void **state)
{
    (void)state;
    image file = make_image(three, 3, 6);
    assert_int_equal(read_parts(&file, three, 3, sizeof TEXT + 2), SIAMESE_OK);
    assert_int_equal(read_parts(&file, three, 3, sizeof TEXT + 1),
                     SIAMESE_E_LIMIT);
    assert_non_null(strstr(siamese_last_error(), "section a-b_c.9"));
    free(file.bytes);
}

static void test_container__bounds_the_file_of_max_bytes(void **state)
{
    (void)state;
    /* what does not compress, and nothing: the two ways to be larger */
    static char noise[100000];
    uint32_t x = 7;
    for (size_t i = 0; i < sizeof noise; i++)
        noise[i] = (char)(test_lcg(&x) >> 24);
    part const parts[] = {{"noise", 1, 0, noise, sizeof noise}};
    for (int level = 0; level <= 9; level++) {
        image file = make_image(parts, 1, level);
        assert_true(file.size <= sm_stored_limit(sizeof noise));
        free(file.bytes);
    }
    assert_true(SM_HEADER_SIZE + SM_FOOTER_SIZE +
                    SM_SECTIONS_MAX * (SM_ENTRY_SIZE + 16) <=
                sm_stored_limit(0));
    assert_true(sm_stored_limit(UINT64_MAX) == UINT64_MAX);
}

static void test_container__passes_on_every_failed_write(void **state)
{
    (void)state;
    image file = {.writes_left = -1};
    long writes = 0;
    for (;; writes++) {
        file.size = 0;
        file.writes_left = writes;
        sm_status const status = write_parts(&file, three, 3, 1);
        if (status == SIAMESE_OK) break;
        assert_int_equal(status, SIAMESE_E_IO);
        assert_string_equal(siamese_last_error(), "no write is left");
    }
    assert_true(writes >= 8); /* header, sections, table, footer */
    free(file.bytes);
}

/* ---- memory that runs out ---- */

static long allocations_left = -1;

static void *scarce_allocate(void *user, size_t size)
{
    (void)user;
    if (allocations_left == 0) return NULL;
    if (allocations_left > 0) allocations_left--;
    return malloc(size);
}

static void *scarce_reallocate(void *user, void *pointer, size_t size)
{
    (void)user;
    if (allocations_left == 0) return NULL;
    if (allocations_left > 0) allocations_left--;
    return realloc(pointer, size);
}

static void scarce_deallocate(void *user, void *pointer)
{
    (void)user;
    free(pointer);
}

static void test_container__survives_every_failed_allocation(void **state)
{
    (void)state;
    siamese_allocator const scarce = {sizeof scarce, NULL, scarce_allocate,
                                      scarce_reallocate, scarce_deallocate};
    assert_int_equal(siamese_set_allocator(&scarce), SIAMESE_OK);
    image file = {.writes_left = -1};
    long n = 0;
    for (;; n++) {
        file.size = 0;
        allocations_left = n;
        sm_status const status = write_parts(&file, three, 3, 1);
        if (status == SIAMESE_OK) break;
        assert_int_equal(status, SIAMESE_E_MEMORY);
    }
    assert_true(n > 1);
    for (n = 0;; n++) {
        allocations_left = n;
        sm_status const status = read_parts(&file, three, 3, 0);
        if (status == SIAMESE_OK) break;
        assert_int_equal(status, SIAMESE_E_MEMORY);
    }
    assert_true(n > 3);
    allocations_left = -1;
    free(file.bytes);
    assert_int_equal(siamese_set_allocator(NULL), SIAMESE_OK);
}

int main(void)
{
    static const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_container__reads_what_was_written),
        cmocka_unit_test(test_container__holds_no_section_at_all),
        cmocka_unit_test(
            test_container__streams_sections_larger_than_its_buffer),
        cmocka_unit_test(test_container__reads_a_last_piece_of_any_size),
        cmocka_unit_test(test_container__packs_what_is_worth_it),
        cmocka_unit_test(test_container__reads_in_pieces_of_any_size),
        cmocka_unit_test(
            test_container__sees_a_section_that_was_not_read_whole),
        cmocka_unit_test(
            test_container__names_the_section_of_a_state_that_is_not_valid),
        cmocka_unit_test(test_container__refuses_a_file_cut_at_any_byte),
        cmocka_unit_test(test_container__says_that_a_file_is_empty),
        cmocka_unit_test(test_container__sees_any_single_bit_that_is_flipped),
        cmocka_unit_test(test_container__tells_text_mode_from_other_files),
        cmocka_unit_test(test_container__refuses_a_newer_format),
        cmocka_unit_test(test_container__refuses_a_made_up_table),
        cmocka_unit_test(test_container__checks_the_number_of_sections),
        cmocka_unit_test(test_container__keeps_max_bytes),
        cmocka_unit_test(test_container__bounds_the_file_of_max_bytes),
        cmocka_unit_test(test_container__passes_on_every_failed_write),
        cmocka_unit_test(test_container__survives_every_failed_allocation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
