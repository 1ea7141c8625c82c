/* index_head.h: what both sections of an index begin with, and how it is told
 * what is wrong with one. For index_state and index_map. */
#ifndef SM_INDEX_HEAD_H
#define SM_INDEX_HEAD_H

#include "common/stream.h"
#include "index/index_handle.h"

/* Of an index: its dim and options, as index_state.h has them; a
 * sm_write_object_fn. */
sm_status sm_index_write_options(const void *index, sm_writer *writer);

/* Options that a section does not have are the defaults; a kernel level that
 * this processor lacks becomes its best. */
sm_status sm_index_read_options(sm_reader *reader, size_t *dim,
                                siamese_index_options *options);

/* The number of lists and their centroids, in new memory. */
sm_status sm_index_read_centroids(sm_reader *reader, const siamese_index *index,
                                  sm_centroids **out);

/* Whether centroids of a section of this version are all of length 1, and are
 * stretched by what their lists hold. */
bool sm_index_stretches(const siamese_index *index, uint32_t version,
                        size_t nlist);

/* values[count][dim], such as an index may hold. */
sm_status sm_index_read_floats(sm_reader *reader, const char *what,
                               float *values, size_t count, size_t dim);

/* SIAMESE_E_FORMAT with section and place. */
sm_status sm_index_bad(const sm_reader *reader, const char *what);

#endif
