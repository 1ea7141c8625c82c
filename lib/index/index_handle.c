/* index_handle.c: an index made, locked, counted, told about and freed. For
 * hosts, and for the other files of the index. */
#include "index/index_handle.h"

#include "common/assert.h"
#include "common/log.h"
#include "common/memory.h"
#include "index/index_options.h"

enum { MOST_DIM = 65536 };

/* ---- locks ---- */

siamese_index *sm_index_lock_read(const siamese_index *index)
{
    siamese_index *const own = (siamese_index *)index;
    sm_rwlock_read(&own->lock);
    sm_log_hold();
    return own;
}

void sm_index_lock_write(siamese_index *index)
{
    sm_rwlock_write(&index->lock);
    sm_log_hold();
}

void sm_index_unlock(const siamese_index *index)
{
    sm_rwlock_unlock(&((siamese_index *)index)->lock);
    sm_log_release();
}

bool sm_index_normalises(const siamese_index *index)
{
    return index->options.metric == SIAMESE_METRIC_COSINE;
}

/* ---- life ---- */

static void destroy(siamese_index *index)
{
    sm_lending_destroy(&index->scratches, sm_scratch_discard);
    pthread_mutex_destroy(&index->views_lock);
    sm_lists_release(index->lists);
    sm_pool_free(index->pool);
    sm_free(index);
}

sm_status sm_index_make(siamese_index **out, size_t dim,
                        const siamese_index_options *options)
{
    sm_status status = SIAMESE_OK;
    sm_centroids *centroids = NULL;
    siamese_index *index = sm_calloc(1, sizeof *index);
    SM_CHECK_MEMORY(index);
    sm_references_init(&index->references);
    sm_lending_init(&index->scratches);
    pthread_mutex_init(&index->views_lock, NULL);
    index->options = *options;
    index->dim = dim;
    SM_TRY(sm_kernels_select(options->kernel, &index->kernels));
    if (sm_index_has_codes(options, dim, sm_bounds_are_faster(index->kernels)))
        index->bounds = sm_bound_kernels_of(index->kernels);
    SM_TRY(sm_pool_create(&index->pool, options->threads));
    SM_TRY(sm_centroids_create(&centroids, 1, dim));
    SM_TRY(sm_lists_create(&index->lists, centroids, index->bounds));
    SM_CHECK(sm_rwlock_init(&index->lock) == 0, SIAMESE_E_MEMORY,
             "the index's lock could not be made");
    sm_handle_created();
    *out = index;
    index = NULL;
out:
    sm_centroids_release(centroids);
    if (index) destroy(index);
    return status;
}

siamese_status siamese_index_create(siamese_index **out, size_t dim,
                                    const siamese_index_options *options)
{
    siamese_index_options own;
    SM_REQUIRE(out != NULL, SIAMESE_E_ARGUMENT, "out: is NULL");
    SM_REQUIRE(dim >= 1 && dim <= MOST_DIM, SIAMESE_E_ARGUMENT,
               "dim: %zu is not in 1 .. %d", dim, MOST_DIM);
    SM_RETURN_IF_ERROR(sm_options_read(&sm_index_option_table, options, &own));
    SM_REQUIRE(own.nlist == 0 || own.nprobe <= own.nlist, SIAMESE_E_OPTION,
               "index option nprobe: %zu is more than nlist, %zu", own.nprobe,
               own.nlist);
    return sm_index_make(out, dim, &own);
}

siamese_index *sm_index_reference(siamese_index *index)
{
    sm_references_add(&index->references);
    return index;
}

void siamese_index_free(siamese_index *index)
{
    if (index == NULL || !sm_references_drop(&index->references)) return;
    sm_rwlock_destroy(&index->lock);
    destroy(index);
    sm_handle_freed();
}

sm_lists *sm_index_swap_lists(siamese_index *index, sm_lists *lists)
{
    sm_lists *const before = index->lists;
    /* locked, by whichever thread */
    sm_assert(pthread_rwlock_tryrdlock(&index->lock.lock) != 0);
    index->lists = lists;
    index->changes++;
    index->generation++;
    return before;
}

/* ---- what it is ---- */

size_t siamese_index_count(const siamese_index *index)
{
    if (index == NULL) return 0;
    size_t const count = sm_index_lock_read(index)->lists->count;
    sm_index_unlock(index);
    return count;
}

siamese_status siamese_index_get_info(const siamese_index *index,
                                      siamese_index_info *info)
{
    SM_REQUIRE(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    siamese_index_info own = {.struct_size = sizeof own,
                              .dim = index->dim,
                              .metric = index->options.metric};
    const sm_lists *const lists = sm_index_lock_read(index)->lists;
    own.count = lists->count;
    own.nlist = lists->centroids->nlist;
    own.memory = sm_lists_memory(lists) + sizeof *index;
    own.nprobe = sm_index_choose_nprobe(&index->options, own.nlist);
    sm_index_unlock(index);
    return sm_struct_write(&own, sizeof own, info, "info");
}

siamese_status siamese_index_get_options(const siamese_index *index,
                                         siamese_index_options *options)
{
    SM_REQUIRE(index != NULL, SIAMESE_E_ARGUMENT, "index: is NULL");
    siamese_index_options const own = sm_index_lock_read(index)->options;
    sm_index_unlock(index);
    return sm_options_write(&sm_index_option_table, &own, options);
}
