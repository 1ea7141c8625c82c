/* index_map.h: what an index is loaded from when its vectors stay in the file:
 * section index_map, written for index_state and read for checkpoint_load. */
#ifndef SM_INDEX_MAP_H
#define SM_INDEX_MAP_H

#include "index/index_mapped.h"
#include "index/index_view.h"

/*
 * Layout, little-endian: the options, number of lists and centroids as in
 * index_state.h; u64 sizes[nlist] of the lists; u32 rows of a piece; i64 ids,
 * list after list; the codes of each list in pieces, each piece as
 * sm_codes_parts has it; in version 1 f32 longest[nlist], the length of a
 * list's longest vector, -1: it has none; u32 CRC32 of each piece; u32 CRC32 of
 * all that is no code.
 */
sm_status sm_index_map_write(sm_view *view, const sm_stream_copy *options,
                             const siamese_index *index, sm_writer *writer);

/*
 * A new index with the results of sm_index_read, whose vectors stay in the
 * file, which it takes over, after a failure too. What is read is not believed:
 * SIAMESE_E_FORMAT names what is wrong. Codes of 1 MB, and those of a single
 * list, are read at once, others when a search first wants their list.
 */
sm_status sm_index_map(siamese_index **out, const sm_index_file *file,
                       uint32_t version, int32_t threads);

#endif
