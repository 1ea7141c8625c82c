/* Typed streams: what was written comes back, little-endian, and no count is
 * believed past the end. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "common/memory.h"
#include "common/stream.h"

typedef struct bytes {
    unsigned char data[512];
    size_t size, at;
    int refuse; /* what the stream below answers */
} bytes;

static sm_status put(void *context, const void *data, size_t size)
{
    bytes *const to = context;
    if (to->refuse) return sm_fail(SIAMESE_E_IO, "refused");
    assert_true(size > 0 && size <= sizeof to->data - to->size);
    memcpy(to->data + to->size, data, size);
    to->size += size;
    return SIAMESE_OK;
}

static sm_status take(void *context, void *data, size_t size)
{
    bytes *const from = context;
    if (from->refuse) return sm_fail(SIAMESE_E_IO, "refused");
    assert_true(size > 0 && size <= from->size - from->at);
    memcpy(data, from->data + from->at, size);
    from->at += size;
    return SIAMESE_OK;
}

static sm_reader reader_of(bytes *from)
{
    from->at = 0;
    return (sm_reader){take, from, from->size, 0, "numbers"};
}

static void test_stream__writes_little_endian(void **state)
{
    static const unsigned char expected[] = {
        0x04, 0x03, 0x02, 0x01,                         /* u32 */
        0x08, 0x07, 0x06, 0x05, 0x04, 0x03, 0x02, 0x01, /* u64 */
        0,    0,    0,    0,    0,    0,    0xf8, 0xbf, /* f64 -1.5 */
        0,    0,    0x80, 0x3f, 0,    0,    0,    0xc0, /* f32 1, -2 */
        0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, /* i64 -2 */
        3,    0,    0,    0,    0,    0,    0,    0,    'a', 0, 'b'};
    float const floats[] = {1, -2};
    int64_t const integer = -2;
    bytes to = {.size = 0};
    sm_writer writer = {put, &to};
    (void)state;
    assert_int_equal(sm_write_u32(&writer, 0x01020304), 0);
    assert_int_equal(sm_write_u64(&writer, 0x0102030405060708), 0);
    assert_int_equal(sm_write_f64(&writer, -1.5), 0);
    assert_int_equal(sm_write_f32s(&writer, floats, 2), 0);
    assert_int_equal(sm_write_f32s(&writer, NULL, 0), 0);
    assert_int_equal(sm_write_i64s(&writer, &integer, 1), 0);
    assert_int_equal(sm_write_bytes(&writer, "a\0b", 3), 0);
    assert_int_equal(to.size, sizeof expected);
    assert_memory_equal(to.data, expected, sizeof expected);

    sm_reader reader = reader_of(&to);
    uint32_t u32;
    uint64_t u64;
    double f64;
    float f32[2];
    int64_t i64;
    char *text = NULL;
    size_t size;
    assert_int_equal(sm_read_u32(&reader, &u32), 0);
    assert_int_equal(sm_read_u64(&reader, &u64), 0);
    assert_int_equal(sm_read_f64(&reader, &f64), 0);
    assert_int_equal(sm_read_f32s(&reader, f32, 2), 0);
    assert_int_equal(sm_read_f32s(&reader, NULL, 0), 0);
    assert_int_equal(sm_read_i64s(&reader, &i64, 1), 0);
    assert_int_equal(sm_read_bytes(&reader, "name", 3, &text, &size), 0);
    assert_true(u32 == 0x01020304 && u64 == 0x0102030405060708);
    assert_true(f64 == -1.5 && f32[0] == 1 && f32[1] == -2 && i64 == -2);
    assert_int_equal(size, 3);
    assert_memory_equal(text, "a\0b", 4); /* with a NUL behind it */
    assert_int_equal(reader.position, sizeof expected);
    assert_int_equal(sm_read_end(&reader), 0);
    sm_free(text);
}

/* Each kind of reading, of streams that are one byte too short for it. */
static sm_status read_kind(sm_reader *reader, int kind)
{
    unsigned char room[64];
    char *text = NULL;
    size_t size;
    sm_status status;
    switch (kind) {
    case 0:
        return sm_read_u32(reader, (uint32_t *)(void *)room);
    case 1:
        return sm_read_u64(reader, (uint64_t *)(void *)room);
    case 2:
        return sm_read_f64(reader, (double *)(void *)room);
    case 3:
        return sm_read_f32s(reader, (float *)(void *)room, 3);
    case 4:
        return sm_read_i64s(reader, (int64_t *)(void *)room, 2);
    case 5:
        return sm_read_count(reader, "rows", 0, UINT64_MAX, &size);
    default:
        status = sm_read_bytes(reader, "name", 100, &text, &size);
        sm_free(text);
        return status;
    }
}

