/* pair_stream.h: a host's source in place of pairs that a trainer keeps: what
 * was found out about its pairs, and what training asks of it. */
#ifndef SM_PAIR_STREAM_H
#define SM_PAIR_STREAM_H

#include "pairs/generated_pairs.h"
#include "pairs/pair_reader.h"

typedef struct sm_pair_stream {
    bool is_set;
    siamese_source source;
    bool is_counted;    /* the members below are known */
    size_t count;       /* pairs of an epoch */
    uint64_t hash;      /* of them */
    bool has_items;     /* the list is made */
    size_t of_items;    /* items of the catalogue then */
    sm_item_list items; /* of the pairs, each identity once; for
                            * self_supervision */
} sm_pair_stream;

/* Releases the source, too. */
void sm_pair_stream_free(sm_pair_stream *stream);

/* SIAMESE_E_OPTION for what needs all pairs at once. */
sm_status sm_pair_stream_check_options(const siamese_trainer_options *options);

/* The same, and SIAMESE_E_STATE for what needs a catalogue and has none. */
sm_status sm_pair_stream_check(const siamese_trainer_options *options,
                               const sm_pair_store *store);

/* A reader of the source's pairs for a store of their fields. */
sm_pair_reader sm_pair_stream_reader(const sm_pair_stream *stream,
                                     const sm_pair_store *store,
                                     const siamese_tower *query,
                                     const siamese_tower *item);

/*
 * Reads the source once, unless all is known: how many pairs it has, their hash
 * and, if wanted, the list of their items, which must be in the store's
 * catalogue. Failing, nothing is known of it.
 */
sm_status sm_pair_stream_count(sm_pair_stream *stream, sm_pair_store *store,
                               const siamese_tower *query,
                               const siamese_tower *item, bool wants_items);

/* What was found out is forgotten. */
void sm_pair_stream_forget(sm_pair_stream *stream);

#endif
