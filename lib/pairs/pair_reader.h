/* pair_reader.h: pairs of a host's source, one after the other, checked,
 * counted and hashed as they come. */
#ifndef SM_PAIR_READER_H
#define SM_PAIR_READER_H

#include <stdbool.h>

#include "pairs/pair_store.h"

/* The first three members are the caller's. */
typedef struct sm_pair_reader {
    siamese_source source;
    const sm_pair_store *store;        /* whose fields the pairs have */
    const siamese_tower *query, *item; /* that must be able to read them */
    siamese_pairs batch; /* the host's memory, until the next call of it */
    size_t at;           /* the next pair of the batch */
    size_t count;        /* pairs since the source was rewound */
    uint64_t hash;       /* of all that training reads of them */
    size_t offsets[2];   /* of the negatives of one pair */
} sm_pair_reader;

sm_status sm_pair_reader_rewind(sm_pair_reader *reader);

/* The next pair as pairs of count 1, borrowed until the next call; count 0 at
 * the end. */
sm_status sm_pair_reader_next(sm_pair_reader *reader, siamese_pairs *pair);

/* SIAMESE_E_STATE unless the source ends here, with `count` pairs that have
 * this hash. */
sm_status sm_pair_reader_finish(sm_pair_reader *reader, size_t count,
                                uint64_t hash);

#endif