static void test_stream__ends_where_it_ends(void **state)
{
    static const size_t sizes[] = {4, 8, 8, 12, 16, 8, 8 + 5};
    (void)state;
    for (int kind = 0; kind < 7; kind++)
        for (size_t size = 0; size <= sizes[kind]; size++) {
            bytes from = {.data = {5}, .size = size};
            sm_reader reader = reader_of(&from);
            sm_status const status = read_kind(&reader, kind);
            if (size == sizes[kind]) {
                assert_int_equal(status, 0);
                continue;
            }
            assert_int_equal(status, SIAMESE_E_FORMAT);
            assert_non_null(strstr(siamese_last_error(), "section numbers"));
        }
}

static void test_stream__believes_no_count(void **state)
{
    static const uint64_t counts[] = {UINT64_MAX, UINT64_MAX / 4 + 2,
                                      UINT64_MAX / 8 + 2, 1000};
    float f32[1];
    int64_t i64[1];
    (void)state;
    for (size_t i = 0; i < 4; i++) {
        bytes from = {.size = 16};
        memcpy(from.data, &counts[i], 8);
        sm_reader reader = reader_of(&from);
        char *text = NULL;
        size_t size;
        assert_int_equal(sm_read_f32s(&reader, f32, (size_t)counts[i]),
                         SIAMESE_E_FORMAT);
        assert_int_equal(sm_read_i64s(&reader, i64, (size_t)counts[i]),
                         SIAMESE_E_FORMAT);
        assert_int_equal(sm_read_expect(&reader, "rows", counts[i], 8),
                         SIAMESE_E_FORMAT);
        assert_int_equal(from.at, 0);
        assert_int_equal(
            sm_read_bytes(&reader, "name", UINT64_MAX, &text, &size),
            SIAMESE_E_FORMAT);
        assert_null(text);
    }
    bytes from = {.size = 16};
    sm_reader reader = reader_of(&from);
    assert_int_equal(sm_read_expect(&reader, "rows", 2, 8), 0);
    assert_int_equal(sm_read_expect(&reader, "rows", 3, 8), SIAMESE_E_FORMAT);
    assert_int_equal(sm_read_expect(&reader, "rows", UINT64_MAX, 0), 0);
}

static void test_stream__keeps_counts_within_their_bounds(void **state)
{
    static const struct {
        uint64_t number, minimum, maximum;
        int good;
    } cases[] = {{5, 5, 5, 1},  {4, 5, 9, 0},          {9, 5, 9, 1},
                 {10, 5, 9, 0}, {UINT64_MAX, 0, 9, 0}, {0, 0, 0, 1}};
    (void)state;
    for (size_t i = 0; i < 6; i++) {
        bytes from = {.size = 8};
        memcpy(from.data, &cases[i].number, 8);
        sm_reader reader = reader_of(&from);
        size_t value = 77;
        sm_status const status = sm_read_count(
            &reader, "rows", cases[i].minimum, cases[i].maximum, &value);
        assert_int_equal(status, cases[i].good ? 0 : SIAMESE_E_FORMAT);
        assert_true(value == (cases[i].good ? cases[i].number : 77));
        if (status)
            assert_non_null(strstr(siamese_last_error(), "rows at byte 0"));
    }
    /* a text longer than its maximum, though the bytes are there */
    bytes from = {.data = {4}, .size = 12};
    sm_reader reader = reader_of(&from);
    char *text = NULL;
    size_t size;
    assert_int_equal(sm_read_bytes(&reader, "name", 3, &text, &size),
                     SIAMESE_E_FORMAT);
    assert_null(text);
}

static void test_stream__tells_of_bytes_too_many(void **state)
{
    bytes from = {.size = 9};
    sm_reader reader = reader_of(&from);
    uint64_t number;
    (void)state;
    assert_int_equal(sm_read_u64(&reader, &number), 0);
    assert_int_equal(sm_read_end(&reader), SIAMESE_E_FORMAT);
    assert_non_null(strstr(siamese_last_error(), "1 bytes too many"));
}

static void test_stream__passes_failures_on(void **state)
{
    bytes through = {.size = 64, .refuse = 1};
    sm_writer writer = {put, &through};
    (void)state;
    assert_int_equal(sm_write_u32(&writer, 1), SIAMESE_E_IO);
    assert_int_equal(sm_write_bytes(&writer, "a", 1), SIAMESE_E_IO);
    for (int kind = 0; kind < 7; kind++) {
        sm_reader reader = reader_of(&through);
        assert_int_equal(read_kind(&reader, kind), SIAMESE_E_IO);
        assert_string_equal(siamese_last_error(), "refused");
        assert_int_equal(reader.left, 64);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_stream__writes_little_endian),
        cmocka_unit_test(test_stream__ends_where_it_ends),
        cmocka_unit_test(test_stream__believes_no_count),
        cmocka_unit_test(test_stream__keeps_counts_within_their_bounds),
        cmocka_unit_test(test_stream__tells_of_bytes_too_many),
        cmocka_unit_test(test_stream__passes_failures_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
