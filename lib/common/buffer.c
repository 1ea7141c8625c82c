#include "common/buffer.h"

#include <string.h>

#include "common/memory.h"
#include "common/size.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "checkpoints are written on little-endian machines alone so far"
#endif

/* ---- writing ---- */

void sm_buffer_free(sm_buffer *buffer)
{
    sm_free(buffer->data);
    *buffer = (sm_buffer){0};
}

sm_status sm_buffer_append(sm_buffer *buffer, const void *data, size_t size)
{
    size_t wanted;
    if (size == 0) return SIAMESE_OK;
    if (!sm_size_add(buffer->size, size, &wanted)) return sm_fail_memory();
    unsigned char *const grown =
        sm_grow(buffer->data, &buffer->capacity, wanted, 1);
    if (grown == NULL) return sm_fail_memory();
    buffer->data = grown;
    memcpy(buffer->data + buffer->size, data, size);
    buffer->size = wanted;
    return SIAMESE_OK;
}

sm_status sm_buffer_u32(sm_buffer *buffer, uint32_t value)
{
    return sm_buffer_append(buffer, &value, sizeof value);
}

sm_status sm_buffer_u64(sm_buffer *buffer, uint64_t value)
{
    return sm_buffer_append(buffer, &value, sizeof value);
}

sm_status sm_buffer_f64(sm_buffer *buffer, double value)
{
    return sm_buffer_append(buffer, &value, sizeof value);
}

sm_status sm_buffer_f32s(sm_buffer *buffer, const float *values, size_t count)
{
    return sm_buffer_append(buffer, values, count * sizeof *values);
}

sm_status sm_buffer_i64s(sm_buffer *buffer, const int64_t *values,
                         size_t count)
{
    return sm_buffer_append(buffer, values, count * sizeof *values);
}

sm_status sm_buffer_bytes(sm_buffer *buffer, const void *data, size_t size)
{
    SM_RETURN_IF_ERROR(sm_buffer_u64(buffer, size));
    return sm_buffer_append(buffer, data, size);
}

/* ---- reading ---- */

size_t sm_reader_left(const sm_reader *reader)
{
    return reader->size - reader->position;
}

static sm_status take(sm_reader *reader, void *out, size_t count, size_t size)
{
    size_t bytes;
    SM_REQUIRE(sm_size_multiply(count, size, &bytes) &&
                   bytes <= sm_reader_left(reader),
               SIAMESE_E_FORMAT,
               "section %s: %zu values at byte %zu pass its end at %zu",
               reader->section, count, reader->position, reader->size);
    if (bytes) memcpy(out, reader->data + reader->position, bytes);
    reader->position += bytes;
    return SIAMESE_OK;
}

sm_status sm_reader_u32(sm_reader *reader, uint32_t *value)
{
    return take(reader, value, 1, sizeof *value);
}

sm_status sm_reader_u64(sm_reader *reader, uint64_t *value)
{
    return take(reader, value, 1, sizeof *value);
}

sm_status sm_reader_f64(sm_reader *reader, double *value)
{
    return take(reader, value, 1, sizeof *value);
}

sm_status sm_reader_f32s(sm_reader *reader, float *values, size_t count)
{
    return take(reader, values, count, sizeof *values);
}

sm_status sm_reader_i64s(sm_reader *reader, int64_t *values, size_t count)
{
    return take(reader, values, count, sizeof *values);
}

sm_status sm_reader_bytes(sm_reader *reader, const void **data, size_t *size)
{
    size_t const limit = sm_reader_left(reader) >= sizeof(uint64_t)
                             ? sm_reader_left(reader) - sizeof(uint64_t)
                             : 0;
    SM_RETURN_IF_ERROR(sm_reader_count(reader, "a size", 0, limit, size));
    *data = reader->data + reader->position;
    reader->position += *size;
    return SIAMESE_OK;
}

sm_status sm_reader_count(sm_reader *reader, const char *what, size_t minimum,
                          size_t maximum, size_t *value)
{
    uint64_t number;
    size_t const at = reader->position;
    SM_RETURN_IF_ERROR(sm_reader_u64(reader, &number));
    SM_REQUIRE(number >= minimum && number <= maximum, SIAMESE_E_FORMAT,
               "section %s: %s at byte %zu is %llu, not in %zu .. %zu",
               reader->section, what, at, (unsigned long long)number, minimum,
               maximum);
    *value = (size_t)number;
    return SIAMESE_OK;
}

sm_status sm_reader_end(const sm_reader *reader)
{
    SM_REQUIRE(sm_reader_left(reader) == 0, SIAMESE_E_FORMAT,
               "section %s: %zu bytes too many", reader->section,
               sm_reader_left(reader));
    return SIAMESE_OK;
}
