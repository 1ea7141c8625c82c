/* index_export.c: an index in, its bytes in FAISS's format out. For
 * export_faiss of lib/checkpoint. */
#include "index/index_export.h"

#include <string.h>

#include "common/platform.h"
#include "index/index_view.h"

/* Four letters, as FAISS names the parts of a file. */
enum { NAME = 4 };

static sm_status write_head(const void *object, sm_writer *writer)
{
    const siamese_index *const index = object;
    sm_sink sink; /* FAISS writes to a FILE */
    SM_RETURN_IF_ERROR(sm_sink_open(&sink, writer));
    int const code = sm_faiss_write_head(index->lists->faiss,
                                         index->lists->count, sink.file);
    sm_status const written = sm_sink_close(&sink);
    /* the writer's failure makes FAISS's */
    if (sink.status != SIAMESE_OK) return sink.status;
    SM_RETURN_IF_ERROR(sm_faiss_extension_status(code));
    return written;
}

static sm_status write_name(sm_writer *writer, const char *name)
{
    return writer->write(writer->context, name, NAME);
}

/* The sizes of the lists: of all, or with their numbers of those that are not
 * empty, whichever FAISS takes. */
static sm_status write_sizes(const sm_view *view, sm_writer *writer)
{
    size_t const nlist = sm_view_centroids(view)->nlist;
    size_t filled = 0;
    for (size_t l = 0; l < nlist; l++) filled += sm_view_size(view, l) > 0;
    bool const all = filled > nlist / 2;
    SM_RETURN_IF_ERROR(write_name(writer, all ? "full" : "sprs"));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, all ? nlist : 2 * filled));
    for (size_t l = 0; l < nlist; l++) {
        size_t const size = sm_view_size(view, l);
        if (!all && size == 0) continue;
        if (!all) SM_RETURN_IF_ERROR(sm_write_u64(writer, l));
        SM_RETURN_IF_ERROR(sm_write_u64(writer, size));
    }
    return SIAMESE_OK;
}

/* What FAISS writes of lists in arrays. */
static sm_status write_lists(sm_view *view, sm_writer *writer)
{
    const sm_centroids *const centroids = sm_view_centroids(view);
    SM_RETURN_IF_ERROR(write_name(writer, "ilar"));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, centroids->nlist));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, centroids->dim * sizeof(float)));
    SM_RETURN_IF_ERROR(write_sizes(view, writer));
    for (size_t l = 0; l < centroids->nlist; l++) {
        SM_RETURN_IF_ERROR(sm_view_write_vectors(view, l, false, writer));
        SM_RETURN_IF_ERROR(sm_view_write_ids(view, l, true, writer));
    }
    return SIAMESE_OK;
}

sm_status sm_index_write_faiss(const siamese_index *index, sm_writer *writer)
{
    sm_status status = SIAMESE_OK;
    sm_stream_copy head = {.bytes = NULL};
    sm_view *view = NULL;
    SM_TRY(sm_view_open(&view, index, write_head, &head));
    SM_CHECK(head.size > NAME &&
                 memcmp(head.bytes + head.size - NAME, "il00", NAME) == 0,
             SIAMESE_E_INTERNAL,
             "FAISS: an index without lists ends otherwise");
    head.size -= NAME;
    SM_TRY(sm_stream_copy_write(&head, writer));
    SM_TRY(write_lists(view, writer));
out:
    sm_view_close(view);
    sm_stream_copy_free(&head);
    return status;
}
