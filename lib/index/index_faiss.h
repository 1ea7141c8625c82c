/* index_faiss.h: how the index calls FAISS: on the calling thread alone, its
 * failures as status codes. */
#ifndef SM_INDEX_FAISS_H
#define SM_INDEX_FAISS_H

#include "common/status.h"
#include "index/faiss_c_adapter.h"

/* What the thread had before; put back by leave. */
typedef struct sm_faiss_region {
    int threads;
} sm_faiss_region;

/*
 * Around calls of FAISS that have OpenMP regions: they run with one thread, so
 * libgomp starts none, and the host's own setting is kept. SIAMESE_E_MEMORY
 * when memory is nearly out: libgomp ends the process if it finds none in a
 * region.
 */
sm_status sm_faiss_enter(sm_faiss_region *region);
void sm_faiss_leave(const sm_faiss_region *region);

/* The status of a faiss_* or sm_faiss_* function's return code. */
sm_status sm_faiss_status(int code);
sm_status sm_faiss_extension_status(int code);

#endif
