/* section_plain.h: a section whose zlib stream is of stored blocks of one size,
 * so that each unpacked byte has a place in the file that can be told. */
#ifndef SM_SECTION_PLAIN_H
#define SM_SECTION_PLAIN_H

#include "checkpoint/section_table.h"

enum {
    SM_PLAIN_BLOCK = 65535, /* bytes of a stored block, but of the last ones */
    SM_PLAIN_BEGIN = 2,     /* bytes of zlib's header */
    SM_PLAIN_HEADER = 5,    /* bytes before a block */
    SM_PLAIN_END = 9,       /* an empty last block, and Adler-32 */
};

/* zlib's header, that of a block, and what stands behind the blocks. */
void sm_plain_begin(unsigned char to[SM_PLAIN_BEGIN]);
void sm_plain_header(unsigned char to[SM_PLAIN_HEADER], size_t size);
void sm_plain_end(unsigned char to[SM_PLAIN_END], uint32_t adler);

/* Whether a section is so, by its size and the ends of its stored bytes. */
sm_status sm_section_is_plain(const sm_source *source,
                              const sm_section_entry *entry, bool *is_plain);

/* data[size] = unpacked bytes of a plain section from `offset` on, which must
 * lie within it; of no CRC32 known. Any thread. */
sm_status sm_plain_read(const sm_source *source, const sm_section_entry *entry,
                        uint64_t offset, void *data, size_t size);

#endif
