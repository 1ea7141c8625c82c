/* A section's bytes as the reader of a section takes them: a zlib stream that
 * the entry of the table tells all of, and nothing behind it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "checkpoint/section_reader.h"
#include "checkpoint/zlib_memory.h"

enum { BUFFER = 1 << 16, MOST = 3 * BUFFER };

/* zlib streams of zeros, as they are without being made smaller, and bytes
 * behind. */
static unsigned char zeros[MOST], stored[MOST + BUFFER], unpacked[MOST];

/* Of `size` zeros; the length of the stream. */
static size_t make_stream(size_t size)
{
    uLongf length = sizeof stored;
    assert_int_equal(compress2(stored, &length, zeros, size, 0), Z_OK);
    return length;
}

/* Of how many zeros the stream is `length` bytes. */
static size_t zeros_of_stream(size_t length)
{
    size_t size = length - 11; /* of one block */
    while (make_stream(size) > length) size--;
    assert_int_equal(make_stream(size), length);
    return size;
}

/* The outcome of a section of `size` zeros in stored[stored_size], of which
 * read_size are read before it is closed. */
static sm_status read_zeros(size_t size, size_t stored_size, size_t read_size)
{
    sm_section_entry const entry = {
        .name = "zeros",
        .version = 1,
        .crc32 = (uint32_t)crc32(0, zeros, (uInt)size),
        .stored_crc32 = (uint32_t)crc32(0, stored, (uInt)stored_size),
        .stored_size = stored_size,
        .size = size};
    sm_section_reader *reader;
    sm_reader *stream;
    sm_source source;
    sm_source_open_memory(&source, stored, stored_size);
    assert_int_equal(sm_section_open(&reader, &source, &entry, &stream),
                     SIAMESE_OK);
    memset(unpacked, 1, read_size);
    sm_status const status = stream->read(stream->context, unpacked, read_size);
    if (status == SIAMESE_OK) assert_memory_equal(unpacked, zeros, read_size);
    stream->left -= read_size;
    return sm_section_close(reader, status);
}

/* The outcome of a section of no byte in stored[stored_size], whose reading
 * ended with `status`. */
static sm_status close_zeros(size_t stored_size, sm_status status)
{
    sm_section_entry const entry = {
        .name = "zeros",
        .version = 1,
        .stored_crc32 = (uint32_t)crc32(0, stored, (uInt)stored_size),
        .stored_size = stored_size};
    sm_section_reader *reader;
    sm_reader *stream;
    sm_source source;
    sm_source_open_memory(&source, stored, stored_size);
    assert_int_equal(sm_section_open(&reader, &source, &entry, &stream),
                     SIAMESE_OK);
    return sm_section_close(reader, status);
}

static void test_section__may_have_nothing_behind_its_stream(void **state)
{
    /* the reader's buffer has room for all, is full at the stream's end, or
     * has to be filled anew before it */
    size_t const lengths[] = {100, BUFFER - 1, BUFFER, BUFFER + 1, 2 * BUFFER};
    (void)state;
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        size_t const size = zeros_of_stream(lengths[i]);
        assert_int_equal(read_zeros(size, lengths[i], size), SIAMESE_OK);
        for (size_t behind = 1; behind <= BUFFER; behind *= 16) {
            assert_int_equal(read_zeros(size, lengths[i] + behind, size),
                             SIAMESE_E_FORMAT);
            assert_non_null(strstr(siamese_last_error(),
                                   "section zeros: damaged: bytes stand behind "
                                   "its zlib stream"));
        }
    }
}

static void test_section__is_read_to_its_end(void **state)
{
    size_t const size = 100, length = make_stream(size);
    (void)state;
    assert_int_equal(read_zeros(size, length, size), SIAMESE_OK);
    assert_int_equal(read_zeros(size, length, size - 1), SIAMESE_E_FORMAT);
    assert_int_equal(read_zeros(size, length, 0), SIAMESE_E_FORMAT);
    assert_int_equal(read_zeros(size + 1, length, size), SIAMESE_E_FORMAT);
    assert_non_null(strstr(siamese_last_error(), "ends at byte 100, not at"));
    assert_int_equal(read_zeros(size - 1, length, size - 1), SIAMESE_E_FORMAT);
    assert_non_null(strstr(siamese_last_error(), "goes on past byte 99"));
}

/* What says more of a file than that it is not valid is handed on. */
static void test_section__hands_on_what_its_reading_said(void **state)
{
    static const sm_status handed_on[] = {
        SIAMESE_E_FORMAT,  SIAMESE_E_VERSION,     SIAMESE_E_LIMIT,
        SIAMESE_E_MEMORY,  SIAMESE_E_UNSUPPORTED, SIAMESE_E_IO,
        SIAMESE_E_INTERNAL};
    static const sm_status others[] = {SIAMESE_E_ARGUMENT, SIAMESE_E_OPTION,
                                       SIAMESE_E_STATE};
    size_t const length = make_stream(0);
    (void)state;
    for (size_t i = 0; i < sizeof handed_on / sizeof *handed_on; i++) {
        sm_fail(handed_on[i], "as it is");
        assert_int_equal(close_zeros(length, handed_on[i]), handed_on[i]);
        assert_string_equal(siamese_last_error(), "as it is");
    }
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        sm_fail(others[i], "its reason");
        assert_int_equal(close_zeros(length, others[i]), SIAMESE_E_FORMAT);
        assert_string_equal(siamese_last_error(), "section zeros: its reason");
    }
}

/* The CRC32s cover what Adler-32 would, so that it is left unchecked. */
static void test_section__needs_no_adler32(void **state)
{
    size_t const size = 100, length = make_stream(size);
    (void)state;
    stored[length - 1] ^= 1;
    assert_int_equal(read_zeros(size, length, size), SIAMESE_OK);
    assert_int_equal(read_zeros(size, length - 1, size), SIAMESE_E_FORMAT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_section__may_have_nothing_behind_its_stream),
        cmocka_unit_test(test_section__is_read_to_its_end),
        cmocka_unit_test(test_section__hands_on_what_its_reading_said),
        cmocka_unit_test(test_section__needs_no_adler32),
    };
    return cmocka_run_group_tests_name("section_reader", tests, NULL, NULL);
}
