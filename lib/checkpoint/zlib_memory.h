/* zlib_memory.h: zlib's memory comes from the host's allocator too. */
#ifndef SM_ZLIB_MEMORY_H
#define SM_ZLIB_MEMORY_H

#define ZLIB_CONST
#include <zlib.h>

#include "common/memory.h"

/* What one call of zlib is given at most: its counts are 32 bits. */
#define SM_ZLIB_CHUNK ((size_t)1 << 30)

/* Of the bytes on their way to and from the file. */
#define SM_ZLIB_BUFFER ((size_t)1 << 16)

static inline voidpf sm_zlib_alloc(voidpf opaque, uInt count, uInt size)
{
    (void)opaque;
    return sm_alloc_array(count, size);
}

static inline void sm_zlib_free(voidpf opaque, voidpf pointer)
{
    (void)opaque;
    sm_free(pointer);
}

#endif
