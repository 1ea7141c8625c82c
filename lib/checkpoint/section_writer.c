/* section_writer.c: what handles write in, sections out, packed if that makes
 * them smaller, with the table behind them. For checkpoint_save. */
#include "checkpoint/section_writer.h"

#include <stdbool.h>
#include <string.h>

#include "checkpoint/section_plain.h"
#include "checkpoint/zlib_memory.h"
#include "common/assert.h"
#include "common/size.h"
#include "math/crc32.h"

/* What is packed, or stored, as one. */
enum { BLOCK = 1 << 16 };

struct sm_section_writer {
    sm_writer section; /* what the writers of state see */
    sm_writer *sink;
    z_stream zlib;
    bool zlib_ready;
    int level, current_level; /* as asked for; of the block */
    uint64_t offset;          /* bytes written to the sink */
    bool is_plain;            /* the section that has begun */
    uint32_t adler;           /* of it, if it is */
    sm_section_entry *entries;
    size_t count;
    size_t capacity;
    size_t waiting; /* bytes in block */
    unsigned char block[BLOCK];
    unsigned char buffer[SM_ZLIB_BUFFER];
};

/* Stored bytes of the section. */
static sm_status store(sm_section_writer *writer, const void *bytes,
                       size_t size)
{
    sm_section_entry *const entry = &writer->entries[writer->count - 1];
    SM_RETURN_IF_ERROR(writer->sink->write(writer->sink->context, bytes, size));
    entry->stored_crc32 = sm_crc32(entry->stored_crc32, bytes, size);
    writer->offset += size;
    return SIAMESE_OK;
}

/* What zlib has made goes to the sink, and its room is empty again. */
static sm_status drain(sm_section_writer *writer)
{
    z_stream *const zlib = &writer->zlib;
    size_t const made = sizeof writer->buffer - zlib->avail_out;
    zlib->next_out = writer->buffer;
    zlib->avail_out = sizeof writer->buffer;
    return made ? store(writer, writer->buffer, made) : SIAMESE_OK;
}

/* Deflates what zlib has as input; flush Z_FINISH ends the stream. */
static sm_status run_deflate(sm_section_writer *writer, int flush)
{
    z_stream *const zlib = &writer->zlib;
    int result;
    do {
        SM_RETURN_IF_ERROR(drain(writer));
        result = deflate(zlib, flush);
        SM_REQUIRE(result != Z_STREAM_ERROR, SIAMESE_E_INTERNAL,
                   "zlib: its state is damaged");
    } while (zlib->avail_out == 0);
    SM_REQUIRE(flush != Z_FINISH || result == Z_STREAM_END, SIAMESE_E_INTERNAL,
               "zlib: the stream does not end");
    return SIAMESE_OK;
}

/* What comes next is packed at this level. */
static sm_status set_level(sm_section_writer *writer, int level)
{
    z_stream *const zlib = &writer->zlib;
    int result;
    if (level == writer->current_level) return SIAMESE_OK;
    zlib->avail_in = 0;
    do {
        SM_RETURN_IF_ERROR(drain(writer));
        result = deflateParams(zlib, level, Z_DEFAULT_STRATEGY);
    } while (result == Z_BUF_ERROR); /* more to come of the last level */
    SM_REQUIRE(result == Z_OK, SIAMESE_E_INTERNAL,
               "zlib: its state is damaged");
    writer->current_level = level;
    return SIAMESE_OK;
}

/*
 * Whether bytes look like noise, as the numbers of a table do, which deflate
 * would take long over and make little smaller. With p the share of each byte,
 * sum p^2 is 1/256 of pure noise, 3 to 4 times that of floats, and 15 times and
 * more of texts.
 */
static bool is_noise(const unsigned char *bytes, size_t size)
{
    uint32_t counts[2][256] = {{0}};
    uint64_t squares = 0;
    for (size_t i = 0; i + 1 < size; i += 2) {
        counts[0][bytes[i]]++;
        counts[1][bytes[i + 1]]++;
    }
    for (size_t i = 0; i < 256; i++) {
        uint64_t const count = counts[0][i] + counts[1][i];
        squares += count * count;
    }
    return size >= BLOCK / 4 && 256 * squares < 6 * (uint64_t)size * size;
}

static sm_status write_plain(sm_section_writer *writer,
                             const unsigned char *block, size_t size)
{
    unsigned char header[SM_PLAIN_HEADER];
    if (size == 0) return SIAMESE_OK; /* of the end, which is one of its own */
    sm_plain_header(header, size);
    writer->adler = (uint32_t)adler32(writer->adler, block, (uInt)size);
    SM_RETURN_IF_ERROR(store(writer, header, sizeof header));
    return store(writer, block, size);
}

