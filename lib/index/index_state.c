/* index_state.c: an index in, bytes out, and back. For checkpoint_save and
 * checkpoint_load. */
#include "index/index_state.h"

#include <inttypes.h>
#include <math.h>

#include "common/memory.h"
#include "common/size.h"
#include "index/index_append.h"
#include "index/index_head.h"
#include "index/index_map.h"
#include "index/index_options.h"
#include "index/index_vectors.h"

/* Numbers of vectors that are read at once, whole vectors of course. */
enum { NUMBERS_AT_ONCE = 65536 };

/* ---- writing ---- */

/* done: nothing is written of it afterwards */
static sm_status write_lists(sm_view *view, bool done, sm_writer *writer)
{
    const sm_centroids *const centroids = sm_view_centroids(view);
    size_t const nlist = centroids->nlist, dim = centroids->dim;
    SM_RETURN_IF_ERROR(sm_write_u64(writer, nlist));
    if (nlist > 1)
        SM_RETURN_IF_ERROR(
            sm_write_f32s(writer, centroids->values, nlist * dim));
    for (size_t l = 0; l < nlist; l++) {
        SM_RETURN_IF_ERROR(sm_write_u64(writer, sm_view_size(view, l)));
        SM_RETURN_IF_ERROR(sm_view_write_ids(view, l, false, writer));
        SM_RETURN_IF_ERROR(sm_view_write_vectors(view, l, done, writer));
    }
    return SIAMESE_OK;
}

/* Fewer bytes of vectors are read, and their codes made, within 50 ms. */
#define LEAST_MAPPED ((size_t)32 << 20)

static bool is_worth_mapping(const sm_view *view, size_t dim)
{
    size_t const nlist = sm_view_centroids(view)->nlist;
    size_t count = 0;
    for (size_t l = 0; l < nlist; l++) count += sm_view_size(view, l);
    return count >= sm_chunks(LEAST_MAPPED, dim * sizeof(float));
}

sm_status sm_index_save_begin(sm_index_save *save, const siamese_index *index,
                              int32_t map)
{
    save->index = index;
    SM_RETURN_IF_ERROR(sm_view_open(&save->view, index, sm_index_write_options,
                                    &save->options));
    save->has_map =
        index->bounds &&
        (map == SM_MAP_ALWAYS ||
         (map == SM_MAP_AUTO && is_worth_mapping(save->view, index->dim)));
    return SIAMESE_OK;
}

sm_status sm_index_save_write(sm_index_save *save, sm_writer *writer)
{
    SM_RETURN_IF_ERROR(sm_stream_copy_write(&save->options, writer));
    return write_lists(save->view, !save->has_map, writer);
}

sm_status sm_index_save_write_map(sm_index_save *save, sm_writer *writer)
{
    return sm_index_map_write(save->view, &save->options, save->index, writer);
}

void sm_index_save_end(sm_index_save *save)
{
    sm_view_close(save->view);
    sm_stream_copy_free(&save->options);
    *save = (sm_index_save){0};
}

/* ---- reading ---- */

/* Buffers for one list, piece by piece. */
typedef struct piece {
    int64_t *ids;     /* [size of the list] */
    size_t rows;      /* of the pieces */
    int64_t *list_of; /* [rows] */
    float *vectors;   /* [rows][dim] */
    size_t *added;    /* [nlist], all 0 between lists */
    float *longest;   /* [nlist], the longest vectors; NULL: nobody asks */
    sm_appender appender;
    size_t id_capacity;
} piece;

