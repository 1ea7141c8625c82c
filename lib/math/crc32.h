/* crc32.h: zlib's CRC32 at the speed of memory. For whoever reads and writes
 * checkpoints, where it was most of the time. */
#ifndef SM_CRC32_H
#define SM_CRC32_H

#include <stddef.h>
#include <stdint.h>

/* zlib's crc32_z: that of data[size] behind bytes whose CRC32 is crc, 0 at
 * first. */
uint32_t sm_crc32(uint32_t crc, const void *data, size_t size);

#endif
