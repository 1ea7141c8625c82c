/* byte_source.h: where a checkpoint is read from: a file, memory, or what a
 * host's stream gave. */
#ifndef SM_BYTE_SOURCE_H
#define SM_BYTE_SOURCE_H

#include <stddef.h>
#include <stdint.h>

#include "common/status.h"

typedef struct sm_source {
    /* fills data[size] from offset; the caller keeps within size below */
    sm_status (*read_at)(void *context, uint64_t offset, void *data,
                         size_t size);
    void (*close)(void *context); /* NULL: nothing to close */
    /* another source of the same file, which lives on by itself; NULL: of what
     * is no file there is none */
    sm_status (*share)(const void *context, struct sm_source *out);
    void *context;
    uint64_t size;
} sm_source;

/* A regular file; SIAMESE_E_IO names the path and the reason. */
sm_status sm_source_open_file(sm_source *out, const char *path);

/* data[size] is borrowed until the source is closed. */
void sm_source_open_memory(sm_source *out, const void *data, size_t size);

/*
 * All that read gives, kept in blocks, so that growing copies nothing.
 * SIAMESE_E_LIMIT past limit bytes (0: none), SIAMESE_E_IO if read fails.
 */
sm_status sm_source_open_stream(sm_source *out, siamese_read_fn read,
                                void *user, uint64_t limit);

/* Harmless on a zeroed source. */
void sm_source_close(sm_source *source);

#endif
