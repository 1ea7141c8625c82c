/* index_probe.c: the scores of all centroids in, the nprobe best lists of each
 * query out. For index_search and index_group. */
#include "index/index_probe.h"

#include <float.h>
#include <math.h>

#include "common/assert.h"
#include "common/size.h"

enum { MOST_QUERIES = 64, MOST_SCORES = 1 << 16 };

size_t sm_probe_queries(size_t nlist)
{
    return sm_max(1, sm_min(MOST_QUERIES, MOST_SCORES / nlist));
}

/* A score that more than `wanted` of x[n] exceed, not far below *top, which
 * becomes the largest. More than `wanted` of them are finite. */
static float lower_bound(const sm_kernels *kernels, size_t n, const float *x,
                         size_t wanted, float *top)
{
    *top = kernels->maximum(n, x);
    float step = 0.25f * fabsf(*top) + 1e-30f, low;
    do {
        low = fmaxf(*top - step, -FLT_MAX);
        step *= 2.0f;
    } while (low > -FLT_MAX && kernels->count_greater(n, x, low) <= wanted);
    return low;
}

/*
 * The places of the `wanted` largest of x[n], ascending, of equal ones the
 * first. By halving: counting has no branch that a processor could guess
 * wrongly, unlike a heap.
 */
static void select_largest(const sm_kernels *kernels, size_t n, const float *x,
                           size_t wanted, uint32_t *places)
{
    float high, low = lower_bound(kernels, n, x, wanted, &high);
    /* More than `wanted` exceed low, fewer exceed high. */
    for (;;) {
        float const middle = 0.5f * low + 0.5f * high;
        size_t const above = kernels->count_greater(n, x, middle);
        if (above == wanted) {
            kernels->find_greater(n, x, middle, places);
            return;
        }
        if (middle <= low || middle >= high) break;
        if (above > wanted)
            low = middle;
        else
            high = middle;
    }
    /* Several are equal at the end. */
    size_t equal = wanted - kernels->count_greater(n, x, high), found = 0;
    for (size_t i = 0; found < wanted; i++) {
        if (x[i] == high && equal > 0)
            equal--;
        else if (!(x[i] > high))
            continue;
        places[found++] = (uint32_t)i;
    }
}

void sm_probe(const sm_lists *lists, const sm_kernels *kernels, size_t m,
              const float *queries, size_t nprobe, float *scores,
              uint32_t *probes)
{
    const sm_centroids *const centroids = lists->centroids;
    size_t const nlist = centroids->nlist;
    sm_assert(m <= sm_probe_queries(nlist) && nprobe <= nlist);
    kernels->scores(m, nlist, centroids->dim, queries, centroids->values, NULL,
                    scores, nlist);
    for (size_t q = 0; q < m; q++) {
        const float *const row = scores + q * nlist;
        uint32_t *const places = probes + q * nprobe;
        if (nprobe < nlist)
            select_largest(kernels, nlist, row, nprobe, places);
        else
            for (size_t l = 0; l < nlist; l++) places[l] = (uint32_t)l;
    }
}

bool sm_probe_has_bounds(const sm_lists *lists, size_t nprobe)
{
    return lists->numbers && nprobe < lists->centroids->nlist;
}

sm_status sm_probe_by_bounds(sm_bounded *by, size_t m,
                             const sm_bounded_query *queries, size_t nprobe,
                             float *scores, int64_t *found)
{
    sm_hits hits[SM_BOUNDED_QUERIES];
    sm_bounded_query own[SM_BOUNDED_QUERIES] = {{NULL, NULL, NULL, NULL}};
    /* a list is a vector here: its centroid */
    sm_bounded_rows const rows = {&by->lists->probe_codes, by->lists->numbers,
                                  by->lists->centroids->values, 0};
    for (size_t q = 0; q < m; q++) {
        sm_hits_best(&hits[q], scores + q * nprobe, found + q * nprobe, nprobe,
                     -INFINITY, false);
        own[q] = (sm_bounded_query){queries[q].code, queries[q].vector,
                                    &hits[q], NULL};
    }
    SM_RETURN_IF_ERROR(sm_bounded_only(by, &rows, m, own));
    for (size_t q = 0; q < m; q++) SM_RETURN_IF_ERROR(sm_hits_finish(&hits[q]));
    return SIAMESE_OK;
}
