/* memory_stream.h: what one handle writes of itself, in memory, for another to
 * be read from. Begins as zeros. */
#ifndef MEMORY_STREAM_H
#define MEMORY_STREAM_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "common/stream.h"

typedef struct memory_stream {
    unsigned char bytes[1 << 16];
    size_t size, at;
} memory_stream;

/* An sm_writer's write. */
static inline sm_status memory_put(void *context, const void *data, size_t size)
{
    memory_stream *const to = context;
    assert_true(size <= sizeof to->bytes - to->size);
    memcpy(to->bytes + to->size, data, size);
    to->size += size;
    return SIAMESE_OK;
}

/* An sm_reader's read. */
static inline sm_status memory_take(void *context, void *data, size_t size)
{
    memory_stream *const from = context;
    assert_true(size <= from->size - from->at);
    memcpy(data, from->bytes + from->at, size);
    from->at += size;
    return SIAMESE_OK;
}

#endif
