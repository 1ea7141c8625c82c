/*
 * feedback.h: a query moved towards what it found first,
 *
 *   q' = |q| (u + w m) / |u + w m|,  u = q / |q|,
 *   m the mean of the first results' vectors at length 1
 *
 * so that a second scan finds what is like them, and not only like the query.
 */
#ifndef SM_FEEDBACK_H
#define SM_FEEDBACK_H

#include "search/search_scan.h"

/* The moved vectors of all queries of a run that was scanned into
 * out[count][dim]; a query that found nothing stays. */
sm_status sm_feedback(const sm_search_run *run, size_t results, double weight,
                      float *out);

#endif
