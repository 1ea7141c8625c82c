/* index_export.h: an index in FAISS's own file format. */
#ifndef SM_INDEX_EXPORT_H
#define SM_INDEX_EXPORT_H

#include "common/stream.h"

sm_status sm_index_write_faiss(const siamese_index *index, sm_writer *writer);

#endif
