/* stream.c: numbers and bytes in, little-endian bytes out, and back with every
 * count checked. For the states of all handles. */
#include "common/stream.h"

#include <inttypes.h>

#include "common/memory.h"

#if __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "the state of handles is written on little-endian machines alone"
#endif

/* ---- writing ---- */

static sm_status put(sm_writer *writer, const void *data, size_t size)
{
    return size ? writer->write(writer->context, data, size) : SIAMESE_OK;
}

sm_status sm_write_u32(sm_writer *writer, uint32_t value)
{
    return put(writer, &value, sizeof value);
}

sm_status sm_write_u64(sm_writer *writer, uint64_t value)
{
    return put(writer, &value, sizeof value);
}

sm_status sm_write_f64(sm_writer *writer, double value)
{
    return put(writer, &value, sizeof value);
}

sm_status sm_write_f32s(sm_writer *writer, const float *values, size_t count)
{
    return put(writer, values, count * sizeof *values);
}

sm_status sm_write_i64s(sm_writer *writer, const int64_t *values, size_t count)
{
    return put(writer, values, count * sizeof *values);
}

sm_status sm_write_u16s(sm_writer *writer, const uint16_t *values, size_t count)
{
    return put(writer, values, count * sizeof *values);
}

sm_status sm_write_u32s(sm_writer *writer, const uint32_t *values, size_t count)
{
    return put(writer, values, count * sizeof *values);
}

sm_status sm_write_i8s(sm_writer *writer, const int8_t *values, size_t count)
{
    return put(writer, values, count * sizeof *values);
}

sm_status sm_write_bytes(sm_writer *writer, const void *data, size_t size)
{
    SM_RETURN_IF_ERROR(sm_write_u64(writer, size));
    return put(writer, data, size);
}

/* ---- reading ---- */

sm_status sm_read_expect(const sm_reader *reader, const char *what,
                         uint64_t count, uint64_t size)
{
    SM_REQUIRE(size == 0 || count <= reader->left / size, SIAMESE_E_FORMAT,
               "section %s: %" PRIu64 " %s at byte %" PRIu64
               " pass its end, %" PRIu64 " bytes on",
               reader->section, count, what, reader->position, reader->left);
    return SIAMESE_OK;
}

static sm_status take(sm_reader *reader, void *out, size_t count, size_t size)
{
    SM_RETURN_IF_ERROR(sm_read_expect(reader, "values", count, size));
    size_t const bytes = count * size;
    if (bytes == 0) return SIAMESE_OK;
    SM_RETURN_IF_ERROR(reader->read(reader->context, out, bytes));
    reader->left -= bytes;
    reader->position += bytes;
    return SIAMESE_OK;
}

sm_status sm_read_u32(sm_reader *reader, uint32_t *value)
{
    return take(reader, value, 1, sizeof *value);
}

sm_status sm_read_u64(sm_reader *reader, uint64_t *value)
{
    return take(reader, value, 1, sizeof *value);
}

sm_status sm_read_f64(sm_reader *reader, double *value)
{
    return take(reader, value, 1, sizeof *value);
}

sm_status sm_read_f32s(sm_reader *reader, float *values, size_t count)
{
    return take(reader, values, count, sizeof *values);
}

sm_status sm_read_i64s(sm_reader *reader, int64_t *values, size_t count)
{
    return take(reader, values, count, sizeof *values);
}

sm_status sm_read_u16s(sm_reader *reader, uint16_t *values, size_t count)
{
    return take(reader, values, count, sizeof *values);
}

sm_status sm_read_u32s(sm_reader *reader, uint32_t *values, size_t count)
{
    return take(reader, values, count, sizeof *values);
}

sm_status sm_read_i8s(sm_reader *reader, int8_t *values, size_t count)
{
    return take(reader, values, count, sizeof *values);
}

sm_status sm_read_count(sm_reader *reader, const char *what, uint64_t minimum,
                        uint64_t maximum, size_t *value)
{
    uint64_t number = 0;
    uint64_t const at = reader->position;
    SM_RETURN_IF_ERROR(sm_read_u64(reader, &number));
    SM_REQUIRE(number >= minimum && number <= maximum && number <= SIZE_MAX,
               SIAMESE_E_FORMAT,
               "section %s: %s at byte %" PRIu64 " is %" PRIu64
               ", not in %" PRIu64 " .. %" PRIu64,
               reader->section, what, at, number, minimum, maximum);
    *value = (size_t)number;
    return SIAMESE_OK;
}

sm_status sm_read_bytes(sm_reader *reader, const char *what, uint64_t maximum,
                        char **data, size_t *size)
{
    sm_status status = SIAMESE_OK;
    char *bytes = NULL;
    SM_TRY(sm_read_count(reader, what, 0, maximum, size));
    SM_TRY(sm_read_expect(reader, what, *size, 1));
    bytes = sm_alloc_array(*size + 1, 1);
    SM_CHECK_MEMORY(bytes);
    SM_TRY(take(reader, bytes, *size, 1));
    bytes[*size] = '\0';
    *data = bytes;
    bytes = NULL;
out:
    sm_free(bytes);
    return status;
}

sm_status sm_read_end(const sm_reader *reader)
{
    SM_REQUIRE(reader->left == 0, SIAMESE_E_FORMAT,
               "section %s: %" PRIu64 " bytes too many", reader->section,
               reader->left);
    return SIAMESE_OK;
}
