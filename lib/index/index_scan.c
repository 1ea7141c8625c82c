#include "index/index_scan.h"

#include "common/size.h"

static sm_status offer_block(const sm_scan *scan, size_t rows,
                             const int64_t *ids, const float *scores,
                             sm_hits *hits)
{
    uint32_t at[SM_SCAN_ROWS];
    size_t const found =
        scan->kernels->find_greater(rows, scores, hits->above, at);
    for (size_t i = 0; i < found; i++)
        SM_RETURN_IF_ERROR(sm_hits_offer(hits, scores[at[i]], ids[at[i]]));
    return SIAMESE_OK;
}

sm_status sm_scan_list(const sm_scan *scan, size_t list, size_t next, size_t m,
                       const float *queries, sm_hits *const *hits)
{
    size_t const dim = scan->lists->centroids->dim;
    const int64_t *ids, *next_ids;
    const float *vectors, *afterwards;
    size_t const size =
        sm_faiss_list(scan->lists->faiss, list, &ids, &vectors);
    sm_faiss_list(scan->lists->faiss, next, &next_ids, &afterwards);
    for (size_t begin = 0; begin < size; begin += SM_SCAN_ROWS) {
        size_t const rows = sm_min(size - begin, SM_SCAN_ROWS);
        const float *const block = vectors + begin * dim;
        scan->kernels->scores(
            m, rows, dim, queries, block,
            begin + rows < size ? block + rows * dim : afterwards,
            scan->scores, SM_SCAN_ROWS);
        for (size_t q = 0; q < m; q++)
            SM_RETURN_IF_ERROR(offer_block(scan, rows, ids + begin,
                                           scan->scores + q * SM_SCAN_ROWS,
                                           hits[q]));
    }
    return SIAMESE_OK;
}