static sm_status write_block(sm_section_writer *writer,
                             const unsigned char *block, size_t size)
{
    if (writer->is_plain) return write_plain(writer, block, size);
    SM_RETURN_IF_ERROR(
        set_level(writer, is_noise(block, size) ? 0 : writer->level));
    writer->zlib.next_in = block;
    writer->zlib.avail_in = (uInt)size;
    return run_deflate(writer, Z_NO_FLUSH);
}

/* In whole blocks, however it is written: those that lie in data whole, from
 * there. */
static sm_status section_write(void *context, const void *data, size_t size)
{
    sm_section_writer *const writer = context;
    sm_section_entry *const entry = &writer->entries[writer->count - 1];
    const unsigned char *from = data;
    size_t const block = writer->is_plain ? SM_PLAIN_BLOCK : BLOCK;
    while (size > 0) {
        bool const whole = writer->waiting == 0 && size >= block;
        size_t const n = sm_min(size, block - writer->waiting);
        entry->crc32 = sm_crc32(entry->crc32, from, n);
        entry->size += n;
        if (whole) {
            SM_RETURN_IF_ERROR(write_block(writer, from, n));
        } else {
            memcpy(writer->block + writer->waiting, from, n);
            writer->waiting += n;
        }
        if (writer->waiting == block) {
            writer->waiting = 0;
            SM_RETURN_IF_ERROR(write_block(writer, writer->block, block));
        }
        from += n;
        size -= n;
    }
    return SIAMESE_OK;
}

sm_status sm_section_writer_create(sm_section_writer **out, sm_writer *sink,
                                   int level)
{
    sm_status status = SIAMESE_OK;
    sm_section_writer *const writer = sm_calloc(1, sizeof *writer);
    if (writer == NULL) return sm_fail_memory();
    writer->section = (sm_writer){section_write, writer};
    writer->sink = sink;
    writer->level = writer->current_level = level;
    writer->zlib.zalloc = sm_zlib_alloc;
    writer->zlib.zfree = sm_zlib_free;
    SM_CHECK(deflateInit(&writer->zlib, level) == Z_OK, SIAMESE_E_MEMORY,
             "out of memory");
    writer->zlib_ready = true;
    writer->zlib.next_out = writer->buffer;
    writer->zlib.avail_out = sizeof writer->buffer;
    SM_TRY(sm_header_write(sink));
    writer->offset = SM_HEADER_SIZE;
    *out = writer;
out:
    if (status != SIAMESE_OK) sm_section_writer_free(writer);
    return status;
}

void sm_section_writer_free(sm_section_writer *writer)
{
    if (writer == NULL) return;
    if (writer->zlib_ready) deflateEnd(&writer->zlib);
    sm_free(writer->entries);
    sm_free(writer);
}

sm_status sm_section_begin(sm_section_writer *writer, const char *name,
                           uint32_t flags, uint32_t version,
                           sm_writer **section)
{
    SM_REQUIRE(writer->count < SM_SECTIONS_MAX, SIAMESE_E_LIMIT,
               "section %s: a checkpoint has %d sections at most", name,
               SM_SECTIONS_MAX);
    sm_section_entry *const entries = sm_grow(
        writer->entries, &writer->capacity, writer->count + 1, sizeof *entries);
    if (entries == NULL) return sm_fail_memory();
    writer->entries = entries;
    SM_REQUIRE(deflateReset(&writer->zlib) == Z_OK, SIAMESE_E_INTERNAL,
               "zlib: its state is damaged");
    writer->waiting = 0;
    writer->is_plain = false;
    sm_section_entry *const entry = &entries[writer->count++];
    memset(entry, 0, sizeof *entry);
    strncpy(entry->name, name, sizeof entry->name - 1);
    entry->flags = flags;
    entry->version = version;
    entry->offset = writer->offset;
    *section = &writer->section;
    return SIAMESE_OK;
}

sm_status sm_section_plain(sm_section_writer *writer)
{
    unsigned char begin[SM_PLAIN_BEGIN];
    writer->is_plain = true;
    writer->adler = (uint32_t)adler32(0, NULL, 0);
    sm_plain_begin(begin);
    return store(writer, begin, sizeof begin);
}

sm_status sm_section_end(sm_section_writer *writer)
{
    sm_assert(writer->count > 0); /* a section has begun */
    sm_section_entry *const entry = &writer->entries[writer->count - 1];
    SM_RETURN_IF_ERROR(write_block(writer, writer->block, writer->waiting));
    if (writer->is_plain) {
        unsigned char end[SM_PLAIN_END];
        sm_plain_end(end, writer->adler);
        SM_RETURN_IF_ERROR(store(writer, end, sizeof end));
    } else {
        SM_RETURN_IF_ERROR(run_deflate(writer, Z_FINISH));
        SM_RETURN_IF_ERROR(drain(writer));
    }
    entry->stored_size = writer->offset - entry->offset;
    return SIAMESE_OK;
}

sm_status sm_section_writer_finish(sm_section_writer *writer)
{
    return sm_table_write(writer->sink, writer->entries, writer->count,
                          writer->offset);
}
