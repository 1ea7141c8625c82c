/* cli_collection.c: vectors of items in, an index of them out. For eval and
 * bench. */
#include "model/cli_collection.h"

#include <stdlib.h>

#include "shell/cli_memory.h"
#include "shell/cli_message.h"
#include "shell/cli_progress.h"

siamese_index *cli_collection_index(const float *vectors, size_t count,
                                    size_t dim,
                                    const siamese_index_options *options,
                                    int is_exact)
{
    siamese_index *index;
    int64_t *const ids = cli_alloc(count, sizeof *ids);

    for (size_t i = 0; i < count; i++) ids[i] = (int64_t)i;
    cli_try(siamese_index_create(&index, dim, options));
    cli_progress_draw("index", 0, "k-means and lists");
    if (!is_exact) cli_try(siamese_index_train(index, vectors, count));
    cli_try(siamese_index_add(index, ids, vectors, count));
    cli_progress_clear();
    free(ids);
    return index;
}
