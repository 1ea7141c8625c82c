/* index_train.h: choosing the lists; training itself is in the public header. */
#ifndef SM_INDEX_TRAIN_H
#define SM_INDEX_TRAIN_H

#include "index/index_handle.h"

/* By the size of a collection, where the options leave it open. */
size_t sm_index_choose_nlist(const siamese_index_options *options,
                             size_t count);
size_t sm_index_choose_nprobe(const siamese_index_options *options,
                              size_t nlist);

#endif
