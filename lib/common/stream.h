/* stream.h: typed writing to and reading from a stream of bytes, for the state
 * of handles. Numbers are little-endian; the reader knows how much is left, so
 * no count is believed before memory is taken for it. */
#ifndef SM_STREAM_H
#define SM_STREAM_H

#include <stddef.h>
#include <stdint.h>

#include "common/status.h"

typedef struct sm_writer {
    sm_status (*write)(void *context, const void *data, size_t size);
    void *context;
} sm_writer;

sm_status sm_write_u32(sm_writer *writer, uint32_t value);
sm_status sm_write_u64(sm_writer *writer, uint64_t value);
sm_status sm_write_f64(sm_writer *writer, double value);
sm_status sm_write_f32s(sm_writer *writer, const float *values, size_t count);
sm_status sm_write_i64s(sm_writer *writer, const int64_t *values, size_t count);
sm_status sm_write_u16s(sm_writer *writer, const uint16_t *values,
                        size_t count);
sm_status sm_write_u32s(sm_writer *writer, const uint32_t *values,
                        size_t count);
sm_status sm_write_i8s(sm_writer *writer, const int8_t *values, size_t count);
/* u64 size, then the bytes */
sm_status sm_write_bytes(sm_writer *writer, const void *data, size_t size);

typedef struct sm_reader {
    /* fills data[size] whole, or fails */
    sm_status (*read)(void *context, void *data, size_t size);
    void *context;
    uint64_t left;       /* bytes not read yet */
    uint64_t position;   /* bytes read */
    const char *section; /* for the error texts */
} sm_reader;

/* Each fails with SIAMESE_E_FORMAT, naming section and place, past the end. */
sm_status sm_read_u32(sm_reader *reader, uint32_t *value);
sm_status sm_read_u64(sm_reader *reader, uint64_t *value);
sm_status sm_read_f64(sm_reader *reader, double *value);
sm_status sm_read_f32s(sm_reader *reader, float *values, size_t count);
sm_status sm_read_i64s(sm_reader *reader, int64_t *values, size_t count);
sm_status sm_read_u16s(sm_reader *reader, uint16_t *values, size_t count);
sm_status sm_read_u32s(sm_reader *reader, uint32_t *values, size_t count);
sm_status sm_read_i8s(sm_reader *reader, int8_t *values, size_t count);

/* A u64 that must be in minimum .. maximum; `what` names it. */
sm_status sm_read_count(sm_reader *reader, const char *what, uint64_t minimum,
                        uint64_t maximum, size_t *value);

/*
 * What sm_write_bytes wrote, in new memory with a NUL behind it; at most
 * maximum bytes, and no more than are left.
 */
sm_status sm_read_bytes(sm_reader *reader, const char *what, uint64_t maximum,
                        char **data, size_t *size);

/* SIAMESE_E_FORMAT unless count elements of size bytes are left. */
sm_status sm_read_expect(const sm_reader *reader, const char *what,
                         uint64_t count, uint64_t size);

/* All bytes must have been read. */
sm_status sm_read_end(const sm_reader *reader);

#endif
