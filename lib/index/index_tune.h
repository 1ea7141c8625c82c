/* index_tune.h: how many lists a wanted recall takes; the functions are in the public
 * header. */
#ifndef SM_INDEX_TUNE_H
#define SM_INDEX_TUNE_H

#include "index/index_handle.h"

#endif
