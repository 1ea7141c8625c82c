/* index_probe.h: which lists to read for a query. */
#ifndef SM_INDEX_PROBE_H
#define SM_INDEX_PROBE_H

#include "index/index_bounded.h"

/* Queries whose scores of all lists are held at once. */
size_t sm_probe_queries(size_t nlist);

/*
 * For each of queries[m][dim], m at most sm_probe_queries, the nprobe lists
 * that promise most, of equal ones the first, by ascending number in
 * probes[m][nprobe]; scores[m][nlist] are the lists' scores. Lists that hold
 * nothing count: those of an index are read whatever others of its collection
 * hold.
 */
void sm_probe(const sm_lists *lists, const sm_kernels *kernels, size_t m,
              const float *queries, size_t nprobe, float *scores,
              uint32_t *probes);

/* Whether sm_probe_by_bounds can answer: not all lists are read, and there are
 * enough of them for codes. */
bool sm_probe_has_bounds(const sm_lists *lists, size_t nprobe);

/*
 * The same lists by bounds, for queries[m], m at most SM_BOUNDED_QUERIES, but
 * the best first: found[m][nprobe], with scores[m][nprobe]. The queries' hits
 * are not touched. `by` holds nothing.
 */
sm_status sm_probe_by_bounds(sm_bounded *by, size_t m,
                             const sm_bounded_query *queries, size_t nprobe,
                             float *scores, int64_t *found);

#endif