static sm_status read_list(sm_reader *reader, siamese_index *index, size_t l,
                           piece *p)
{
    sm_lists *const lists = index->lists;
    size_t const dim = index->dim;
    size_t size;
    SM_RETURN_IF_ERROR(
        sm_read_count(reader, "vectors of a list", 0, INT64_MAX, &size));
    SM_RETURN_IF_ERROR(sm_read_expect(reader, "vectors", size,
                                      sizeof(int64_t) + dim * sizeof(float)));
    int64_t *const ids = sm_grow(p->ids, &p->id_capacity, size, sizeof *p->ids);
    if (ids == NULL) return sm_fail_memory();
    p->ids = ids;
    SM_RETURN_IF_ERROR(sm_read_i64s(reader, ids, size));
    for (size_t i = 0; i < size; i++)
        if (ids[i] < 0) return sm_index_bad(reader, "an id is below 0");
    p->added[l] = size;
    SM_RETURN_IF_ERROR(sm_lists_reserve(lists, p->added));
    p->added[l] = 0;
    for (size_t done = 0; done < size;) {
        size_t const rows = sm_min(size - done, p->rows);
        SM_RETURN_IF_ERROR(
            sm_index_read_floats(reader, "vectors", p->vectors, rows, dim));
        for (size_t i = 0; i < rows; i++) p->list_of[i] = (int64_t)l;
        for (size_t i = 0; i < rows && p->longest; i++)
            p->longest[l] = fmaxf(p->longest[l],
                                  sm_vector_length(p->vectors + i * dim, dim));
        sm_lists_append(lists, &p->appender, ids + done, p->vectors, p->list_of,
                        rows);
        done += rows;
    }
    return SIAMESE_OK;
}

static sm_status read_lists(sm_reader *reader, siamese_index *index,
                            uint32_t version)
{
    sm_status status = SIAMESE_OK;
    sm_centroids *centroids = NULL;
    sm_lists *lists = NULL;
    piece p = {.rows = sm_max(1, NUMBERS_AT_ONCE / index->dim)};
    sm_faiss_region region;
    SM_RETURN_IF_ERROR(sm_faiss_enter(&region));
    SM_TRY(sm_index_read_centroids(reader, index, &centroids));
    size_t const nlist = centroids->nlist;
    SM_TRY(sm_lists_create(&lists, centroids, index->bounds));
    sm_lists_set_nprobe(lists, sm_index_choose_nprobe(&index->options, nlist));
    sm_index_lock_write(index);
    lists = sm_index_swap_lists(index, lists);
    sm_index_unlock(index);
    p.added = sm_calloc(nlist, sizeof *p.added);
    SM_CHECK_MEMORY(p.added);
    if (sm_index_stretches(index, version, nlist)) {
        p.longest = sm_calloc(nlist, sizeof *p.longest);
        SM_CHECK_MEMORY(p.longest);
    }
    p.list_of = sm_alloc_array(p.rows, sizeof *p.list_of);
    SM_CHECK_MEMORY(p.list_of);
    p.vectors = sm_alloc_array(p.rows * index->dim, sizeof(float));
    SM_CHECK_MEMORY(p.vectors);
    SM_TRY(sm_appender_create(&p.appender, index->lists, index->pool, false,
                              p.rows));
    for (size_t l = 0; l < nlist; l++) SM_TRY(read_list(reader, index, l, &p));
    SM_TRY(sm_read_end(reader));
    if (p.longest) {
        sm_centroids_stretch(centroids, p.longest);
        SM_TRY(sm_centroids_finish(centroids, index->kernels));
        SM_TRY(sm_lists_take_centroids(index->lists));
    }
out:
    sm_appender_free(&p.appender);
    sm_free(p.longest);
    sm_free(p.vectors);
    sm_free(p.list_of);
    sm_free(p.added);
    sm_free(p.ids);
    sm_lists_release(lists);
    sm_centroids_release(centroids);
    sm_faiss_leave(&region);
    return status;
}

sm_status sm_index_read(siamese_index **out, sm_reader *reader,
                        uint32_t version, int32_t threads)
{
    sm_status status = SIAMESE_OK;
    siamese_index *index = NULL;
    siamese_index_options options;
    size_t dim;
    SM_TRY(sm_index_read_options(reader, &dim, &options));
    options.threads = threads;
    SM_TRY(sm_index_make(&index, dim, &options));
    SM_TRY(read_lists(reader, index, version));
    *out = index;
    index = NULL;
out:
    siamese_index_free(index);
    return status;
}
