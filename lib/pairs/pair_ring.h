/* pair_ring.h: a source's pairs in the sampler's order, with no more of them in
 * memory than the shuffle buffer has. */
#ifndef SM_PAIR_RING_H
#define SM_PAIR_RING_H

#include "pairs/pair_reader.h"
#include "pairs/sampler.h"

/* A pair in one block of memory, which its slot keeps for the next one. */
typedef struct sm_kept_pair {
    char *memory;
    size_t capacity;
} sm_kept_pair;

typedef struct sm_pair_ring {
    sm_sampler sampler;
    sm_pair_reader *reader;
    size_t given;        /* pairs of the source: later elements are generated */
    uint64_t hash;       /* of them */
    sm_kept_pair *cells; /* [sampler.slot_count], as the slots */
    siamese_text *texts; /* of the pair that is taken out */
    size_t text_capacity;
} sm_pair_ring;

/* Over the `given` pairs of a source, which have this hash, and `generated`
 * ones behind them; rewinds the source. Zeroed memory may be freed. */
sm_status sm_pair_ring_create(sm_pair_ring *ring, sm_pair_reader *reader,
                              size_t given, uint64_t hash, size_t generated,
                              size_t shuffle_buffer, uint64_t seed,
                              uint64_t epoch);
void sm_pair_ring_free(sm_pair_ring *ring);

/*
 * The next up to `batch` pairs, those of the source into the store, which has
 * no pairs: rows are their numbers there, and those of generated ones begin
 * behind them. *taken is 0 at the end.
 */
sm_status sm_pair_ring_next(sm_pair_ring *ring, sm_pair_store *store,
                            size_t batch, size_t *rows, size_t *taken);

/* Passes over the next `elements`. */
sm_status sm_pair_ring_skip(sm_pair_ring *ring, size_t elements);

#endif
