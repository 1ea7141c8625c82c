/*
 * cli_collection.h: items as an index of their vectors, ids being rows. siamese
 * eval and bench make one.
 */
#ifndef CLI_COLLECTION_H
#define CLI_COLLECTION_H

#include "data/cli_items.h"

/*
 * A new index of vectors[count][dim] under ids 0 .. count - 1; trained unless
 * `is_exact`, when one list is enough.
 */
siamese_index *cli_collection_index(const float *vectors, size_t count,
                                    size_t dim,
                                    const siamese_index_options *options,
                                    int is_exact);

#endif
