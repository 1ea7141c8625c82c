/* buffer.h: bytes that grow, and a reader that never reads past their end. The
 * numbers in both are little-endian. */
#ifndef SM_BUFFER_H
#define SM_BUFFER_H

#include <stddef.h>
#include <stdint.h>

#include "common/status.h"

typedef struct sm_buffer {
    unsigned char *data;
    size_t size;
    size_t capacity;
} sm_buffer;

/* An sm_buffer of zeros is empty and valid. */
void sm_buffer_free(sm_buffer *buffer);
sm_status sm_buffer_append(sm_buffer *buffer, const void *data, size_t size);
sm_status sm_buffer_u32(sm_buffer *buffer, uint32_t value);
sm_status sm_buffer_u64(sm_buffer *buffer, uint64_t value);
sm_status sm_buffer_f64(sm_buffer *buffer, double value);
sm_status sm_buffer_f32s(sm_buffer *buffer, const float *values, size_t count);
sm_status sm_buffer_i64s(sm_buffer *buffer, const int64_t *values,
                         size_t count);
/* u64 size, then the bytes */
sm_status sm_buffer_bytes(sm_buffer *buffer, const void *data, size_t size);

typedef struct sm_reader {
    const unsigned char *data;
    size_t size;
    size_t position;
    const char *section; /* for the error texts */
} sm_reader;

/* Each fails with SIAMESE_E_FORMAT, naming section and place, past the end. */
sm_status sm_reader_u32(sm_reader *reader, uint32_t *value);
sm_status sm_reader_u64(sm_reader *reader, uint64_t *value);
sm_status sm_reader_f64(sm_reader *reader, double *value);
sm_status sm_reader_f32s(sm_reader *reader, float *values, size_t count);
sm_status sm_reader_i64s(sm_reader *reader, int64_t *values, size_t count);
/* Borrows the bytes from the reader's data. */
sm_status sm_reader_bytes(sm_reader *reader, const void **data, size_t *size);
/* A u64 that must be in minimum .. maximum; `what` names it. */
sm_status sm_reader_count(sm_reader *reader, const char *what, size_t minimum,
                          size_t maximum, size_t *value);
/* Bytes not read yet: bounds what a count may claim before memory is taken. */
size_t sm_reader_left(const sm_reader *reader);
/* All bytes must have been read. */
sm_status sm_reader_end(const sm_reader *reader);

#endif
