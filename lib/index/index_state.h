/* index_state.h: an index to and from a stream, for checkpoints. */
#ifndef SM_INDEX_STATE_H
#define SM_INDEX_STATE_H

#include <stdbool.h>

#include "common/stream_copy.h"

struct sm_view;

/* An index as it stood when its save began. Zeroed memory is none. */
typedef struct sm_index_save {
    struct sm_view *view;
    sm_stream_copy options;
    const siamese_index *index;
    bool has_map;
} sm_index_save;

/* As the save option. */
enum { SM_MAP_NEVER, SM_MAP_ALWAYS, SM_MAP_AUTO };

/* The index is borrowed until the end, which a save that failed has too. map:
 * whether what a mapped load reads will be written too, if the index has codes;
 * save->has_map tells. */
sm_status sm_index_save_begin(sm_index_save *save, const siamese_index *index,
                              int32_t map);

/*
 * Writes it, once.
 *
 * Layout, little-endian: u64 dim, nlist option, nprobe option, seed; u32
 * metric, kernel; u64 nlist in force; if that is more than 1, f32
 * centroids[nlist][dim]; for each list u64 size, i64 ids[size], f32
 * vectors[size][dim]. In version 1 centroids had length 1.
 */
sm_status sm_index_save_write(sm_index_save *save, sm_writer *writer);

/* What index_map.h has, once, afterwards. */
sm_status sm_index_save_write_map(sm_index_save *save, sm_writer *writer);
void sm_index_save_end(sm_index_save *save);

/*
 * A new index with the same results to the last bit; threads as in its options.
 * A kernel level that this processor lacks becomes its best. Nothing in the
 * stream is believed: SIAMESE_E_FORMAT names what is wrong.
 */
sm_status sm_index_read(siamese_index **out, sm_reader *reader,
                        uint32_t version, int32_t threads);

#endif
