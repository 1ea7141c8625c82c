/* index_probe.h: which lists to read for a query. */
#ifndef SM_INDEX_PROBE_H
#define SM_INDEX_PROBE_H

#include "index/index_lists.h"

/* Queries whose scores of all lists are held at once. */
size_t sm_probe_queries(size_t nlist);

/*
 * For each of queries[m][dim], m at most sm_probe_queries, the nprobe lists
 * that promise most, of equal ones the first, by ascending number in
 * probes[m][nprobe]. Lists that hold nothing are left out: counts[m] says how
 * many there are. scores[m][nlist] are the lists' scores, -infinity for those
 * that hold nothing.
 */
void sm_probe(const sm_lists *lists, const sm_kernels *kernels, size_t m,
              const float *queries, size_t nprobe, float *scores,
              uint32_t *probes, size_t *counts);

#endif
