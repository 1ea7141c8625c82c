/* sampler.h: the order in which an epoch takes the pairs: tf.data's
 * shuffle(n).batch(b), from a seed of our own. */
#ifndef SM_SAMPLER_H
#define SM_SAMPLER_H

#include <stdbool.h>

#include "common/rng.h"
#include "common/status.h"

/*
 * A ring of slots holds elements start .. end - 1 of the stream, element e in
 * slot e mod n. To take one: draw a slot of the ring, emit what is in it, move
 * the element of the start slot into it, and put the next element of the stream
 * into the start slot. The order depends on (seed, epoch, count, n) alone.
 */
typedef struct sm_sampler {
    sm_rng rng;
    size_t *slots;
    size_t slot_count;
    size_t start, end; /* elements in the ring */
    size_t count;      /* elements of the stream: 0 .. count - 1 */
} sm_sampler;

/* shuffle_buffer is n; 0 means in order. */
sm_status sm_sampler_create(sm_sampler *sampler, size_t count,
                            size_t shuffle_buffer, uint64_t seed,
                            uint64_t epoch);
void sm_sampler_free(sm_sampler *sampler);

/*
 * The two halves of taking one, for who keeps the elements themselves beside
 * the slots: while there is room, element *element comes into slot *slot; then
 * an element is drawn from slot *drawn, into which that of slot *start moves.
 */
bool sm_sampler_fill(sm_sampler *sampler, size_t *slot, size_t *element);
size_t sm_sampler_draw(sm_sampler *sampler, size_t *drawn, size_t *start);

/* The next up to `batch` numbers into rows; how many, 0 at the end. */
size_t sm_sampler_next(sm_sampler *sampler, size_t batch, size_t *rows);

/* Passes over the next `elements`; SIAMESE_E_CANCELLED alone ends it. */
sm_status sm_sampler_skip(sm_sampler *sampler, size_t elements);

#endif
