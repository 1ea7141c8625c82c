/* stream_frequency.h: how many steps lie between two steps that have an item,
 * learned while training goes on, in memory that the number of items does not
 * change: the probabilities of logq=streaming. */
#ifndef SM_STREAM_FREQUENCY_H
#define SM_STREAM_FREQUENCY_H

#include "common/stream.h"

enum { SM_STREAM_HASHES = 2 };

/*
 * Yi et al. 2019, "Sampling-bias-corrected neural modeling for large corpus
 * item recommendations", algorithm 2 with several hashes: for an item y of step
 * t and each hash h, with A the last step of a bucket and B its gap,
 *   B[h(y)] = (1 - rate) B[h(y)] + rate (t - A[h(y)]), A[h(y)] = t
 *   p(y) = 1 / max_h B[h(y)]
 * A bucket that was empty takes the gap t itself. A collision makes a gap too
 * small, so the largest is the best.
 */
typedef struct sm_stream_frequency {
    size_t buckets;
    double rate;
    int64_t *last; /* A [SM_STREAM_HASHES][buckets]; 0: empty */
    float *gap;    /* B, the same */
} sm_stream_frequency;

sm_status sm_stream_frequency_create(sm_stream_frequency *frequency,
                                     size_t buckets, double rate);
void sm_stream_frequency_free(sm_stream_frequency *frequency);

/* p of the item of this hash at step t, as it will be once t is counted. */
float sm_stream_frequency_estimate(const sm_stream_frequency *frequency,
                                   uint64_t hash, uint64_t t);

/* Counts step t, once however often the step has the item. */
void sm_stream_frequency_count(sm_stream_frequency *frequency, uint64_t hash,
                               uint64_t t);

sm_status sm_stream_frequency_write(const sm_stream_frequency *frequency,
                                    sm_writer *writer);

/* What was written of as many buckets; steps: done so far, the most that a last
 * step can be. */
sm_status sm_stream_frequency_read(sm_stream_frequency *frequency,
                                   sm_reader *reader, uint64_t steps);

#endif
