/* ranker.h: the ranker handle as the searcher, the checkpoint and the model see
 * it. It never changes, but for the words, which guard themselves. */
#ifndef SM_RANKER_H
#define SM_RANKER_H

#include <stdbool.h>

#include "common/options.h"
#include "common/reference.h"
#include "search/catalogue_words.h"
#include "search/linear_ranker.h"
#include "search/rank_scratch.h"

extern const sm_option_table sm_ranker_option_table;

struct siamese_ranker {
    sm_references references;
    siamese_ranker_options options; /* whole */
    sm_linear_ranker fixed;         /* by the options */
    sm_linear_ranker learned;       /* from no query: there is none */
    sm_catalogue_words *words;      /* of one catalogue; NULL: of none yet */
    sm_lending *scratches;          /* lent, so that a const ranker has some */
};

/* Adds a reference; siamese_ranker_free drops one. */
siamese_ranker *sm_ranker_reference(const siamese_ranker *ranker);

/* Whether options ask for any stage at all, and for one that needs words. */
bool sm_ranker_does_anything(const siamese_ranker_options *options);
bool sm_ranker_needs_words(const siamese_ranker_options *options);

/* The weights in force: learned ones, if it has some and is to use them. */
const sm_linear_ranker *sm_ranker_weights(const siamese_ranker *ranker);

/* Creates a ranker with learned weights; NULL or of no query: without. */
sm_status sm_ranker_create(siamese_ranker **out,
                           const siamese_ranker_options *options,
                           const sm_linear_ranker *learned);

/* The same ranker for the catalogue of these words, of which it takes a
 * reference; NULL: for none. */
sm_status sm_ranker_with_words(siamese_ranker **out,
                               const siamese_ranker *ranker,
                               sm_catalogue_words *words);

#endif
