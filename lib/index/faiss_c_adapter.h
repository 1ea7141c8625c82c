/* faiss_c_adapter.h: what the index needs of FAISS beyond its C API, and the
 * header to include for that C API.
 *
 * The faiss_* functions come from libfaiss_c where the build found one, else
 * from faiss_c_adapter.cpp, with the signatures of FAISS's own headers. The
 * sm_faiss_* functions are ours: room in the lists made before it is needed,
 * and the contents of a list, which the index scores itself, a block of vectors
 * against all queries that want the list. Each int function returns a
 * FaissErrorCode.
 */
#ifndef SM_FAISS_C_ADAPTER_H
#define SM_FAISS_C_ADAPTER_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <faiss/c_api/IndexFlat_c.h>
#include <faiss/c_api/IndexIVFFlat_c.h>
#include <faiss/c_api/IndexIVF_c.h>
#include <faiss/c_api/Index_c.h>
#include <faiss/c_api/error_c.h>
#include <faiss/c_api/index_io_c.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What the last failing sm_faiss_* call of this thread threw. */
const char *sm_faiss_last_error(void);

/*
 * Makes room for added[nlist] more vectors in each list, so that adding them
 * cannot fail. On failure the lists are as before.
 */
int sm_faiss_reserve(FaissIndexIVF *index, const size_t *added);

/* The contents of a list, valid until the index changes; returns its size. */
size_t sm_faiss_list(const FaissIndexIVF *index, size_t list,
                     const int64_t **ids, const float **vectors);

/* Bytes that the lists take, with what they have in reserve. */
size_t sm_faiss_memory(const FaissIndexIVF *index);

/* Writes the index as faiss_write_index does, as if it had `count` vectors and
 * no lists: "il00" stands at the end in their place. The index is only read. */
int sm_faiss_write_head(const FaissIndexIVFFlat *index, size_t count,
                        FILE *file);

/* A list has `count` vectors from now on: its first ones, and behind those any,
 * for which there is room and which are to be put. Many threads may work on
 * lists of their own, and put vectors of their own. */
void sm_faiss_resize(FaissIndexIVF *index, size_t list, size_t count);
void sm_faiss_put(FaissIndexIVF *index, size_t list, size_t row, int64_t id,
                  const float *vector);

/* Vector `from` of a list takes the place of vector `to`. */
void sm_faiss_move(FaissIndexIVF *index, size_t list, size_t from, size_t to);

/* The vectors of all lists, to be told after changes of their sizes. */
void sm_faiss_set_count(FaissIndexIVF *index, size_t count);

#ifdef __cplusplus
}
#endif

#endif
