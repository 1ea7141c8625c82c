/* section_reader.c: an entry of the table in, the unpacked bytes of its section
 * out, checked against its CRC. For checkpoint_load. */
#include "checkpoint/section_reader.h"

#include <inttypes.h>
#include <stdbool.h>
#include <string.h>

#include "checkpoint/zlib_memory.h"
#include "common/size.h"
#include "math/crc32.h"
#include "common/thread.h"

struct sm_section_reader {
    sm_reader stream; /* what the readers of state see */
    const sm_source *source;
    const sm_section_entry *entry;
    z_stream zlib;
    uint64_t fetched;      /* stored bytes read from the source */
    uint32_t stored_crc32; /* of them */
    uint64_t made;         /* unpacked bytes */
    uint32_t crc32;        /* of them */
    bool ended;            /* the zlib stream did */
    sm_status failed;      /* what ended the unpacking before its time */
    unsigned char buffer[SM_ZLIB_BUFFER];
};

static sm_status fetch(sm_section_reader *reader)
{
    uint64_t const left = reader->entry->stored_size - reader->fetched;
    size_t const n =
        left < SM_ZLIB_BUFFER ? (size_t)left : (size_t)SM_ZLIB_BUFFER;
    SM_REQUIRE(n > 0, SIAMESE_E_FORMAT,
               "section %s: damaged: its %" PRIu64
               " stored bytes do not end its zlib stream",
               reader->entry->name, reader->entry->stored_size);
    SM_RETURN_IF_ERROR(reader->source->read_at(
        reader->source->context, reader->entry->offset + reader->fetched,
        reader->buffer, n));
    reader->fetched += n;
    reader->stored_crc32 = sm_crc32(reader->stored_crc32, reader->buffer, n);
    reader->zlib.next_in = reader->buffer;
    reader->zlib.avail_in = (uInt)n;
    return SIAMESE_OK;
}

static sm_status zlib_failure(const sm_section_reader *reader, int result)
{
    if (result == Z_MEM_ERROR) return sm_fail_memory();
    return sm_fail(SIAMESE_E_FORMAT,
                   "section %s: damaged: zlib at byte %" PRIu64 ": %s",
                   reader->entry->name, reader->made,
                   reader->zlib.msg ? reader->zlib.msg : "not its format");
}

/* Unpacks up to size bytes into data; *done < size only at the stream's end. */
static sm_status unpack(sm_section_reader *reader, void *data, size_t size,
                        size_t *done)
{
    z_stream *const zlib = &reader->zlib;
    *done = 0;
    while (*done < size && !reader->ended) {
        if (zlib->avail_in == 0) SM_RETURN_IF_ERROR(fetch(reader));
        unsigned char *const to = (unsigned char *)data + *done;
        size_t const n = sm_min(size - *done, SM_ZLIB_CHUNK);
        zlib->next_out = to;
        zlib->avail_out = (uInt)n;
        int const result = inflate(zlib, Z_NO_FLUSH);
        uInt const made = (uInt)n - zlib->avail_out;
        reader->crc32 = sm_crc32(reader->crc32, to, made);
        reader->made += made;
        *done += made;
        if (result == Z_STREAM_END)
            reader->ended = true;
        else if (result != Z_OK && result != Z_BUF_ERROR)
            return zlib_failure(reader, result);
    }
    return SIAMESE_OK;
}

static sm_status section_read(void *context, void *data, size_t size)
{
    sm_section_reader *const reader = context;
    size_t done;
    if (reader->failed == SIAMESE_OK) {
        reader->failed = unpack(reader, data, size, &done);
        if (reader->failed == SIAMESE_OK && done < size)
            reader->failed =
                sm_fail(SIAMESE_E_FORMAT,
                        "section %s: damaged: it ends at byte %" PRIu64
                        ", not at %" PRIu64,
                        reader->entry->name, reader->made, reader->entry->size);
    }
    return reader->failed;
}

