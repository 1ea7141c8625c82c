#include "checkpoint/section_writer.h"

#include <string.h>

#include "checkpoint/zlib_memory.h"
#include "common/size.h"

struct sm_section_writer {
    sm_writer section; /* what the writers of state see */
    sm_writer *sink;
    z_stream zlib;
    int zlib_ready;
    uint64_t offset; /* bytes written to the sink */
    sm_section_entry *entries;
    size_t count;
    size_t capacity;
    unsigned char buffer[SM_ZLIB_BUFFER];
};

/* Deflates what zlib has as input; flush Z_FINISH ends the stream. */
static sm_status run_deflate(sm_section_writer *writer, int flush)
{
    z_stream *const zlib = &writer->zlib;
    sm_section_entry *const entry = &writer->entries[writer->count - 1];
    int result;
    do {
        zlib->next_out = writer->buffer;
        zlib->avail_out = sizeof writer->buffer;
        result = deflate(zlib, flush);
        SM_REQUIRE(result != Z_STREAM_ERROR, SIAMESE_E_INTERNAL,
                   "zlib: its state is damaged");
        size_t const made = sizeof writer->buffer - zlib->avail_out;
        if (made == 0) break;
        SM_RETURN_IF_ERROR(writer->sink->write(writer->sink->context,
                                               writer->buffer, made));
        entry->stored_crc32 =
            (uint32_t)crc32(entry->stored_crc32, writer->buffer, (uInt)made);
        writer->offset += made;
    } while (zlib->avail_out == 0);
    SM_REQUIRE(flush != Z_FINISH || result == Z_STREAM_END, SIAMESE_E_INTERNAL,
               "zlib: the stream does not end");
    return SIAMESE_OK;
}

static sm_status section_write(void *context, const void *data, size_t size)
{
    sm_section_writer *const writer = context;
    sm_section_entry *const entry = &writer->entries[writer->count - 1];
    const unsigned char *from = data;
    while (size > 0) {
        size_t const n = sm_min(size, SM_ZLIB_CHUNK);
        entry->crc32 = (uint32_t)crc32(entry->crc32, from, (uInt)n);
        entry->size += n;
        writer->zlib.next_in = from;
        writer->zlib.avail_in = (uInt)n;
        SM_RETURN_IF_ERROR(run_deflate(writer, Z_NO_FLUSH));
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
    writer->zlib.zalloc = sm_zlib_alloc;
    writer->zlib.zfree = sm_zlib_free;
    SM_CHECK(deflateInit(&writer->zlib, level) == Z_OK, SIAMESE_E_MEMORY,
             "out of memory");
    writer->zlib_ready = 1;
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
    sm_section_entry *const entries =
        sm_grow(writer->entries, &writer->capacity, writer->count + 1,
                sizeof *entries);
    if (entries == NULL) return sm_fail_memory();
    writer->entries = entries;
    SM_REQUIRE(deflateReset(&writer->zlib) == Z_OK, SIAMESE_E_INTERNAL,
               "zlib: its state is damaged");
    sm_section_entry *const entry = &entries[writer->count++];
    memset(entry, 0, sizeof *entry);
    strncpy(entry->name, name, sizeof entry->name - 1);
    entry->flags = flags;
    entry->version = version;
    entry->offset = writer->offset;
    *section = &writer->section;
    return SIAMESE_OK;
}

sm_status sm_section_end(sm_section_writer *writer)
{
    sm_section_entry *const entry = &writer->entries[writer->count - 1];
    writer->zlib.avail_in = 0;
    SM_RETURN_IF_ERROR(run_deflate(writer, Z_FINISH));
    entry->stored_size = writer->offset - entry->offset;
    return SIAMESE_OK;
}

sm_status sm_section_writer_finish(sm_section_writer *writer)
{
    return sm_table_write(writer->sink, writer->entries, writer->count,
                          writer->offset);
}
