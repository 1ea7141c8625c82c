/* stream_copy.h: what a handle writes of itself, copied in memory: its lock is
 * held while the copy is made, and not while a host's stream takes the
 * bytes. */
#ifndef SM_STREAM_COPY_H
#define SM_STREAM_COPY_H

#include "common/stream.h"

/* Zeroed memory holds none. */
typedef struct sm_stream_copy {
    unsigned char *bytes;
    size_t size;
} sm_stream_copy;

/* Writes an object that does not change meanwhile, the same each time. */
typedef sm_status (*sm_write_object_fn)(const void *object, sm_writer *writer);

/*
 * Writes the object into memory of just the size that it needs; it is written
 * twice, the first time to be measured. SIAMESE_E_MEMORY names `what` and the
 * size.
 */
sm_status sm_stream_copy_make(sm_stream_copy *copy, sm_write_object_fn write,
                              const void *object, const char *what);

sm_status sm_stream_copy_write(const sm_stream_copy *copy, sm_writer *writer);
void sm_stream_copy_free(sm_stream_copy *copy);

#endif
