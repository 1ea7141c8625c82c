/* index_update.h: adding, removing and giving back vectors, in the public
 * header, and the form in which vectors are stored. */
#ifndef SM_INDEX_UPDATE_H
#define SM_INDEX_UPDATE_H

#include "index/index_handle.h"

/*
 * Checks vectors[count][dim] and gives them as they are stored: themselves, or
 * of length 1 in a *copy for sm_aligned_free.
 */
sm_status sm_index_stored_form(const siamese_index *index, const float *vectors,
                               size_t count, float **copy,
                               const float **stored);

#endif
