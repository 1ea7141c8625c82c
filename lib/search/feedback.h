/*
 * feedback.h: a query moved towards what it found first,
 *
 *   q' = |q| (u + w m) / |u + w m|,  u = q / |q|,
 *   m = sum_i p_i v_i,  p_i = exp(s_i / .1) / sum_j exp(s_j / .1),
 *   v_i the first results' vectors at length 1, s_i their scores, of an index
 *   of inner products by |q| |v_1|
 *
 * so that a second scan finds what is like them, and not only like the query.
 */
#ifndef SM_FEEDBACK_H
#define SM_FEEDBACK_H

#include "search/search_scan.h"

/* The moved vectors of all queries of a run that was scanned, and ranked if it
 * is to be, into out[count][dim]; a query that found nothing stays. *found is
 * false where a result went meanwhile. */
sm_status sm_feedback(const sm_search_run *run, size_t results, double weight,
                      float *out, bool *found);

#endif
