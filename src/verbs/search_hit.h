/* search_hit.h: what a hit of siamese search says of itself, as texts. */
#ifndef SEARCH_HIT_H
#define SEARCH_HIT_H

#include <siamese/siamese.h>

/* The id of hit i of the first query; one that is an integer, as in the model
 * of another host, is printed there. */
siamese_text search_hit_id(const siamese_hits *hits, size_t i,
                           char printed[24]);

siamese_text search_hit_title(const siamese_hits *hits, size_t i);

#endif
