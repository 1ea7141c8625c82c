/* section_plain.c: an offset in, the bytes that stand there out, though they
 * are within a zlib stream. For section_writer and index_file. */
#include "checkpoint/section_plain.h"

#include <string.h>

#include "common/assert.h"
#include "common/size.h"

void sm_plain_begin(unsigned char to[SM_PLAIN_BEGIN])
{
    to[0] = 0x78; /* deflate with 32 kB, as zlib has it; no level told */
    to[1] = 0x01;
}

void sm_plain_header(unsigned char to[SM_PLAIN_HEADER], size_t size)
{
    to[0] = 0; /* stored, and not the last one */
    to[1] = (unsigned char)size;
    to[2] = (unsigned char)(size >> 8);
    to[3] = (unsigned char)~to[1];
    to[4] = (unsigned char)~to[2];
}

void sm_plain_end(unsigned char to[SM_PLAIN_END], uint32_t adler)
{
    sm_plain_header(to, 0);
    to[0] = 1;
    for (int i = 0; i < 4; i++)
        to[SM_PLAIN_HEADER + i] = (unsigned char)(adler >> (24 - 8 * i));
}

sm_status sm_section_is_plain(const sm_source *source,
                              const sm_section_entry *entry, bool *is_plain)
{
    unsigned char begin[SM_PLAIN_BEGIN + SM_PLAIN_HEADER];
    unsigned char wanted[sizeof begin];
    uint64_t const size = entry->size;
    uint64_t const blocks = size / SM_PLAIN_BLOCK + (size % SM_PLAIN_BLOCK > 0);
    *is_plain = false;
    /* the first one tells of sizes for which the sum would not do */
    if (entry->stored_size < size || size == 0 ||
        entry->stored_size !=
            size + blocks * SM_PLAIN_HEADER + SM_PLAIN_BEGIN + SM_PLAIN_END)
        return SIAMESE_OK;
    SM_RETURN_IF_ERROR(
        source->read_at(source->context, entry->offset, begin, sizeof begin));
    sm_plain_begin(wanted);
    sm_plain_header(wanted + SM_PLAIN_BEGIN,
                    size < SM_PLAIN_BLOCK ? (size_t)size : SM_PLAIN_BLOCK);
    *is_plain = memcmp(begin, wanted, sizeof begin) == 0;
    return SIAMESE_OK;
}

sm_status sm_plain_read(const sm_source *source, const sm_section_entry *entry,
                        uint64_t offset, void *data, size_t size)
{
    char *to = data;
    sm_assert(offset <= entry->size && size <= entry->size - offset);
    while (size > 0) {
        uint64_t const block = offset / SM_PLAIN_BLOCK;
        size_t const within = (size_t)(offset % SM_PLAIN_BLOCK);
        size_t const n = sm_min(size, SM_PLAIN_BLOCK - within);
        uint64_t const at = entry->offset + SM_PLAIN_BEGIN +
                            (block + 1) * SM_PLAIN_HEADER + offset;
        SM_RETURN_IF_ERROR(source->read_at(source->context, at, to, n));
        to += n;
        offset += n;
        size -= n;
    }
    return SIAMESE_OK;
}
