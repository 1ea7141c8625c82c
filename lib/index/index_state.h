/* index_state.h: an index to and from a stream, for checkpoints. */
#ifndef SM_INDEX_STATE_H
#define SM_INDEX_STATE_H

#include "common/stream_copy.h"

/*
 * The index as it stands, in memory, to be written later. Failing, what was
 * made of it is freed by the caller.
 *
 * Layout, little-endian: u64 dim, nlist option, nprobe option, seed; u32
 * metric, kernel; u64 nlist in force; if that is more than 1, f32
 * centroids[nlist][dim]; for each list u64 size, i64 ids[size], f32
 * vectors[size][dim].
 */
sm_status sm_index_copy(const siamese_index *index, sm_stream_copy *section);

/*
 * A new index with the same results to the last bit; threads as in its options.
 * A kernel level that this processor lacks becomes its best. Nothing in the
 * stream is believed: SIAMESE_E_FORMAT names what is wrong.
 */
sm_status sm_index_read(siamese_index **out, sm_reader *reader,
                        int32_t threads);

#endif
