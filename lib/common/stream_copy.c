/* stream_copy.c: what a handle writes in, the same bytes out to the host once
 * its lock is free. For saving. */
#include "common/stream_copy.h"

#include <string.h>

#include "common/memory.h"
#include "common/size.h"

static sm_status measure(void *context, const void *data, size_t size)
{
    size_t *const total = context;
    (void)data;
    return sm_size_add(*total, size, total) ? SIAMESE_OK : sm_fail_memory();
}

static sm_status append(void *context, const void *data, size_t size)
{
    sm_stream_copy *const copy = context;
    memcpy(copy->bytes + copy->size, data, size);
    copy->size += size;
    return SIAMESE_OK;
}

sm_status sm_stream_copy_make(sm_stream_copy *copy, sm_write_object_fn write,
                              const void *object, const char *what)
{
    size_t total = 0;
    sm_writer measurer = {measure, &total}, writer = {append, copy};
    SM_RETURN_IF_ERROR(write(object, &measurer));
    *copy = (sm_stream_copy){.bytes = sm_alloc(total)};
    SM_REQUIRE(copy->bytes != NULL, SIAMESE_E_MEMORY,
               "out of memory: %s is copied before it is written, which takes "
               "%zu bytes",
               what, total);
    return write(object, &writer);
}

sm_status sm_stream_copy_write(const sm_stream_copy *copy, sm_writer *writer)
{
    return copy->size ? writer->write(writer->context, copy->bytes, copy->size)
                      : SIAMESE_OK;
}

void sm_stream_copy_free(sm_stream_copy *copy)
{
    sm_free(copy->bytes);
    *copy = (sm_stream_copy){.bytes = NULL};
}