sm_status sm_section_open(sm_section_reader **out, const sm_source *source,
                          const sm_section_entry *entry, sm_reader **stream)
{
    sm_section_reader *const reader = sm_calloc(1, sizeof *reader);
    if (reader == NULL) return sm_fail_memory();
    reader->source = source;
    reader->entry = entry;
    reader->zlib.zalloc = sm_zlib_alloc;
    reader->zlib.zfree = sm_zlib_free;
    if (inflateInit(&reader->zlib) != Z_OK) {
        sm_free(reader);
        return sm_fail_memory();
    }
    /* Adler-32 is left unchecked: the CRC32 of the stored bytes covers it, and
     * that of the unpacked ones what it covers. */
    inflateValidate(&reader->zlib, 0);
    reader->stream = (sm_reader){.read = section_read,
                                 .context = reader,
                                 .left = entry->size,
                                 .section = entry->name};
    *stream = &reader->stream;
    *out = reader;
    return SIAMESE_OK;
}

static sm_status check_crc32(const sm_section_reader *reader, const char *what,
                             uint32_t found, uint32_t expected)
{
    SM_REQUIRE(found == expected, SIAMESE_E_FORMAT,
               "section %s: damaged: its %s is %08" PRIx32 ", not %08" PRIx32,
               reader->entry->name, what, found, expected);
    return SIAMESE_OK;
}

/* Unpacks what was not read, and checks the whole against the table. */
static sm_status check_whole(sm_section_reader *reader)
{
    unsigned char beyond[4096];
    size_t done;
    uint64_t const size = reader->entry->size;
    SM_RETURN_IF_ERROR(reader->failed);
    do {
        SM_RETURN_IF_ERROR(unpack(reader, beyond, sizeof beyond, &done));
        SM_REQUIRE(reader->made <= size, SIAMESE_E_FORMAT,
                   "section %s: damaged: it goes on past byte %" PRIu64,
                   reader->entry->name, size);
    } while (!reader->ended);
    SM_REQUIRE(reader->made == size, SIAMESE_E_FORMAT,
               "section %s: damaged: it ends at byte %" PRIu64
               ", not at %" PRIu64,
               reader->entry->name, reader->made, size);
    SM_REQUIRE(reader->zlib.avail_in == 0 &&
                   reader->fetched == reader->entry->stored_size,
               SIAMESE_E_FORMAT,
               "section %s: damaged: bytes stand behind its zlib stream",
               reader->entry->name);
    SM_RETURN_IF_ERROR(
        check_crc32(reader, "CRC32", reader->crc32, reader->entry->crc32));
    return check_crc32(reader, "stored CRC32", reader->stored_crc32,
                       reader->entry->stored_crc32);
}

/* The statuses that say more about a file than that its data is not valid. */
static bool speaks_for_itself(sm_status status)
{
    return status == SIAMESE_E_FORMAT || status == SIAMESE_E_VERSION ||
           status == SIAMESE_E_LIMIT || status == SIAMESE_E_MEMORY ||
           status == SIAMESE_E_IO || status == SIAMESE_E_UNSUPPORTED ||
           status == SIAMESE_E_INTERNAL;
}

sm_status sm_section_close(sm_section_reader *reader, sm_status status)
{
    char reason[SM_ERROR_SIZE];
    strncpy(reason, siamese_last_error(), sizeof reason - 1);
    reason[sizeof reason - 1] = '\0';
    sm_status const whole = check_whole(reader);
    const char *const name = reader->entry->name;
    if (whole != SIAMESE_OK) {
        status = whole;
    } else if (status == SIAMESE_OK) {
        status = sm_read_end(&reader->stream);
    } else if (!speaks_for_itself(status)) {
        status = sm_fail(SIAMESE_E_FORMAT, "section %s: %s", name, reason);
    }
    inflateEnd(&reader->zlib);
    sm_free(reader);
    return status;
}

sm_status sm_section_verify(const sm_source *source,
                            const sm_section_entry *entry)
{
    sm_status status = SIAMESE_OK;
    sm_section_reader *const reader = sm_calloc(1, sizeof *reader);
    if (reader == NULL) return sm_fail_memory();
    reader->source = source;
    reader->entry = entry;
    while (reader->fetched < entry->stored_size) SM_TRY(fetch(reader));
    SM_TRY(check_crc32(reader, "stored CRC32", reader->stored_crc32,
                       entry->stored_crc32));
out:
    sm_free(reader);
    return status;
}
