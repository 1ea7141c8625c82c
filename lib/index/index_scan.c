/* index_scan.c: a list and queries in, each passing vector's score offered to
 * its query's hits. For index_search and index_group. */
#include "index/index_scan.h"

#include <string.h>

#include "common/size.h"

/* Vectors that stand side by side, and those that will be read afterwards. */
typedef struct block {
    size_t rows;
    const int64_t *ids;
    const float *vectors, *next;
} block;

void sm_scan_lay_out(sm_scan *scan, sm_arena *arena, size_t most)
{
    scan->scores = sm_arena_array(arena, most * SM_SCAN_ROWS, sizeof(float));
    scan->passed = sm_arena_array(
        arena, scan->filter ? SM_SCAN_ROWS * scan->lists->centroids->dim : 0,
        sizeof(float));
    scan->room = sm_arena_array(
        arena,
        scan->lists->mapped ? SM_SCAN_ROWS * scan->lists->centroids->dim : 0,
        sizeof(float));
}

static sm_status offer(const sm_scan *scan, const block *b, const float *scores,
                       sm_hits *hits)
{
    uint32_t at[SM_SCAN_ROWS];
    size_t const found =
        scan->kernels->find_greater(b->rows, scores, hits->above, at);
    for (size_t i = 0; i < found; i++)
        SM_RETURN_IF_ERROR(sm_hits_offer(hits, scores[at[i]], b->ids[at[i]]));
    return SIAMESE_OK;
}

static sm_status scan_block(const sm_scan *scan, const block *b, size_t m,
                            const float *queries, sm_hits *const *hits)
{
    scan->kernels->scores(m, b->rows, scan->lists->centroids->dim, queries,
                          b->vectors, b->next, scan->scores, SM_SCAN_ROWS);
    for (size_t q = 0; q < m; q++)
        SM_RETURN_IF_ERROR(
            offer(scan, b, scan->scores + q * SM_SCAN_ROWS, hits[q]));
    return SIAMESE_OK;
}

/* Of the block those that the filter lets pass, moved together. */
static sm_status scan_passing(const sm_scan *scan, const block *all, size_t m,
                              const float *queries, sm_hits *const *hits)
{
    size_t const dim = scan->lists->centroids->dim;
    int64_t ids[SM_SCAN_ROWS];
    uint32_t at[SM_SCAN_ROWS];
    block some = {0, ids, scan->passed, NULL};
    for (size_t r = 0; r < all->rows; r++) {
        at[some.rows] = (uint32_t)r;
        some.rows += sm_id_filter_passes(scan->filter, all->ids[r]);
    }
    if (some.rows == all->rows) return scan_block(scan, all, m, queries, hits);
    if (some.rows == 0) return SIAMESE_OK;
    for (size_t i = 0; i < some.rows; i++) {
        ids[i] = all->ids[at[i]];
        memcpy(scan->passed + i * dim, all->vectors + at[i] * dim,
               dim * sizeof(float));
    }
    return scan_block(scan, &some, m, queries, hits);
}

/* Of a list whose vectors stay in a file. */
static sm_status scan_mapped(const sm_scan *scan, size_t list, size_t m,
                             const float *queries, sm_hits *const *hits)
{
    const int64_t *ids;
    size_t const size = sm_lists_ids(scan->lists, list, &ids);
    for (size_t begin = 0; begin < size; begin += SM_SCAN_ROWS) {
        block b = {sm_min(size - begin, SM_SCAN_ROWS), ids + begin, NULL, NULL};
        SM_RETURN_IF_ERROR(sm_lists_vectors(scan->lists, list, begin, b.rows,
                                            scan->room, &b.vectors));
        SM_RETURN_IF_ERROR((scan->filter ? scan_passing : scan_block)(
            scan, &b, m, queries, hits));
    }
    return SIAMESE_OK;
}

sm_status sm_scan_list(const sm_scan *scan, size_t list, size_t next, size_t m,
                       const float *queries, sm_hits *const *hits)
{
    if (scan->lists->mapped) return scan_mapped(scan, list, m, queries, hits);
    size_t const dim = scan->lists->centroids->dim;
    const int64_t *ids, *next_ids;
    const float *vectors, *afterwards;
    size_t const size = sm_faiss_list(scan->lists->faiss, list, &ids, &vectors);
    sm_faiss_list(scan->lists->faiss, next, &next_ids, &afterwards);
    for (size_t begin = 0; begin < size; begin += SM_SCAN_ROWS) {
        block b = {sm_min(size - begin, SM_SCAN_ROWS), ids + begin,
                   vectors + begin * dim, afterwards};
        if (begin + b.rows < size) b.next = b.vectors + b.rows * dim;
        SM_RETURN_IF_ERROR((scan->filter ? scan_passing : scan_block)(
            scan, &b, m, queries, hits));
    }
    return SIAMESE_OK;
}

sm_status sm_scan_everything(const sm_scan *scan, size_t m,
                             const float *queries, sm_hits *const *hits)
{
    size_t const nlist = scan->lists->centroids->nlist;
    for (size_t l = 0; l < nlist; l++)
        SM_RETURN_IF_ERROR(
            sm_scan_list(scan, l, sm_min(l + 1, nlist - 1), m, queries, hits));
    return SIAMESE_OK;
}
