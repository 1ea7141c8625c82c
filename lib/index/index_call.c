/* index_call.c: a call and a row in, where its hits are gathered and how they
 * end. For index_search and index_group. */
#include "index/index_call.h"

sm_hits *sm_search_begin_row(const sm_search *search, size_t row, sm_hits *own)
{
    if (search->all) {
        sm_hits_all(&search->all[row], search->min_score, search->dedupe);
        return &search->all[row];
    }
    sm_hits_best(own, search->scores + row * search->k,
                 search->ids + row * search->k, search->k, search->min_score,
                 search->dedupe);
    return own;
}

bool sm_search_falls_short(const sm_search *search, const sm_hits *hits)
{
    return (search->filter || search->dedupe) && !search->is_strict &&
           !search->all &&
           search->nprobe < search->index->lists->centroids->nlist &&
           hits->count < search->k;
}

sm_status sm_search_end_row(const sm_search *search, size_t row, sm_hits *hits)
{
    SM_RETURN_IF_ERROR(sm_hits_finish(hits));
    if (search->all) return SIAMESE_OK;
    sm_hits_pad(hits);
    if (search->found) search->found[row] = hits->count;
    return SIAMESE_OK;
}
