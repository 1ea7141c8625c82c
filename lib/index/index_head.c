/* index_head.c: the beginning of an index's sections, options and centroids, in
 * and out. For index_state and index_map. */
#include "index/index_head.h"

#include <inttypes.h>

#include "index/index_options.h"
#include "index/index_vectors.h"

sm_status sm_index_write_options(const void *object, sm_writer *writer)
{
    const siamese_index *const index = object;
    const siamese_index_options *const options = &index->options;
    SM_RETURN_IF_ERROR(sm_write_u64(writer, index->dim));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, options->nlist));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, options->nprobe));
    SM_RETURN_IF_ERROR(sm_write_u64(writer, options->seed));
    SM_RETURN_IF_ERROR(sm_write_u32(writer, (uint32_t)options->metric));
    return sm_write_u32(writer, (uint32_t)options->kernel);
}

/* ---- reading ---- */

bool sm_index_stretches(const siamese_index *index, uint32_t version,
                        size_t nlist)
{
    return version == 1 && nlist > 1 && !sm_index_normalises(index);
}

sm_status sm_index_bad(const sm_reader *reader, const char *what)
{
    return sm_fail(SIAMESE_E_FORMAT, "section %s, before byte %" PRIu64 ": %s",
                   reader->section, reader->position, what);
}

sm_status sm_index_read_options(sm_reader *reader, size_t *dim,
                                siamese_index_options *options)
{
    uint32_t metric, kernel;
    SM_RETURN_IF_ERROR(
        sm_options_init(&sm_index_option_table, options, sizeof *options));
    SM_RETURN_IF_ERROR(sm_read_count(reader, "dim", 1, 65536, dim));
    SM_RETURN_IF_ERROR(sm_read_count(reader, "nlist", 0, SM_INDEX_MOST_LISTS,
                                     &options->nlist));
    SM_RETURN_IF_ERROR(sm_read_count(reader, "nprobe", 0, SM_INDEX_MOST_LISTS,
                                     &options->nprobe));
    SM_RETURN_IF_ERROR(sm_read_u64(reader, &options->seed));
    SM_RETURN_IF_ERROR(sm_read_u32(reader, &metric));
    SM_RETURN_IF_ERROR(sm_read_u32(reader, &kernel));
    SM_REQUIRE(metric <= SIAMESE_METRIC_COSINE && kernel <= SIAMESE_KERNEL_NEON,
               SIAMESE_E_VERSION,
               "section %s: metric %" PRIu32 " or kernel %" PRIu32
               " is of a newer library",
               reader->section, metric, kernel);
    if (options->nlist && options->nprobe > options->nlist)
        return sm_index_bad(reader, "nprobe is more than nlist");
    options->metric = (int32_t)metric;
    options->kernel = (int32_t)kernel;
    if (!sm_kernels_available(options->kernel))
        options->kernel = SIAMESE_KERNEL_AUTO;
    return SIAMESE_OK;
}

sm_status sm_index_read_floats(sm_reader *reader, const char *what,
                               float *values, size_t count, size_t dim)
{
    SM_RETURN_IF_ERROR(sm_read_f32s(reader, values, count * dim));
    if (sm_vectors_check(what, values, count, dim, false) != SIAMESE_OK)
        return sm_index_bad(reader,
                            "a number is not finite, or a vector too long");
    return SIAMESE_OK;
}

sm_status sm_index_read_centroids(sm_reader *reader, const siamese_index *index,
                                  sm_centroids **out)
{
    sm_status status = SIAMESE_OK;
    sm_centroids *centroids = NULL;
    size_t const dim = index->dim;
    size_t nlist;
    SM_TRY(sm_read_count(reader, "lists", 1, SM_INDEX_MOST_LISTS, &nlist));
    /* Each list has a size, and a centroid when there are several. */
    SM_TRY(sm_read_expect(reader, "lists", nlist,
                          sizeof(uint64_t) +
                              (nlist > 1 ? dim * sizeof(float) : 0)));
    SM_TRY(sm_centroids_create(&centroids, nlist, dim));
    if (nlist > 1)
        SM_TRY(sm_index_read_floats(reader, "centroids", centroids->values,
                                    nlist, dim));
    SM_TRY(sm_centroids_finish(centroids, index->kernels));
    *out = centroids;
    centroids = NULL;
out:
    sm_centroids_release(centroids);
    return status;
}
