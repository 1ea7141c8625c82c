/* index_export.c: an index in, its bytes in FAISS's format out. For
 * export_faiss of lib/checkpoint. */
#include "index/index_export.h"

#include "common/platform.h"
#include "index/index_handle.h"

static sm_status write_faiss(const void *object, sm_writer *writer)
{
    const siamese_index *const index = object;
    sm_sink sink; /* FAISS writes to a FILE */
    SM_RETURN_IF_ERROR(sm_sink_open(&sink, writer));
    int const code = faiss_write_index(index->lists->faiss, sink.file);
    sm_status const written = sm_sink_close(&sink);
    /* the writer's failure makes FAISS's */
    if (sink.status != SIAMESE_OK) return sink.status;
    SM_RETURN_IF_ERROR(sm_faiss_status(code));
    return written;
}

sm_status sm_index_write_faiss(const siamese_index *index, sm_writer *writer)
{
    sm_stream_copy copy = {0};
    sm_status status = sm_index_copy_as(index, write_faiss, &copy);
    if (status == SIAMESE_OK) status = sm_stream_copy_write(&copy, writer);
    sm_stream_copy_free(&copy);
    return status;
}
