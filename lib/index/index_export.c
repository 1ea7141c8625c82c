/* index_export.c: an index in, its bytes in FAISS's format out. For
 * export_faiss of lib/checkpoint. */
#include "index/index_export.h"

#include <stdio.h>

#include "index/index_handle.h"

/* FAISS writes to a FILE; this one leads to the writer. */
typedef struct outlet {
    sm_writer *writer;
    sm_status status; /* of the first failure */
} outlet;

static ssize_t pass_on(void *context, const char *data, size_t size)
{
    outlet *const o = context;
    if (o->status == SIAMESE_OK)
        o->status = o->writer->write(o->writer->context, data, size);
    return o->status == SIAMESE_OK ? (ssize_t)size : 0;
}

static sm_status write_faiss(const void *object, sm_writer *writer)
{
    const siamese_index *const index = object;
    outlet o = {writer, SIAMESE_OK};
    cookie_io_functions_t const functions = {.write = pass_on};
    FILE *const file = fopencookie(&o, "w", functions);
    if (file == NULL) return sm_fail_memory();
    int const code = faiss_write_index(index->lists->faiss, file);
    int const unflushed = fclose(file);
    if (o.status != SIAMESE_OK) return o.status;
    SM_RETURN_IF_ERROR(sm_faiss_status(code));
    SM_REQUIRE(unflushed == 0, SIAMESE_E_IO, "the export could not be written");
    return SIAMESE_OK;
}

sm_status sm_index_write_faiss(const siamese_index *index, sm_writer *writer)
{
    return sm_index_write_copy(index, write_faiss, writer);
}
