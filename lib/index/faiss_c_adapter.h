/* faiss_c_adapter.h: what the index needs of FAISS beyond its C API, and the
 * header to include for that C API.
 *
 * The faiss_* functions come from libfaiss_c where the build found one, else from
 * faiss_c_adapter.cpp, with the signatures of FAISS's own headers. The sm_faiss_*
 * functions are ours: a scan of chosen lists without the OpenMP regions of FAISS
 * (an exception in one ends the process), without its shared statistics (a data
 * race) and with nprobe as an argument; room in the lists made before it is
 * needed; the contents of a list. Each int function returns a FaissErrorCode.
 */
#ifndef SM_FAISS_C_ADAPTER_H
#define SM_FAISS_C_ADAPTER_H

#include <stddef.h>
#include <stdint.h>

#include <faiss/c_api/Clustering_c.h>
#include <faiss/c_api/IndexFlat_c.h>
#include <faiss/c_api/IndexIVFFlat_c.h>
#include <faiss/c_api/IndexIVF_c.h>
#include <faiss/c_api/Index_c.h>
#include <faiss/c_api/error_c.h>
#include <faiss/c_api/impl/AuxIndexStructures_c.h>
#include <faiss/c_api/index_io_c.h>

#ifdef __cplusplus
extern "C" {
#endif

#include "math/kernels.h"

/* What the last failing sm_faiss_* call of this thread threw. */
const char *sm_faiss_last_error(void);

/*
 * The kernels that FAISS's own loops use on this thread from now on; returns
 * those before. NULL: the best of the processor.
 */
const sm_kernels *sm_faiss_use_kernels(const sm_kernels *kernels);

/* Scans lists of one index; for one thread at a time. */
typedef struct sm_faiss_scanner sm_faiss_scanner;

int sm_faiss_scanner_new(sm_faiss_scanner **out, const FaissIndexIVF *index);
void sm_faiss_scanner_free(sm_faiss_scanner *scanner);

/*
 * The k vectors of lists[nprobe] that score highest against query[dim], in no
 * order; id -1 where there are fewer. Of equal scores at the end any may stay.
 */
int sm_faiss_scan(sm_faiss_scanner *scanner, const float *query, size_t k,
                  size_t nprobe, const int64_t *lists, float *scores,
                  int64_t *ids);

/* All that score more than `above`, into a result made for one query. */
int sm_faiss_range_scan(sm_faiss_scanner *scanner, const float *query,
                        float above, size_t nprobe, const int64_t *lists,
                        FaissRangeSearchResult *result);

/*
 * Makes room for added[nlist] more vectors in each list, so that adding them
 * cannot fail. On failure the lists are as before.
 */
int sm_faiss_reserve(FaissIndexIVF *index, const size_t *added);

/* The contents of a list, valid until the index changes; returns its size. */
size_t sm_faiss_list(const FaissIndexIVF *index, size_t list,
                     const int64_t **ids, const float **vectors);

#ifdef __cplusplus
}
#endif

#endif
