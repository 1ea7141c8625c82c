/* export_faiss.c: an index as a file of FAISS's; here, since files that are
 * whole or as before are made on this floor. */
#include "checkpoint/atomic_file.h"
#include "index/index_export.h"

siamese_status siamese_index_export_faiss(const siamese_index *index,
                                          const char *path)
{
    sm_status status = SIAMESE_OK;
    sm_atomic_file *file = NULL;
    sm_writer *writer;
    SM_CHECK(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    SM_CHECK(path != NULL, SIAMESE_E_ARGUMENT, "path: is NULL");
    SM_TRY(sm_atomic_file_create(&file, path, &writer));
    SM_TRY(sm_index_write_faiss(index, writer));
    SM_TRY(sm_atomic_file_commit(file));
out:
    sm_atomic_file_free(file);
    return status;
}
